"""How long it takes to say who could help: one request among the offers of many counties.

    python -m bench.ranking [--size L] [--questions 200]

Fills a matching database (SQLite) with the libraries and colleagues of `bench.instances`, one offer each,
in 36 counties, and asks `operations.candidates` as the service does, for requests of all skills.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, insert

from bench.instances import SIZES, country
from bench.measuring import percentile
from byttebank.clock import FixedClock
from byttebank.contracts.participation import PARTICIPATION_VERSION
from byttebank.identifiers import uuid7
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database
from services.matching import operations
from services.matching.storage import tables

NOW = datetime(2027, 2, 22, 8, 0, tzinfo=UTC)
OURS = "county-000"
CHUNK = 20_000
TARGET_SECONDS = 0.005

Rows = list[dict[str, Any]]


def an_id(name: str) -> str:
    """An id as the services have them, the same for the same name."""
    return uuid7(1_700_000_000_000, name.encode().rjust(10, b".")[-10:])


@contextmanager
def filled(size: str, folder: Path, questions: int) -> Iterator[tuple[Database, list[str]]]:
    """A database with everything of this size in its index, and the ids of requests of our county."""
    engine = open_engine(f"sqlite:///{folder / 'matching.sqlite'}")
    migrate(engine, "services.matching")
    made, random = country(size, "split", 2), Random(1)
    per_county = max(12, len(made["libraries"]) // 36)
    county_of = {one["id"]: f"county-{n // per_county:03}" for n, one in enumerate(made["libraries"])}
    with engine.begin() as connection:
        connection.execute(insert(tables.county).values(slug=OURS, neighbours=["county-001"], version=1))
        others = sorted(set(county_of.values()) - {OURS})
        _put(connection, tables.peers, [{"county": one, "state": "active", "version": 1} for one in others])
        libraries = _libraries(made["libraries"], county_of)
        _put(connection, tables.libraries, libraries)
        accepted = [{"library_id": one["id"], "version": PARTICIPATION_VERSION} for one in libraries]
        _put(connection, tables.participations, accepted)
        offers, skills, people, balances, visits = _offers(made["colleagues"], county_of, random)
        _put(connection, tables.offers, offers)
        _put(connection, tables.offer_skills, skills)
        _put(connection, tables.colleagues, people)
        _put(connection, tables.balances, balances)
        _put(connection, tables.visits, visits)
        wanted = [one for one in made["requests"] if county_of[one["library"]] == OURS][:questions]
        _put(connection, tables.requests, [_request(one) for one in wanted])
    database = Database(engine, county=OURS, service="matching", clock=FixedClock(NOW))
    try:
        yield database, [an_id(one["id"]) for one in wanted]
    finally:
        database.close()


def _put(connection: Connection, table: Any, rows: Rows) -> None:
    for start in range(0, len(rows), CHUNK):
        connection.execute(insert(table), rows[start : start + CHUNK])


def _libraries(made: Rows, county_of: dict[str, str]) -> Rows:
    return [
        {
            "id": an_id(one["id"]),
            "county": county_of[one["id"]],
            "short_name": one["id"],
            "latitude": one["lat"],
            "longitude": one["lon"],
            "state": "open",
            "version": 1,
        }
        for one in made
    ]


def _offers(made: Rows, county_of: dict[str, str], random: Random) -> tuple[Rows, Rows, Rows, Rows, Rows]:
    offers, skills, people = [], [], []
    balances: dict[str, dict[str, Any]] = {}
    visits: dict[tuple[str, str], dict[str, Any]] = {}
    ours = [name for name, county in county_of.items() if county == OURS]
    for one in made:
        offer, home = an_id(f"o{one['id']}"), an_id(one["library"])
        dates = one["dates"] if random.random() < 0.5 else []
        offers.append(
            {
                "id": offer,
                "county": county_of[one["library"]],
                "library_id": home,
                "colleague_id": an_id(one["id"]),
                "colleague_name": None,
                "purpose": "help",
                "dates": " ".join(dates),
                "first_on": date.fromisoformat(one["dates"][0]),
                "last_on": date.fromisoformat(one["dates"][-1]) if dates else None,
                "places": "host remote" if random.random() < 0.1 else "host",
                "max_km": one["max_km"],
                "reach": "all",
                "state": "open",
                "version": 1,
            }
        )
        skills += [{"offer_id": offer, "skill": skill} for skill in one["skills"]]
        other = an_id(random.choice(ours))
        if random.random() < 0.05:
            visits[other, home] = {"library_id": other, "other_library_id": home, "last_on": date(2026, 9, 1)}
        if county_of[one["library"]] == OURS:
            person = {"id": an_id(one["id"]), "library_id": home, "name": one["id"], "sharing": "county"}
            people.append(person | {"can_teach": one["skills"][:1], "version": 1})
            given, received = random.randint(0, 20), random.randint(0, 20)
            balances[home] = {
                "library_id": home,
                "given_half_days": given,
                "received_half_days": received,
            }
    return offers, skills, people, list(balances.values()), list(visits.values())


def _request(one: dict[str, Any]) -> dict[str, Any]:
    first = date.fromisoformat(one["dates"][0])
    return {
        "id": an_id(one["id"]),
        "county": OURS,
        "library_id": an_id(one["library"]),
        "skills": one["skills"],
        "first_on": first,
        "last_on": first + timedelta(days=13),
        "half_days": 2 * one["days"],
        "place": "host",
        "host_contact_id": an_id("contact"),
        "state": "open",
        "version": 1,
    }


def main() -> int:
    """Prints how long the questions took, the first one apart."""
    parser = argparse.ArgumentParser(prog="python -m bench.ranking", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="L")
    parser.add_argument("--questions", type=int, default=200)
    chosen = parser.parse_args()
    size = SIZES[chosen.size]
    with (
        tempfile.TemporaryDirectory() as folder,
        filled(chosen.size, Path(folder), chosen.questions) as (database, requests),
    ):
        print(f"{size.libraries} libraries, {size.colleagues} colleagues, each with an offer")
        took, busy, can = [], [], []
        for request in [requests[0], *requests]:
            began, began_busy = time.perf_counter(), time.process_time()
            with database.reading() as work:
                found = operations.candidates(work, request)
            took.append(time.perf_counter() - began)
            busy.append(time.process_time() - began_busy)
            can.append(found["funnel"]["can"])
        print(f"first question    {took[0] * 1000:9.1f} ms")
        for what, seconds in (("by the clock", took[1:]), ("of the processor", busy[1:])):
            p50, p99 = percentile(seconds, 0.5), percentile(seconds, 0.99)
            print(f"{len(requests)} questions, {what:17} p50 {p50 * 1000:6.1f} ms  p99 {p99 * 1000:6.1f} ms")
        print(f"libraries that can, of one request: {sum(can) / len(can):.0f} on average")
        print(f"target {TARGET_SECONDS * 1000:.0f} ms: p99 of the processor is {p99 / TARGET_SECONDS:.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
