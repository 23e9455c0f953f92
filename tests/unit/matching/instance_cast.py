"""A small round that everybody can follow, and instances at random."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import product
from random import Random
from typing import Any

from services.matching.domain.checker import served_half_days, violations
from services.matching.domain.instance import Colleague, Instance, Library, PlannedDay, Wish

MONDAY, TUESDAY, WEDNESDAY = (date(2027, 3, 1) + timedelta(days=number) for number in range(3))


def document() -> dict[str, Any]:
    """Two libraries 101 km apart, Kari of Eidskog who weeds, Ola of Hamar who reads, a request of each."""
    return {
        "format": "staff-day-exchange/1",
        "name": "two",
        "source": "the tests",
        "skills_rule": "all-of",
        "libraries": [
            {"id": "hamar", "balance_days": 0, "limit_days": 1, "lat": 60.79, "lon": 11.07},
            {"id": "eidskog", "balance_days": -1, "limit_days": 2, "lat": 60.03, "lon": 12.07},
        ],
        "colleagues": [
            {
                "id": "kari",
                "library": "eidskog",
                "skills": ["weeding", "children"],
                "dates": ["2027-03-02", "2027-03-01"],
                "max_days": 2,
                "max_km": 150,
            },
            {
                "id": "ola",
                "library": "hamar",
                "skills": ["reading"],
                "dates": ["2027-03-01", "2027-03-02", "2027-03-03"],
                "max_days": 2,
                "max_km": None,
            },
        ],
        "requests": [
            {
                "id": "w1",
                "library": "hamar",
                "skills": ["weeding"],
                "dates": ["2027-03-01", "2027-03-02"],
                "days": 2,
                "same_person": True,
            },
            {
                "id": "w2",
                "library": "eidskog",
                "skills": [],
                "dates": ["2027-03-02", "2027-03-03"],
                "days": 1,
                "same_person": False,
            },
        ],
    }


def random_instance(random: Random, *, same_person: bool, most: int = 2) -> Instance:
    """Tiny, so that every plan can be tried: at most 3 libraries, `most` colleagues, 3 requests, 3 dates.

    In one of ten, a library may start below its limit.
    """
    dates = (MONDAY, TUESDAY, WEDNESDAY)
    lowest = -3 if random.random() < 0.1 else 0
    libraries = tuple(
        Library(
            f"l{number}",
            random.randint(max(lowest, -limit), 1) if lowest == 0 else random.randint(-3, 2),
            limit,
            *((60.0 + number, 11.0) if random.random() < 0.8 else (None, None)),
        )
        for number, limit in enumerate(random.choices([0, 0, 1, 2], k=random.randint(2, 3)))
    )
    names = [one.id for one in libraries]

    def some_dates() -> tuple[date, ...]:
        return tuple(sorted(random.sample(dates, random.randint(1, 3))))

    colleagues = tuple(
        Colleague(
            f"c{number}",
            random.choice(names),
            tuple(skill for skill in "ab" if random.random() < 0.8),
            some_dates(),
            random.randint(1, 3),
            random.choice([None, None, None, 120.0, 240.0]),
        )
        for number in range(random.randint(1, most))
    )
    requests = tuple(
        Wish(
            f"r{number}",
            random.choice(names),
            random.choice([(), ("a",), ("b",), ("a", "b")]),
            some_dates(),
            random.choice([0, 1, 1, 2, 2, 3]),
            same_person and random.random() < 0.6,
        )
        for number in range(random.randint(1, 3))
    )
    pairs = [(one.id, other.id) for one, other in product(colleagues, requests)]
    compatible = frozenset(pair for pair in pairs if random.random() < 0.8) if random.random() < 0.2 else None
    distances = {
        pair: random.choice([100.0, 200.0]) for pair in product(names, names) if random.random() < 0.2
    }
    distances = {(one, other): distances.get((other, one), km) for (one, other), km in distances.items()} | {
        (other, one): km for (one, other), km in distances.items()
    }
    return Instance(
        "random",
        "",
        random.choice(["all-of", "any-of"]),
        libraries,
        colleagues,
        requests,
        compatible,
        distances,
    )


def with_half_days(instance: Instance, random: Random) -> Instance:
    """Some of the requests end with half a day, and some libraries have half a day more."""
    requests = [replace(one, ends_half=one.days > 0 and random.random() < 0.6) for one in instance.requests]
    libraries = [replace(one, more_half_days=random.randint(0, 1)) for one in instance.libraries]
    return replace(instance, requests=tuple(requests), libraries=tuple(libraries))


def with_caps(instance: Instance, random: Random, most: int = 4) -> Instance:
    """Each library is a county of its own, and most pairs of counties have a cap, in half-days."""
    libraries = tuple(replace(one, county=f"county {one.id}") for one in instance.libraries)
    pairs = [(str(one.county), str(other.county)) for one, other in product(libraries, libraries)]
    caps = {pair: random.randint(0, most) for pair in pairs if random.random() < 0.7}
    return replace(instance, libraries=libraries, caps=caps)


def most_days(instance: Instance) -> float | None:
    """The days of a best plan, by trying each choice of who does what when; None if none is feasible."""
    slots: list[list[PlannedDay]] = []
    for colleague in instance.colleagues:
        for day in colleague.dates:
            alone = [PlannedDay(one.id, colleague.id, day) for one in instance.requests]
            slots.append([one for one in alone if not _never(instance, one)])
    best: float | None = None

    def choose(plan: list[PlannedDay], left: int) -> None:
        nonlocal best
        if best is not None and len(plan) + left <= best:
            return
        if not left:
            served = served_half_days(instance, plan) / 2
            if (best is None or served > best) and not violations(instance, plan):
                best = served
            return
        for one in slots[left - 1]:
            if all((one.request, one.date) != (other.request, other.date) for other in plan):
                choose([*plan, one], left - 1)
        choose(plan, left - 1)

    choose([], len(slots))
    return best


def _never(instance: Instance, day: PlannedDay) -> bool:
    return any("rule 1" in one or "rule 2" in one for one in violations(instance, [day]))
