"""Opening balances by the batch: rows of the book written many at a time, within the caller's transaction."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from byttebank.storage.bulk import insert_many, refresh_statistics
from services.ledger.domain.accounts import ADJUSTMENTS, HALF_DAY
from services.ledger.domain.opening import OpeningRow
from services.ledger.storage import book
from services.ledger.storage.tables import accounts, acts, entries, libraries, resolutions, transfers

OPENING = "opening"


def accounts_by_name(connection: Connection) -> dict[str, str]:
    """Account ids by id and by library name in lower case; "" for a name that several have."""
    found: dict[str, str] = {}
    rows = connection.execute(
        select(accounts.c.id, libraries.c.name)
        .outerjoin(libraries, libraries.c.id == accounts.c.id)
        .where(accounts.c.kind.in_(("library", "peer")))
    )
    for account_id, name in rows:
        found[account_id] = account_id
        if name is not None:
            key = name.casefold()
            found[key] = "" if key in found else account_id
    return found


def known_rows(connection: Connection, ids: Sequence[str]) -> dict[str, Any]:
    """Transfers that are in the book already, by id, each with the `number` of the act that made it."""
    rows = connection.execute(
        select(transfers, acts.c.number)
        .outerjoin(acts, acts.c.id == transfers.c.id)
        .where(transfers.c.id.in_(ids))
    )
    return {row.id: row for row in rows}


def last_act(connection: Connection) -> int:
    """The number of the newest act; 0 before the first."""
    return int(connection.execute(select(func.max(acts.c.number))).scalar_one() or 0)


def sides_of(row: OpeningRow) -> tuple[str, str]:
    """(debit account, credit account): the county itself stands on the other side.

    A peer's account is the other way round: above zero the other county owes us.
    """
    is_credit = (row.half_days > 0) != row.account_id.startswith("peer:")
    return (ADJUSTMENTS, row.account_id) if is_credit else (row.account_id, ADJUSTMENTS)


def write(connection: Connection, county: str, rows: Sequence[OpeningRow], now: datetime) -> None:
    """The rows are posted. Balances are the caller's to add (`add_to_balances`)."""
    sides = {row.id: sides_of(row) for row in rows}
    insert_many(
        connection,
        transfers,
        [
            {
                "id": row.id,
                "debit_account_id": sides[row.id][0],
                "credit_account_id": sides[row.id][1],
                "payer_library_id": sides[row.id][0],
                "payee_library_id": sides[row.id][1],
                "payer_county": county,
                "payee_county": county,
                "amount": abs(row.half_days),
                "unit": HALF_DAY,
                "engagement_id": row.id,
                "part": 1,
                "skill": None,
                "work_date": row.work_date,
                "reverses": None,
                "is_over_limit": False,
                "created_at": now,
            }
            for row in rows
        ],
    )
    insert_many(
        connection,
        resolutions,
        [
            {
                "transfer_id": row.id,
                "state": "posted",
                "amount": abs(row.half_days),
                "code": None,
                "resolved_at": now,
            }
            for row in rows
        ],
    )
    insert_many(
        connection,
        entries,
        [
            {
                "transfer_id": row.id,
                "account_id": account_id,
                "side": side,
                "amount": abs(row.half_days),
                "unit": HALF_DAY,
                "work_date": row.work_date,
                "posted_at": now,
            }
            for row in rows
            for side, account_id in zip(("debit", "credit"), sides[row.id], strict=True)
        ],
    )
    _write_acts(connection, rows, now)


def add_to_balances(connection: Connection, debits: Counter[str], credits_: Counter[str]) -> None:
    """The sums of all rows are in the balances, locked in their order."""
    touched = set(debits) | set(credits_)
    book.lock(connection, touched)
    for account_id in sorted(touched):
        book.add(
            connection, account_id, debits_posted=debits[account_id], credits_posted=credits_[account_id]
        )


def refresh(connection: Connection) -> None:
    """The database knows how much has come in."""
    refresh_statistics(connection, transfers, resolutions, entries, acts)


def _write_acts(connection: Connection, rows: Sequence[OpeningRow], now: datetime) -> None:
    insert_many(
        connection,
        acts,
        [
            {
                "id": row.id,
                "kind": OPENING,
                "about": row.account_id,
                "half_days": row.half_days,
                "transfer_id": row.id,
                "reason": row.note,
                "role": "operator",
                "body": "{}",
                "answer": "null",
                "acted_at": now,
            }
            for row in rows
        ],
    )
