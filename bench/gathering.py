"""How long matching is busy with what a round is computed from, and for how long at a time.

    python -m bench.gathering [--size M] [--requests 500]

Fills a matching database (SQLite) as `bench.ranking` does, begins a round over four weeks, and takes the
ledger's answer as the service does. While the processor works on one thing, nothing else of the service goes
on: no call is answered and no heartbeat sent. Fails when the input is not what it must be.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event, select, update

from bench.instances import SIZES
from bench.ranking import NOW, an_id, filled
from byttebank.storage.work import Database
from services.matching import operations
from services.matching.storage import tables

ROUND = an_id("round")
COUNTY = {"person_id": an_id("p"), "library_id": an_id("l"), "role": "county", "name": "County library"}
ASKED = {
    "id": ROUND,
    "name": "Bench",
    "first_on": "2027-03-01",
    "last_on": "2027-03-26",
    "reply_by_on": "2027-02-26",
}


class Pauses:
    """For how long the processor was busy between two words with the database."""

    def __init__(self) -> None:
        self.longest = self.total = 0.0
        self._since: float | None = None

    def begin(self) -> None:
        """From now on."""
        self._since = time.process_time()

    def end(self, *_: Any) -> None:
        """A word with the database, or the end."""
        if self._since is not None:
            now = time.process_time()
            self.longest, self.total = max(self.longest, now - self._since), self.total + now - self._since
            self._since = now


@contextmanager
def watched(database: Database) -> Iterator[Pauses]:
    """The pauses of what is done in the block."""
    pauses = Pauses()
    event.listen(database.engine, "before_cursor_execute", pauses.end)
    pauses.begin()
    try:
        yield pauses
    finally:
        pauses.end()
        event.remove(database.engine, "before_cursor_execute", pauses.end)


def main() -> int:
    """Prints how long it took, by the clock and of the processor, and the longest time at a stretch."""
    parser = argparse.ArgumentParser(prog="python -m bench.gathering", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="M")
    parser.add_argument("--requests", type=int, default=500)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        filled(chosen.size, Path(folder), chosen.requests) as (database, requests),
    ):
        with database.work() as work:
            work.connection.execute(update(tables.libraries).values(country="NO"))
            ours = select(tables.libraries.c.id).where(tables.libraries.c.county == database.county)
            accounts = [
                {"library_id": one, "balance_half_days": 0, "available_half_days": 10}
                for one in work.connection.scalars(ours)
            ]
            operations.create_matching_round(work, ASKED, COUNTY)
        print(f"{SIZES[chosen.size].colleagues} offers, {len(requests)} requests, {NOW:%Y-%m-%d}")
        began = time.perf_counter()
        with watched(database) as pauses, database.work() as work:
            operations.accounts_reported(work, {"round_id": ROUND, "accounts": accounts})
        print(
            f"the ledger's answer is taken: {time.perf_counter() - began:5.2f} s by the clock, "
            f"{pauses.total:5.2f} s of the processor, at most {pauses.longest:5.2f} s at a stretch"
        )
        with database.reading() as work:
            seen = operations.matching_rounds(work)[0]
            text = operations.matching_round_input(work, ROUND)
        given = json.loads(text)
        print(f"the input: {len(text) / 1e6:.1f} MB, {len(given['compatible'])} pairs")
        if seen["stage"] != "waiting" or len(given["requests"]) != seen["request_count"]:
            print(f"the round is not ready to be computed: {seen['stage']}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
