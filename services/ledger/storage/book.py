"""The book: accounts, balances, and transfers that are held, posted or voided. Append only but for balances.

`hold`, `post`, `void` and `shrink_hold` expect the caller to hold the locks of both balance rows (`lock`).
"""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, func, insert, select

from byttebank.storage.transaction import gather
from services.ledger.domain.transfers import Transfer
from services.ledger.storage.accounts import (
    add,
    balance,
    has_account,
    list_accounts,
    lock,
    lock_id,
    open_account,
    open_and_lock,
)
from services.ledger.storage.known import known
from services.ledger.storage.standing import (
    StoredTransfer,
    find,
    find_all,
    find_ends,
    find_parts,
    of_part,
    open_of_payer,
    part_of,
    resolved_as,
    reversals_of,
)
from services.ledger.storage.tables import entries, prepares_sent, resolutions, transfers

__all__ = [
    "StoredTransfer",
    "add",
    "balance",
    "count_posted",
    "find",
    "find_all",
    "find_ends",
    "find_parts",
    "has_account",
    "hold",
    "hold_and_post",
    "list_accounts",
    "lock",
    "lock_id",
    "mark_sent",
    "of_part",
    "open_account",
    "open_and_lock",
    "open_of_payer",
    "post",
    "posted_sums",
    "resolved_as",
    "reversals_of",
    "void",
    "void_unseen",
]

_TO_TRANSFERS, _TO_RESOLUTIONS, _TO_ENTRIES = insert(transfers), insert(resolutions), insert(entries)
_TO_PREPARES_SENT = insert(prepares_sent)


def hold(
    connection: Connection, terms: Transfer, county: str, now: datetime, *, is_over_limit: bool = False
) -> StoredTransfer:
    """The transfer is pending and counts as such on both of its accounts."""
    stored = _begin(connection, terms, county, now, is_over_limit=is_over_limit)
    _add(connection, stored, pending=terms.amount)
    return stored


def hold_and_post(connection: Connection, terms: Transfer, county: str, now: datetime) -> StoredTransfer:
    """As `hold` and `post` of all of it: the transfer is final, and was never pending."""
    stored = _begin(connection, terms, county, now, is_over_limit=False)
    _finish(connection, stored, terms.amount, now)
    _add(connection, stored, posted=terms.amount)
    return stored


def _begin(
    connection: Connection, terms: Transfer, county: str, now: datetime, *, is_over_limit: bool
) -> StoredTransfer:
    debit, credit = terms.accounts_at(county)
    stored = StoredTransfer(
        terms, debit, credit, is_over_limit, now, "pending", terms.amount, prepare_hash=None, sent_at=None
    )
    sides = {"debit_account_id": debit, "credit_account_id": credit}
    row = {**vars(terms), **sides, "is_over_limit": is_over_limit, "created_at": now}
    gather(connection, _TO_TRANSFERS, row)
    read = known(connection).read
    read.transfers[terms.id] = stored
    if part_of(terms) in read.parts:
        read.parts[part_of(terms)].append(terms.id)
    return stored


def mark_sent(
    connection: Connection, stored: StoredTransfer, peer: str, amount: int, payload_hash: str, now: datetime
) -> None:
    """The transfer is prepared: the peer decides. What is held and not asked for is free again."""
    row = {"transfer_id": stored.terms.id, "peer": peer, "amount": amount}
    gather(connection, _TO_PREPARES_SENT, {**row, "payload_hash": payload_hash, "sent_at": now})
    sent = replace(stored, state="prepared", amount=amount, prepare_hash=payload_hash, sent_at=now)
    known(connection).read.transfers[stored.terms.id] = sent
    freed = stored.amount - amount
    if freed:
        _add(connection, stored, pending=-freed)


def post(connection: Connection, stored: StoredTransfer, amount: int, now: datetime) -> None:
    """The transfer is final: `amount` of what it held stands in the entries, the rest is free again."""
    _finish(connection, stored, amount, now)
    _add(connection, stored, pending=-stored.amount, posted=amount)


def _finish(connection: Connection, stored: StoredTransfer, amount: int, now: datetime) -> None:
    _resolve(connection, stored.terms.id, "posted", amount, None, now)
    known(connection).read.transfers[stored.terms.id] = replace(stored, state="posted", amount=amount)
    leg = {
        "transfer_id": stored.terms.id,
        "amount": amount,
        "unit": stored.terms.unit,
        "work_date": stored.terms.work_date,
        "posted_at": now,
    }
    sides = (("debit", stored.debit_account_id), ("credit", stored.credit_account_id))
    for side, account_id in sides:
        gather(connection, _TO_ENTRIES, {**leg, "side": side, "account_id": account_id})


def void(connection: Connection, stored: StoredTransfer, code: str, now: datetime) -> None:
    """The transfer ended without being used; what it held is free again."""
    _resolve(connection, stored.terms.id, "voided", 0, code, now)
    known(connection).read.transfers[stored.terms.id] = replace(stored, state="voided", amount=0)
    _add(connection, stored, pending=-stored.amount)


def void_unseen(connection: Connection, transfer_id: str, code: str, now: datetime) -> None:
    """A transfer that nobody has asked for yet has ended already: the asking is late."""
    _resolve(connection, transfer_id, "voided", 0, code, now)


def posted_sums(connection: Connection) -> dict[str, tuple[int, int]]:
    """(debits, credits) of each account that has entries, summed from the entries themselves."""
    rows = connection.execute(
        select(entries.c.account_id, entries.c.side, func.sum(entries.c.amount)).group_by(
            entries.c.account_id, entries.c.side
        )
    )
    sums: dict[str, dict[str, int]] = {}
    for account_id, side, amount in rows:
        sums.setdefault(account_id, {})[side] = int(amount)
    return {account_id: (side.get("debit", 0), side.get("credit", 0)) for account_id, side in sums.items()}


def count_posted(connection: Connection) -> int:
    """How many transfers are posted."""
    return connection.execute(
        select(func.count()).select_from(resolutions).where(resolutions.c.state == "posted")
    ).scalar_one()


def _resolve(
    connection: Connection, transfer_id: str, state: str, amount: int, code: str | None, now: datetime
) -> None:
    row = {"transfer_id": transfer_id, "state": state, "amount": amount, "code": code, "resolved_at": now}
    gather(connection, _TO_RESOLUTIONS, row)
    known(connection).read.resolutions[transfer_id] = state


def _add(connection: Connection, stored: StoredTransfer, *, pending: int = 0, posted: int = 0) -> None:
    """So much more is pending, and posted, on both of the transfer's accounts."""
    add(connection, stored.debit_account_id, debits_pending=pending, debits_posted=posted)
    add(connection, stored.credit_account_id, credits_pending=pending, credits_posted=posted)
