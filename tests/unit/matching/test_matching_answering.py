"""Yes, no, called off, it happened: an engagement inside one county from first word to last."""

from typing import Any

import pytest
from matching_cast import Matching, a_library, a_peer, a_proposal, a_request, actor, an_id

from byttebank.contracts.refusals import (
    AlreadyCovered,
    ColleagueBusy,
    CountyFrozen,
    HostContactMissing,
    Malformed,
    NotFound,
    NotNow,
    NotYet,
    NotYourRole,
    ProposalExpired,
    Refusal,
    RequestClosed,
)
from services.matching import operations

Document = dict[str, Any]


def propose(county: Matching, who: str = "Kari", **changes: Any) -> None:
    county.do(operations.propose, a_proposal(**changes), actor(who))


def accept(county: Matching, who: str, engagement: str = "engagement", **named: Any) -> Document:
    found: Document = county.do(operations.accept, an_id(engagement), actor(who), **named)
    return found


def act(county: Matching, name: str, who: str, *arguments: Any) -> Document:
    operation = getattr(operations, name)
    found: Document = county.do(operation, an_id("engagement"), *arguments, actor(who))
    return found


@pytest.fixture
def proposed(innlandet: Matching) -> Matching:
    """Kari has asked for Jonas on 9 December."""
    propose(innlandet, request_id=an_id("request"))
    return innlandet


@pytest.fixture
def agreed(proposed: Matching) -> Matching:
    """All three have said yes and the ledger has set the days aside."""
    accept(proposed, "Jonas")
    accept(proposed, "Siri")
    proposed.reserve()
    return proposed


def states(county: Matching) -> list[str]:
    return [body["state"] for body in county.told("EngagementChanged")]


def test_the_last_yes_asks_the_ledger_and_the_ledgers_yes_agrees(proposed: Matching) -> None:
    assert accept(proposed, "Jonas")["state"] == "proposed"
    reserving = accept(proposed, "Siri")
    assert reserving["state"] == "reserving"
    (order,) = proposed.told("ReserveDays")
    assert order == {
        "transfer_id": reserving["transfer_id"],
        "engagement_id": an_id("engagement"),
        "part": 1,
        "payer_library_id": an_id("Eidskog"),
        "payee_library_id": an_id("Grue"),
        "payee_county": "innlandet",
        "amount_half_days": 2,
        "skill": "weeding",
        "work_date": "2026-12-09",
    }
    proposed.reserve()
    assert proposed.see("Kari")["state"] == "agreed"
    assert states(proposed) == ["proposed", "proposed", "reserving", "agreed"]
    assert [body["version"] for body in proposed.told("EngagementChanged")] == [1, 2, 3, 4]


def test_the_whole_way_to_settled(agreed: Matching) -> None:
    agreed.let_time_pass("2026-12-10")
    assert act(agreed, "confirm", "Jonas", True)["state"] == "carried_out"
    confirmed = act(agreed, "confirm", "Kari", True)
    assert confirmed["state"] == "confirmed"
    assert agreed.told("PostDays") == [{"transfer_id": confirmed["transfer_id"], "amount_half_days": 2}]
    agreed.post()
    settled = agreed.see("Kari")
    assert settled["state"] == "settled"
    assert [line["what"] for line in settled["history"]] == [
        "proposed",
        "accepted",
        "accepted",
        "agreed",
        "said_yes",
        "said_yes",
        "confirmed",
        "settled",
    ]
    assert settled["happened"] == {"lender": True, "host": True}


def test_two_clicks_on_yes_are_one(proposed: Matching) -> None:
    once = accept(proposed, "Jonas")
    said = len(proposed.outbox())
    assert accept(proposed, "Jonas") == once
    assert len(proposed.outbox()) == said
    accept(proposed, "Siri")
    assert accept(proposed, "Siri")["state"] == "reserving"
    assert len(proposed.told("ReserveDays")) == 1
    proposed.reserve()
    assert accept(proposed, "Jonas")["state"] == "agreed"


def test_a_message_that_comes_twice_or_late_has_its_effect_once(agreed: Matching) -> None:
    agreed.reserve()
    agreed.refuse()
    agreed.let_time_pass("2026-12-10")
    act(agreed, "confirm", "Siri", True)
    act(agreed, "confirm", "Kari", True)
    for _ in range(2):
        agreed.post()
    agreed.reserve()
    assert states(agreed)[-2:] == ["confirmed", "settled"]
    assert agreed.see("Kari")["state"] == "settled"


@pytest.mark.parametrize("name", ["DaysReserved", "ReservationRefused"])
def test_an_answer_for_an_engagement_nobody_knows_is_for_a_person_to_see(
    innlandet: Matching, name: str
) -> None:
    body = {
        "transfer_id": an_id("t"),
        "engagement_id": an_id("who"),
        "amount_half_days": 2,
        "code": "limit_hard",
    }
    with pytest.raises(NotFound):
        innlandet.hear(name, body)


def test_an_answer_about_another_transfer_changes_nothing(proposed: Matching) -> None:
    accept(proposed, "Jonas")
    accept(proposed, "Siri")
    proposed.reserve(transfer_id=an_id("another"))
    assert proposed.see("Kari")["state"] == "reserving"


def test_a_refusal_of_the_ledger_is_shown_and_the_host_tries_again(proposed: Matching) -> None:
    accept(proposed, "Jonas")
    first = accept(proposed, "Siri")["transfer_id"]
    proposed.refuse()
    refused = proposed.see("Kari")
    assert refused["state"] == "refused"
    assert refused["refusal"] == {"code": "limit_hard", "parameters": {"wanted_half_days": 2}}
    assert accept(proposed, "Siri")["state"] == "refused"
    again = accept(proposed, "Kari")
    assert again["state"] == "reserving"
    assert again["transfer_id"] != first
    proposed.reserve()
    assert proposed.see("Kari")["state"] == "agreed"


def test_days_set_aside_above_the_limit_are_marked(proposed: Matching) -> None:
    accept(proposed, "Jonas")
    accept(proposed, "Siri")
    proposed.reserve(is_over_limit=True)
    assert "over_limit" in [line["what"] for line in proposed.see("Siri")["history"]]


def test_a_no_ends_a_proposal_and_nobody_asks_why(proposed: Matching) -> None:
    declined = act(proposed, "decline", "Jonas")
    assert declined["state"] == "declined"
    assert act(proposed, "decline", "Jonas") == declined
    assert proposed.told("ReleaseDays") == []
    with pytest.raises(NotNow) as refused:
        accept(proposed, "Siri")
    assert refused.value.parameters == {"state": "declined", "act": "accept"}


def test_a_called_off_day_frees_the_days_and_the_colleague(agreed: Matching) -> None:
    cancelled = act(agreed, "cancel", "Siri")
    assert cancelled["state"] == "cancelled"
    assert agreed.told("ReleaseDays") == [{"transfer_id": cancelled["transfer_id"]}]
    propose(agreed, id=an_id("second"))
    assert accept(agreed, "Jonas", "second")["state"] == "proposed"


def test_called_off_while_the_ledger_was_asked_the_days_are_released_when_it_answers(
    proposed: Matching,
) -> None:
    accept(proposed, "Jonas")
    accept(proposed, "Siri")
    act(proposed, "cancel", "Kari")
    assert proposed.told("ReleaseDays") == []
    proposed.reserve()
    assert len(proposed.told("ReleaseDays")) == 1
    assert proposed.see("Kari")["state"] == "cancelled"


def test_both_no_is_a_no_show_and_the_days_are_free(agreed: Matching) -> None:
    agreed.let_time_pass("2026-12-10")
    act(agreed, "confirm", "Siri", False)
    assert act(agreed, "confirm", "Kari", False)["state"] == "no_show"
    assert len(agreed.told("ReleaseDays")) == 1
    agreed.hear(
        "DaysReleased",
        {
            "transfer_id": agreed.told("ReleaseDays")[0]["transfer_id"],
            "engagement_id": an_id("engagement"),
            "reason": "released",
        },
    )
    assert agreed.see("Kari")["state"] == "no_show"


def test_a_day_the_other_county_turned_down_is_for_the_counties_to_settle(agreed: Matching) -> None:
    agreed.let_time_pass("2026-12-10")
    act(agreed, "confirm", "Siri", True)
    transfer_id = act(agreed, "confirm", "Kari", True)["transfer_id"]
    body = {"transfer_id": transfer_id, "engagement_id": an_id("engagement"), "reason": "rejected"}
    agreed.hear("DaysReleased", {**body, "code": "payee_closed"})
    found = agreed.see("Kari")
    assert found["state"] == "disputed"
    assert found["refusal"] == {"code": "payee_closed", "parameters": {}}


def test_nobody_confirms_before_the_date_and_only_true_or_false_is_an_answer(agreed: Matching) -> None:
    with pytest.raises(NotYet):
        act(agreed, "confirm", "Kari", True)
    agreed.let_time_pass("2026-12-09")
    with pytest.raises(Malformed):
        act(agreed, "confirm", "Kari", "yes")
    assert act(agreed, "confirm", "Kari", True)["state"] == "carried_out"


@pytest.mark.parametrize(
    ("name", "who", "refusal"),
    [
        ("accept", "Ola", NotYourRole),
        ("decline", "Ola", NotYourRole),
        ("cancel", "Ola", NotYourRole),
        ("dispute", "Ola", NotYourRole),
        ("accept", "Nora", NotFound),
        ("decline", "Per", NotFound),
        ("get_engagement", "Nora", NotFound),
    ],
)
def test_who_has_no_part_in_it(proposed: Matching, name: str, who: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        act(proposed, name, who)


def test_the_county_has_no_part_in_it(proposed: Matching) -> None:
    with pytest.raises(NotYourRole):
        proposed.do(operations.accept, an_id("engagement"), actor("Siri", role="county"))


def test_the_host_contact_and_whoever_asked_may_answer_for_the_host(innlandet: Matching) -> None:
    propose(innlandet, "Ola")
    assert act(innlandet, "decline", "Ola")["state"] == "declined"


def test_the_host_contact_may_say_that_it_happened(innlandet: Matching) -> None:
    propose(innlandet, host_contact_id=an_id("Ola"), host_contact_name="Ola")
    accept(innlandet, "Jonas")
    accept(innlandet, "Siri")
    innlandet.reserve()
    innlandet.let_time_pass("2026-12-10")
    assert act(innlandet, "confirm", "Ola", True)["happened"] == {"host": True}


def test_without_a_contact_the_host_cannot_say_yes(innlandet: Matching) -> None:
    propose(innlandet, "Siri", host_contact_id=None, host_contact_name=None)
    accept(innlandet, "Jonas")
    with pytest.raises(HostContactMissing):
        accept(innlandet, "Kari")
    found = accept(innlandet, "Kari", host_contact_id=an_id("Ola"))
    assert (found["state"], found["host_contact_name"]) == ("reserving", "Ola")


@pytest.mark.parametrize(("contact", "name"), [("Jonas", None), ("no-id", "Ola")])
def test_the_contact_is_a_person_of_the_host(proposed: Matching, contact: str, name: str | None) -> None:
    contact_id = contact if contact == "no-id" else an_id(contact)
    with pytest.raises(Malformed):
        accept(proposed, "Kari", host_contact_id=contact_id, host_contact_name=name)


def test_a_contact_without_a_name_is_nobody(proposed: Matching) -> None:
    with pytest.raises(HostContactMissing):
        accept(proposed, "Kari", host_contact_id=an_id("stranger"))


def test_a_late_yes_is_refused_with_the_last_day(proposed: Matching) -> None:
    proposed.clock.move_to(proposed.clock.now().replace(month=12, day=1))
    with pytest.raises(ProposalExpired) as refused:
        accept(proposed, "Jonas")
    assert refused.value.parameters == {"date": "2026-11-30"}


def test_a_colleague_cannot_say_yes_to_two_on_one_day(proposed: Matching) -> None:
    propose(proposed, id=an_id("second"))
    accept(proposed, "Jonas")
    for who in ("Jonas", "Siri"):
        with pytest.raises(ColleagueBusy):
            accept(proposed, who, "second")


def test_once_a_request_is_covered_the_others_who_were_asked_are_told(proposed: Matching) -> None:
    propose(proposed, id=an_id("second"), colleague_id=an_id("Siri"), request_id=an_id("request"))
    propose(proposed, id=an_id("unrelated"), colleague_id=an_id("Siri"))
    accept(proposed, "Jonas")
    accept(proposed, "Siri")
    with pytest.raises(AlreadyCovered):
        accept(proposed, "Siri", "second")
    proposed.reserve()
    second = proposed.see("Siri", "second")
    assert second["state"] == "declined"
    assert second["refusal"] == {"code": "already_covered", "parameters": {"library_id": an_id("Eidskog")}}
    assert second["history"][-1]["by_library_id"] is None
    assert proposed.see("Siri", "unrelated")["state"] == "proposed"
    with pytest.raises(AlreadyCovered):
        propose(proposed, id=an_id("third"), request_id=an_id("request"))


def test_a_request_that_is_covered_in_part_goes_on_asking(proposed: Matching) -> None:
    proposed.hear("RequestChanged", a_request(version=2, half_days=4))
    propose(proposed, id=an_id("second"), colleague_id=an_id("Siri"), request_id=an_id("request"))
    accept(proposed, "Jonas")
    accept(proposed, "Siri")
    proposed.reserve()
    assert accept(proposed, "Siri", "second")["state"] == "reserving"


def test_a_request_that_was_closed_takes_no_yes(proposed: Matching) -> None:
    proposed.hear("RequestChanged", a_request(version=2, state="closed"))
    with pytest.raises(RequestClosed):
        accept(proposed, "Jonas")


def test_a_frozen_county_agrees_on_nothing_new(innlandet: Matching) -> None:
    innlandet.hear("LibraryChanged", a_library("Nes"))
    propose(innlandet, "Ola", colleague="Per")
    innlandet.hear("PeerChanged", a_peer("akershus", state="frozen", version=2))
    with pytest.raises(CountyFrozen):
        accept(innlandet, "Kari")
    assert act(innlandet, "decline", "Kari")["state"] == "declined"


def test_silence_expires_a_proposal(proposed: Matching) -> None:
    proposed.let_time_pass("2026-11-30")
    assert proposed.see("Kari")["state"] == "proposed"
    proposed.let_time_pass("2026-12-01")
    assert proposed.see("Kari")["state"] == "expired"
    proposed.let_time_pass("2026-12-02")
    assert states(proposed) == ["proposed", "expired"]


def test_silence_confirms_one_yes(agreed: Matching) -> None:
    agreed.let_time_pass("2026-12-10")
    act(agreed, "confirm", "Jonas", True)
    agreed.let_time_pass("2027-01-02")
    assert agreed.see("Kari")["state"] == "carried_out"
    agreed.let_time_pass("2027-01-03")
    assert agreed.see("Kari")["history"][-1]["what"] == "confirmed_by_silence"
    assert len(agreed.told("PostDays")) == 1


def test_silence_of_both_asks_the_county_and_then_frees_the_days(agreed: Matching) -> None:
    agreed.let_time_pass("2026-12-24")
    assert agreed.see("Kari")["state"] == "unanswered"
    agreed.let_time_pass("2027-01-17")
    assert agreed.told("ReleaseDays") == []
    agreed.let_time_pass("2027-01-18")
    assert agreed.see("Kari")["state"] == "no_show"
    assert len(agreed.told("ReleaseDays")) == 1


def test_a_settled_day_may_be_disputed_by_either_side(agreed: Matching) -> None:
    agreed.let_time_pass("2026-12-10")
    act(agreed, "confirm", "Siri", True)
    act(agreed, "confirm", "Kari", True)
    agreed.post()
    assert act(agreed, "dispute", "Siri")["state"] == "disputed"


def test_the_colleagues_name_is_the_hosts_to_see_once_it_is_agreed(proposed: Matching) -> None:
    accept(proposed, "Jonas")
    assert proposed.see("Siri")["colleague_name"] == "Jonas"
    seen = proposed.see("Kari")
    assert (seen["colleague_name"], seen["history"][-1]["by_name"]) == (None, None)
    accept(proposed, "Siri")
    assert proposed.see("Kari")["colleague_name"] is None
    proposed.reserve()
    assert proposed.see("Kari")["colleague_name"] == "Jonas"
    assert [line["by_name"] for line in proposed.see("Kari")["history"]] == ["Kari", "Jonas", "Siri", None]
    told = proposed.told("EngagementChanged")
    assert [body["colleague_name"] for body in told] == [None, None, None, "Jonas"]


def test_a_library_sees_its_engagements_the_next_date_first(innlandet: Matching) -> None:
    for name, day in (("a", "2026-12-14"), ("b", "2026-11-24"), ("c", "2026-12-02"), ("d", "2026-11-27")):
        propose(innlandet, id=an_id(name), dates=[day])
    innlandet.clock.move_to(innlandet.clock.now().replace(day=28))

    def listed(library: str, state: str | None = None) -> list[str]:
        found = innlandet.ask(operations.list_engagements, an_id(library), state)
        return [one["dates"][0] for one in found]

    expected = ["2026-12-02", "2026-12-14", "2026-11-27", "2026-11-24"]
    assert listed("Eidskog") == listed("Grue") == expected
    assert listed("Nes") == []
    assert listed("Eidskog", "agreed") == []
    with pytest.raises(Malformed):
        listed("Eidskog", "unheard-of")
