"""Two libraries swap the hosts of their visits when both want to and the rules let them."""

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
    told,
    visit_by,
)

from byttebank.contracts.fields import load
from byttebank.contracts.refusals import NotFound, NotYourRole
from byttebank.contracts.vandring import VandringRound
from byttebank.contracts.vandring_refusals import SwapImpossible, SwapOver, VisitAgreed
from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: many libraries answer."""


def test_nobody_is_shown_a_swap_after_which_a_library_would_visit_itself(innlandet: Matching) -> None:
    plan = plan_of(published(innlandet))
    assert any(plan[plan[one]] != one for one in PLACES), "a ring of three, where the two differ"
    for name in PLACES:
        own = innlandet.ask(operations.library_vandring, ROUND, an_id(name))
        others = {one["visitor_library_name"] for one in own["swap_with"]}
        assert others == {one for one in PLACES if one not in (name, plan[name]) and plan[one] != name}


def test_two_libraries_swap_hosts_when_both_want_to(innlandet: Matching) -> None:
    seen = published(innlandet, names=True)
    before = plan_of(seen)
    one = "Grue"
    other = next(name for name in PLACES if name not in (one, before[one]) and before[name] != one)
    innlandet.do(operations.ask_vandring_swap, ROUND, an_id("swap"), an_id(other), leader(one))
    assert told(innlandet, "vandring_swap") == [other]
    (listed,) = innlandet.ask(operations.library_vandrings, an_id(other))
    load(VandringRound, listed)
    assert [swap["asker_library_name"] for swap in listed["swaps"]] == [one]
    assert plan_of(see(innlandet)) == before
    innlandet.do(operations.answer_vandring_swap, an_id("swap"), True, leader(other))
    after = plan_of(see(innlandet))
    assert (after[one], after[other]) == (before[other], before[one])
    assert {name: after[name] for name in PLACES if name not in (one, other)} == {
        name: before[name] for name in PLACES if name not in (one, other)
    }
    assert sorted(told(innlandet, "vandring_swapped")) == sorted([one, other])
    assert sorted(told(innlandet, "vandring_changed")) == sorted({before[one], before[other]})
    old = innlandet.ask(operations.get_engagement, visit_by(seen, one)["engagement_id"], leader(one))
    assert (old["state"], old["refusal"]["code"]) == ("declined", "visit_changed")
    propose_all(innlandet)
    assert visit_by(see(innlandet), one)["engagement_state"] == "proposed"
    with pytest.raises(SwapOver):
        innlandet.do(operations.answer_vandring_swap, an_id("swap"), False, leader(other))


def test_a_swap_that_breaks_a_rule_or_an_agreed_day_is_refused(innlandet: Matching) -> None:
    seen = published(innlandet, names=True)
    plan = plan_of(seen)
    visitor_of = {host: visitor for visitor, host in plan.items()}
    with pytest.raises(SwapImpossible) as refused:
        innlandet.do(
            operations.ask_vandring_swap, ROUND, an_id("s1"), an_id(visitor_of["Grue"]), leader("Grue")
        )
    assert refused.value.parameters == {"library": "Grue", "sits_out": "own_library"}
    agree(innlandet, visit_by(seen, "Grue"))
    other = next(name for name in PLACES if name not in ("Grue", plan["Grue"], visitor_of["Grue"]))
    with pytest.raises(VisitAgreed):
        innlandet.do(operations.ask_vandring_swap, ROUND, an_id("s2"), an_id(other), leader("Grue"))
    with pytest.raises(NotYourRole):
        innlandet.do(operations.ask_vandring_swap, ROUND, an_id("s3"), an_id(other), colleague("Grue"))


def test_a_declined_swap_changes_nothing_and_is_told(innlandet: Matching) -> None:
    plan = plan_of(published(innlandet))
    other = next(name for name in PLACES if name not in ("Grue", plan["Grue"]) and plan[name] != "Grue")
    innlandet.do(operations.ask_vandring_swap, ROUND, an_id("swap"), an_id(other), leader("Grue"))
    with pytest.raises(NotFound):
        innlandet.do(operations.answer_vandring_swap, an_id("swap"), True, leader("Grue"))
    innlandet.do(operations.answer_vandring_swap, an_id("swap"), False, leader(other))
    assert plan_of(see(innlandet)) == plan
    assert told(innlandet, "vandring_swap_declined") == ["Grue"]


def test_a_late_swap_is_in_weeks_that_are_left_and_there_is_none_when_none_are(innlandet: Matching) -> None:
    before = plan_of(published(innlandet))
    other = next(name for name in PLACES if name not in ("Grue", before["Grue"]) and before[name] != "Grue")
    innlandet.do(operations.ask_vandring_swap, ROUND, an_id("swap"), an_id(other), leader("Grue"))
    innlandet.let_time_pass("2027-01-20")
    innlandet.do(operations.answer_vandring_swap, an_id("swap"), True, leader(other))
    after = see(innlandet)
    assert (plan_of(after)["Grue"], plan_of(after)[other]) == (before[other], before["Grue"])
    for name in ("Grue", other):
        assert visit_by(after, name)["week_on"] >= "2027-01-18"
    innlandet.let_time_pass("2027-02-05")
    with pytest.raises(SwapImpossible) as refused:
        innlandet.do(operations.ask_vandring_swap, ROUND, an_id("back"), an_id(other), leader("Grue"))
    assert refused.value.parameters["sits_out"] == "no_common_week"
    assert plan_of(see(innlandet)) == plan_of(after)
