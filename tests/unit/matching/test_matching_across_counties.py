"""An engagement between Eidskog in Innlandet, its home, and Nes in Akershus."""

import json
from dataclasses import replace
from typing import Any

import pytest
from matching_cast import (
    Matching,
    a_colleague,
    a_library,
    a_peer,
    a_proposal,
    a_request,
    actor,
    an_id,
    carry,
    posted,
)

from byttebank.contracts.refusals import (
    ColleagueBusy,
    CountyFrozen,
    Malformed,
    NotFound,
    NotYourRole,
    SameKeyOtherBody,
)
from byttebank.storage.messages import OutboxRow
from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: two counties and what they send each other."""

Document = dict[str, Any]
NAMES = ("Kari", "Ola", "Nora", "Per")


def accept(county: Matching, who: str, engagement: str = "engagement", **named: Any) -> Document:
    found: Document = county.do(operations.accept, an_id(engagement), actor(who), **named)
    return found


def act(county: Matching, name: str, who: str, *arguments: Any) -> Document:
    found: Document = county.do(getattr(operations, name), an_id("engagement"), *arguments, actor(who))
    return found


@pytest.fixture
def asked(innlandet: Matching, akershus: Matching) -> tuple[Matching, Matching]:
    """Kari has asked for Per, and Akershus has heard of it."""
    proposal = a_proposal(colleague="Per", own_words="Kom gjerne kl. 9")
    innlandet.do(operations.propose, proposal, actor("Kari"))
    carry(innlandet, akershus)
    return innlandet, akershus


@pytest.fixture
def offered(innlandet: Matching, akershus: Matching) -> tuple[Matching, Matching]:
    """Nora has offered Per; Innlandet has not heard of it yet."""
    proposal = a_proposal(
        colleague="Per", own_words="Vi kan komme", host_contact_id=None, host_contact_name=None
    )
    akershus.do(operations.propose, proposal, actor("Nora"))
    return innlandet, akershus


def agree(innlandet: Matching, akershus: Matching) -> None:
    accept(akershus, "Nora")
    accept(akershus, "Per")
    carry(innlandet, akershus)
    innlandet.reserve()
    carry(innlandet, akershus)


def without_names(engagement: Document) -> Document:
    cleaned = {key: value for key, value in engagement.items() if not key.endswith("_name")}
    cleaned["history"] = [{**line, "by_name": None} for line in engagement["history"]]
    return cleaned


def test_the_lenders_county_shows_what_the_home_has_told(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    assert without_names(akershus.see("Nora")) == without_names(innlandet.see("Kari"))
    assert akershus.see("Nora")["own_words"] == "Kom gjerne kl. 9"
    (told,) = akershus.told("EngagementChanged")
    assert (told["version"], told["state"]) == (1, "proposed")


def test_no_name_and_no_own_words_are_ever_signed(innlandet: Matching, akershus: Matching) -> None:
    innlandet.do(operations.propose, a_proposal(colleague="Per", own_words="Kari og Per"), actor("Kari"))
    carried = carry(innlandet, akershus)
    accept(akershus, "Nora")
    accept(akershus, "Per")
    carried += carry(innlandet, akershus)
    innlandet.reserve()
    carried += carry(innlandet, akershus)
    innlandet.let_time_pass("2026-12-10")
    act(akershus, "confirm", "Per", True)
    carried += carry(innlandet, akershus)
    act(innlandet, "confirm", "Kari", True)
    carried += carry(innlandet, akershus)
    detached = " ".join(letter.detached or "" for letter in carried)
    assert all(name in detached for name in ("Kari", "Nora", "Per"))
    for letter in carried:
        assert not any(name in letter.body for name in NAMES), letter.body


def test_the_whole_way_between_two_counties(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    agree(innlandet, akershus)
    assert innlandet.see("Kari")["state"] == akershus.see("Nora")["state"] == "agreed"
    innlandet.let_time_pass("2026-12-10")
    assert act(akershus, "confirm", "Per", True)["state"] == "carried_out"
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["happened"] == {"lender": True}
    act(innlandet, "confirm", "Kari", True)
    carry(innlandet, akershus)
    assert akershus.see("Nora")["state"] == "confirmed"
    assert akershus.told("PostDays") == akershus.told("ReserveDays") == []
    innlandet.post()
    carry(innlandet, akershus)
    assert akershus.see("Nora")["state"] == "settled"
    assert without_names(akershus.see("Nora")) == without_names(innlandet.see("Kari"))


def test_the_reservation_names_the_lenders_county(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    accept(akershus, "Nora")
    accept(akershus, "Per")
    carry(innlandet, akershus)
    (order,) = innlandet.told("ReserveDays")
    assert (order["payee_county"], order["payee_library_id"]) == ("akershus", an_id("Nes"))


def test_an_answer_shows_at_once_and_the_home_has_the_last_word(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    assert set(accept(akershus, "Nora")["consents"]) == {"host_manager", "lender_manager"}
    act(innlandet, "decline", "Kari")
    carry(innlandet, akershus)
    found = akershus.see("Nora")
    assert found["state"] == "declined"
    assert without_names(found) == without_names(innlandet.see("Kari"))


def test_a_second_click_at_the_lender_sends_nothing_more(asked: tuple[Matching, Matching]) -> None:
    _, akershus = asked
    first = accept(akershus, "Nora")
    assert accept(akershus, "Nora") == first
    assert len(akershus.told("EngagementAccepted")) == 1


def test_a_no_from_the_lender_counts_as_calling_off_when_it_was_agreed_meanwhile(
    asked: tuple[Matching, Matching],
) -> None:
    innlandet, akershus = asked
    accept(akershus, "Nora")
    accept(akershus, "Per")
    letters = akershus.fetch_letters()
    for letter in letters:
        innlandet.receive(letter, "akershus")
    innlandet.reserve()
    act(akershus, "cancel", "Per")
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["state"] == akershus.see("Per")["state"] == "cancelled"
    assert len(innlandet.told("ReleaseDays")) == 1


def test_a_withdrawal_that_comes_too_late_is_put_right_at_the_lender(
    asked: tuple[Matching, Matching],
) -> None:
    innlandet, akershus = asked
    agree(innlandet, akershus)
    akershus.let_time_pass("2026-12-09")
    act(akershus, "cancel", "Nora")
    act(innlandet, "confirm", "Kari", True)
    assert akershus.see("Nora")["state"] == "cancelled"
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["state"] == akershus.see("Nora")["state"] == "carried_out"


def test_the_lender_disagrees_across_the_border(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    agree(innlandet, akershus)
    innlandet.let_time_pass("2026-12-10")
    act(innlandet, "confirm", "Kari", True)
    carry(innlandet, akershus)
    act(akershus, "dispute", "Nora")
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["state"] == "disputed"


def test_time_counts_at_the_home_alone(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    akershus.let_time_pass("2026-12-20")
    assert akershus.see("Nora")["state"] == "proposed"
    innlandet.let_time_pass("2026-12-20")
    carry(innlandet, akershus)
    assert akershus.see("Nora")["state"] == "expired"


def test_the_lenders_books_may_know_it_first(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    agree(innlandet, akershus)
    innlandet.let_time_pass("2026-12-10")
    act(akershus, "confirm", "Nora", True)
    carry(innlandet, akershus)
    act(innlandet, "confirm", "Kari", True)
    carry(innlandet, akershus)
    (order,) = innlandet.told("ReserveDays")
    akershus.hear("DaysPosted", posted(order))
    assert akershus.see("Nora")["state"] == "settled"
    assert innlandet.see("Kari")["state"] == "confirmed"
    innlandet.post()
    carry(innlandet, akershus)
    assert without_names(akershus.see("Nora")) == without_names(innlandet.see("Kari"))


# Names


def test_a_name_that_is_not_shared_stays_at_home_until_it_is_agreed(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    assert akershus.see("Nora")["host_contact_name"] is None
    assert akershus.see("Nora")["colleague_name"] == "Per"
    accept(akershus, "Per")
    (letter,) = akershus.fetch_letters()
    assert "Per" not in (letter.detached or "")
    innlandet.receive(letter, "akershus")
    assert innlandet.see("Kari")["colleague_name"] is None
    accept(akershus, "Nora")
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["colleague_name"] is None
    innlandet.reserve()
    carry(innlandet, akershus)
    found = innlandet.see("Kari")
    assert found["colleague_name"] == "Per"
    assert akershus.see("Nora")["host_contact_name"] == "Kari"
    assert innlandet.told("EngagementChanged")[-1]["colleague_name"] == "Per"


def test_the_name_is_sent_once(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    agree(innlandet, akershus)
    assert len(akershus.told("EngagementAccepted")) == 0
    innlandet.let_time_pass("2026-12-10")
    act(innlandet, "confirm", "Kari", True)
    assert len(carry(innlandet, akershus)) == 1


def test_a_name_shared_with_all_counties_comes_with_the_answer(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    akershus.hear("ColleagueChanged", a_colleague("Per", sharing="all", version=2))
    accept(akershus, "Nora")
    carry(innlandet, akershus)
    found = innlandet.see("Kari")
    assert found["colleague_name"] == "Per"
    assert found["history"][-1]["by_name"] == "Nora"


def test_each_county_sees_its_own_people_in_the_history(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    accept(akershus, "Per")
    carry(innlandet, akershus)
    assert [line["by_name"] for line in akershus.see("Per")["history"]] == [None, "Per"]
    assert [line["by_name"] for line in innlandet.see("Kari")["history"]] == ["Kari", None]


# Proposed by the lender


def test_a_proposal_of_the_lender_has_its_home_with_the_host(offered: tuple[Matching, Matching]) -> None:
    innlandet, akershus = offered
    assert akershus.see("Nora")["home_county"] == "innlandet"
    assert akershus.told("EngagementChanged")[0]["version"] == 1
    carry(innlandet, akershus)
    found = innlandet.see("Kari")
    assert (found["state"], found["version"], found["own_words"]) == ("proposed", 2, "Vi kan komme")
    assert set(found["consents"]) == {"lender_manager"}
    assert without_names(akershus.see("Nora")) == without_names(found)
    accept(innlandet, "Kari", host_contact_id=an_id("Ola"))
    accept(akershus, "Per")
    carry(innlandet, akershus)
    innlandet.reserve()
    carry(innlandet, akershus)
    assert akershus.see("Per")["state"] == "agreed"
    assert akershus.see("Per")["host_contact_name"] == "Ola"


def test_the_home_fills_in_the_contact_of_its_request(innlandet: Matching, akershus: Matching) -> None:
    proposal = a_proposal(
        colleague="Per", request_id=an_id("request"), host_contact_id=an_id("Ola"), host_contact_name="Ola"
    )
    akershus.do(operations.propose, proposal, actor("Per"))
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["host_contact_name"] == "Kari"


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("RequestChanged", a_request(version=2, state="covered"), "already_covered"),
        ("RequestChanged", a_request(version=2, state="closed"), "request_closed"),
        ("LibraryChanged", a_library("Eidskog", version=2, state="withdrawn"), "not_found"),
        ("PeerChanged", a_peer("akershus", version=2, state="frozen"), "county_frozen"),
    ],
)
def test_the_home_refuses_what_it_would_refuse_its_own(
    innlandet: Matching, akershus: Matching, name: str, body: Document, code: str
) -> None:
    akershus.do(operations.propose, a_proposal(colleague="Per", request_id=an_id("request")), actor("Nora"))
    innlandet.hear(name, body)
    carry(innlandet, akershus)
    found = akershus.see("Nora")
    assert (found["state"], found["refusal"]["code"]) == ("declined", code)
    assert innlandet.told("EngagementChanged") == []


def test_a_proposal_that_comes_too_late_is_declined_with_the_date(offered: tuple[Matching, Matching]) -> None:
    innlandet, akershus = offered
    innlandet.clock.move_to(innlandet.clock.now().replace(month=12, day=10))
    carry(innlandet, akershus)
    assert akershus.see("Nora")["refusal"] == {"code": "date_past", "parameters": {"date": "2026-12-09"}}


def test_answers_that_overtake_the_proposal_wait_for_it(offered: tuple[Matching, Matching]) -> None:
    innlandet, akershus = offered
    accept(akershus, "Per")
    proposal, answer = akershus.fetch_letters()
    innlandet.receive(answer, "akershus")
    with pytest.raises(NotFound):
        innlandet.see("Kari")
    innlandet.receive(proposal, "akershus")
    assert set(innlandet.see("Kari")["consents"]) == {"lender_manager", "colleague"}
    carry(innlandet, akershus)
    assert without_names(akershus.see("Nora")) == without_names(innlandet.see("Kari"))


def test_a_proposal_that_comes_twice_is_answered_twice_and_made_once(
    offered: tuple[Matching, Matching],
) -> None:
    innlandet, akershus = offered
    (proposal,) = akershus.fetch_letters()
    innlandet.receive(proposal, "akershus")
    innlandet.receive(proposal, "akershus")
    assert len(innlandet.ask(operations.list_engagements, an_id("Eidskog"))) == 1
    assert [body["version"] for body in innlandet.told("EngagementShared")] == [2, 2]


def test_the_lenders_county_knows_its_colleagues_calendar(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    innlandet.do(operations.propose, a_proposal("second", "Per"), actor("Kari"))
    carry(innlandet, akershus)
    accept(akershus, "Per")
    with pytest.raises(ColleagueBusy):
        accept(akershus, "Per", "second")


def test_a_frozen_county_is_not_answered_with_a_yes(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    akershus.hear("PeerChanged", a_peer("innlandet", version=2, state="frozen"))
    with pytest.raises(CountyFrozen):
        accept(akershus, "Nora")
    akershus.hear("PeerChanged", a_peer("innlandet", version=3))
    innlandet.hear("PeerChanged", a_peer("akershus", version=2, state="frozen"))
    accept(akershus, "Nora")
    carry(innlandet, akershus)
    assert set(akershus.see("Nora")["consents"]) == {"host_manager"}


# A lying peer


def forged(letter: OutboxRow, **changes: Any) -> OutboxRow:
    return replace(letter, body=json.dumps({**json.loads(letter.body), **changes}))


@pytest.mark.parametrize(
    ("sender", "changes", "refusal"),
    [
        ("troms", {}, Malformed),
        ("akershus", {"home_county": "akershus"}, Malformed),
        ("akershus", {"lender_county": "troms"}, Malformed),
    ],
)
def test_a_proposal_in_another_countys_name_is_parked(
    offered: tuple[Matching, Matching], sender: str, changes: Document, refusal: type[Exception]
) -> None:
    innlandet, akershus = offered
    (letter,) = akershus.fetch_letters()
    with pytest.raises(refusal):
        innlandet.receive(forged(letter, **changes), sender)


def test_a_proposal_may_not_bring_the_hosts_yes_or_days_along(offered: tuple[Matching, Matching]) -> None:
    innlandet, akershus = offered
    (letter,) = akershus.fetch_letters()
    consents = dict.fromkeys(("lender_manager", "host_manager", "colleague"), "2026-11-23T09:00:00Z")
    lie = forged(
        letter,
        state="confirmed",
        consents=consents,
        happened={"host": True, "lender": True},
        transfer_id=an_id("stolen"),
        host_contact_id=an_id("Kari"),
    )
    innlandet.receive(lie, "akershus")
    found = innlandet.see("Kari")
    assert (found["state"], found["happened"], found["transfer_id"]) == ("proposed", {}, None)
    assert set(found["consents"]) == {"lender_manager", "colleague"}
    assert innlandet.told("ReserveDays") == []


def test_a_proposal_with_a_colleague_of_our_own_is_declined(offered: tuple[Matching, Matching]) -> None:
    innlandet, akershus = offered
    (letter,) = akershus.fetch_letters()
    innlandet.receive(forged(letter, lender_library_id=an_id("Grue")), "akershus")
    assert innlandet.told("EngagementShared")[-1]["refusal"]["code"] == "not_found"


def test_nobody_answers_for_another_countys_engagement(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    accept(akershus, "Nora")
    (letter,) = akershus.fetch_letters()
    with pytest.raises(NotFound):
        innlandet.receive(letter, "troms")
    with pytest.raises(NotYourRole):
        innlandet.receive(forged(letter, roles=["host_manager"]), "akershus")


def test_nobody_else_tells_how_an_engagement_stands(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    act(innlandet, "decline", "Kari")
    (letter,) = innlandet.fetch_letters()
    with pytest.raises(Malformed):
        akershus.receive(letter, "troms")
    with pytest.raises(Malformed):
        akershus.receive(forged(letter, home_county="troms"), "innlandet")
    with pytest.raises(SameKeyOtherBody):
        akershus.receive(forged(letter, home_county="troms"), "troms")
    with pytest.raises(Malformed):
        akershus.receive(forged(letter, lender_library_id=an_id("Grue")), "innlandet")
    assert akershus.see("Nora")["state"] == "proposed"


def test_an_older_state_changes_nothing(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    accept(innlandet, "Kari", host_contact_id=an_id("Ola"))
    act(innlandet, "decline", "Kari")
    older, newer = innlandet.fetch_letters()
    akershus.receive(newer, "innlandet")
    akershus.receive(older, "innlandet")
    assert akershus.see("Nora")["state"] == "declined"
    assert [body["version"] for body in akershus.told("EngagementChanged")] == [1, 3]


def test_the_hosts_county_says_no_to_a_day_on_which_the_host_is_closed(
    innlandet: Matching, akershus: Matching
) -> None:
    innlandet.hear("LibraryChanged", a_library("Eidskog", closed_dates=["2026-12-09"], version=2))
    akershus.do(operations.propose, a_proposal(colleague="Per"), actor("Nora"))
    carry(innlandet, akershus)
    carry(innlandet, akershus)
    engagement = akershus.ask(operations.get_engagement, an_id("engagement"), actor("Nora"))
    assert (engagement["state"], engagement["refusal"]["code"]) == ("declined", "library_closed")
