"""What people have decided about the book: who by role, why, and what was answered. Append only."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select

from services.ledger.domain.accounts import kind_of
from services.ledger.storage.known import known
from services.ledger.storage.tables import acts

GIVEN, HANDED_ON, FORGIVEN, MERGED = "gift", "handed_on", "forgiven", "merged"
CLOSINGS = (GIVEN, HANDED_ON, FORGIVEN, MERGED)
"""The four ways in which an account closes at zero."""
OPENED = "opened_again"

_CLOSINGS = (
    select(acts)
    .where(acts.c.about.in_(bindparam("account_ids", expanding=True)), acts.c.kind.in_((*CLOSINGS, OPENED)))
    .order_by(acts.c.number)
)


@dataclass(frozen=True)
class Act:
    """One act. `about`: the account, promise or transfer it concerns; `transfer_id`: what it moved."""

    id: str
    kind: str
    about: str
    reason: str
    role: str
    half_days: int | None = None
    due_on: date | None = None
    successor_id: str | None = None
    transfer_id: str | None = None

    @property
    def is_merger(self) -> bool:
        """Whether the closed account's library has become another one, whose account stands for it."""
        return self.kind == MERGED


@dataclass(frozen=True)
class KeptAct:
    """An act as it was asked for and answered."""

    act: Act
    body: dict[str, Any]
    answer: Any
    acted_at: datetime


def keep(connection: Connection, act: Act, body: dict[str, Any], answer: Any, now: datetime) -> None:
    """The act stands, with what was asked and what was answered."""
    known(connection).read.closings.pop(act.about, None)
    connection.execute(
        insert(acts).values(
            **vars(act),
            body=json.dumps(body, sort_keys=True, ensure_ascii=False),
            answer=json.dumps(answer, ensure_ascii=False),
            acted_at=now,
        )
    )


def find(connection: Connection, act_id: str) -> KeptAct | None:
    """The act with this id."""
    row = connection.execute(select(acts).where(acts.c.id == act_id)).mappings().first()
    return _kept(row) if row else None


def about(connection: Connection, things: Iterable[str]) -> list[KeptAct]:
    """Every act about these things, oldest first."""
    rows = connection.execute(select(acts).where(acts.c.about.in_(list(things))).order_by(acts.c.number))
    return [_kept(row) for row in rows.mappings()]


def closing_of(connection: Connection, account_id: str) -> Act | None:
    """The act that closed the account, when it is closed now."""
    return _closings(connection, [account_id])[account_id]


def closed_among(connection: Connection, account_ids: Iterable[str]) -> set[str]:
    """Those of the accounts that are closed now."""
    return {one for one, act in _closings(connection, account_ids).items() if act is not None}


def successors(connection: Connection, account_ids: Iterable[str] | None = None) -> dict[str, str]:
    """Where the days of those of the accounts that are closed go, by account; of all when none are named."""
    if account_ids is None:
        rows = connection.execute(
            select(acts.c.about).where(acts.c.kind.in_((*CLOSINGS, OPENED))).order_by(acts.c.number)
        )
        account_ids = list(dict.fromkeys(rows.scalars()))
    closings = _closings(connection, account_ids)
    return {
        account_id: act.successor_id
        for account_id, act in closings.items()
        if act is not None and act.successor_id is not None
    }


def _closings(connection: Connection, account_ids: Iterable[str]) -> dict[str, Act | None]:
    """The act that closed each of the accounts, if it is closed now: the last word about it counts."""
    read, wanted = known(connection).read.closings, dict.fromkeys(account_ids)
    unread = [one for one in wanted if one not in read]
    if unread:
        read.update(dict.fromkeys(unread))
        for row in connection.execute(_CLOSINGS, {"account_ids": unread}).mappings():
            read[row["about"]] = _kept(row).act if row["kind"] in CLOSINGS else None
    return {account_id: read[account_id] for account_id in wanted}


def with_successors(connection: Connection, account_ids: Iterable[str]) -> set[str]:
    """The accounts and those that took over their days, and theirs in turn. Only libraries' accounts are ever
    closed.
    """
    found = set(account_ids)
    new = {account_id for account_id in found if kind_of(account_id) == "library"}
    while new:
        new = set(successors(connection, new).values()) - found
        found |= new
    return found


def of_transfers(connection: Connection, transfer_ids: Iterable[str]) -> dict[str, Act]:
    """The act that made each of the transfers, for those that somebody decided."""
    rows = connection.execute(select(acts).where(acts.c.transfer_id.in_(list(transfer_ids))))
    return {row["transfer_id"]: _kept(row).act for row in rows.mappings()}


def _kept(row: Any) -> KeptAct:
    act = Act(**{name: row[name] for name in Act.__dataclass_fields__})
    return KeptAct(act, json.loads(row["body"]), json.loads(row["answer"]), row["acted_at"])
