"""The benchmark's instances can be read, and are the same on every machine."""

import json
from hashlib import sha256

import pytest

from bench.instances import CASES, KINDS, SUPPLIES, country, hard_case
from services.matching.domain.checker import possible_days
from services.matching.domain.instance import Instance
from services.matching.rounds.reading import read_content


def _read(made: dict[str, object]) -> Instance:
    reading = read_content(json.dumps(made).encode())
    assert reading.warnings == ()
    return reading.instance


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("supply", SUPPLIES)
@pytest.mark.parametrize("limit", [0, 4])
def test_a_country_can_be_read_without_warnings(kind: str, supply: str, limit: int) -> None:
    instance = _read(country("XXS", kind, limit, supply))
    assert (len(instance.libraries), len(instance.colleagues), len(instance.requests)) == (12, 30, 40)
    assert all(one.balance_days + one.limit_days >= 0 for one in instance.libraries)
    same = sum(one.same_person for one in instance.requests)
    several = sum(one.days > 1 for one in instance.requests)
    assert {"same-person": same == several, "mixed": 0 < same < several}.get(kind, same == 0)
    assert instance.has_half_days == (kind == "half-days")
    assert bool(instance.caps) == (kind == "caps")
    assert any(possible_days(instance))


@pytest.mark.parametrize("name", CASES)
def test_a_hard_case_can_be_read_without_warnings(name: str) -> None:
    _read(hard_case(name, 12))


def test_the_same_seed_is_the_same_instance_on_every_machine_and_another_seed_another() -> None:
    def digest(seed: int) -> str:
        return sha256(json.dumps(country("XXS", "mixed", 2, seed=seed)).encode()).hexdigest()

    assert digest(1).startswith("3e51f1d0d377659d")
    assert digest(1) != digest(2)
