"""Accounts, their balances, and the locks on them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, select, update

from services.ledger.domain.accounts import Balance, kind_of, lock_order, unit_of
from services.ledger.storage.acts import with_successors
from services.ledger.storage.tables import accounts, balances, insert_into


def open_account(connection: Connection, account_id: str, now: datetime) -> None:
    """The account and its zero balance exist, so that there is a row to lock."""
    values = {"id": account_id, "kind": kind_of(account_id), "unit": unit_of(account_id), "opened_at": now}
    connection.execute(insert_into(connection, accounts).values(values).on_conflict_do_nothing())
    connection.execute(
        insert_into(connection, balances).values(account_id=account_id).on_conflict_do_nothing()
    )


def has_account(connection: Connection, account_id: str) -> bool:
    """Whether the account was opened in this county."""
    return connection.execute(select(accounts.c.id).where(accounts.c.id == account_id)).first() is not None


def lock(connection: Connection, account_ids: Iterable[str]) -> set[str]:
    """No other transaction changes these balances before this one ends. Accounts not opened are left out:
    returns the others.

    Where an account is closed, the one that took over its days is locked as well: what comes late goes there.
    PostgreSQL sorts first and takes the locks then, in that order (manual, SELECT, "The Locking Clause").
    """
    ordered = lock_order(with_successors(connection, account_ids))
    if not ordered:
        return set()
    query = select(balances.c.account_id).where(balances.c.account_id.in_(ordered)).with_for_update()
    if len(ordered) > 1:
        ranks = {account_id: rank for rank, account_id in enumerate(ordered)}
        query = query.order_by(case(ranks, value=balances.c.account_id))
    return set(connection.scalars(query))


def open_and_lock(connection: Connection, account_ids: Iterable[str], now: datetime) -> None:
    """The accounts exist, whoever has been forgotten, and their balances are locked."""
    wanted = set(account_ids)
    missing = wanted - lock(connection, wanted)
    if missing:
        for account_id in lock_order(missing):
            open_account(connection, account_id, now)
        lock(connection, wanted)


def lock_id(connection: Connection, transfer_id: str) -> None:
    """No other transaction reserves, posts or releases this id, not even before there is a row to lock."""
    if connection.dialect.name == "postgresql":
        key = func.hashtextextended(transfer_id, 0)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


def balance(connection: Connection, account_id: str) -> Balance:
    """The account's sums; zero for an account that was never opened."""
    row = connection.execute(select(balances).where(balances.c.account_id == account_id)).mappings().first()
    return _balance(row) if row else Balance()


def list_accounts(connection: Connection) -> dict[str, Balance]:
    """Every account with its sums, by id."""
    rows = connection.execute(select(balances).order_by(balances.c.account_id)).mappings()
    return {row["account_id"]: _balance(row) for row in rows}


def add_posted(connection: Connection, account_id: str, debits: int, credits_: int) -> None:
    """So much more is posted on the account. For those who write entries by the batch."""
    change(
        connection,
        [account_id],
        {
            "debits_posted": balances.c.debits_posted + debits,
            "credits_posted": balances.c.credits_posted + credits_,
        },
    )


def change(connection: Connection, account_ids: Sequence[str], news: dict[str, Any]) -> None:
    """The balances have changed so. Raises `LookupError` for an account that was never opened."""
    changed = connection.execute(update(balances).where(balances.c.account_id.in_(account_ids)).values(news))
    if changed.rowcount != len(account_ids):
        raise LookupError(f"{' or '.join(account_ids)} was never opened")


def _balance(row: Any) -> Balance:
    return Balance(row["debits_posted"], row["credits_posted"], row["debits_pending"], row["credits_pending"])
