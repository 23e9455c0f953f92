"""Clearing rounds as this county knows them: documents, stages, and positions that are reserved."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, delete, func, insert, select, update

from byttebank.federation.papers import Paper
from byttebank.storage.channel_tables import received_envelopes, sent_envelopes
from byttebank.storage.messages import outbox
from services.ledger.domain.accounts import CLEARING_PREFIX, PEER_PREFIX
from services.ledger.domain.clearing import Round
from services.ledger.domain.transfers import CLEARING
from services.ledger.storage.clearing_tables import (
    clearing_decisions,
    clearing_documents,
    clearing_reservations,
    clearing_rounds,
)
from services.ledger.storage.known import known
from services.ledger.storage.tables import accounts, insert_into, transfers

_RESERVED = select(clearing_reservations.c.peer, func.sum(clearing_reservations.c.owed_half_days)).group_by(
    clearing_reservations.c.peer
)


@dataclass(frozen=True)
class StoredRound:
    """A round with the times that only this county knows."""

    round: Round
    heard_at: datetime
    ended_at: datetime | None


def lock_round(connection: Connection, round_id: str, now: datetime) -> None:
    """The round is there, and no other transaction does anything about it before this one ends."""
    values = {"id": round_id, "stage": "heard", "heard_at": now}
    connection.execute(insert_into(connection, clearing_rounds).values(values).on_conflict_do_nothing())
    connection.execute(select(clearing_rounds.c.id).where(clearing_rounds.c.id == round_id).with_for_update())


def find_round(connection: Connection, round_id: str, county: str) -> StoredRound | None:
    """The round with its documents, as `county` (this one) knows it."""
    row = connection.execute(select(clearing_rounds).where(clearing_rounds.c.id == round_id)).first()
    if row is None:
        return None
    papers = connection.execute(
        select(clearing_documents)
        .where(clearing_documents.c.round_id == round_id)
        .order_by(clearing_documents.c.number)
    )
    round_ = Round(
        round_id,
        county,
        row.stage,
        tuple(
            Paper(one.kind, one.signer, json.loads(one.body), one.octets.encode("ascii"), one.signed_at)
            for one in papers
        ),
    )
    return StoredRound(round_, row.heard_at, row.ended_at)


def round_ids(connection: Connection, *, stages: Iterable[str] = (), limit: int = 1000) -> list[str]:
    """The rounds in these stages (all, without any), the newest first."""
    query = select(clearing_rounds.c.id).order_by(clearing_rounds.c.heard_at.desc(), clearing_rounds.c.id)
    wanted = list(stages)
    if wanted:
        query = query.where(clearing_rounds.c.stage.in_(wanted))
    return list(connection.scalars(query.limit(limit)))


def heard_at(connection: Connection, stages: Iterable[str]) -> list[datetime]:
    """When we heard of each round in these stages, the oldest first."""
    query = select(clearing_rounds.c.heard_at).where(clearing_rounds.c.stage.in_(list(stages)))
    return list(connection.scalars(query.order_by(clearing_rounds.c.heard_at)))


def last_heard_at(connection: Connection) -> datetime | None:
    """When we last heard of a new round."""
    row = connection.execute(
        select(clearing_rounds.c.heard_at).order_by(clearing_rounds.c.heard_at.desc()).limit(1)
    ).first()
    return row.heard_at if row else None


def book_opened_at(connection: Connection) -> datetime | None:
    """When the first account of this county was opened."""
    row = connection.execute(select(accounts.c.opened_at).order_by(accounts.c.opened_at).limit(1)).first()
    return row.opened_at if row else None


def store_stage(connection: Connection, round_: Round, ended_at: datetime | None) -> None:
    """The round is where it is now."""
    values: dict[str, object] = {"stage": round_.stage, "coordinator": round_.coordinator}
    if ended_at is not None:
        values["ended_at"] = ended_at
    connection.execute(update(clearing_rounds).where(clearing_rounds.c.id == round_.id).values(values))


def add_papers(
    connection: Connection, round_: Round, papers: Iterable[Paper], now: datetime
) -> tuple[Paper, ...]:
    """Every document of the round, with those of `papers` that say something new."""
    known = {(one.kind, one.signer, one.body_hash) for one in round_.papers}
    found = list(round_.papers)
    for paper in papers:
        name = (paper.kind, paper.signer, paper.body_hash)
        if name in known:
            continue
        known.add(name)
        found.append(paper)
        connection.execute(
            insert(clearing_documents).values(
                round_id=round_.id,
                kind=paper.kind,
                signer=paper.signer,
                body_hash=paper.body_hash,
                body=json.dumps(dict(paper.body), ensure_ascii=False),
                octets=paper.octets.decode("ascii"),
                signed_at=paper.created_at,
                received_at=now,
            )
        )
    return tuple(found)


def decide_once(connection: Connection, round_id: str, kind: str, now: datetime) -> None:
    """This county has decided the round as its coordinator. The database refuses a second time."""
    connection.execute(insert(clearing_decisions).values(round_id=round_id, kind=kind, decided_at=now))


def decisions(connection: Connection) -> dict[str, str]:
    """Round to what this county as coordinator has decided."""
    return {row.round_id: row.kind for row in connection.execute(select(clearing_decisions))}


def reserve(connection: Connection, round_id: str, owed: Mapping[str, int]) -> None:
    """So much of each position is reserved for the round, and nothing else."""
    release(connection, round_id)
    known(connection).read.reserved = None
    for peer, half_days in sorted(owed.items()):
        connection.execute(
            insert(clearing_reservations).values(round_id=round_id, peer=peer, owed_half_days=half_days)
        )


def release(connection: Connection, round_id: str) -> list[str]:
    """Nothing is reserved for the round any more. The peers whose positions were."""
    peers = list(
        connection.scalars(
            select(clearing_reservations.c.peer)
            .where(clearing_reservations.c.round_id == round_id)
            .order_by(clearing_reservations.c.peer)
        )
    )
    if peers:
        known(connection).read.reserved = None
        connection.execute(delete(clearing_reservations).where(clearing_reservations.c.round_id == round_id))
    return peers


def reserved_of(connection: Connection, round_id: str) -> dict[str, int]:
    """Peer to what is reserved of our position for the round."""
    rows = connection.execute(
        select(clearing_reservations).where(clearing_reservations.c.round_id == round_id)
    )
    return {row.peer: row.owed_half_days for row in rows}


def reservations(connection: Connection) -> dict[str, int]:
    """Peer to what is reserved of what we owe it; below zero where it owes us."""
    read = known(connection).read
    if read.reserved is None:
        read.reserved = {peer: int(half_days) for peer, half_days in connection.execute(_RESERVED)}
    return dict(read.reserved)


def reserved_towards(connection: Connection, peer: str) -> int:
    """What is reserved of what we owe the peer; below zero where it owes us."""
    return reservations(connection).get(peer, 0)


def cleared_towards(connection: Connection) -> dict[str, int]:
    """Peer to the half-days that clearing has struck out with it, in whichever direction they were owed.

    Struck out on both sides of the peer's account: what was owed, and what settles it.
    """
    other = case(
        (transfers.c.debit_account_id.like(f"{CLEARING_PREFIX}%"), transfers.c.credit_account_id),
        else_=transfers.c.debit_account_id,
    )
    rows = connection.execute(
        select(other, func.sum(transfers.c.amount))
        .where(transfers.c.payer_library_id == CLEARING)
        .group_by(other)
    )
    return {account_id.removeprefix(PEER_PREFIX): int(half_days) for account_id, half_days in rows}


def fulfil_numbers(connection: Connection, peer: str) -> tuple[int, int] | None:
    """Numbers of the last FULFIL to and from the peer, 0 for none. None while one of ours has none yet."""
    is_waiting = connection.execute(
        select(outbox.c.id)
        .where(outbox.c.peer == peer, outbox.c.name == "FULFIL", outbox.c.published_at.is_(None))
        .limit(1)
    ).first()
    if is_waiting:
        return None
    sent, received = (
        connection.scalar(
            select(func.max(table.c.seq)).where(table.c.peer == peer, table.c.message_type == "FULFIL")
        )
        for table in (sent_envelopes, received_envelopes)
    )
    return sent or 0, received or 0
