"""What was asked and decided between this county and its peers, and what is left open."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from byttebank.contracts.received import ReceivedMessage
from byttebank.storage.transaction import gather
from services.ledger.domain.settlement import Decision
from services.ledger.storage.known import Part, known
from services.ledger.storage.tables import (
    claims,
    decisions,
    insert_into,
    prepares_received,
    prepares_sent,
    resolutions,
    waiting,
)

_TO_PREPARES, _TO_DECISIONS = insert(prepares_received), insert(decisions)
_WITH_IDS = {
    table: select(table).where(
        table.c.peer == bindparam("peer"), table.c.transfer_id.in_(bindparam("ids", expanding=True))
    )
    for table in (prepares_received, decisions)
}
_WAITING = (
    select(prepares_received)
    .join(waiting, waiting.c.received_id == prepares_received.c.id)
    .order_by(prepares_received.c.id)
)
_WAITING_OF_PEER = _WAITING.where(waiting.c.peer == bindparam("peer"))
_OPEN_CLAIMS = select(claims.c.peer, claims.c.engagement_id, claims.c.part).where(
    claims.c.engagement_id.in_(bindparam("ids", expanding=True)), claims.c.closed_at.is_(None)
)


@dataclass(frozen=True)
class ReceivedPrepare:
    """A PREPARE as it was received, for ever."""

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
    received = ReceivedPrepare(message.peer, message.payload, message.payload_hash, now)
    row = {
        "peer": message.peer,
        "transfer_id": received.transfer_id,
        "payload": json.dumps(message.payload, ensure_ascii=False),
        "payload_hash": message.payload_hash,
        "received_at": now,
    }
    gather(connection, _TO_PREPARES, row)
    known(connection).read.prepares[message.peer, received.transfer_id] = received
    return received


def await_decision(connection: Connection, received: ReceivedPrepare) -> None:
    """The PREPARE is among the waiting ones, after those that are."""
    mine, place = known(connection), (received.peer, received.transfer_id)
    mine.to_await[place] = {
        "of_peer": received.peer,
        "of_transfer_id": received.transfer_id,
        "payee_library_id": received.payload["payee_library_id"],
        "amount": received.payload["amount_half_days"],
    }
    if received.peer in mine.read.waiting:
        mine.read.waiting[received.peer].append(received)


def find_prepare(connection: Connection, peer: str, transfer_id: str) -> ReceivedPrepare | None:
    """The PREPARE that the peer sent with this id."""
    find_prepares(connection, peer, [transfer_id])
    return known(connection).read.prepares[peer, transfer_id]


def find_prepares(connection: Connection, peer: str, transfer_ids: Iterable[str]) -> None:
    """`find_prepare` is known for each of these, in one question."""
    read = known(connection).read.prepares
    unread = [one for one in transfer_ids if (peer, one) not in read]
    if unread:
        rows = connection.execute(_WITH_IDS[prepares_received], {"peer": peer, "ids": unread}).mappings()
        found = {row["transfer_id"]: _received(row) for row in rows}
        read.update({(peer, one): found.get(one) for one in unread})


def waiting_prepares(
    connection: Connection, *, peer: str | None = None, payee_library_id: str | None = None
) -> list[ReceivedPrepare]:
    """What waits for our decision, in the order it came."""
    if peer is not None and payee_library_id is None:
        read = known(connection).read.waiting
        if peer not in read:
            rows = connection.execute(_WAITING_OF_PEER, {"peer": peer}).mappings()
            read[peer] = [_received(row) for row in rows]
        return list(read[peer])
    query = _WAITING
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
    find_decisions(connection, peer, [transfer_id])
    return known(connection).read.decisions[peer, transfer_id]


def find_decisions(connection: Connection, peer: str, transfer_ids: Iterable[str]) -> None:
    """`find_decision` is known for each of these, in one question."""
    read = known(connection).read.decisions
    unread = [one for one in transfer_ids if (peer, one) not in read]
    if unread:
        rows = connection.execute(_WITH_IDS[decisions], {"peer": peer, "ids": unread})
        found = {row.transfer_id: Decision(row.verdict, row.code, row.prepare_hash) for row in rows}
        read.update({(peer, one): found.get(one) for one in unread})


def decide(connection: Connection, peer: str, transfer_id: str, decision: Decision, now: datetime) -> None:
    """The decision stands for ever, and the PREPARE waits no longer."""
    row = {"peer": peer, "transfer_id": transfer_id, **vars(decision), "decided_at": now}
    gather(connection, _TO_DECISIONS, row)
    mine = known(connection)
    mine.read.decisions[peer, transfer_id] = decision
    has_waited = mine.to_await.pop((peer, transfer_id), None) is None
    if peer in mine.read.waiting:
        before = mine.read.waiting[peer]
        mine.read.waiting[peer] = [one for one in before if one.transfer_id != transfer_id]
        has_waited = has_waited and len(mine.read.waiting[peer]) < len(before)
    if has_waited:
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
    known(connection).read.without_claims.discard((claim["peer"], claim["engagement_id"], claim["part"]))
    connection.execute(insert_into(connection, claims).values(claim).on_conflict_do_nothing())


def close_claims(connection: Connection, peer: str, engagement_id: str, part: int, now: datetime) -> None:
    """The delivered day is in the books after all."""
    if (peer, engagement_id, part) in known(connection).read.without_claims:
        return
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


def find_claims(connection: Connection, parts: Iterable[Part]) -> None:
    """For which of these (peer, engagement, part) there is no open claim is known, in one question."""
    wanted = set(parts)
    if wanted:
        rows = connection.execute(_OPEN_CLAIMS, {"ids": list({part[1] for part in wanted})})
        known(connection).read.without_claims |= wanted - {(row[0], row[1], row[2]) for row in rows}


def open_claims(connection: Connection) -> list[dict[str, Any]]:
    """Delivered days that stand in nobody's book, oldest first."""
    rows = connection.execute(
        select(claims).where(claims.c.closed_at.is_(None)).order_by(claims.c.opened_at)
    ).mappings()
    return [dict(row) for row in rows]


def _received(row: Any) -> ReceivedPrepare:
    return ReceivedPrepare(row["peer"], json.loads(row["payload"]), row["payload_hash"], row["received_at"])
