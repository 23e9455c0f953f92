"""A vandring visit that is agreed moves as any agreed day, and the plan, its repair and swaps go with it."""

from datetime import date, timedelta
from typing import Any

import pytest
from matching_cast import Matching, an_id
from vandring_cast import (
    PLACES,
    ROUND,
    agree,
    colleague,
    leader,
    plan_of,
    propose_all,
    published,
    see,
    visit_by,
)

from byttebank.contracts.vandring_refusals import DayClosed
from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: many libraries answer."""
Document = dict[str, Any]
WEEK = timedelta(weeks=1)


def move(county: Matching, visit: Document, day: str) -> Document:
    """The host asks for another day; the visitor's manager and the one who goes say yes."""
    visitor, host = visit["visitor_library_name"], visit["host_library_name"]
    county.do(operations.ask_move, visit["engagement_id"], [day], leader(host))
    county.do(operations.answer_move, visit["engagement_id"], [day], True, leader(visitor))
    return county.do(operations.answer_move, visit["engagement_id"], [day], True, colleague(visitor))


def a_week_on(visit: Document) -> str:
    return (date.fromisoformat(visit["dates"][0]) + WEEK).isoformat()


@pytest.fixture
def agreed(innlandet: Matching) -> Matching:
    """Everybody's visit is proposed, and that of Grue agreed."""
    agree(innlandet, visit_by(published(innlandet, names=True), "Grue"))
    return innlandet


def test_the_plan_shows_the_new_day_and_its_week(agreed: Matching) -> None:
    before = visit_by(see(agreed), "Grue")
    day = a_week_on(before)
    assert move(agreed, before, day)["state"] == "agreed"
    after = visit_by(see(agreed), "Grue")
    assert (after["dates"], after["engagement_state"], after["id"]) == ([day], "agreed", before["id"])
    assert date.fromisoformat(after["week_on"]) == date.fromisoformat(before["week_on"]) + WEEK
    assert agreed.told("ReserveDays") == agreed.told("ReleaseDays") == []


def test_a_visit_moves_to_no_day_that_the_round_does_not_have(agreed: Matching) -> None:
    visit = visit_by(see(agreed), "Grue")
    saturday = (date.fromisoformat(visit["week_on"]) + timedelta(days=5)).isoformat()
    for day in (saturday, "2027-09-15"):
        with pytest.raises(DayClosed):
            agreed.do(operations.ask_move, visit["engagement_id"], [day], leader("Grue"))


def test_a_moved_visit_stays_when_others_are_put_together_anew(agreed: Matching) -> None:
    visit = visit_by(see(agreed), "Grue")
    day = a_week_on(visit)
    move(agreed, visit, day)
    gone = next(name for name in PLACES if name not in ("Grue", visit["host_library_name"]))
    agreed.do(operations.leave_vandring, ROUND, an_id(gone), leader(gone))
    after = visit_by(see(agreed), "Grue")
    assert (after["engagement_id"], after["dates"]) == (visit["engagement_id"], [day])
    assert gone not in plan_of(see(agreed))


def test_a_moved_visit_is_mended_when_its_host_drops_out(agreed: Matching) -> None:
    visit = visit_by(see(agreed), "Grue")
    move(agreed, visit, a_week_on(visit))
    host = visit["host_library_name"]
    agreed.do(operations.leave_vandring, ROUND, an_id(host), leader(host))
    old = agreed.ask(operations.get_engagement, visit["engagement_id"], leader("Grue"))
    assert old["state"] == "cancelled"
    plan = plan_of(see(agreed))
    assert host not in plan
    assert host not in plan.values()


def test_a_moved_visit_that_is_called_off_can_be_swapped(agreed: Matching) -> None:
    visit = visit_by(see(agreed), "Grue")
    move(agreed, visit, a_week_on(visit))
    agreed.do(operations.cancel, visit["engagement_id"], leader("Grue"))
    plan = plan_of(see(agreed))
    other = next(name for name in PLACES if name not in ("Grue", plan["Grue"]) and plan[name] != "Grue")
    agreed.do(operations.ask_vandring_swap, ROUND, an_id("swap"), an_id(other), leader("Grue"))
    agreed.do(operations.answer_vandring_swap, an_id("swap"), True, leader(other))
    propose_all(agreed)
    after = visit_by(see(agreed), "Grue")
    assert (after["host_library_name"], after["engagement_state"]) == (plan[other], "proposed")
