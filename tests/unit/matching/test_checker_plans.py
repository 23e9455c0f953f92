"""The checker finds each broken rule of a plan, and believes no proof that does not add up."""

import json
from dataclasses import replace
from datetime import date
from itertools import product
from random import Random
from typing import Any

import pytest
from instance_cast import MONDAY, TUESDAY, WEDNESDAY, document, most_days, random_instance

from services.matching.domain.certificate import optimality_faults, proven_bound
from services.matching.domain.checker import possible_days, violations
from services.matching.domain.instance import Instance, PlannedDay
from services.matching.rounds.reading import read_content

KARI_MONDAY, KARI_TUESDAY = PlannedDay("w1", "kari", MONDAY), PlannedDay("w1", "kari", TUESDAY)
OLA_WEDNESDAY = PlannedDay("w2", "ola", WEDNESDAY)
PLAN = [KARI_MONDAY, KARI_TUESDAY, OLA_WEDNESDAY]


def _instance(**changes: dict[str, Any]) -> Instance:
    """The cast's round with changed fields of its elements kari, ola, w1, w2, hamar and eidskog."""
    changed = document()
    for kind in ("libraries", "colleagues", "requests"):
        for element in changed[kind]:
            element.update(changes.get(element["id"], {}))
    for name in ("skills_rule", "compatible", "distances_km"):
        if name in changes:
            changed[name] = changes[name]
    return read_content(json.dumps(changed).encode()).instance


def test_a_plan_that_keeps_all_rules_breaks_none() -> None:
    assert violations(_instance(), PLAN) == []
    assert violations(_instance(), []) == []


@pytest.mark.parametrize(
    ("changes", "plan", "words"),
    [
        ({}, [*PLAN, PlannedDay("w9", "kari", MONDAY)], ["no such request"]),
        ({}, [*PLAN, PlannedDay("w1", "per", MONDAY)], ["no such request or no such colleague"]),
        ({"w2": {"library": "hamar"}}, [OLA_WEDNESDAY], ["rule 1"]),
        ({"w2": {"skills": ["reading", "music"]}}, [OLA_WEDNESDAY], ["lacks a skill"]),
        ({"w2": {"skills": ["music"]}, "skills_rule": "any-of"}, [OLA_WEDNESDAY], ["lacks a skill"]),
        ({"compatible": [["ola", "w1"], ["kari", "w1"]]}, PLAN, ["not compatible"]),
        ({}, [PlannedDay("w2", "ola", MONDAY)], ["the request does not accept"]),
        ({"ola": {"dates": ["2027-03-01"]}}, [OLA_WEDNESDAY], ["the colleague does not offer"]),
        ({"ola": {"max_km": 100}}, [OLA_WEDNESDAY], ["more than the colleague's max_km"]),
        (
            {"ola": {"max_km": 200}, "distances_km": [["hamar", "eidskog", 201]]},
            [OLA_WEDNESDAY],
            ["201.0 km"],
        ),
        ({"ola": {"max_km": 200}, "hamar": {"lat": None, "lon": None}}, [OLA_WEDNESDAY], ["not known"]),
        ({"kari": {"max_days": 1}}, PLAN, ["rule 3: colleague kari works 2 days"]),
        ({}, [*PLAN, KARI_MONDAY], ["2 places", "works 3", "2 people", "gets 3 days", "rule 5"]),
        ({}, [KARI_MONDAY, OLA_WEDNESDAY], ["all 2 days or none"]),
        ({"w2": {"same_person": True, "days": 2}}, PLAN, ["all 2 days or none"]),
        ({"w2": {"days": 0}}, PLAN, ["gets 1 days and wants 0"]),
        ({"hamar": {"limit_days": 0}}, PLAN, ["rule 5: library hamar"]),
        ({"eidskog": {"balance_days": -3}}, [], ["rule 5: library eidskog"]),
    ],
)
def test_each_broken_rule_is_told(changes: dict[str, Any], plan: list[PlannedDay], words: list[str]) -> None:
    found = violations(_instance(**changes), plan)
    assert len(found) == len(words), found
    assert all(word in told for word, told in zip(words, found, strict=True)), found


def test_two_people_on_one_date_and_two_for_the_same_person_are_told() -> None:
    both = {"ola": {"skills": ["weeding"], "library": "eidskog"}, "hamar": {"limit_days": 2}}
    mixed = [KARI_MONDAY, replace(KARI_TUESDAY, colleague="ola")]
    assert violations(_instance(**both), mixed) == ["rule 4: request w1 wants the same person and gets 2"]
    crowd = [KARI_MONDAY, replace(KARI_MONDAY, colleague="ola")]
    told = violations(_instance(**both, w1={"same_person": False}), crowd)
    assert told == ["rule 4: request w1 gets 2 people on 2027-03-01"]


def test_any_of_needs_one_skill_and_days_of_the_same_round_count_in_any_order() -> None:
    any_of = _instance(w2={"skills": ["reading", "music"]}, skills_rule="any-of")
    assert violations(any_of, PLAN) == []
    cyclic = _instance(hamar={"limit_days": 0}, eidskog={"balance_days": 0, "limit_days": 0}, w2={"days": 2})
    assert violations(cyclic, [*PLAN, PlannedDay("w2", "ola", TUESDAY)]) == []


def _certificate(scale: int = 1, **prices: Any) -> dict[str, Any]:
    return {"scale": scale, **prices}


def test_prices_prove_a_bound_and_with_a_plan_of_that_value_the_optimum() -> None:
    assert proven_bound(_instance(), _certificate()) == 3
    assert optimality_faults(_instance(), PLAN, _certificate()) == []
    busy = _instance(kari={"max_days": 1}, w1={"same_person": False})
    assert proven_bound(busy, _certificate(colleagues={"kari": 1})) == 2
    assert optimality_faults(busy, PLAN[1:], _certificate(2, colleagues={"kari": 2})) == []
    poor = _instance(hamar={"limit_days": 0})
    assert proven_bound(poor, _certificate(libraries={"hamar": 1})) == 2
    assert proven_bound(_instance(), _certificate(libraries={"eidskog": 1})) == 1 + 4 + 0
    dated = _instance(w2={"dates": ["2027-03-02"], "days": 2})
    assert proven_bound(dated, _certificate(dates={"ola": {"2027-03-02": 1}})) == 3


def test_one_person_for_all_days_is_weighed_as_a_whole() -> None:
    one_date_less = _instance(kari={"dates": ["2027-03-02"]})
    assert proven_bound(one_date_less, _certificate()) == 1
    assert proven_bound(one_date_less, _certificate(dates={"ola": {"2027-03-03": 5}})) == 6
    priced = _instance(kari={"dates": ["2027-03-01", "2027-03-02", "2027-03-03"]})
    assert proven_bound(priced, _certificate(dates={"kari": {"2027-03-01": 3}})) == 3 + 0 + 1


@pytest.mark.parametrize(
    ("plan", "certificate", "words"),
    [
        (PLAN[:2], _certificate(), "serves 2 days and the certificate proves 3 only"),
        (PLAN, _certificate(libraries={"hamar": 4}), "serves 3 days and the certificate proves 9 only"),
        (PLAN, _certificate(colleagues={"ola": 2}), "serves 3 days and the certificate proves 6 only"),
        (PLAN[1:], _certificate(), "rule 4"),
        (PLAN, _certificate(libraries={"hamar": -1}), "not a whole number from 0"),
        (PLAN, _certificate(libraries={"hamar": True}), "not a whole number from 0"),
        (PLAN, _certificate(libraries={"hamar": 0.5}), "not a whole number from 0"),
        (PLAN, _certificate(libraries={"oslo": 1}), "not in the instance"),
        (PLAN, _certificate(colleagues=[1]), "not in the instance"),
        (PLAN, _certificate(dates={"per": {}}), "not by ids of colleagues"),
        (PLAN, _certificate(dates={"ola": {"2027-03-09": 1}}), "not in the instance"),
        (PLAN, _certificate(0), "scale is 0"),
        (PLAN, {}, "scale is None"),
    ],
)
def test_a_proof_that_was_tampered_with_is_none(
    plan: list[PlannedDay], certificate: dict[str, Any], words: str
) -> None:
    faults = optimality_faults(_instance(), plan, certificate)
    assert any(words in told for told in faults), faults


def test_no_plan_ever_serves_more_than_any_prices_prove() -> None:
    tight = 0
    for seed in range(150):
        random = Random(seed)
        instance = random_instance(random, same_person=seed % 2 == 1, most=2 + seed % 2)
        best = most_days(instance)
        if best is None:
            continue
        bounds = []
        for _ in range(8):
            prices = [random.choice([0, 0, 0, 0, 1, 1, 2]) for _ in range(20)].pop
            certificate = _certificate(
                random.choice([1, 2]),
                libraries={one.id: prices() for one in instance.libraries},
                colleagues={one.id: prices() for one in instance.colleagues},
                dates={
                    one.id: {day.isoformat(): prices() for day in one.dates} for one in instance.colleagues
                },
            )
            bounds.append(proven_bound(instance, certificate))
        assert best <= min(bounds)
        tight += best == min(bounds)
    assert tight > 40


def test_possible_days_are_those_that_break_neither_rule_1_nor_2() -> None:
    dates: list[date] = [MONDAY, TUESDAY, WEDNESDAY]
    for seed in range(60):
        instance = random_instance(Random(seed), same_person=False)
        found = {PlannedDay(two.id, one.id, day) for one, two, day in possible_days(instance)}
        every = (
            PlannedDay(two.id, one.id, day)
            for one, two, day in product(instance.colleagues, instance.requests, dates)
        )
        assert found == {
            day
            for day in every
            if not any("rule 1" in one or "rule 2" in one for one in violations(instance, [day]))
        }
