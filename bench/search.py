"""How long the directory looks for the first page of the board, by each filter.

    python -m bench.search [--offers 100000] [--requests 20000] [--libraries 3600] [--postgresql]

Fills one county's read model with what fifteen peers published, then asks as a library does: as the crow
flies, and with a table of travel times to a sixth of the libraries. Fails when half the pages of a filter
take longer than 50 ms.
"""

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bench.market import (
    COUNTY,
    make_libraries,
    make_offers,
    make_requests,
    receive,
    settle_in,
    words,
)
from bench.measuring import percentile, print_times, timed
from byttebank.clock import FixedClock
from byttebank.identifiers import new_id
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database
from services.directory import operations
from services.directory.registers.travel_times import Timed
from services.directory.storage.travel_times import ids_by_name

GOAL_SECONDS = 0.05
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
Filter = dict[str, Any]

FILTERS: dict[str, Filter] = {
    "everything": {},
    "needs": {"show": "needs"},
    "offers": {"show": "offers"},
    "a skill": {"skill": "weeding"},
    "a category": {"category": "dissemination"},
    "free text: kassere": {"text": "kassere"},
    "free text: magasin barn": {"text": "magasin barn"},
    "free text, found nowhere": {"text": "xylofon"},
    "a county": {"county": "fylke7"},
    "a county and a skill": {"county": "fylke7", "skill": "music"},
    "one day": {"first_on": "2027-02-02", "last_on": "2027-02-02"},
    "two weeks, a skill": {"first_on": "2027-02-01", "last_on": "2027-02-14", "skill": "weeding"},
    "half a year": {"first_on": "2027-01-01", "last_on": "2027-06-30"},
    "within 50 km": {"max_km": 50},
    "within 2 km": {"max_km": 2},
    "only what one can take": {"only_possible": True},
    "only that, a day, within 100 km": {
        "only_possible": True,
        "first_on": "2027-02-02",
        "last_on": "2027-02-02",
        "max_km": 100,
    },
}


def main() -> int:
    """Measure and print. 1 when a page is too slow."""
    parser = argparse.ArgumentParser(prog="python -m bench.search", description=__doc__)
    parser.add_argument("--offers", type=int, default=100_000)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--libraries", type=int, default=3_600)
    parser.add_argument("--rounds", type=int, default=30, help="how often each filter is asked for")
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    asked = parser.parse_args()
    with open_directory(is_postgresql=asked.postgresql) as database:
        began = time.monotonic()
        here = fill(database, asked.libraries, asked.offers, asked.requests)
        print(
            f"{asked.libraries} libraries, {asked.offers} offers, {asked.requests} requests taken in"
            f" {time.monotonic() - began:.0f} s"
        )
        slow = ask(database, here, asked.rounds)
        count = bring_in_times(database, here)
        print(f"\nWith travel times to {count} libraries")
        return 1 if slow + ask(database, here, asked.rounds) else 0


@contextmanager
def open_directory(*, is_postgresql: bool) -> Iterator[Database]:
    """An empty directory on a database of its own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="byttebank-directory-"))
    folder.chmod(0o755)
    cluster = None
    url = f"sqlite:///{folder}/directory.sqlite"
    if is_postgresql:
        sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "federation"))
        from postgresql import SYSTEM_USER, Cluster
        from programs import install_missing

        install_missing("initdb")
        cluster = Cluster(folder / COUNTY, COUNTY, is_durable=True)
        cluster.start()
        cluster.wait_until_ready()
        cluster.make_databases()
        url = cluster.url("directory", SYSTEM_USER)
    database = Database(open_engine(url), county=COUNTY, service="directory", clock=FixedClock(NOW))
    try:
        migrate(database.engine, "services.directory")
        yield database
    finally:
        database.close()
        if cluster is not None:
            cluster.end()
        shutil.rmtree(folder, ignore_errors=True)


def fill(database: Database, libraries: int, offers: int, requests: int) -> str:
    """The read model is full; the id of the library that asks, in the middle of the south."""
    chance = random.Random(5)
    here = new_id()
    skills = settle_in(database, here)
    with database.work() as work:
        colleague = {"id": new_id(), "library_id": here, "name": "Kari", "can": skills[:6]}
        operations.add_colleague(work, colleague)
    made = make_libraries(chance, libraries)
    receive(database, "LibraryPublished", made, [{}] * libraries)
    said = [{"own_words": words(chance)} for _ in range(max(offers, requests))]
    receive(database, "OfferPublished", list(make_offers(chance, made, skills, offers)), said)
    receive(database, "RequestOpened", list(make_requests(chance, made, skills, requests)), said)
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
    return here


def bring_in_times(database: Database, here: str) -> int:
    """The county's table says how long it takes to every sixth library; how many."""
    chance = random.Random(6)
    with database.work() as work:
        names = ids_by_name(work.connection, COUNTY)
        ids = sorted({one for one in names.values() if one is not None and one != here})
        times = (Timed("", here, one, chance.randint(20, 600), None) for one in ids[::6])
        return operations.import_travel_times(work, times).new


def ask(database: Database, here: str, rounds: int) -> int:
    """Each filter's times are printed; how many are too slow."""
    slow = 0
    for name, wanted in FILTERS.items():
        times = [timed(partial(first_page, database, here, wanted)) for _ in range(rounds)]
        began = time.process_time()
        found = [first_page(database, here, wanted) for _ in range(rounds)]
        used = (time.process_time() - began) / rounds
        print_times(f"{name} ({len(found[0])} found, {used * 1000:.0f} ms of our processor)", times)
        slow += percentile(times, 0.5) > GOAL_SECONDS
    return slow


def first_page(database: Database, here: str, wanted: Filter) -> list[Any]:
    """The first twenty."""
    with database.reading() as work:
        return list(operations.board(work, here, **wanted, limit=20)["items"])


if __name__ == "__main__":
    sys.exit(main())
