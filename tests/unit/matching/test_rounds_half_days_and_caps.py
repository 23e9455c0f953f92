"""Half-days and caps between counties: as many days as there can be, never more than the rules allow."""

from collections.abc import Callable
from random import Random

import pytest
from instance_cast import MONDAY, TUESDAY, WEDNESDAY, most_days, random_instance, with_caps, with_half_days

from services.matching.domain.certificate import proven_bound
from services.matching.domain.checker import served_half_days, violations
from services.matching.domain.instance import Instance
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
