"""How a book's cost grows with what is in it: bringing entries in, a page of a statement, a posting."""

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice

from bench.books import Ledger
from bench.measuring import percentile, timed
from byttebank.identifiers import new_id
from services.ledger import operations

TIMES = 50
PAGE_GOAL_MS = 20.0
GOAL_ENTRIES = 10**5
DAYS = 300
"""The entries of one library lie on so many days, as in a year."""


def grow(ledger: Ledger, sizes: Sequence[int]) -> None:
    """One library's account gets so many entries (and the county's own as many); each size is measured."""
    library_id, entries = ledger.libraries[0], 0
    for size in sizes:
        began = time.monotonic()
        with ledger.database.work() as work:
            operations.import_opening(work, _rows(library_id, entries, size))
        rate = (size - entries) / (time.monotonic() - began)
        entries = size
        pages = [timed(partial(_page, ledger, library_id)) for _ in range(TIMES)]
        orders = islice(ledger.orders(is_abroad=False), TIMES)
        postings = [timed(partial(ledger.hold_and_post, [one])) for one in orders]
        goal = f" (goal {PAGE_GOAL_MS:g})" if size == GOAL_ENTRIES else ""
        print(
            f"{size:>9,} entries of one library: brought in at {rate:.0f} transfers/s,"
            f" a page of its statement p50 {percentile(pages, 0.5) * 1000:.1f} ms"
            f" p99 {percentile(pages, 0.99) * 1000:.1f} ms{goal},"
            f" hold and post p50 {percentile(postings, 0.5) * 1000:.1f} ms"
        )


def _page(ledger: Ledger, library_id: str) -> None:
    with ledger.database.reading() as work:
        lines = operations.statement(work, library_id)["lines"]
    assert len(lines) == 50, f"a page of {len(lines)} lines"


def _rows(library_id: str, first: int, end: int) -> Iterator[tuple[int, dict[str, str]]]:
    today = datetime.now(UTC).date()
    for number in range(first, end):
        day = today - timedelta(days=number % DAYS)
        days = "0.5" if number % 2 else "-0.5"
        yield number, {"library": library_id, "days": days, "date": day.isoformat(), "id": new_id()}
