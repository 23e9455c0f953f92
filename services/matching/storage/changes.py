"""Which rows of the index have changed, in order, for processes that keep the index in memory."""

from dataclasses import dataclass, field

from sqlalchemy import Connection, delete, func, insert, or_, select

from services.matching.storage.tables import index_changes

KEPT = 200_000
"""A process that is further behind reads everything again."""
SWEEP_EVERY = 1_000
MOST_GAPS = 1_000

PEER, LIBRARY, COLLEAGUE, OFFER, BALANCE = "peer", "library", "colleague", "offer", "balance"
FORGOTTEN = "forgotten"
"""All rows of a county are gone: everything is to be read again."""


def note(connection: Connection, kind: str, key: str) -> None:
    """The row of this kind has changed, once the transaction is committed."""
    done = connection.execute(insert(index_changes).values(kind=kind, key=key))
    number = done.inserted_primary_key[0] if done.inserted_primary_key else 0
    if number % SWEEP_EVERY == 0:
        connection.execute(delete(index_changes).where(index_changes.c.id < number - KEPT))


@dataclass
class Place:
    """How far a process has read. `gaps`: numbers below `last` that were not there yet.

    PostgreSQL gives a number when a row is written and shows the row when its transaction is committed, so a
    lower number may appear after a higher one; numbers of transactions that were rolled back never do.
    """

    last: int = 0
    gaps: set[int] = field(default_factory=set)


def place_now(connection: Connection) -> Place:
    """Where a process stands that is about to read everything."""
    last = connection.execute(select(func.max(index_changes.c.id))).scalar() or 0
    seen = connection.execute(
        select(index_changes.c.id).where(index_changes.c.id > last - MOST_GAPS)
    ).scalars()
    return Place(last, set(range(max(1, last - MOST_GAPS + 1), last)) - set(seen))


def changed_since(connection: Connection, place: Place) -> set[tuple[str, str]] | None:
    """(kind, key) of what has changed since; `place` is behind it then. None: too much, read everything."""
    columns = (index_changes.c.id, index_changes.c.kind, index_changes.c.key)
    which = index_changes.c.id > place.last
    if place.gaps:
        which = or_(which, index_changes.c.id.in_(sorted(place.gaps)))
    rows = connection.execute(select(*columns).where(which).order_by(index_changes.c.id).limit(KEPT)).all()
    if not rows:
        return set()
    numbers = {row.id for row in rows}
    if max(numbers) - place.last >= KEPT // 2:
        return None
    place.gaps |= set(range(place.last + 1, max(numbers)))
    place.last = max(place.last, *numbers)
    place.gaps = {gap for gap in place.gaps - numbers if gap > place.last - MOST_GAPS}
    return {(row.kind, row.key) for row in rows}
