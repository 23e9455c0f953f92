"""Putting a date to three parties, and what is refused before anybody is asked."""

from typing import Any

import pytest
from matching_cast import (
    NOW,
    Matching,
    a_colleague,
    a_library,
    a_peer,
    a_proposal,
    a_request,
    actor,
    an_id,
    an_offer,
)

from byttebank.clock import format_time
from byttebank.contracts.refusals import (
    AlreadyCovered,
    BelowHalfDay,
    ColleagueBusy,
    CountyFrozen,
    CountyUnknown,
    DatePast,
    DateTooFar,
    HostContactMissing,
    LibraryClosed,
    Malformed,
    NotFound,
    NotYourRole,
    OfferExpired,
    OwnLibrary,
    Refusal,
    RequestClosed,
    SameKeyOtherBody,
    TooManyDays,
)
from services.matching import operations

Document = dict[str, Any]


def propose(county: Matching, who: str = "Kari", colleague: str = "Jonas", **changes: Any) -> Document:
    found: Document = county.do(operations.propose, a_proposal(colleague=colleague, **changes), actor(who))
    return found


def test_a_proposal_of_the_host_holds_the_hosts_yes(innlandet: Matching) -> None:
    engagement = propose(innlandet, request_id=an_id("request"))
    assert engagement["state"] == "proposed"
    assert engagement["version"] == 1
    assert (engagement["home_county"], engagement["lender_county"]) == ("innlandet", "innlandet")
    assert (engagement["host_library_name"], engagement["lender_library_name"]) == ("Eidskog", "Grue")
    assert engagement["consents"] == {"host_manager": format_time(NOW)}
    assert engagement["reply_by_on"] == "2026-11-30"
    assert engagement["host_contact_name"] == "Kari"
    (line,) = engagement["history"]
    assert line == {
        "at": format_time(NOW),
        "what": "proposed",
        "by_library_id": an_id("Eidskog"),
        "by_name": "Kari",
        "role": "host_manager",
    }
    (told,) = innlandet.told("EngagementChanged")
    assert told == {**engagement, "colleague_name": None}
    assert innlandet.told("ReserveDays") == []


def test_anybody_at_the_host_may_ask_and_that_is_no_consent(innlandet: Matching) -> None:
    assert propose(innlandet, "Ola")["consents"] == {}


def test_the_colleague_may_offer_herself_and_her_manager_may_offer_her(innlandet: Matching) -> None:
    assert set(propose(innlandet, "Jonas")["consents"]) == {"colleague"}
    assert set(propose(innlandet, "Siri", id=an_id("other"), dates=["2026-12-10"])["consents"]) == {
        "lender_manager"
    }


def test_a_manager_who_goes_herself_has_said_both_yes(innlandet: Matching) -> None:
    engagement = propose(innlandet, "Siri", colleague_id=an_id("Siri"))
    assert set(engagement["consents"]) == {"lender_manager", "colleague"}


def test_the_lender_needs_no_contact_and_the_host_does(innlandet: Matching) -> None:
    nobody: Document = {"host_contact_id": None, "host_contact_name": None}
    assert propose(innlandet, "Siri", **nobody)["host_contact_id"] is None
    with pytest.raises(HostContactMissing):
        propose(innlandet, "Kari", id=an_id("other"), **nobody)


def test_the_contact_comes_from_the_request_or_the_directory(innlandet: Matching) -> None:
    nobody: Document = {"host_contact_id": None, "host_contact_name": None}
    assert propose(innlandet, request_id=an_id("request"), **nobody)["host_contact_name"] == "Kari"
    named = propose(innlandet, id=an_id("other"), host_contact_id=an_id("Ola"), host_contact_name=None)
    assert named["host_contact_name"] == "Ola"


def test_the_skill_of_the_request_is_kept_for_the_books(innlandet: Matching) -> None:
    assert propose(innlandet, request_id=an_id("request"), skill=None)["skill"] == "weeding"


def test_dates_are_sorted_and_each_counts_once(innlandet: Matching) -> None:
    dates = ["2026-12-10", "2026-12-09", "2026-12-10"]
    assert propose(innlandet, dates=dates)["dates"] == ["2026-12-09", "2026-12-10"]


@pytest.mark.parametrize(
    ("who", "changes", "refusal"),
    [
        ("Kari", {"lender_library_id": an_id("Eidskog")}, OwnLibrary(library_id=an_id("Eidskog"))),
        ("Kari", {"half_days": 0}, BelowHalfDay()),
        ("Kari", {"half_days": -1}, BelowHalfDay()),
        ("Kari", {"half_days": 41}, TooManyDays(max_half_days=40)),
        ("Kari", {"dates": ["2026-11-22"]}, DatePast(date="2026-11-22")),
        ("Kari", {"dates": ["2028-06-01"]}, DateTooFar(date="2028-06-01", months=18)),
        ("Ola", {"host_library_id": an_id("Grue"), "lender_library_id": an_id("Nes")}, NotYourRole()),
        ("Ola", {"host_library_id": an_id("Grue"), "lender_library_id": an_id("Eidskog")}, NotYourRole()),
        ("Kari", {"host_library_id": an_id("nowhere")}, NotFound(kind="library", id=an_id("nowhere"))),
        ("Kari", {"colleague_id": an_id("Ola")}, NotFound(kind="colleague", id=an_id("Ola"))),
        ("Kari", {"colleague_id": an_id("who")}, NotFound(kind="colleague", id=an_id("who"))),
        ("Kari", {"request_id": an_id("who")}, NotFound(kind="request", id=an_id("who"))),
        ("Kari", {"offer_id": an_id("who")}, NotFound(kind="offer", id=an_id("who"))),
        ("Kari", {"dates": []}, Malformed()),
        ("Kari", {"half_days": "2"}, Malformed()),
        ("Kari", {"half_days": 1.5}, Malformed()),
        ("Kari", {"id": "1"}, Malformed()),
        ("Kari", {"host_contact_id": an_id("Jonas")}, Malformed()),
    ],
)
def test_what_is_refused_leaves_nothing_behind(
    innlandet: Matching, who: str, changes: Document, refusal: Refusal
) -> None:
    with pytest.raises(type(refusal)) as refused:
        propose(innlandet, who, **changes)
    if refusal.parameters:
        assert refused.value == refusal
    assert innlandet.outbox() == []
    assert innlandet.ask(operations.list_engagements, an_id("Eidskog")) == []


def test_today_is_early_enough_in_the_time_zone_of_the_node(innlandet: Matching) -> None:
    assert propose(innlandet, dates=["2026-11-23"])["state"] == "proposed"


def test_the_county_proposes_for_nobody(innlandet: Matching) -> None:
    with pytest.raises(NotYourRole):
        innlandet.do(operations.propose, a_proposal(), actor("Kari", role="county"))


def test_nobody_proposes_for_a_library_of_another_county(innlandet: Matching) -> None:
    with pytest.raises(NotYourRole):
        propose(innlandet, "Nora", "Per")


@pytest.mark.parametrize(("state", "refusal"), [("closed", RequestClosed), ("covered", AlreadyCovered)])
def test_a_request_that_is_over_is_not_answered(
    innlandet: Matching, state: str, refusal: type[Refusal]
) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, state=state))
    with pytest.raises(refusal) as refused:
        propose(innlandet, request_id=an_id("request"))
    assert refused.value.parameters == {"library_id": an_id("Eidskog")}


def test_a_request_of_another_library_is_a_mistake(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request("other", "Grue"))
    with pytest.raises(Malformed):
        propose(innlandet, request_id=an_id("other"))


@pytest.mark.parametrize(
    ("changes", "date"),
    [
        ({"state": "withdrawn"}, "2026-11-23"),
        ({"last_on": "2026-11-20", "first_on": "2026-11-01"}, "2026-11-20"),
    ],
)
def test_an_offer_that_has_ended_is_refused_with_its_date(
    innlandet: Matching, changes: Document, date: str
) -> None:
    innlandet.hear("OfferChanged", an_offer("offer", "Jonas", **changes))
    with pytest.raises(OfferExpired) as refused:
        propose(innlandet, offer_id=an_id("offer"))
    assert refused.value.parameters == {"date": date}


def test_an_offer_of_somebody_else_is_a_mistake(innlandet: Matching) -> None:
    innlandet.hear("OfferChanged", an_offer("offer", "Siri"))
    with pytest.raises(Malformed):
        propose(innlandet, offer_id=an_id("offer"))


@pytest.mark.parametrize(("state", "refusal"), [("frozen", CountyFrozen), ("invited", CountyUnknown)])
def test_a_county_we_do_not_exchange_with_now(
    innlandet: Matching, state: str, refusal: type[Refusal]
) -> None:
    innlandet.hear("PeerChanged", a_peer("akershus", state=state, version=2))
    with pytest.raises(refusal) as refused:
        propose(innlandet, colleague="Per")
    assert refused.value.parameters == {"county": "akershus"}


def test_the_libraries_of_a_county_that_has_left_are_gone(innlandet: Matching) -> None:
    innlandet.hear("PeerChanged", a_peer("akershus", state="left", version=2))
    with pytest.raises(NotFound) as refused:
        propose(innlandet, colleague="Per")
    assert refused.value.parameters["kind"] == "library"


def test_a_county_nobody_told_us_of(innlandet: Matching) -> None:
    innlandet.hear("LibraryChanged", a_library("Nes", "troms", version=2))
    with pytest.raises(CountyUnknown):
        propose(innlandet, colleague="Per")


def test_a_colleague_who_has_said_yes_elsewhere_is_busy_that_day(innlandet: Matching) -> None:
    propose(innlandet)
    innlandet.do(operations.accept, an_id("engagement"), actor("Jonas"))
    with pytest.raises(ColleagueBusy) as refused:
        propose(innlandet, id=an_id("second"), half_days=1)
    assert refused.value.parameters == {"date": "2026-12-09", "colleague_id": an_id("Jonas")}
    assert propose(innlandet, id=an_id("third"), dates=["2026-12-10"])["state"] == "proposed"


def test_two_halves_of_one_day_fit(innlandet: Matching) -> None:
    propose(innlandet, half_days=1)
    innlandet.do(operations.accept, an_id("engagement"), actor("Jonas"))
    assert propose(innlandet, id=an_id("second"), half_days=1)["state"] == "proposed"


def test_the_same_proposal_again_answers_as_the_first_time(innlandet: Matching) -> None:
    first = propose(innlandet, request_id=an_id("request"), skill=None)
    said = len(innlandet.outbox())
    innlandet.clock.move_to(NOW.replace(year=2027))
    assert propose(innlandet, request_id=an_id("request"), skill=None) == first
    assert len(innlandet.outbox()) == said


@pytest.mark.parametrize(
    "changes",
    [
        {"half_days": 1},
        {"dates": ["2026-12-10"]},
        {"colleague_id": an_id("Siri")},
        {"own_words": "Takk"},
        {"purpose": "vandring"},
        {"place": "online"},
        {"request_id": an_id("request")},
    ],
)
def test_the_same_id_with_other_content_is_refused(innlandet: Matching, changes: Document) -> None:
    propose(innlandet)
    with pytest.raises(SameKeyOtherBody):
        propose(innlandet, **changes)


def test_an_id_of_other_libraries_tells_nothing(innlandet: Matching) -> None:
    propose(innlandet)
    stranger = {**actor("Kari"), "library_id": an_id("Nes")}
    with pytest.raises(SameKeyOtherBody):
        innlandet.do(operations.propose, a_proposal(), stranger)


def test_a_visit_may_be_proposed_too(innlandet: Matching) -> None:
    assert propose(innlandet, purpose="hospitering")["purpose"] == "hospitering"


def test_the_directorys_news_of_a_colleague_counts_at_once(innlandet: Matching) -> None:
    innlandet.hear("ColleagueChanged", a_colleague("Jonas", sharing="county", version=2))
    assert propose(innlandet)["colleague_name"] == "Jonas"


@pytest.mark.parametrize("day", ["2026-12-25", "2026-12-09"])
def test_nobody_is_asked_for_a_day_on_which_the_host_is_closed(innlandet: Matching, day: str) -> None:
    closed = a_library("Eidskog", country="NO", closed_dates=["2026-12-09"], version=2)
    innlandet.hear("LibraryChanged", closed)
    with pytest.raises(LibraryClosed) as refused:
        propose(innlandet, dates=["2026-12-08", day], half_days=4)
    assert refused.value.parameters == {"date": day, "library_id": an_id("Eidskog"), "library": "Eidskog"}
    assert innlandet.told("EngagementChanged") == []
    assert propose(innlandet, dates=[day], place="online")["state"] == "proposed"


def test_who_agrees_on_today_sees_for_herself_whether_the_library_is_open(innlandet: Matching) -> None:
    today = innlandet.clock.now().date().isoformat()
    innlandet.hear("LibraryChanged", a_library("Eidskog", closed_dates=[today], version=2))
    assert propose(innlandet, dates=[today])["state"] == "proposed"
