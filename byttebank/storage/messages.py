"""Outbox, inbox and parked messages: the tables every service has, and the words to use them.

What others must hear is written to the outbox in the transaction of the change; what was heard is
written to the inbox in the transaction of its effect. A message that cannot be understood is parked,
whole, where a person sees it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from byttebank.storage.columns import BigKey, UtcTime
from byttebank.storage.transaction import gather

metadata = MetaData()

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("message_id", String(36), nullable=False, unique=True),
    Column("peer", String(40)),
    Column("name", String(60), nullable=False),
    Column("version", Integer, nullable=False),
    Column("routing_key", String(120), nullable=False),
    Column("body", Text, nullable=False),
    Column("detached", Text),
    Column("trace", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("published_at", UtcTime),
)
Index(
    "outbox_waiting",
    outbox.c.id,
    postgresql_where=outbox.c.published_at.is_(None),
    sqlite_where=outbox.c.published_at.is_(None),
)

inbox = Table(
    "inbox",
    metadata,
    Column("source", String(80), primary_key=True),
    Column("message_id", String(120), primary_key=True),
    Column("received_at", UtcTime, nullable=False),
)

_TO_OUTBOX = insert(outbox)
_TO_INBOX = {
    kind.__name__.rpartition(".")[2]: kind.insert(inbox)
    .on_conflict_do_nothing()
    .returning(inbox.c.source, inbox.c.message_id)
    for kind in (postgresql, sqlite)
}

RETRIED, ASKED_FOR = 1, 2
"""`is_transient` of a parked message that is tried again by itself, and of one that somebody wants redriven;
0 of all others."""

parked_messages = Table(
    "parked_messages",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("queue", String(120), nullable=False),
    Column("sender", String(80)),
    Column("reason_code", String(60), nullable=False),
    Column("reason", Text, nullable=False),
    Column("is_transient", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("properties", Text, nullable=False),
    Column("parked_at", UtcTime, nullable=False),
    Column("redriven_at", UtcTime),
)
Index(
    "parked_waiting",
    parked_messages.c.id,
    postgresql_where=parked_messages.c.redriven_at.is_(None),
    sqlite_where=parked_messages.c.redriven_at.is_(None),
)


@dataclass(frozen=True)
class OutboxRow:
    """A message waiting to be published: local (`peer` is None) or for another county, not yet sealed."""

    id: int
    message_id: str
    peer: str | None
    name: str
    version: int
    routing_key: str
    body: str
    detached: str | None
    trace: str | None
    created_at: datetime


_UNPUBLISHED = (
    select(*(outbox.c[field.name] for field in fields(OutboxRow)))
    .where(outbox.c.published_at.is_(None))
    .order_by(outbox.c.id)
    .limit(bindparam("at_most"))
    .with_for_update(skip_locked=True)
)
_WAITING = {
    True: _UNPUBLISHED.where(outbox.c.peer.is_(None)),
    False: _UNPUBLISHED.where(outbox.c.peer == bindparam("of_peer")),
}
_PEERS_WAITED_FOR = (
    select(outbox.c.peer).where(outbox.c.published_at.is_(None), outbox.c.peer.is_not(None)).distinct()
)
_MARK_PUBLISHED = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("ids", expanding=True)))
    .values(published_at=bindparam("now"))
)


def create_message_tables(connection: Connection) -> None:
    """The three tables exist. For the first migration of each service."""
    metadata.create_all(connection)


def append_outbox(connection: Connection, row: dict[str, Any]) -> None:
    """The message is published after this transaction commits, at least once."""
    gather(connection, _TO_OUTBOX, row)


def waiting_outbox(
    connection: Connection, *, limit: int, is_local: bool, peer: str | None = None
) -> list[OutboxRow]:
    """The oldest unpublished rows: the local ones, or those for one peer. Rows are locked on PostgreSQL."""
    rows = connection.execute(
        _WAITING[is_local], {"at_most": limit} | ({} if is_local else {"of_peer": peer})
    )
    return [OutboxRow(*row) for row in rows]


def peers_waited_for(connection: Connection) -> set[str]:
    """The peers for whom something in the outbox is not sealed yet."""
    return set(connection.scalars(_PEERS_WAITED_FOR))


def mark_published(connection: Connection, ids: Sequence[int], now: datetime) -> None:
    """These rows are with the broker (local) or sealed into the channel (peer)."""
    if ids:
        connection.execute(_MARK_PUBLISHED, {"ids": list(ids), "now": now})


def mark_sealed(connection: Connection, message_ids: Sequence[str], now: datetime) -> None:
    """Rows with these message ids, if they wait, are sealed into their channel already."""
    if message_ids:
        waiting = outbox.c.message_id.in_(message_ids) & outbox.c.published_at.is_(None)
        connection.execute(update(outbox).where(waiting).values(published_at=now))


def remember(connection: Connection, source: str, message_id: str, now: datetime) -> bool:
    """Write the inbox row. False when it was there: the message has had its effect already."""
    return bool(remember_all(connection, [(source, message_id)], now))


def remember_all(
    connection: Connection, heard: Sequence[tuple[str, str]], now: datetime
) -> set[tuple[str, str]]:
    """As `remember` for each (source, message id), each named once: those that were not there."""
    rows = [{"source": source, "message_id": message_id, "received_at": now} for source, message_id in heard]
    new = connection.execute(_TO_INBOX[connection.dialect.name], rows)
    return {(source, message_id) for source, message_id in new}


def park(
    connection: Connection,
    *,
    queue: str,
    sender: str | None,
    reason_code: str,
    reason: str,
    is_transient: bool,
    body: bytes,
    properties: dict[str, Any],
    now: datetime,
) -> None:
    """Keep a message that cannot be used now. Transient ones are tried again by themselves."""
    connection.execute(
        insert(parked_messages).values(
            queue=queue,
            sender=sender,
            reason_code=reason_code,
            reason=reason,
            is_transient=int(is_transient),
            body=body,
            properties=json.dumps(properties, default=str),
            parked_at=now,
        )
    )


def list_parked(connection: Connection, *, only_transient: bool = False) -> list[dict[str, Any]]:
    """Parked messages that have not been redriven, oldest first; `only_transient`: those to be tried now."""
    query = (
        select(parked_messages).where(parked_messages.c.redriven_at.is_(None)).order_by(parked_messages.c.id)
    )
    if only_transient:
        query = query.where(parked_messages.c.is_transient != 0)
    return [dict(row) for row in connection.execute(query).mappings()]


def is_parked(connection: Connection, body: bytes) -> bool:
    """Whether a message with these octets is parked and waits."""
    query = select(parked_messages.c.id).where(
        parked_messages.c.redriven_at.is_(None), parked_messages.c.body == body
    )
    return connection.execute(query.limit(1)).first() is not None


def body_octets(body: dict[str, Any]) -> bytes:
    """A message's body as the broker carries it."""
    return json.dumps(body, ensure_ascii=False).encode()


def mark_redriven(connection: Connection, parked_id: int, now: datetime) -> bool:
    """The message had its effect at last. False when it had it before."""
    is_parked = (parked_messages.c.id == parked_id) & parked_messages.c.redriven_at.is_(None)
    return connection.execute(update(parked_messages).where(is_parked).values(redriven_at=now)).rowcount == 1


def ask_for_redrive(connection: Connection, parked_id: int) -> bool:
    """The service tries the message again, soon. False when there is no such parked message."""
    is_parked = (parked_messages.c.id == parked_id) & parked_messages.c.redriven_at.is_(None)
    asked = update(parked_messages).where(is_parked).values(is_transient=ASKED_FOR)
    return connection.execute(asked).rowcount == 1


def leave_parked(connection: Connection, parked_id: int, error: Exception) -> None:
    """The message was tried again and cannot be used, for this reason. It stays where a person sees it."""
    reason = f"{type(error).__name__}: {error}".replace("\x00", "")
    connection.execute(
        update(parked_messages)
        .where(parked_messages.c.id == parked_id)
        .values(
            is_transient=RETRIED if getattr(error, "is_transient", False) else 0,
            reason_code=str(getattr(error, "code", "failed")),
            reason=reason,
        )
    )


def parked_properties(row: dict[str, Any]) -> dict[str, Any]:
    """What the broker said about a parked message: `message_id`, `routing_key`, `headers`, as far as kept."""
    return dict(json.loads(row["properties"]))


def parked_headers(row: dict[str, Any]) -> dict[str, Any]:
    """The headers a parked message came with."""
    return dict(parked_properties(row).get("headers", {}))
