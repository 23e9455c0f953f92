"""Half-days and caps between counties: as many days as there can be, never more than the rules allow."""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from instance_cast import MONDAY, TUESDAY, WEDNESDAY, most_days, random_instance, with_caps, with_half_days

from services.matching.domain.certificate import proven_bound
from services.matching.domain.checker import served_half_days, violations
from services.matching.domain.instance import Colleague, Instance, Library, PlannedDay, Wish
from services.matching.rounds.possible import possible_days
from services.matching.rounds.solving import solve

DATES = (MONDAY, TUESDAY, WEDNESDAY)
Change = Callable[[Instance, Random], Instance]


def _both(instance: Instance, random: Random) -> Instance:
    return with_caps(with_half_days(instance, random), random)


def _check(instance: Instance, objective: str = "full") -> None:
    best, ours = most_days(instance), solve(instance, objective, 20.0)
    if best is None:
        assert (ours.status, ours.plan) == ("infeasible", ())
        return
    assert violations(instance, ours.plan) == []
    assert (ours.status, ours.days, ours.bound) == ("optimal", best, best)
    assert served_half_days(instance, ours.plan) == 2 * ours.days
    assert proven_bound(instance, ours.certificate) == ours.certificate["bound"] >= best


@pytest.mark.simulation
@pytest.mark.parametrize("same_person", [False, True])
@pytest.mark.parametrize("change", [with_half_days, with_caps, _both])
def test_a_round_with_half_days_or_caps_is_the_best_of_all_plans(change: Change, same_person: bool) -> None:
    for seed in range(12):
        random = Random(seed)
        one = change(random_instance(random, same_person=same_person), random)
        _check(one, ("days", "full")[seed % 2])


def _pair(room: int, *requests: Wish, cap: int | None = None) -> Instance:
    """Kari and Ola of `a`, in the county `inn`, may help at `b`, in `oslo`, which has room for half-days."""
    libraries = (
        Library("a", 0, 9, county="inn"),
        Library("b", room // 2, 0, more_half_days=room % 2, county="oslo"),
    )
    colleagues = (Colleague("kari", "a", (), DATES, 3), Colleague("ola", "a", (), DATES[:2], 1))
    caps = {} if cap is None else {("inn", "oslo"): cap}
    return Instance("two", "", "all-of", libraries, colleagues, requests, None, {}, caps)


@pytest.mark.simulation
def test_a_request_that_ends_half_is_by_one_for_all_its_days_and_costs_half_a_day_less() -> None:
    wish = Wish("w", "b", (), DATES, 2, False, True)
    ours = solve(_pair(3, wish), "full", 5.0)
    assert (ours.status, ours.days, ours.bound) == ("optimal", 1.5, 1.5)
    assert {one.colleague for one in ours.plan} == {"kari"}
    poor = solve(_pair(2, wish), "full", 5.0)
    assert (poor.status, poor.days, poor.plan) == ("optimal", 0, ())


@pytest.mark.simulation
def test_half_a_day_that_is_left_serves_no_whole_day() -> None:
    wishes = (Wish("half", "b", (), DATES[:1], 1, False, True), Wish("whole", "b", (), DATES, 3))
    ours = solve(_pair(4, *wishes), "full", 5.0)
    # Two whole days; or one and a half, and half a day is left.
    assert (ours.status, ours.days, ours.bound) == ("optimal", 2, 2)
    more = solve(_pair(5, *wishes), "full", 5.0)
    assert (more.status, more.days) == ("optimal", 2.5)


def test_two_half_days_given_are_a_day_to_receive() -> None:
    libraries = (Library("a", 0, 0), Library("b", 1, 0))
    colleagues = (Colleague("kari", "a", (), DATES, 3), Colleague("berit", "b", (), DATES, 3))
    halves = [Wish(f"half {number}", "b", (), DATES, 1, False, True) for number in range(2)]
    whole = Wish("whole", "a", (), DATES, 1)
    one = Instance("", "", "all-of", libraries, colleagues, (*halves, whole), None, {})
    ours = solve(one, "full", 5.0)
    assert (ours.status, ours.days, len(ours.plan)) == ("optimal", 2, 3)
    assert violations(one, ours.plan) == []


@pytest.mark.simulation
def test_no_more_goes_from_one_county_to_the_other_than_the_cap() -> None:
    wish = Wish("w", "b", (), DATES, 3)
    for cap, days in ((0, 0), (1, 0), (2, 1), (5, 2), (6, 3), (100, 3)):
        ours = solve(_pair(9, wish, cap=cap), "full", 5.0)
        assert (ours.status, ours.days, ours.bound) == ("optimal", days, days)
        assert [one.reason for one in ours.unmet] == (["cap"] if days < 3 else [])


def test_a_cap_that_can_stop_nothing_is_no_cap() -> None:
    wish = Wish("w", "b", (), DATES, 3)
    assert possible_days(_pair(9, wish, cap=6)).is_flow
    assert not possible_days(_pair(9, wish, cap=5)).is_flow


@pytest.mark.simulation
@pytest.mark.parametrize(
    "wish", [Wish("w", "b", (), DATES, 3, True), Wish("w", "b", (), DATES, 3, False, True)]
)
def test_who_is_stopped_by_a_cap_is_told_how_much_more_would_do_and_it_does(wish: Wish) -> None:
    stopped = _pair(9, wish, cap=2)
    ours = solve(stopped, "full", 5.0)
    lacks = wish.half_days - 2
    (unmet,) = ours.unmet
    assert (ours.days, unmet.reason) == (0, "cap")
    more = f"Med {lacks / 2:g} dager mer fra inn".replace(".", ",")
    assert more in unmet.text.replace("\xa0", " ")
    assert solve(replace(stopped, caps={("inn", "oslo"): 2 + lacks}), "full", 5.0).days == wish.half_days / 2
    assert solve(replace(stopped, caps={("inn", "oslo"): 1 + lacks}), "full", 5.0).days == 0


@pytest.mark.simulation
def test_what_a_cap_is_blamed_for_is_served_when_it_is_larger() -> None:
    found = 0
    for seed in range(40):
        random = Random(seed)
        one = with_caps(random_instance(random, same_person=False), random, most=2)
        ours = solve(one, "full", 10.0)
        if any(lack.reason == "cap" for lack in ours.unmet):
            found += 1
            wider = {pair: cap // 2 * 2 + 2 for pair, cap in one.caps.items()}
            assert solve(replace(one, caps=wider), "full", 10.0).days > ours.days
    assert found > 3


def test_the_checker_counts_half_days_and_caps() -> None:
    wish = Wish("w", "b", (), DATES, 2, False, True)
    plan = [PlannedDay("w", "kari", day) for day in DATES[:2]]
    assert violations(_pair(3, wish, cap=3), plan) == []
    assert served_half_days(_pair(3, wish), plan) == 3
    assert ["rule 5" in one for one in violations(_pair(2, wish), plan)] == [True]
    assert violations(_pair(9, wish, cap=2), plan) == ["rule 6: 1.5 days go from inn to oslo, the cap is 1"]
    by_two = [plan[0], PlannedDay("w", "ola", TUESDAY)]
    assert ["the same person" in one for one in violations(_pair(9, wish), by_two)] == [True]
    assert ["all 2 days or none" in one for one in violations(_pair(9, wish), plan[:1])] == [True]
    certificate = {"scale": 1, "caps": [["inn", "oslo", 1]]}
    assert proven_bound(_pair(9, Wish("w", "b", (), DATES, 3), cap=4), certificate) == 2
    assert proven_bound(_pair(9, wish, cap=1), certificate) == 0.5
