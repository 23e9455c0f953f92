"""What has been heard and told long ago is forgotten, in small pieces.

Only what nothing asks for any more: inbox rows, which keep a message from having its effect twice, once no
copy can come; outbox rows that are published. Envelopes, the book and parked messages are never pruned.
Rows are found by their keys, which grow with time (UUIDv7, RFC 9562), so no index is kept for it.
"""

from datetime import datetime

from sqlalchemy import Connection, delete, func, select, tuple_

from byttebank.identifiers import uuid7
from byttebank.storage.messages import inbox, outbox

Place = tuple[str, str]
START: Place = ("", "")


def old_heard(
    connection: Connection, before: datetime, *, after: Place, limit: int
) -> tuple[list[Place], Place | None]:
    """(source, message id) of inbox rows written and received before the moment, at most `limit`, and the
    place to go on from: None at the end. `after`: where the last look ended, `START` for the first.
    """
    source, message_id = after
    if not source:
        return [], _next_source(connection, source)
    rows = connection.execute(
        select(inbox.c.message_id, inbox.c.received_at)
        .where(
            inbox.c.source == source, inbox.c.message_id > message_id, inbox.c.message_id < _first_id(before)
        )
        .order_by(inbox.c.message_id)
        .limit(limit)
    ).all()
    found = [(source, row.message_id) for row in rows if row.received_at < before]
    is_more = len(rows) == limit
    return found, (source, rows[-1].message_id) if is_more else _next_source(connection, source)


def forget_heard(connection: Connection, places: list[Place]) -> int:
    """These inbox rows are gone. Answers how many were there."""
    if not places:
        return 0
    gone = delete(inbox).where(tuple_(inbox.c.source, inbox.c.message_id).in_(places))
    return connection.execute(gone).rowcount


def old_told(
    connection: Connection, before: datetime, published_before: datetime, *, after_id: int, limit: int
) -> tuple[list[int], int | None]:
    """Ids of outbox rows published before that moment, among the next `limit` written before the other, and
    the id to go on from: None at the end. What waits is never among them.

    The time of writing decides, which telling it again does not change.
    """
    rows = connection.execute(
        select(outbox.c.id, outbox.c.created_at, outbox.c.published_at)
        .where(outbox.c.id > after_id)
        .order_by(outbox.c.id)
        .limit(limit)
    ).all()
    old = [row for row in rows if row.created_at < before]
    found = [row.id for row in old if row.published_at is not None and row.published_at < published_before]
    return found, old[-1].id if len(old) == limit else None


def forget_told(connection: Connection, ids: list[int]) -> int:
    """These outbox rows are gone, if they are published. Answers how many were there."""
    if not ids:
        return 0
    gone = delete(outbox).where(outbox.c.id.in_(ids), outbox.c.published_at.is_not(None))
    return connection.execute(gone).rowcount


def kept(connection: Connection) -> dict[str, int]:
    """How many rows the inbox and the outbox hold."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in (inbox, outbox)
    }


def _next_source(connection: Connection, source: str) -> Place | None:
    following = connection.execute(
        select(func.min(inbox.c.source)).where(inbox.c.source > source)
    ).scalar_one_or_none()
    return (following, "") if following is not None else None


def _first_id(moment: datetime) -> str:
    """No message written at the moment or later has a smaller id."""
    return uuid7(int(moment.timestamp() * 1000), bytes(10))
