"""Every plan, plain HiGHS, NetworkX and ours: four ways to the same number on hundreds of small rounds."""

import json
import subprocess
import sys
from dataclasses import asdict
from random import Random
from typing import Any

import pytest
from instance_cast import most_days, random_instance, with_caps, with_half_days

from bench.instances import CASES, country, hard_case
from bench.rivals import first_come, network_simplex
from bench.weeks import PATIENCE, year
from services.matching.domain.certificate import proven_bound
from services.matching.domain.checker import violations
from services.matching.domain.instance import Instance
from services.matching.rounds.reading import read_content
from services.matching.rounds.solving import solve

pytestmark = pytest.mark.simulation


def _line(instance: Instance) -> str:
    document: dict[str, Any] = asdict(instance)
    document["distances_km"] = [[*pair, km] for pair, km in instance.distances_km.items()]
    document["caps"] = [[*pair, half_days / 2] for pair, half_days in instance.caps.items()]
    for one, request in zip(document["requests"], instance.requests, strict=True):
        one |= {"half_days": request.half_days} if request.ends_half else {}
    for one, library in zip(document["libraries"], instance.libraries, strict=True):
        limit = 2 * library.limit_days + library.more_half_days
        one |= {"balance_half_days": 2 * library.balance_days, "limit_half_days": limit}
    document["compatible"] = None if instance.compatible is None else sorted(instance.compatible)
    return json.dumps(document, default=str)


def _by_highs(instances: list[Instance]) -> list[float | None]:
    """The most days of each by plain HiGHS, in one process of its own; None where no plan is feasible."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.milp"],
        input="\n".join(map(_line, instances)),
        capture_output=True,
        text=True,
        check=True,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert all(one["status"] in ("Optimal", "Infeasible", "Empty") for one in answers)
    return [None if one["status"] == "Infeasible" else one["days"] for one in answers]


def _changed(instance: Instance, random: Random) -> Instance:
    """Three of four with half-days, caps or both."""
    instance = with_half_days(instance, random) if random.random() < 0.5 else instance
    return with_caps(instance, random) if random.random() < 0.5 else instance


@pytest.mark.parametrize("same_person", [False, True])
def test_trying_every_plan_and_highs_agree(same_person: bool) -> None:
    instances = [random_instance(Random(seed), same_person=same_person, most=3) for seed in range(200)]
    instances += [_changed(one, Random(at)) for at, one in enumerate(instances)]
    by_trying = [most_days(one) for one in instances]
    assert len(set(by_trying)) > 4
    assert by_trying == _by_highs(instances)


def _check_ours(instance: Instance, days: float | None, objective: str) -> None:
    ours = solve(instance, objective, 20.0)
    if days is None:
        assert (ours.status, ours.plan) == ("infeasible", ())
        return
    assert (ours.status, len(ours.plan), ours.bound) == ("optimal", days, days)
    assert violations(instance, ours.plan) == []
    proven = proven_bound(instance, ours.certificate)
    assert proven >= days
    if not any(one.same_person for one in instance.requests):
        assert proven == days


def test_ours_is_the_best_where_requests_may_be_split_and_its_certificate_proves_it() -> None:
    for seed in range(150):
        instance = random_instance(Random(seed), same_person=False, most=3)
        _check_ours(instance, most_days(instance), ("days", "full")[seed % 2])


def test_ours_is_the_best_where_some_want_the_same_person() -> None:
    for seed in range(1000, 1025):
        instance = random_instance(Random(seed), same_person=True, most=3)
        _check_ours(instance, most_days(instance), ("days", "full")[seed % 2])


@pytest.mark.parametrize("limit", [0, 2])
@pytest.mark.parametrize("kind", ["split", "mixed"])
def test_ours_is_as_good_as_highs_and_networkx_in_a_small_country(kind: str, limit: int) -> None:
    made = [country("XS", kind, limit, supply, 7) for supply in ("tight", "loose")]
    instances = [read_content(json.dumps(one).encode()).instance for one in made]
    for instance, highs in zip(instances, _by_highs(instances), strict=True):
        assert highs is not None
        _check_ours(instance, highs, "full")
        if kind == "split":
            assert network_simplex(instance) == highs
        first = first_come(instance)
        assert violations(instance, first) == []
        assert len(first) <= highs


def test_ours_is_the_best_in_the_cases_made_to_be_hard() -> None:
    # In a pool everything is possible that skills and dates allow, so plain HiGHS solves small ones only.
    made = [hard_case(name, 6 if name == "pool" else 24) for name in CASES]
    instances = [read_content(json.dumps(one).encode()).instance for one in made]
    for instance, highs in zip(instances, _by_highs(instances), strict=True):
        _check_ours(instance, highs, "full")


def test_a_year_of_rounds_keeps_every_rule_and_loses_no_request() -> None:
    """`year` refuses a plan that breaks a rule."""
    first = year(first_come, weeks=6)
    best = year(lambda instance: list(solve(instance, "full", 20.0).plan), weeks=6)
    assert first.asked == best.asked
    assert best.served + best.expired == best.asked
    assert best.longest_wait_weeks < PATIENCE
    assert best.served > first.served
