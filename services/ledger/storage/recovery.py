"""What waits until a channel has recovered, and orders of ours that wait for the transfer they take back."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from services.ledger.storage.known import known
from services.ledger.storage.recovery_tables import kept_prepares, postponed_orders
from services.ledger.storage.tables import insert_into

_ORIGINALS_AWAITED = select(kept_prepares.c.transfer_id, kept_prepares.c.original_id)


@dataclass(frozen=True)
class PostponedOrder:
    """A command of this county that is carried out when it is known what was said before."""

    id: int
    transfer_id: str
    name: str
    body: dict[str, Any]


@dataclass(frozen=True)
class KeptPrepare:
    """A PREPARE of ours, lost and returned, whose original is not in the book again yet."""

    peer: str
    payload: dict[str, Any]
    payload_hash: str
    sent_at: datetime


def postpone(connection: Connection, name: str, body: dict[str, Any], now: datetime) -> None:
    """The command waits."""
    row = {"transfer_id": body["transfer_id"], "name": name, "body": json.dumps(body), "since_at": now}
    connection.execute(insert(postponed_orders).values(row))


def postponed(connection: Connection) -> list[PostponedOrder]:
    """The commands that wait, in the order they came."""
    rows = connection.execute(select(postponed_orders).order_by(postponed_orders.c.id))
    return [PostponedOrder(row.id, row.transfer_id, row.name, json.loads(row.body)) for row in rows]


def forget_postponed(connection: Connection, order: PostponedOrder) -> None:
    """The command waits no longer."""
    connection.execute(delete(postponed_orders).where(postponed_orders.c.id == order.id))


def keep_prepare(connection: Connection, kept: KeptPrepare) -> None:
    """The PREPARE waits for its original. A second time changes nothing."""
    known(connection).read.originals_awaited = None
    row = {
        "transfer_id": kept.payload["transfer_id"],
        "peer": kept.peer,
        "original_id": kept.payload["reverses"],
        "payload": json.dumps(kept.payload, ensure_ascii=False),
        "payload_hash": kept.payload_hash,
        "sent_at": kept.sent_at,
    }
    connection.execute(insert_into(connection, kept_prepares).values(row).on_conflict_do_nothing())


def is_kept(connection: Connection, transfer_id: str) -> bool:
    """Whether a PREPARE with this id waits for its original."""
    return transfer_id in _originals_awaited(connection)


def take_kept(connection: Connection, original_id: str) -> list[KeptPrepare]:
    """The PREPAREs that waited for this transfer; they wait no longer."""
    if original_id not in _originals_awaited(connection).values():
        return []
    known(connection).read.originals_awaited = None
    which = kept_prepares.c.original_id == original_id
    rows = connection.execute(select(kept_prepares).where(which).order_by(kept_prepares.c.transfer_id)).all()
    if rows:
        connection.execute(delete(kept_prepares).where(which))
    return [KeptPrepare(row.peer, json.loads(row.payload), row.payload_hash, row.sent_at) for row in rows]


def _originals_awaited(connection: Connection) -> dict[str, str]:
    """The originals that PREPAREs wait for, by the PREPARE's transfer. Only after a restore there are any."""
    read = known(connection).read
    if read.originals_awaited is None:
        rows = connection.execute(_ORIGINALS_AWAITED)
        read.originals_awaited = {row.transfer_id: row.original_id for row in rows}
    return read.originals_awaited
