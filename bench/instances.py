"""Instances of rounds from a seed: a country's libraries where Norway's are, and cases made to be hard.

    python -m bench.instances --size S --kind split --limit 0 > round.json
    python -m bench.instances --case credit-chain > round.json

Sizes M and L are 10 and 100 countries side by side, so that a request finds as many colleagues as at S.
The same arguments make the same bytes on every machine and Python.
"""

import argparse
import csv
import json
import sys
from dataclasses import dataclass
from datetime import date, timedelta
from importlib.resources import files
from random import Random
from typing import Any

Document = dict[str, Any]

FIRST_ON = date(2027, 3, 1)
WEEKS = 4
SKILLS, ZIPF = 30, 0.5
"""As many as the vocabulary has; the n-th is wanted n to the power of -ZIPF times as often as the first."""
KINDS = ("split", "same-person", "mixed")
SUPPLIES = ("tight", "loose")
REACH_KM = (20, 30, 40, 60, 80, 120, 250)


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each; `countries` lie side by side."""

    libraries: int
    colleagues: int
    requests: int
    countries: int = 1


SIZES = {
    "XXS": Size(12, 30, 40),
    "XS": Size(36, 150, 200),
    "S": Size(360, 1_500, 2_000),
    "M": Size(3_600, 15_000, 20_000, 10),
    "L": Size(36_000, 150_000, 200_000, 100),
}


def country(size: str, kind: str, limit: int, supply: str = "tight", seed: int = 1) -> Document:
    """An instance of this size, one of SIZES.

    `kind`: none, all or half of the requests for several days want the same person. `limit`: of each library;
    with 0 all balances are 0, else they lie between both ends. `supply`: `loose` has more days than are asked
    for, `tight` fewer.
    """
    random = Random(f"{size} {kind} {limit} {supply} {seed}")
    numbers = SIZES[size]
    dates = working_days(WEEKS)
    libraries = _libraries(random, numbers, limit)
    weights = [1 / (rank + 1) ** ZIPF for rank in range(SKILLS)]
    names = [f"skill-{number:02}" for number in range(SKILLS)]
    is_loose = supply == "loose"
    colleagues = [
        {
            "id": f"c{number:06}",
            "library": _one_of(random, libraries)["id"],
            "skills": sorted(set(random.choices(names, weights, k=random.randint(1, 3)))),
            "dates": _some_dates(random, dates, *((3, 8) if is_loose else (1, 5))),
            "max_days": random.randint(2, 6) if is_loose else random.randint(1, 3),
            "max_km": None if random.random() < 0.05 / numbers.countries else _one_of(random, REACH_KM),
        }
        for number in range(numbers.colleagues)
    ]
    requests = []
    for number in range(numbers.requests):
        days = random.choices((1, 2, 3, 4), (45, 30, 15, 10))[0]
        is_same = days > 1 and (kind == "same-person" or (kind == "mixed" and random.random() < 0.5))
        requests.append(
            {
                "id": f"r{number:06}",
                "library": _one_of(random, libraries)["id"],
                "skills": sorted(set(random.choices(names, weights, k=1 + (random.random() < 0.1)))),
                "dates": _some_dates(random, dates, max(days, 2), 6),
                "days": days,
                "same_person": is_same,
            }
        )
    return _document(f"{size} {kind} limit {limit} {supply} seed {seed}", libraries, colleagues, requests)


def working_days(weeks: int) -> list[str]:
    """Monday to Friday of so many weeks."""
    days = (FIRST_ON + timedelta(days=number) for number in range(7 * weeks))
    return [day.isoformat() for day in days if day.weekday() < 5]


def _libraries(random: Random, numbers: Size, limit: int) -> list[Document]:
    """Places of municipalities' centres (demo/data/SOURCES.md), a second time where they are too few."""
    with (files("demo.data") / "municipalities.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["latitude"]]
    places = [(float(row["latitude"]), float(row["longitude"])) for row in rows]
    random.shuffle(places)
    each = numbers.libraries // numbers.countries
    libraries = []
    for number in range(numbers.libraries):
        nation, local = divmod(number, each)
        lat, lon = places[local % len(places)]
        # Side by side around the globe, ten in a row; rows of countries from the north to the south.
        lat, lon = lat - 14.2 * (nation // 10), lon + 36.0 * (nation % 10)
        libraries.append(
            {
                "id": f"l{number:05}",
                "balance_days": random.randint(-limit, limit),
                "limit_days": limit,
                "lat": round(lat + random.uniform(-0.02, 0.02), 5),
                "lon": round((lon + 180) % 360 - 180, 5),
            }
        )
    return libraries


def _one_of(random: Random, some: Any) -> Any:
    return some[int(random.random() * len(some))]


def _some_dates(random: Random, dates: list[str], fewest: int, most: int) -> list[str]:
    """Dates near each other: people offer and ask for a week or two."""
    count = random.randint(fewest, most)
    width = min(len(dates), count + random.randint(0, 4))
    start = random.randint(0, len(dates) - width)
    return sorted(random.sample(dates[start : start + width], count))


def _document(name: str, libraries: list[Document], colleagues: list[Any], requests: list[Any]) -> Document:
    return {
        "format": "staff-day-exchange/1",
        "name": name,
        "source": "bench.instances",
        "skills_rule": "all-of",
        "libraries": libraries,
        "colleagues": colleagues,
        "requests": requests,
    }


def _library(number: int, balance: int = 0, limit: int = 0) -> Document:
    return {"id": f"l{number:05}", "balance_days": balance, "limit_days": limit, "lat": None, "lon": None}


def _colleague(number: int, home: int, skills: list[str], dates: list[str], max_days: int) -> Document:
    named = {"id": f"c{number:06}", "library": f"l{home:05}", "skills": skills}
    return named | {"dates": dates, "max_days": max_days, "max_km": None}


def _request(number: int, host: int, skills: list[str], dates: list[str], days: int, same: bool) -> Document:
    named = {"id": f"r{number:06}", "library": f"l{host:05}", "skills": skills}
    return named | {"dates": dates, "days": days, "same_person": same}


def one_scarce_skill(size: int, seed: int) -> Document:
    """Everybody asks for what one colleague in a hundred can do."""
    random, dates = Random(seed), working_days(2)
    colleagues = [
        _colleague(number, number, ["rare"] if number % 100 == 0 else ["common"], dates, 10)
        for number in range(size)
    ]
    requests = [
        _request(number, random.randrange(size), ["rare"], dates, 2, number % 2 == 0)
        for number in range(size)
    ]
    return _document("one scarce skill", [_library(one, 0, 2) for one in range(size)], colleagues, requests)


def one_library_for_all(size: int, seed: int) -> Document:
    """Everybody asks for help and only one library can give it, to which nobody can give anything back."""
    dates = working_days(2)
    colleagues = [_colleague(number, 0, ["a"], dates, 5) for number in range(size // 4)]
    requests = [_request(number, number, ["a"], dates, 2, number % 3 == 0) for number in range(1, size)]
    return _document(
        "one library for all", [_library(one, 0, 1) for one in range(size)], colleagues, requests
    )


def credit_chain(size: int, seed: int) -> Document:
    """One day of credit at one end, with which each library in a long row can be helped by the next."""
    dates = working_days(1)
    colleagues = [_colleague(number, number, [f"s{number}"], dates, 1) for number in range(size)]
    requests = [_request(number, number, [f"s{number + 1}"], dates, 1, False) for number in range(size - 1)]
    libraries = [_library(number, 1 if number == 0 else 0) for number in range(size)]
    return _document("credit chain", libraries, colleagues, requests)


def ladder(size: int, seed: int) -> Document:
    """Two neighbours can meet each request; one at the far end decides for all: long paths to re-route."""
    dates = working_days(1)[:1]
    colleagues = [_colleague(one, 0, [f"s{one}", f"s{one + 1}"], dates, 1) for one in range(size)]
    requests = [_request(one, 1, [f"s{size - one}"], dates, 1, False) for one in range(size)]
    return _document("ladder", [_library(0), _library(1, size)], colleagues, requests)


def all_alike(size: int, seed: int) -> Document:
    """No choice is better than another: everybody can everything, everywhere is unknown, everyone is even."""
    dates = working_days(1)
    libraries = [_library(number, 0, 0) for number in range(max(2, size // 10))]
    homes = len(libraries)
    colleagues = [_colleague(one, one % homes, ["a"], dates, 2) for one in range(size)]
    requests = [_request(one, (one * 7 + 1) % homes, ["a"], dates, 2, one % 2 == 1) for one in range(size)]
    return _document("all alike", libraries, colleagues, requests)


def rings_of_blocks(size: int, seed: int) -> Document:
    """No credit anywhere: three libraries each, that can only help each other round, two days at a time."""
    dates = working_days(1)
    colleagues, requests = [], []
    for number in range(size):
        ring, place = divmod(number, 3)
        host = ring * 3 + (place + 1) % 3
        colleagues.append(_colleague(number, number, [f"s{number}"], dates[:3], 2))
        requests.append(_request(number, host, [f"s{number}"], dates[:3], 2, True))
    libraries = [_library(number) for number in range(-(-size // 3) * 3)]
    return _document("rings of blocks", libraries, colleagues, requests)


def nobody_offers(size: int, seed: int) -> Document:
    """Requests only."""
    requests = [_request(one, one, ["a"], working_days(1), 2, one % 2 == 0) for one in range(size)]
    return _document("nobody offers", [_library(one) for one in range(size)], [], requests)


def empty(size: int, seed: int) -> Document:
    """Nothing at all."""
    return _document("empty", [], [], [])


CASES = {
    "one-scarce-skill": one_scarce_skill,
    "one-library-for-all": one_library_for_all,
    "credit-chain": credit_chain,
    "ladder": ladder,
    "all-alike": all_alike,
    "rings-of-blocks": rings_of_blocks,
    "nobody-offers": nobody_offers,
    "empty": empty,
}
CASE_SIZES = {"all-alike": 200, "one-library-for-all": 200}
"""Where everybody can everything, possible days grow with the square."""


def hard_case(name: str, size: int | None = None, seed: int = 1) -> Document:
    """One of CASES, with about `size` colleagues or requests."""
    return CASES[name](CASE_SIZES.get(name, 600) if size is None else size, seed)


def main() -> None:
    """Writes one instance to standard output."""
    parser = argparse.ArgumentParser(prog="python -m bench.instances", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="S")
    parser.add_argument("--kind", choices=KINDS, default="split")
    parser.add_argument("--limit", type=int, default=2, help="days every library may owe (default 2)")
    parser.add_argument("--supply", choices=SUPPLIES, default="tight")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", choices=CASES, help="one of the hard cases instead of a country")
    parser.add_argument("--count", type=int, help="how large the hard case is")
    chosen = parser.parse_args()
    if chosen.case:
        made = hard_case(chosen.case, chosen.count, chosen.seed)
    else:
        made = country(chosen.size, chosen.kind, chosen.limit, chosen.supply, chosen.seed)
    json.dump(made, sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
