"""Accounts, their balances, and the locks on them."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, any_, bindparam, cast, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from byttebank.storage.transaction import transaction_of
from services.ledger.domain.accounts import Balance, kind_of, lock_order, unit_of
from services.ledger.storage.acts import with_successors
from services.ledger.storage.known import known
from services.ledger.storage.tables import accounts, balances, insert_into

_ORDERED = cast(bindparam("ordered"), ARRAY(String))
_LOCK = {
    "postgresql": select(balances)
    .where(balances.c.account_id == any_(_ORDERED))
    .order_by(func.array_position(_ORDERED, balances.c.account_id))
    .with_for_update(),
    # One writer at a time has the whole file.
    "sqlite": select(balances).where(balances.c.account_id.in_(bindparam("ordered", expanding=True))),
}
_IDS = select(
    func.hashtextextended(func.unnest(cast(bindparam("ids"), ARRAY(String))), 0).label("key")
).subquery()
_KEYS = select(_IDS.c.key).order_by(_IDS.c.key).offset(0).subquery()
_LOCK_IDS = select(func.pg_advisory_xact_lock(_KEYS.c.key))
_BALANCE = select(balances).where(balances.c.account_id == bindparam("account_id"))


def open_account(connection: Connection, account_id: str, now: datetime) -> None:
    """The account and its zero balance exist, so that there is a row to lock."""
    values = {"id": account_id, "kind": kind_of(account_id), "unit": unit_of(account_id), "opened_at": now}
    connection.execute(insert_into(connection, accounts).values(values).on_conflict_do_nothing())
    connection.execute(
        insert_into(connection, balances).values(account_id=account_id).on_conflict_do_nothing()
    )


def has_account(connection: Connection, account_id: str) -> bool:
    """Whether the account was opened in this county."""
    if account_id in known(connection).balances:
        return True
    return connection.execute(select(accounts.c.id).where(accounts.c.id == account_id)).first() is not None


def lock(connection: Connection, account_ids: Iterable[str]) -> set[str]:
    """No other transaction changes these balances before this one ends. Accounts not opened are left out:
    returns the others.

    Where an account is closed, the one that took over its days is locked as well: what comes late goes there.
    PostgreSQL sorts first and takes the locks then, in that order (manual, SELECT, "The Locking Clause").
    """
    mine = known(connection)
    wanted = with_successors(connection, account_ids)
    new = wanted - mine.balances.keys()
    if new:
        rows = connection.execute(_LOCK[connection.dialect.name], {"ordered": lock_order(new)}).all()
        transaction_of(connection).forget()
        mine.balances.update((row.account_id, _balance(row)) for row in rows)
    return wanted & mine.balances.keys()


def open_and_lock(connection: Connection, account_ids: Iterable[str], now: datetime) -> None:
    """The accounts exist, whoever has been forgotten, and their balances are locked."""
    wanted = set(account_ids)
    missing = wanted - lock(connection, wanted)
    if missing:
        for account_id in lock_order(missing):
            open_account(connection, account_id, now)
        lock(connection, wanted)


def lock_id(connection: Connection, *transfer_ids: str) -> None:
    """No other transaction reserves, posts or releases these ids, not even before there is a row to lock."""
    mine = known(connection)
    new = set(transfer_ids) - mine.locked_ids
    if not new:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(_LOCK_IDS, {"ids": list(new)}).all()
        transaction_of(connection).forget()
    mine.locked_ids |= new


def balance(connection: Connection, account_id: str) -> Balance:
    """The account's sums; zero for an account that was never opened."""
    locked = known(connection).balances.get(account_id)
    if locked is not None:
        return locked
    row = connection.execute(_BALANCE, {"account_id": account_id}).first()
    return _balance(row) if row else Balance()


def list_accounts(connection: Connection) -> dict[str, Balance]:
    """Every account with its sums, by id."""
    rows = connection.execute(select(balances).order_by(balances.c.account_id))
    return {row.account_id: _balance(row) for row in rows}


def add(connection: Connection, account_id: str, **more: int) -> None:
    """So much more is in these sums of the account, which is locked from now on.

    Raises `LookupError` for an account that was never opened.
    """
    mine = known(connection)
    if account_id not in mine.balances and account_id not in lock(connection, [account_id]):
        raise LookupError(f"{account_id} was never opened")
    mine.add(account_id, **more)


def _balance(row: Any) -> Balance:
    return Balance(row.debits_posted, row.credits_posted, row.debits_pending, row.credits_pending)
