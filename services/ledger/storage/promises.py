"""Promises as they were made, and the deposits that fill them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, insert, select

from services.ledger.domain.promises import Deposit, Promise
from services.ledger.storage import acts
from services.ledger.storage.known import known
from services.ledger.storage.tables import acts as acts_table
from services.ledger.storage.tables import entries, promises, resolutions, transfers

DATED, FORGIVEN, WITHDRAWN, MOVED = (
    "promise_dated",
    "promise_forgiven",
    "promise_withdrawn",
    "promise_moved",
)
AT_A_TIME = 500
ENDING = (FORGIVEN, WITHDRAWN, MOVED)

_MADE = (
    promises.c.id,
    promises.c.library_id,
    promises.c.half_days,
    promises.c.made_on,
    promises.c.horizon_on,
    promises.c.after_entry_id,
)

_OF_LIBRARIES = (
    select(*_MADE)
    .where(promises.c.library_id.in_(bindparam("library_ids", expanding=True)))
    .order_by(promises.c.made_at, promises.c.id)
)


def keep(connection: Connection, promise: Promise, now: datetime) -> None:
    """The promise is made."""
    known(connection).read.without_promises.discard(promise.library_id)
    connection.execute(
        insert(promises).values(
            id=promise.id,
            library_id=promise.library_id,
            half_days=promise.half_days,
            made_on=promise.made_on,
            horizon_on=promise.horizon_on,
            after_entry_id=promise.after_entry_id,
            made_at=now,
        )
    )


def find(connection: Connection, promise_id: str) -> Promise | None:
    """The promise as it stands."""
    rows = connection.execute(select(*_MADE).where(promises.c.id == promise_id)).all()
    return next(iter(_as_they_stand(connection, [Promise(*row) for row in rows])), None)


def of_library(connection: Connection, library_id: str) -> list[Promise]:
    """Every promise of the library as it stands, kept ones too, oldest first."""
    if library_id in known(connection).read.without_promises:
        return []
    rows = connection.execute(_OF_LIBRARIES, {"library_ids": [library_id]})
    return _as_they_stand(connection, [Promise(*row) for row in rows])


def find_promisers(connection: Connection, library_ids: Iterable[str]) -> None:
    """Which of these libraries have never promised anything is known, in one question."""
    wanted = set(library_ids)
    rows = connection.execute(_OF_LIBRARIES, {"library_ids": list(wanted)})
    known(connection).read.without_promises |= wanted - {row.library_id for row in rows}


def every_promise(connection: Connection) -> list[Promise]:
    """Every promise of the county as it stands."""
    return [
        promise
        for library_id in libraries_with_promises(connection)
        for promise in of_library(connection, library_id)
    ]


def libraries_with_promises(connection: Connection) -> list[str]:
    """The libraries that have ever promised anything."""
    return list(connection.execute(select(promises.c.library_id).distinct()).scalars())


def deposits(connection: Connection, library_id: str, after_entry_id: int) -> list[Deposit]:
    """The library's deposits after an entry, net of what was taken back of each, in order of posting.

    What is forgiven ends its own promise and is no deposit that fills another.
    """
    rows = connection.execute(
        select(entries.c.id, entries.c.transfer_id, entries.c.amount)
        .select_from(
            entries.join(transfers, transfers.c.id == entries.c.transfer_id).outerjoin(
                acts_table,
                and_(acts_table.c.transfer_id == entries.c.transfer_id, acts_table.c.kind == FORGIVEN),
            )
        )
        .where(
            entries.c.account_id == library_id,
            entries.c.side == "credit",
            entries.c.id > after_entry_id,
            transfers.c.reverses.is_(None),
            acts_table.c.id.is_(None),
        )
        .order_by(entries.c.id)
    ).all()
    back = _taken_back(connection, [row.transfer_id for row in rows])
    return [Deposit(row.id, max(row.amount - back.get(row.transfer_id, 0), 0)) for row in rows]


def _taken_back(connection: Connection, transfer_ids: Sequence[str]) -> dict[str, int]:
    """How much was taken back of each of the transfers, for those of which something was."""
    found: dict[str, int] = {}
    for start in range(0, len(transfer_ids), AT_A_TIME):
        rows = connection.execute(
            select(transfers.c.reverses, func.sum(resolutions.c.amount))
            .join(resolutions, resolutions.c.transfer_id == transfers.c.id)
            .where(
                transfers.c.reverses.in_(transfer_ids[start : start + AT_A_TIME]),
                resolutions.c.state == "posted",
            )
            .group_by(transfers.c.reverses)
        )
        found.update({transfer_id: int(amount) for transfer_id, amount in rows})
    return found


def last_entry_id(connection: Connection) -> int:
    """The newest entry of the book; 0 in an empty one."""
    return int(connection.execute(select(func.max(entries.c.id))).scalar_one() or 0)


def _as_they_stand(connection: Connection, made: Iterable[Promise]) -> list[Promise]:
    standing = {promise.id: promise for promise in made}
    if not standing:
        return []
    for kept in acts.about(connection, standing):
        act, promise = kept.act, standing[kept.act.about]
        if act.kind == DATED:
            standing[promise.id] = replace(promise, dated_on=act.due_on)
        elif act.kind in ENDING:
            ended = promise.ended_half_days + (act.half_days or 0)
            standing[promise.id] = replace(promise, ended_half_days=ended)
    return list(standing.values())
