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
from importlib.resources import files
from random import Random

from bench.pieces import (
    Document,
    new_colleague,
    new_document,
    new_library,
    new_request,
    one_of,
    some_dates,
    working_days,
)

WEEKS = 4
SKILLS, ZIPF = 30, 0.5
"""As many as the vocabulary has; the n-th is wanted n to the power of -ZIPF times as often as the first."""
KINDS = ("split", "same-person", "mixed", "half-days", "caps")
SUPPLIES = ("tight", "loose")
MOST_CAP = 6
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

    `kind`: none, all or half of the requests for several days want the same person; a third of the requests
    end with half a day; no more than a few days go from one county to another. `limit`: of each library;
    with 0 all balances are 0, else they lie between both ends. `supply`: `loose` has more days than are asked
    for, `tight` fewer.
    """
    random = Random(f"{size} {kind} {limit} {supply} {seed}")
    numbers = SIZES[size]
    dates = working_days(WEEKS)
    libraries, counties = _libraries(random, numbers, limit)
    weights = [1 / (rank + 1) ** ZIPF for rank in range(SKILLS)]
    names = [f"skill-{number:02}" for number in range(SKILLS)]
    is_loose = supply == "loose"
    colleagues = [
        {
            "id": f"c{number:06}",
            "library": one_of(random, libraries)["id"],
            "skills": sorted(set(random.choices(names, weights, k=random.randint(1, 3)))),
            "dates": some_dates(random, dates, *((3, 8) if is_loose else (1, 5))),
            "max_days": random.randint(2, 6) if is_loose else random.randint(1, 3),
            "max_km": None if random.random() < 0.05 / numbers.countries else one_of(random, REACH_KM),
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
                "library": one_of(random, libraries)["id"],
                "skills": sorted(set(random.choices(names, weights, k=1 + (random.random() < 0.1)))),
                "dates": some_dates(random, dates, max(days, 2), 6),
                "days": days,
                "same_person": is_same,
            }
        )
    made = new_document(f"{size} {kind} limit {limit} {supply} seed {seed}", libraries, colleagues, requests)
    if kind == "half-days":
        for one in requests:
            one["half_days"] = 2 * one["days"] - (random.random() < 1 / 3)
    if kind == "caps":
        _cap(random, made, counties)
    return made | ({"format": "staff-day-exchange/2"} if kind in ("half-days", "caps") else {})


def _cap(random: Random, made: Document, counties: list[str]) -> None:
    """The libraries get these counties, and each pair of a country's counties a cap of 0 to MOST_CAP days."""
    for library, county in zip(made["libraries"], counties, strict=True):
        library["county"] = county
    names = sorted(set(counties))
    pairs = [(one, other) for one in names for other in names if one != other and one[:2] == other[:2]]
    made["caps"] = [[one, other, random.randint(0, MOST_CAP)] for one, other in pairs]


def _libraries(random: Random, numbers: Size, limit: int) -> tuple[list[Document], list[str]]:
    """With their counties. Places are municipalities' centres (demo/data/SOURCES.md), a second time where
    they are too few."""
    with (files("demo.data") / "municipalities.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["latitude"]]
    places = [(float(row["latitude"]), float(row["longitude"]), row["county_code"]) for row in rows]
    random.shuffle(places)
    each = numbers.libraries // numbers.countries
    libraries, counties = [], []
    for number in range(numbers.libraries):
        nation, local = divmod(number, each)
        lat, lon, county = places[local % len(places)]
        counties.append(f"{nation:02} {county}")
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
    return libraries, counties


def one_scarce_skill(size: int, seed: int) -> Document:
    """Everybody asks for what one colleague in a hundred can do."""
    random, dates = Random(seed), working_days(2)
    colleagues = [
        new_colleague(number, number, ["rare"] if number % 100 == 0 else ["common"], dates, 10)
        for number in range(size)
    ]
    requests = [
        new_request(number, random.randrange(size), ["rare"], dates, 2, number % 2 == 0)
        for number in range(size)
    ]
    return new_document(
        "one scarce skill", [new_library(one, 0, 2) for one in range(size)], colleagues, requests
    )


def one_library_for_all(size: int, seed: int) -> Document:
    """Everybody asks for help and only one library can give it, to which nobody can give anything back."""
    dates = working_days(2)
    colleagues = [new_colleague(number, 0, ["a"], dates, 5) for number in range(size // 4)]
    requests = [new_request(number, number, ["a"], dates, 2, number % 3 == 0) for number in range(1, size)]
    return new_document(
        "one library for all", [new_library(one, 0, 1) for one in range(size)], colleagues, requests
    )


def credit_chain(size: int, seed: int) -> Document:
    """One day of credit at one end, with which each library in a long row can be helped by the next."""
    dates = working_days(1)
    colleagues = [new_colleague(number, number, [f"s{number}"], dates, 1) for number in range(size)]
    requests = [
        new_request(number, number, [f"s{number + 1}"], dates, 1, False) for number in range(size - 1)
    ]
    libraries = [new_library(number, 1 if number == 0 else 0) for number in range(size)]
    return new_document("credit chain", libraries, colleagues, requests)


def ladder(size: int, seed: int) -> Document:
    """Two neighbours can meet each request; one at the far end decides for all: long paths to re-route."""
    dates = working_days(1)[:1]
    colleagues = [new_colleague(one, 0, [f"s{one}", f"s{one + 1}"], dates, 1) for one in range(size)]
    requests = [new_request(one, 1, [f"s{size - one}"], dates, 1, False) for one in range(size)]
    return new_document("ladder", [new_library(0), new_library(1, size)], colleagues, requests)


def all_alike(size: int, seed: int) -> Document:
    """No choice is better than another: everybody can everything, everywhere is unknown, everyone is even."""
    dates = working_days(1)
    libraries = [new_library(number, 0, 0) for number in range(max(2, size // 10))]
    homes = len(libraries)
    colleagues = [new_colleague(one, one % homes, ["a"], dates, 2) for one in range(size)]
    requests = [new_request(one, (one * 7 + 1) % homes, ["a"], dates, 2, one % 2 == 1) for one in range(size)]
    return new_document("all alike", libraries, colleagues, requests)


def rings_of_blocks(size: int, seed: int) -> Document:
    """No credit anywhere: three libraries each, that can only help each other round, two days at a time."""
    dates = working_days(1)
    colleagues, requests = [], []
    for number in range(size):
        ring, place = divmod(number, 3)
        host = ring * 3 + (place + 1) % 3
        colleagues.append(new_colleague(number, number, [f"s{number}"], dates[:3], 2))
        requests.append(new_request(number, host, [f"s{number}"], dates[:3], 2, True))
    libraries = [new_library(number) for number in range(-(-size // 3) * 3)]
    return new_document("rings of blocks", libraries, colleagues, requests)


def pool(size: int, seed: int, limit: int = 0) -> Document:
    """So many libraries near each other, each with a handful of colleagues and five requests for one person
    for two to five days."""
    random, dates = Random(f"pool {size} {limit} {seed}"), working_days(WEEKS)
    skills = [f"s{number}" for number in range(10)]
    colleagues = [
        new_colleague(
            5 * home + number,
            home,
            sorted(random.sample(skills, random.randint(1, 4))),
            some_dates(random, dates, 3, 8),
            random.randint(2, 5),
        )
        for home in range(size)
        for number in range(random.randint(2, 5))
    ]
    requests = []
    for number in range(5 * size):
        days = random.choices((2, 3, 4, 5), (40, 30, 20, 10))[0]
        asked = some_dates(random, dates, days, days + 3)
        requests.append(new_request(number, number // 5, [one_of(random, skills)], asked, days, True))
    libraries = [new_library(number, random.randint(-limit, limit), limit) for number in range(size)]
    return new_document(f"pool of {size} limit {limit} seed {seed}", libraries, colleagues, requests)


def nobody_offers(size: int, seed: int) -> Document:
    """Requests only."""
    requests = [new_request(one, one, ["a"], working_days(1), 2, one % 2 == 0) for one in range(size)]
    return new_document("nobody offers", [new_library(one) for one in range(size)], [], requests)


def empty(size: int, seed: int) -> Document:
    """Nothing at all."""
    return new_document("empty", [], [], [])


CASES = {
    "one-scarce-skill": one_scarce_skill,
    "one-library-for-all": one_library_for_all,
    "credit-chain": credit_chain,
    "ladder": ladder,
    "all-alike": all_alike,
    "rings-of-blocks": rings_of_blocks,
    "pool": pool,
    "nobody-offers": nobody_offers,
    "empty": empty,
}
CASE_SIZES = {"all-alike": 200, "one-library-for-all": 200, "pool": 60}
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
    if chosen.case == "pool":
        made = pool(chosen.count or CASE_SIZES["pool"], chosen.seed, chosen.limit)
    elif chosen.case:
        made = hard_case(chosen.case, chosen.count, chosen.seed)
    else:
        made = country(chosen.size, chosen.kind, chosen.limit, chosen.supply, chosen.seed)
    json.dump(made, sys.stdout, separators=(",", ":"))
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
