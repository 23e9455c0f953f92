"""How long libraries take to come in: from a register, and from fifteen other counties.

    python -m bench.directory [--libraries 1000 65000] [--offers 200000] [--postgresql]

Imports a list of libraries of each size, dry, for good and again; then takes in 65,000 libraries and so many
offers as the peers publish them, many in one transaction as a running service does. Prints seconds and the
memory that the process holds at most. Fails when something is not there at the end.
"""

import argparse
import random
import resource
import sys
import time
from collections.abc import Iterator
from itertools import islice

from bench.market import BATCH, PEERS, found_county, make_libraries, make_offers, receive, settle_in, words
from bench.search import open_directory
from byttebank.identifiers import new_id
from byttebank.storage.work import Database
from services.directory import operations
from services.directory.registers.record import Record

PUBLISHED_LIBRARIES = 65_000
LARGEST_COUNTY = 5_000


def main() -> int:
    """Measure and print. 1 when something is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.directory", description=__doc__)
    parser.add_argument("--libraries", type=int, nargs="*", default=[1_000, 65_000], help="sizes to import")
    parser.add_argument(
        "--offers", type=int, default=200_000, help="offers that the peers publish; 0 for none"
    )
    parser.add_argument("--postgresql", action="store_true", help="on PostgreSQL instead of SQLite")
    asked = parser.parse_args()
    wrong = 0
    for size in asked.libraries:
        with open_directory(is_postgresql=asked.postgresql) as database:
            wrong += bring_in(database, size)
    if asked.offers:
        with open_directory(is_postgresql=asked.postgresql) as database:
            wrong += take_in(database, asked.offers)
    return 1 if wrong else 0


def bring_in(database: Database, size: int) -> int:
    """A register of this size is imported: dry, for good, and again. 1 when the counts are wrong.

    One of a county's size is told to fifteen peers; a large one shows the import alone.
    """
    found_county(database, PEERS if size <= LARGEST_COUNTY else ())
    is_wrong = False
    for what, is_kept, expected in (
        ("dry", False, "new"),
        ("for good", True, "new"),
        ("again", True, "same"),
    ):
        began = time.monotonic()
        opened = database.work() if is_kept else database.reading()
        with opened as work:
            imported = operations.import_libraries(work, register(size))
        print(f"{size} libraries, {what}: {time.monotonic() - began:.1f} s; {memory()}")
        is_wrong |= getattr(imported, expected) != size
    return int(is_wrong)


def register(size: int) -> Iterator[Record]:
    """So many libraries, spread over the county's municipalities."""
    codes = ("3401", "3403", "3407", "3411", "3416", "3417", "3448")
    for number in range(size):
        values = {
            "name": f"Bibliotek nummer {number}",
            "short_name": f"Nummer {number}",
            "kind": "public",
            "municipality_code": codes[number % len(codes)],
            "latitude": 60 + number % 1000 / 500,
            "longitude": 10 + number % 777 / 500,
            "contact_email": f"post{number}@example.no",
        }
        yield Record(f"line {number + 2}", f"2{number:06}", values)


def take_in(database: Database, offers: int) -> int:
    """The peers' libraries and offers are taken in. 1 when one is missing."""
    here = new_id()
    skills = settle_in(database, here)
    chance = random.Random(5)
    made = make_libraries(chance, PUBLISHED_LIBRARIES)
    began = time.monotonic()
    receive(database, "LibraryPublished", made, [{}] * len(made))
    took = time.monotonic() - began
    print(f"{len(made)} libraries of 15 peers: {took:.0f} s, {len(made) / took:.0f}/s; {memory()}")
    began = time.monotonic()
    published = make_offers(chance, made, skills, offers)
    while batch := list(islice(published, BATCH)):
        receive(database, "OfferPublished", batch, [{"own_words": words(chance)} for _ in batch])
    took = time.monotonic() - began
    print(f"{offers} offers of 15 peers: {took:.0f} s, {offers / took:.0f}/s; {memory()}")
    with database.reading() as work:
        count = work.connection.exec_driver_sql("SELECT count(*) FROM board_entries").scalar_one()
        first = operations.board(work, here, limit=20)["items"]
    print(f"on the board: {count}")
    return int(count != offers or len(first) != min(20, offers))


def memory() -> str:
    """The most memory that the process has held."""
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB at most"


if __name__ == "__main__":
    sys.exit(main())
