"""What recurs, expires, widens and is closed: offers and requests over time, and what is refused of them."""

from datetime import date, timedelta
from typing import Any

import pytest
from directory_cast import JONAS, KARI, SIRI, a_county, a_library, a_request, add_peer, an_id, an_offer, sent

from byttebank.clock import FixedClock
from byttebank.contracts.market_refusals import ColleagueNotAgreed, NoOpenDay, OfferOverlaps, TooFewAtHome
from byttebank.contracts.refusals import (
    DateOrder,
    Malformed,
    NotFound,
    NotNow,
    NotYourRole,
    OwnLibrary,
    TooManyDays,
)
from byttebank.public_holidays import public_holidays
from byttebank.storage.work import Database
from services.directory import operations
from services.directory.domain.closed_days import is_closed

Document = dict[str, Any]


@pytest.fixture
def federated(innlandet: Database) -> Database:
    """Innlandet with its neighbour Akershus and Vestland, which is far."""
    for peer in ("akershus", "vestland"):
        add_peer(innlandet, peer)
    with innlandet.work() as work:
        operations.set_county(work, {**a_county("innlandet"), "neighbours": ["akershus"]})
    return innlandet


def create(database: Database, **more: Any) -> Document:
    with database.work() as work:
        return operations.create_request(work, a_request(**more), KARI)


def offer(database: Database, actor: Document = JONAS, **more: Any) -> Document:
    with database.work() as work:
        return operations.create_offer(work, an_offer(**more), actor)


def told(database: Database) -> list[str]:
    return [peer for peer in ("akershus", "vestland") if sent(database, peer, "RequestOpened")]


def days_pass(database: Database, clock: FixedClock, days: int) -> int:
    clock.move_to(clock.now() + timedelta(days))
    with database.work() as work:
        return operations.widen_requests(work)


def engaged(database: Database, state: str, version: int, **more: Any) -> None:
    engagement = {
        "id": an_id("engagement"),
        "request_id": an_id("request"),
        "home_county": "innlandet",
        "host_library_id": an_id("Eidskog"),
        "half_days": 2,
        "state": state,
        "version": version,
        **more,
    }
    with database.work() as work:
        operations.engagement_changed(work, engagement)


def test_a_request_widens_from_the_county_to_neighbours_to_all(
    federated: Database, clock: FixedClock
) -> None:
    assert create(federated, reach="county")["widens_on"] == "2026-11-26"
    assert told(federated) == []
    assert days_pass(federated, clock, 2) == 0
    assert days_pass(federated, clock, 1) == 1
    assert told(federated) == ["akershus"]
    assert days_pass(federated, clock, 3) == 1
    assert told(federated) == ["akershus", "vestland"]
    assert days_pass(federated, clock, 30) == 0


def test_a_request_that_says_no_reach_asks_its_own_county_first(
    federated: Database, clock: FixedClock
) -> None:
    request = a_request()
    del request["reach"]
    with federated.work() as work:
        stored = operations.create_request(work, request, KARI)
    assert (stored["reach"], stored["widens_on"], told(federated)) == ("county", "2026-11-26", [])
    assert days_pass(federated, clock, 3) == 1
    assert told(federated) == ["akershus"]


def test_no_reach_at_all_is_refused(innlandet: Database) -> None:
    with pytest.raises(Malformed):
        create(innlandet, reach=None)


def test_a_pause_is_shown_with_the_day_on_which_it_ends(federated: Database, clock: FixedClock) -> None:
    assert create(federated, reach="county")["is_paused"] is False
    engaged(federated, "proposed", 1, reply_by_on="2026-11-30")

    def shown() -> tuple[bool, str | None]:
        with federated.reading() as work:
            one = operations.get_request(work, an_id("request"))
            assert operations.list_requests(work, an_id("Eidskog"))["items"] == [one]
        return one["is_paused"], one["resumes_on"]

    assert shown() == (True, "2026-12-01"), "the day after the last day to answer"
    engaged(federated, "agreed", 2, half_days=1)
    assert shown() == (True, None), "help for some of it is agreed: nobody knows when that ends"
    engaged(federated, "declined", 3)
    assert shown() == (False, None)


def test_an_answer_stops_the_clock_and_a_no_starts_it_again(federated: Database, clock: FixedClock) -> None:
    create(federated, reach="county")
    engaged(federated, "proposed", 1)
    assert days_pass(federated, clock, 5) == 0
    assert told(federated) == []
    engaged(federated, "declined", 2)
    assert days_pass(federated, clock, 0) == 1
    assert told(federated) == ["akershus"]


def test_the_library_changes_the_timer_or_widens_at_once(federated: Database, clock: FixedClock) -> None:
    create(federated, reach="county")
    with federated.work() as work:
        operations.widen_request(work, an_id("request"), KARI, widens_after_days=None)
    assert days_pass(federated, clock, 40) == 0
    with federated.work() as work:
        wider = operations.widen_request(
            work, an_id("request"), KARI, reach="neighbours", widens_after_days=10
        )
    assert (wider["reach"], wider["widens_on"]) == ("neighbours", "2027-01-12")
    assert told(federated) == ["akershus"]
    with federated.work() as work, pytest.raises(NotNow):
        operations.widen_request(work, an_id("request"), KARI, reach="county")
    with federated.work() as work, pytest.raises(NotYourRole):
        operations.widen_request(work, an_id("request"), SIRI, reach="all")


def test_one_who_closes_tells_those_who_were_told(federated: Database) -> None:
    create(federated, reach="neighbours")
    with federated.work() as work:
        operations.close_request(work, an_id("request"), KARI)
    assert told(federated) == ["akershus"]
    assert sent(federated, "akershus", "RequestOpened")[-1][1]["state"] == "closed"


def test_a_request_on_named_dates_spans_them(innlandet: Database) -> None:
    request = a_request(dates=["2026-12-09", "2026-12-02"], urgency="high", same_person=True)
    del request["first_on"], request["last_on"]
    with innlandet.work() as work:
        stored = operations.create_request(work, request, KARI)
    assert (stored["first_on"], stored["last_on"]) == ("2026-12-02", "2026-12-09")
    assert stored["dates"] == ["2026-12-02", "2026-12-09"]


def test_a_day_on_which_the_library_is_closed_is_no_day_for_help(innlandet: Database) -> None:
    christmas = {"first_on": "2026-12-25", "last_on": "2026-12-26"}
    with pytest.raises(NoOpenDay):
        create(innlandet, **christmas)
    assert create(innlandet, **christmas, place="online")["place"] == "online"
    with innlandet.work() as work:
        closed = {**a_library("Eidskog", 60.0, 12.0), "closed_dates": ["2026-12-01", "2026-12-02"]}
        operations.register_library(work, closed)
    with pytest.raises(NoOpenDay):
        create(innlandet, id=an_id("other"), first_on="2026-12-01", last_on="2026-12-02")
    with pytest.raises(NoOpenDay):
        create(innlandet, id=an_id("other"), half_days=6, same_person=True)
    assert create(innlandet, id=an_id("other"), half_days=6)["half_days"] == 6


def test_holidays_are_those_of_the_librarys_country() -> None:
    library = {"closed_dates": [], "opened_on": None, "closed_on": None}
    (constitution,) = [day for day in public_holidays("NO", 2027) if (day.month, day.day) == (5, 17)]
    assert is_closed({**library, "country": "NO"}, constitution)
    assert not is_closed({**library, "country": "SE"}, constitution)
    assert not is_closed({**library, "country": "XX"}, constitution)
    assert is_closed({**library, "country": None, "closed_on": "2027-05-16"}, constitution)


@pytest.mark.parametrize("half_days", [41, 800, 10_000])
def test_help_for_four_hundred_days_is_a_vacancy(innlandet: Database, half_days: int) -> None:
    with pytest.raises(TooManyDays) as refused:
        create(innlandet, half_days=half_days)
    assert refused.value.parameters == {"max_half_days": 40}


def test_four_hundred_single_dates_are_refused(innlandet: Database) -> None:
    days = [(date(2026, 12, 1) + timedelta(number)).isoformat() for number in range(400)]
    with pytest.raises(Malformed):
        create(innlandet, dates=days)
    with pytest.raises(Malformed):
        offer(innlandet, dates=days)


@pytest.mark.parametrize(
    "days",
    [
        {"first_on": "2027-03-02", "last_on": "2027-03-01"},
        {"first_on": "2027-03-01", "last_on": "2027-04-30", "expires_on": "2027-02-28"},
        {"first_on": "2027-03-01", "last_on": "2027-04-30", "expires_on": "2027-02-28", "weekdays": [1]},
        {"dates": ["2027-03-01", "2027-03-02"], "expires_on": "2027-02-28"},
    ],
)
def test_an_offer_that_ends_before_it_begins_is_refused(innlandet: Database, days: Document) -> None:
    with pytest.raises(DateOrder):
        offer(innlandet, **days)


def test_a_request_whose_window_ends_before_it_begins_is_refused(innlandet: Database) -> None:
    with pytest.raises(DateOrder) as refused:
        create(innlandet, first_on="2026-12-09", last_on="2026-12-01")
    assert refused.value.parameters == {"first_on": "2026-12-09", "last_on": "2026-12-01"}


def test_a_library_asks_another_one_that_exists(innlandet: Database) -> None:
    with pytest.raises(OwnLibrary):
        create(innlandet, to_library_id=an_id("Eidskog"), is_open=False)
    with pytest.raises(NotFound):
        create(innlandet, to_library_id=an_id("Nowhere"), is_open=False)
    with pytest.raises(Malformed):
        create(innlandet, to_library_id=an_id("Grue"), is_open=True)
    assert create(innlandet, to_library_id=an_id("Grue"), is_open=False)["to_library_id"] == an_id("Grue")


def test_html_in_own_words_loses_its_marks_and_keeps_its_words(innlandet: Database) -> None:
    words = "<b>Magasinet</b> må ryddes <script>alert(1)</script>& pusses, 3 < 4 📚 čáppa"
    stored = create(innlandet, own_words=words)
    assert stored["own_words"] == "Magasinet må ryddes & pusses, 3 < 4 📚 čáppa"
    assert create(innlandet, own_words=words) == stored


def test_a_standing_offer_ends_by_itself_and_is_renewed_in_one_click(
    innlandet: Database, clock: FixedClock
) -> None:
    assert offer(innlandet)["expires_on"] == "2027-05-23"
    clock.move_to(clock.now() + timedelta(200))
    with innlandet.reading() as work:
        assert operations.board(work, an_id("Grue"))["items"] == []
    with innlandet.work() as work:
        renewed = operations.renew_offer(work, an_id("offer"), JONAS)
        assert operations.renew_offer(work, an_id("offer"), JONAS)["version"] == renewed["version"] == 2
    with innlandet.reading() as work:
        assert len(operations.board(work, an_id("Grue"))["items"]) == 1
    with innlandet.work() as work:
        operations.withdraw_offer(work, an_id("offer"), JONAS)
        with pytest.raises(NotNow):
            operations.renew_offer(work, an_id("offer"), JONAS)


def test_recurring_offers_of_one_colleague_do_not_overlap(innlandet: Database) -> None:
    offer(innlandet, weekdays=[1, 2], first_on="2026-12-01", last_on="2027-02-28")
    other = {"id": an_id("second"), "skills": ["music"]}
    with pytest.raises(OfferOverlaps) as refused:
        offer(innlandet, **other, weekdays=[2, 3])
    assert refused.value.parameters == {"offer_id": an_id("offer"), "weekdays": [2]}
    assert offer(innlandet, **other, weekdays=[3])
    assert offer(innlandet, id=an_id("later"), weekdays=[1], first_on="2027-03-01", last_on="2027-04-30"), (
        "after the other has ended"
    )


@pytest.mark.parametrize(
    "dates",
    [
        {"weekdays": [2], "dates": ["2026-12-01"]},
        {"weekdays": [7], "first_on": "2026-12-01", "last_on": "2026-12-02"},
        {"weekdays": [8]},
        {"weekdays": [True]},
    ],
)
def test_weekdays_that_make_no_sense_are_refused(innlandet: Database, dates: Document) -> None:
    with pytest.raises(Malformed):
        offer(innlandet, **dates)


def test_so_many_stay_at_home(innlandet: Database) -> None:
    with pytest.raises(TooFewAtHome) as refused:
        offer(innlandet, min_at_home=2)
    assert refused.value.parameters == {"min_at_home": 2, "colleagues": 2}
    assert offer(innlandet, min_at_home=1)["min_at_home"] == 1


def test_who_has_said_no_is_offered_by_herself_alone(innlandet: Database) -> None:
    jonas = {"id": an_id("Jonas"), "library_id": an_id("Eidskog"), "name": "Jonas", "may_be_offered": False}
    with innlandet.work() as work:
        operations.add_colleague(work, jonas)
    with pytest.raises(ColleagueNotAgreed):
        offer(innlandet, KARI)
    assert offer(innlandet, JONAS)["state"] == "open"
