"""What was asked and decided between this county and its peers, and what is left open."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from byttebank.contracts.received import ReceivedMessage
from services.ledger.domain.settlement import Decision
from services.ledger.storage.tables import (
    claims,
    decisions,
    insert_into,
    prepares_received,
    prepares_sent,
    resolutions,
    waiting,
)


@dataclass(frozen=True)
class ReceivedPrepare:
    """A PREPARE as it was received, for ever."""

    id: int
    peer: str
    payload: dict[str, Any]
    payload_hash: str
    received_at: datetime

    @property
    def transfer_id(self) -> str:
        """The id its maker gave the transfer."""
        return str(self.payload["transfer_id"])


@dataclass(frozen=True)
class Unanswered:
    """A PREPARE of ours that the peer has not answered."""

    transfer_id: str
    peer: str
    amount: int
    sent_at: datetime


def keep_prepare(connection: Connection, message: ReceivedMessage, now: datetime) -> ReceivedPrepare:
    """The PREPARE is stored. It is not among the waiting ones yet."""
    received_id = connection.execute(
        insert(prepares_received)
        .values(
            peer=message.peer,
            transfer_id=message.payload["transfer_id"],
            payload=json.dumps(message.payload, ensure_ascii=False),
            payload_hash=message.payload_hash,
            received_at=now,
        )
        .returning(prepares_received.c.id)
    ).scalar_one()
    return ReceivedPrepare(received_id, message.peer, message.payload, message.payload_hash, now)


def await_decision(connection: Connection, received: ReceivedPrepare) -> None:
    """The PREPARE is among the waiting ones."""
    connection.execute(
        insert(waiting).values(
            received_id=received.id,
            peer=received.peer,
            payee_library_id=received.payload["payee_library_id"],
            amount=received.payload["amount_half_days"],
        )
    )


def find_prepare(connection: Connection, peer: str, transfer_id: str) -> ReceivedPrepare | None:
    """The PREPARE that the peer sent with this id."""
    row = (
        connection.execute(
            select(prepares_received).where(
                prepares_received.c.peer == peer, prepares_received.c.transfer_id == transfer_id
            )
        )
        .mappings()
        .first()
    )
    return _received(row) if row else None


def waiting_prepares(
    connection: Connection, *, peer: str | None = None, payee_library_id: str | None = None
) -> list[ReceivedPrepare]:
    """What waits for our decision, in the order it came."""
    query = (
        select(prepares_received)
        .join(waiting, waiting.c.received_id == prepares_received.c.id)
        .order_by(prepares_received.c.id)
    )
    if peer is not None:
        query = query.where(waiting.c.peer == peer)
    if payee_library_id is not None:
        query = query.where(waiting.c.payee_library_id == payee_library_id)
    return [_received(row) for row in connection.execute(query).mappings()]


def waiting_by_peer(connection: Connection) -> dict[str, int]:
    """Half-days that wait for our decision, by the county that sent them."""
    rows = connection.execute(select(waiting.c.peer, func.sum(waiting.c.amount)).group_by(waiting.c.peer))
    return {peer: int(amount) for peer, amount in rows}


def peers_waiting_for(connection: Connection, library_id: str) -> list[str]:
    """The counties whose PREPAREs for this library wait."""
    return sorted(
        connection.execute(
            select(waiting.c.peer).distinct().where(waiting.c.payee_library_id == library_id)
        ).scalars()
    )


def find_decision(connection: Connection, peer: str, transfer_id: str) -> Decision | None:
    """What we decided about the peer's transfer."""
    row = connection.execute(
        select(decisions.c.verdict, decisions.c.code, decisions.c.prepare_hash).where(
            decisions.c.peer == peer, decisions.c.transfer_id == transfer_id
        )
    ).first()
    return Decision(*row) if row else None


def decide(connection: Connection, peer: str, transfer_id: str, decision: Decision, now: datetime) -> None:
    """The decision stands for ever, and the PREPARE waits no longer."""
    connection.execute(
        insert(decisions).values(
            peer=peer,
            transfer_id=transfer_id,
            verdict=decision.verdict,
            code=decision.code,
            prepare_hash=decision.prepare_hash,
            decided_at=now,
        )
    )
    received = select(prepares_received.c.id).where(
        prepares_received.c.peer == peer, prepares_received.c.transfer_id == transfer_id
    )
    connection.execute(delete(waiting).where(waiting.c.received_id.in_(received)))


def unanswered(connection: Connection) -> list[Unanswered]:
    """Each PREPARE of ours that has no answer yet, oldest first."""
    rows = connection.execute(
        select(
            prepares_sent.c.transfer_id,
            prepares_sent.c.peer,
            prepares_sent.c.amount,
            prepares_sent.c.sent_at,
        )
        .outerjoin(resolutions, resolutions.c.transfer_id == prepares_sent.c.transfer_id)
        .where(resolutions.c.id.is_(None))
        .order_by(prepares_sent.c.sent_at)
    )
    return [Unanswered(*row) for row in rows]


def open_claim(connection: Connection, claim: dict[str, Any]) -> None:
    """A delivered day whose transfer was turned down is open; a second time changes nothing."""
    connection.execute(insert_into(connection, claims).values(claim).on_conflict_do_nothing())


def close_claims(connection: Connection, peer: str, engagement_id: str, part: int, now: datetime) -> None:
    """The delivered day is in the books after all."""
    connection.execute(
        update(claims)
        .where(
            claims.c.peer == peer,
            claims.c.engagement_id == engagement_id,
            claims.c.part == part,
            claims.c.closed_at.is_(None),
        )
        .values(closed_at=now)
    )


def open_claims(connection: Connection) -> list[dict[str, Any]]:
    """Delivered days that stand in nobody's book, oldest first."""
    rows = connection.execute(
        select(claims).where(claims.c.closed_at.is_(None)).order_by(claims.c.opened_at)
    ).mappings()
    return [dict(row) for row in rows]


def _received(row: Any) -> ReceivedPrepare:
    return ReceivedPrepare(
        row["id"], row["peer"], json.loads(row["payload"]), row["payload_hash"], row["received_at"]
    )
