"""Half-days in a round of matching, and the limits of libraries and towards other counties."""

import json
from datetime import date

import pytest
from matching_cast import Matching, a_request, actor, an_id
from round_cast import ROUND, Document, begin, compute, offer, publish, report, see

from services.matching import operations
from services.matching.domain.instance import PlannedDay
from services.matching.domain.participants import Standing, Wanted
from services.matching.domain.round import matches_of
from services.matching.domain.round_input import round_input

pytestmark = pytest.mark.simulation
"""Takes seconds: rounds are gathered, computed and published."""


def test_the_limit_is_hard_in_a_round_and_asked_days_count_against_it(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=8, is_open=True))
    offer(innlandet, "Jonas", "Per")
    begin(innlandet)
    report(innlandet, Eidskog=3)
    compute(innlandet)
    seen = see(innlandet)
    assert seen["days_served"] == 1
    (unmet,) = seen["unmet"]
    assert (unmet["reason"], unmet["half_days"]) == ("own_limit", 6)


def test_half_a_day_is_served_and_proposed_as_half_a_day(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=3, is_open=True))
    offer(innlandet, "Jonas")
    begin(innlandet)
    report(innlandet, Eidskog=3)
    compute(innlandet)
    seen = see(innlandet)
    (match,) = seen["matches"]
    assert (len(match["dates"]), match["half_days"], seen["unmet"]) == (2, 3, [])
    assert (seen["days_served"], seen["half_days_served"], seen["half_days_wanted"]) == (1, 3, 3)
    assert seen["half_days_bound"] == 3
    (eidskog,) = [one for one in seen["effects"] if one["library_name"] == "Eidskog"]
    assert eidskog["received_half_days"] == 3
    publish(innlandet)
    (proposed,) = see(innlandet)["matches"]
    assert (proposed["state"], proposed["engagement_state"]) == ("proposed", "proposed")
    engagement = innlandet.ask(operations.get_engagement, match["engagement_id"], actor("Kari"))
    assert (engagement["half_days"], engagement["dates"]) == (3, match["dates"])


def test_a_file_says_that_half_days_count_only_where_they_do(computed: Matching) -> None:
    plain = json.loads(computed.ask(operations.matching_round_input, ROUND))
    assert plain["format"] == "staff-day-exchange/1"
    assert "caps" not in plain
    assert not any("half_days" in field for one in plain["requests"] + plain["libraries"] for field in one)
    # A round of before has no list of those who end with half a day.
    names = {
        "requests": {"r": "request"},
        "helpers": {"c": {"colleague_id": "k", "offers": {"request": "o"}}},
    }
    (match,) = matches_of([PlannedDay("r", "c", date(2026, 12, 7))], names, lambda *_: "")
    assert match.half_days == 2


def test_half_a_day_that_is_not_there_to_be_used_serves_nothing(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=3, is_open=True))
    offer(innlandet, "Jonas")
    begin(innlandet)
    report(innlandet, Eidskog=2)
    compute(innlandet)
    seen = see(innlandet)
    assert (seen["matches"], [one["half_days"] for one in seen["unmet"]]) == ([], [3])


def _room(half_days: int) -> list[Document]:
    """What the ledger says of the limit towards Akershus."""
    return [{"county": "akershus", "may_receive_half_days": half_days, "may_give_half_days": 200}]


@pytest.mark.parametrize(("room", "days"), [(4, 2), (3, 1), (1, 0), (-2, 0)])
def test_no_more_days_come_from_a_county_than_the_limit_between_the_two_leaves(
    innlandet: Matching, room: int, days: int
) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=4, is_open=True))
    offer(innlandet, "Per")
    begin(innlandet)
    report(innlandet, counties=_room(room))
    compute(innlandet)
    seen = see(innlandet)
    assert seen["days_served"] == days
    assert [one["reason"] for one in seen["unmet"]] == (["cap"] if days < 2 else [])


@pytest.mark.parametrize(("state", "days"), [("proposed", 0), ("declined", 1), ("agreed", 1)])
def test_what_is_asked_of_a_county_and_not_answered_counts_against_the_limit_towards_it(
    innlandet: Matching, state: str, days: int
) -> None:
    """What is agreed the ledger has counted already, and what was declined counts nowhere: who was declined
    asks again, and of the two requests one is served."""
    innlandet.hear("RequestChanged", a_request(version=2, half_days=2, is_open=True))
    offer(innlandet, "Per")
    begin(innlandet)
    report(innlandet, counties=_room(2))
    compute(innlandet)
    publish(innlandet)
    with innlandet.database.work() as work:
        work.connection.exec_driver_sql(f"UPDATE engagements SET state = '{state}'")
    innlandet.hear("RequestChanged", a_request("another", half_days=2, is_open=True))
    later = an_id("later round")
    begin(innlandet, id=later)
    report(innlandet, later, counties=_room(2))
    compute(innlandet, later)
    assert see(innlandet, later)["days_served"] == days


def test_what_a_library_has_asked_for_is_no_longer_there_to_be_used(computed: Matching) -> None:
    publish(computed)
    later = an_id("later")
    computed.hear("RequestChanged", a_request("another", half_days=2, is_open=True))
    begin(computed, id=later)
    report(computed, later, Eidskog=5)
    compute(computed, later)
    (unmet,) = see(computed, later)["unmet"]
    assert unmet["reason"] == "own_limit"


@pytest.mark.parametrize(("balance", "available", "room"), [(10, 0, 0), (10, 16, 8), (-4, -1, 0), (-4, 6, 3)])
def test_the_room_of_a_library_is_what_is_available_in_whole_days(
    balance: int, available: int, room: int
) -> None:
    wanted = Wanted("r", "host", ("x",), (date(2026, 12, 7),), 2, False, "host")
    found = round_input(
        round_id="round",
        county="innlandet",
        salt="salt",
        days_each=1,
        standings={"host": Standing(balance, available)},
        wanted=[wanted],
        helping=[],
        points={},
    )
    (library,) = found.instance["libraries"]
    assert library["balance_days"] + library["limit_days"] == room
    assert library["limit_days"] >= 0
