"""Visits of a vandring: on a real day on which enough stay at home, and asked about once at a time."""

from typing import Any

import pytest
from matching_cast import Matching, an_id, open_offers
from vandring_cast import (
    COUNTY,
    PLACES,
    ROUND,
    begin,
    leader,
    propose_all,
    published,
    say,
    see,
    settle,
    visit_by,
)

from byttebank.contracts.refusals import Malformed
from byttebank.storage.work import Work
from services.matching import operations, vandring_shell
from services.matching.operations.vandring import visiting
from services.matching.storage import vandring
from services.matching.vandring_shell import VandringRounds

Document = dict[str, Any]


def all_stay_at_grue(county: Matching, first_on: str, last_on: str) -> None:
    """All three of Grue must stay at home on these days."""
    (one,) = open_offers("Jonas")
    days = {"dates": [], "weekdays": [], "first_on": first_on, "last_on": last_on}
    named = {"id": an_id("stays"), "colleague_id": an_id("cGrue"), "min_at_home": 3}
    county.hear("OfferChanged", {**one, **named, **days})


def to_be_proposed(county: Matching) -> Document:
    """A published round in which all have said who goes and nothing is proposed yet: Grue's visit."""
    settle(county)
    begin(county)
    for library in PLACES:
        say(county, library, names=True)
    county.do(operations.plan_vandring_round, ROUND, COUNTY)
    county.do(operations.publish_vandring_round, ROUND, COUNTY)
    return visit_by(see(county), "Grue")


def test_a_visit_is_proposed_on_the_first_day_on_which_enough_stay_at_home(innlandet: Matching) -> None:
    monday = to_be_proposed(innlandet)["week_on"]
    all_stay_at_grue(innlandet, monday, monday)
    propose_all(innlandet)
    (day,) = visit_by(see(innlandet), "Grue")["dates"]
    assert int(day[-2:]) == int(monday[-2:]) + 1


def test_a_visit_for_which_too_few_stay_at_home_says_so_and_is_not_proposed(innlandet: Matching) -> None:
    monday = to_be_proposed(innlandet)["week_on"]
    all_stay_at_grue(innlandet, "2027-01-11", "2027-02-05")
    propose_all(innlandet)
    visit = visit_by(see(innlandet), "Grue")
    assert visit["engagement_id"] is None
    assert (visit["refusal"]["code"], visit["refusal"]["parameters"]["date"]) == ("too_many_away", monday)


def test_a_visit_on_what_is_no_date_is_refused_in_words(innlandet: Matching) -> None:
    visit = visit_by(published(innlandet), "Grue")
    for day in ("onsdag", "2027-02-30", "20270113"):
        with pytest.raises(Malformed):
            innlandet.do(
                operations.propose_visit, visit["id"], an_id("p"), an_id("cGrue"), day, leader("Grue")
            )


def test_a_visit_that_is_reported_weeks_later_is_asked_about_once_at_a_time(innlandet: Matching) -> None:
    visit = visit_by(published(innlandet, names=True), "Grue")
    for who in (leader("Grue"), {**leader("Grue", "colleague"), "person_id": an_id("cGrue")}):
        innlandet.do(operations.accept, visit["engagement_id"], who)
    host = leader(visit["host_library_name"])
    innlandet.do(operations.accept, visit["engagement_id"], host, an_id("host contact"), "Anne")
    innlandet.let_time_pass("2027-03-01")
    for who in (leader("Grue"), host):
        innlandet.do(operations.confirm, visit["engagement_id"], True, who)
    with innlandet.database.reading() as work:
        assert vandring.visits_to_remind_of(work.connection, work.today, 1)
    assert innlandet.do(operations.ask_for_reflections) == 2
    assert innlandet.do(operations.ask_for_reflections) == 0


def test_visits_that_cannot_be_proposed_leave_the_others_their_turn(
    innlandet: Matching, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_be_proposed(innlandet)
    waiting = innlandet.ask(operations.waiting_visits, 100)
    stuck, tried = set(waiting[:3]), []

    def propose(work: Work, visit_id: str) -> None:
        tried.append(visit_id)
        if visit_id in stuck:
            raise OSError("the database is away for this one")
        visiting.propose_waiting(work, visit_id)

    monkeypatch.setattr(vandring_shell.operations, "propose_waiting", propose)
    monkeypatch.setattr(vandring_shell, "AT_A_TIME", 2)
    monkeypatch.setattr(VandringRounds, "last_looked_at", {})
    for _ in range(3):
        rounds = VandringRounds()
        rounds.runtime = innlandet.database  # type: ignore[assignment]
        rounds.propose_visits()
    assert set(innlandet.ask(operations.waiting_visits, 100)) == stuck
    assert set(tried) == set(waiting)
    tried.clear()
    stuck.clear()
    for _ in range(2):
        rounds.propose_visits()
    assert innlandet.ask(operations.waiting_visits, 100) == []
