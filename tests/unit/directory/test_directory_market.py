"""Offers and requests of our own libraries."""

from datetime import UTC, datetime
from typing import Any

import pytest
from directory_cast import (
    JONAS,
    KARI,
    SIRI,
    a_request,
    add_peer,
    an_actor,
    an_id,
    an_offer,
    local_events,
    sent,
)

from byttebank.clock import FixedClock
from byttebank.contracts.market_refusals import OfferClosed
from byttebank.contracts.refusals import (
    AlreadyCovered,
    BelowHalfDay,
    CountyUnknown,
    DateOrder,
    DatePast,
    DateTooFar,
    FieldMissing,
    HostContactMissing,
    Malformed,
    NotFound,
    NotYourRole,
    Refusal,
    RequestClosed,
    SameKeyOtherBody,
    TooManyDays,
)
from byttebank.storage.work import Database
from services.directory import operations


def engagement(state: str, version: int, name: str = "engagement", **more: Any) -> dict[str, Any]:
    return {
        "id": an_id(name),
        "version": version,
        "state": state,
        "home_county": "innlandet",
        "lender_county": "akershus",
        "host_library_id": an_id("Eidskog"),
        "lender_library_id": an_id("Nes"),
        "request_id": an_id("request"),
        "half_days": 2,
        **more,
    }


def test_an_offer_is_stored_and_told_with_the_name_as_far_as_it_is_shared(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        stored = operations.create_offer(work, an_offer(own_words="Gjerne i uke 50"), JONAS)
    assert (stored["county"], stored["version"], stored["state"]) == ("innlandet", 1, "open")
    assert stored["colleague_name"] == "Jonas"
    (event,) = local_events(innlandet, "OfferChanged")
    assert event["colleague_name"] is None
    ((_, payload, detached),) = sent(innlandet, "akershus", "OfferPublished")
    assert detached == {"colleague_name": None, "own_words": "Gjerne i uke 50"}
    assert (payload["colleague_name"], payload["own_words"]) == (None, "")


@pytest.mark.parametrize(
    ("reach", "counties", "told"),
    [
        ("all", [], ["akershus", "trondelag"]),
        ("counties", ["trondelag"], ["trondelag"]),
        ("county", ["trondelag"], []),
    ],
)
def test_an_offer_goes_as_far_as_it_reaches(
    innlandet: Database, reach: str, counties: list[str], told: list[str]
) -> None:
    for county in ("akershus", "trondelag"):
        add_peer(innlandet, county)
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(reach=reach, counties=counties), KARI)
    assert [
        county for county in ("akershus", "trondelag") if sent(innlandet, county, "OfferPublished")
    ] == told


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"half_days": 0}, BelowHalfDay),
        ({"half_days": -2}, BelowHalfDay),
        ({"half_days": 801}, Malformed),
        ({"reach": "counties"}, Malformed),
        ({"reach": "counties", "counties": ["innlandet"]}, Malformed),
        ({"reach": "counties", "counties": ["innlandet", "atlantis"]}, CountyUnknown),
        ({"dates": ["2026-12-25", "2027-01-01"], "places": ["host"]}, OfferClosed),
        ({"first_on": "2026-12-25", "last_on": "2026-12-27", "places": ["host"]}, OfferClosed),
        (
            {"first_on": "2026-12-21", "last_on": "2026-12-29", "weekdays": [5], "places": ["host"]},
            OfferClosed,
        ),
        ({"half_days": 1.0}, Malformed),
        ({"dates": ["2026-11-22"]}, DatePast),
        ({"last_on": "2029-01-01"}, DateTooFar),
        ({"first_on": "2026-12-02", "last_on": "2026-12-01"}, DateOrder),
        ({"skills": ["juggling"]}, Malformed),
        ({"skills": []}, FieldMissing),
        ({"places": []}, Malformed),
        ({"own_words": "x" * 2001}, Malformed),
        ({"own_words": "x\x00"}, Malformed),
        ({"colleague_id": an_id("Siri")}, NotFound),
        ({"id": "offer"}, Malformed),
        ({"max_km": -1}, Malformed),
    ],
)
def test_an_offer_that_makes_no_sense_is_refused_and_nothing_is_kept(
    innlandet: Database, change: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal), innlandet.work() as work:
        operations.create_offer(work, an_offer(**change), KARI)
    with innlandet.reading() as work:
        assert operations.list_offers(work)["items"] == []
    assert local_events(innlandet, "OfferChanged") == []


def test_an_offer_for_public_holidays_says_which_and_stands_where_no_door_must_be_open(
    innlandet: Database,
) -> None:
    days = ["2026-12-25", "2027-01-01"]
    with innlandet.work() as work, pytest.raises(OfferClosed) as refused:
        operations.create_offer(work, an_offer(dates=days, places=["host"]), KARI)
    assert refused.value.parameters == {"dates": days}
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(dates=days, places=["host", "online"]), KARI)
        partly = an_offer(id=an_id("partly"), dates=[*days, "2026-12-29"], places=["host"])
        assert operations.create_offer(work, partly, KARI)["dates"][0] == days[0]


def test_a_library_that_is_closed_itself_may_lend_its_people(innlandet: Database) -> None:
    closed = {"closed_dates": ["2026-12-28"]}
    with innlandet.work() as work:
        operations.set_library_page(work, an_id("Eidskog"), closed, KARI)
        offer = an_offer(dates=["2026-12-28"], places=["host"])
        assert operations.create_offer(work, offer, KARI)["state"] == "open"


def test_an_offer_names_counties_that_can_be_told(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    named = an_offer(reach="counties", counties=["innlandet", "akershus"])
    with innlandet.work() as work:
        operations.create_offer(work, named, KARI)
        operations.freeze_peer(work, "akershus")
        operations.create_offer(work, {**named, "id": an_id("frozen")}, KARI)
        operations.leave_peer(work, "akershus")
    with innlandet.work() as work, pytest.raises(CountyUnknown) as refused:
        operations.create_offer(work, {**named, "id": an_id("left")}, KARI)
    assert refused.value.parameters == {"county": "akershus"}


@pytest.mark.parametrize("document", [None, [], "offer", 7, {}])
def test_what_is_no_offer_and_no_request_is_malformed_or_says_what_is_missing(
    innlandet: Database, document: Any
) -> None:
    for create in (operations.create_offer, operations.create_request):
        with pytest.raises((Malformed, HostContactMissing)), innlandet.work() as work:
            create(work, document, KARI)


def test_only_the_colleague_and_her_manager_offer_and_withdraw(innlandet: Database) -> None:
    with pytest.raises(NotYourRole), innlandet.work() as work:
        operations.create_offer(work, an_offer(), SIRI)
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(), JONAS)
    with pytest.raises(NotYourRole), innlandet.work() as work:
        operations.withdraw_offer(work, an_id("offer"), an_actor("Kari", "Eidskog"))


def test_an_offer_sent_twice_is_kept_once_even_when_its_dates_have_passed(
    innlandet: Database, clock: FixedClock
) -> None:
    with innlandet.work() as work:
        first = operations.create_offer(work, an_offer(last_on="2026-12-01"), KARI)
    clock.move_to(datetime(2027, 1, 1, tzinfo=UTC))
    with innlandet.work() as work:
        assert operations.create_offer(work, an_offer(last_on="2026-12-01"), KARI) == first
    assert len(local_events(innlandet, "OfferChanged")) == 1
    with pytest.raises(SameKeyOtherBody), innlandet.work() as work:
        operations.create_offer(work, an_offer(last_on="2026-12-01", half_days=2), KARI)


def test_a_name_or_version_handed_in_counts_for_nothing(innlandet: Database) -> None:
    with innlandet.work() as work:
        given = {"colleague_name": "Somebody else", "version": 7, "state": "withdrawn", "county": "akershus"}
        first = operations.create_offer(work, an_offer(**given), KARI)
        assert operations.create_offer(work, an_offer(), KARI) == first
    assert (first["colleague_name"], first["version"], first["state"]) == ("Jonas", 1, "open")


def test_a_withdrawn_offer_stays_withdrawn_and_leaves_no_name_or_words_elsewhere(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(own_words="Gjerne"), JONAS)
        operations.withdraw_offer(work, an_id("offer"), KARI)
        again = operations.withdraw_offer(work, an_id("offer"), KARI)
    assert (again["state"], again["version"]) == ("withdrawn", 2)
    assert [event["state"] for event in local_events(innlandet, "OfferChanged")] == ["open", "withdrawn"]
    _, (_, payload, detached) = sent(innlandet, "akershus", "OfferPublished")
    assert (payload["state"], payload["own_words"], detached) == ("withdrawn", "", None)


def test_an_ended_offer_is_listed_no_more_and_can_still_be_read(
    innlandet: Database, clock: FixedClock
) -> None:
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(dates=["2026-12-01"]), KARI)
        operations.create_offer(work, an_offer(id=an_id("standing")), KARI)
    clock.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    with innlandet.reading() as work:
        listed = operations.list_offers(work)["items"]
        assert [offer["id"] for offer in listed] == [an_id("standing")]
        assert operations.get_offer(work, an_id("offer"))["state"] == "open"


def test_offers_come_newest_first_page_by_page(innlandet: Database) -> None:
    ids = [an_id(f"offer{number}") for number in range(5)]
    with innlandet.work() as work:
        for offer_id in ids:
            operations.create_offer(work, an_offer(id=offer_id), KARI)
    seen, cursor = [], None
    with innlandet.reading() as work:
        while True:
            page = operations.list_offers(work, an_id("Eidskog"), cursor=cursor, limit=2)
            seen += [offer["id"] for offer in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert operations.list_offers(work, an_id("Grue"))["items"] == []
    assert seen == sorted(ids, reverse=True)


def test_a_request_is_stored_and_told_with_words_and_contact_detached(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        stored = operations.create_request(work, a_request(), JONAS)
    assert (stored["state"], stored["version"], stored["host_contact_name"]) == ("open", 1, "Kari")
    ((_, payload, detached),) = sent(innlandet, "akershus", "RequestOpened")
    assert (payload["host_contact_name"], payload["own_words"]) == (None, "")
    assert detached == {"host_contact_name": "Kari", "own_words": "Magasinet må ryddes."}


def test_a_request_waits_at_home_until_it_is_opened(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.create_request(work, a_request(is_open=False), KARI)
        assert operations.list_requests(work)["items"] == []
        assert len(operations.list_requests(work, an_id("Eidskog"))["items"]) == 1
    assert sent(innlandet, "akershus", "RequestOpened") == []
    with innlandet.work() as work:
        opened = operations.open_request(work, an_id("request"), JONAS)
        again = operations.open_request(work, an_id("request"), JONAS)
    assert (opened["is_open"], opened["version"]) == (True, 2)
    assert again == opened
    assert len(sent(innlandet, "akershus", "RequestOpened")) == 1
    assert [event["is_open"] for event in local_events(innlandet, "RequestChanged")] == [False, True]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"half_days": 0}, BelowHalfDay),
        ({"half_days": 41}, TooManyDays),
        ({"half_days": "2"}, Malformed),
        ({"first_on": "2026-11-22"}, DatePast),
        ({"last_on": "2028-05-24"}, DateTooFar),
        ({"last_on": "2026-11-30"}, DateOrder),
        ({"last_on": "2026-02-30"}, Malformed),
        ({"host_contact_id": None}, HostContactMissing),
        ({"host_contact_id": ""}, HostContactMissing),
        ({"host_contact_id": an_id("Siri")}, HostContactMissing),
        ({"host_contact_id": an_id("Nobody")}, HostContactMissing),
        ({"skills": ["weeding", "juggling"]}, Malformed),
        ({"skills": []}, FieldMissing),
        ({"own_words": "x" * 2001}, Malformed),
        ({"library_id": an_id("Grue")}, NotYourRole),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_and_nothing_is_kept(
    innlandet: Database, change: dict[str, Any], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal), innlandet.work() as work:
        operations.create_request(work, a_request(**change), KARI)
    with innlandet.reading() as work:
        assert operations.list_requests(work, an_id("Eidskog"))["items"] == []


def test_a_request_sent_twice_is_kept_once(innlandet: Database) -> None:
    with innlandet.work() as work:
        first = operations.create_request(work, a_request(), KARI)
        assert operations.create_request(work, a_request(), KARI) == first
    with pytest.raises(SameKeyOtherBody), innlandet.work() as work:
        operations.create_request(work, a_request(half_days=1), KARI)
    assert len(local_events(innlandet, "RequestChanged")) == 1


def test_a_repeated_request_answers_with_how_it_stands_now(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.create_request(work, a_request(), KARI)
        operations.close_request(work, an_id("request"), KARI)
        assert operations.create_request(work, a_request(), KARI)["state"] == "closed"


def test_a_closed_request_stays_closed_and_cannot_be_opened(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.create_request(work, a_request(), KARI)
        closed = operations.close_request(work, an_id("request"), KARI)
        assert operations.close_request(work, an_id("request"), KARI) == closed
        operations.engagement_changed(work, engagement("agreed", 1))
        assert operations.get_request(work, an_id("request"))["state"] == "closed"
    with pytest.raises(RequestClosed), innlandet.work() as work:
        operations.open_request(work, an_id("request"), KARI)


def test_others_neither_open_nor_close_a_request(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.create_request(work, a_request(is_open=False), KARI)
    for act in (operations.open_request, operations.close_request):
        with pytest.raises(NotYourRole), innlandet.work() as work:
            act(work, an_id("request"), SIRI)
        with pytest.raises(NotFound), innlandet.work() as work:
            act(work, an_id("nothing"), KARI)


def test_an_agreed_engagement_covers_the_request_and_a_cancelled_one_reopens_it(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.create_request(work, a_request(), KARI)
        for version, state in enumerate(("proposed", "reserving", "agreed"), start=1):
            operations.engagement_changed(work, engagement(state, version))
    with pytest.raises(AlreadyCovered), innlandet.work() as work:
        operations.close_request(work, an_id("request"), KARI)
    with innlandet.work() as work:
        operations.engagement_changed(work, engagement("cancelled", 4))
    told = [payload["state"] for _, payload, _ in sent(innlandet, "akershus", "RequestOpened")]
    assert told == ["open", "covered", "open"]
    assert [event["state"] for event in local_events(innlandet, "RequestChanged")] == told


def test_news_of_an_engagement_may_come_twice_and_late(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.create_request(work, a_request(), KARI)
        operations.engagement_changed(work, engagement("cancelled", 4))
        operations.engagement_changed(work, engagement("agreed", 3))
        assert operations.get_request(work, an_id("request"))["state"] == "open"
        operations.engagement_changed(work, engagement("agreed", 5))
        operations.engagement_changed(work, engagement("agreed", 5))
        assert operations.get_request(work, an_id("request"))["version"] == 2


def test_a_request_stays_covered_while_another_engagement_answers_it(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.create_request(work, a_request(), KARI)
        operations.engagement_changed(work, engagement("agreed", 1, "one"))
        operations.engagement_changed(work, engagement("agreed", 1, "two"))
        operations.engagement_changed(work, engagement("cancelled", 2, "one"))
        assert operations.get_request(work, an_id("request"))["state"] == "covered"
        operations.engagement_changed(work, engagement("cancelled", 2, "two"))
        assert operations.get_request(work, an_id("request"))["state"] == "open"


def test_a_request_is_covered_when_all_the_help_it_asked_for_is_agreed(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.create_request(work, a_request(half_days=3), KARI)
        operations.engagement_changed(work, engagement("agreed", 1, "one"))
        assert operations.get_request(work, an_id("request"))["state"] == "open"
        operations.engagement_changed(work, engagement("agreed", 1, "two", half_days=1))
        assert operations.get_request(work, an_id("request"))["state"] == "covered"


@pytest.mark.parametrize(
    "change",
    [
        {"home_county": "akershus"},
        {"host_library_id": an_id("Grue")},
        {"request_id": an_id("other")},
        {"request_id": None},
    ],
)
def test_engagements_of_others_cover_nothing_here(innlandet: Database, change: dict[str, Any]) -> None:
    with innlandet.work() as work:
        operations.create_request(work, a_request(), KARI)
        operations.engagement_changed(work, engagement("agreed", 1, **change))
        assert operations.get_request(work, an_id("request"))["state"] == "open"


def test_requests_come_open_ones_first_then_by_day_page_by_page(innlandet: Database) -> None:
    days = {"a": "2026-12-03", "b": "2026-12-01", "c": "2026-12-02", "d": "2026-12-01"}
    with innlandet.work() as work:
        for name, day in days.items():
            operations.create_request(work, a_request(id=an_id(name), first_on=day), KARI)
        operations.close_request(work, an_id("b"), KARI)
    seen, cursor = [], None
    with innlandet.reading() as work:
        while True:
            page = operations.list_requests(work, cursor=cursor, limit=1)
            seen += [request["id"] for request in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    assert seen == [an_id(name) for name in "dcab"]
