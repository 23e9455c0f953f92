"""Entries of one account as its owner reads them."""

from typing import Any

from sqlalchemy import Connection, and_, case, func, or_, select

from services.ledger.domain.statements import Place, PostedEntry
from services.ledger.storage.tables import entries, transfers

_SIGNED = case((entries.c.side == "credit", entries.c.amount), else_=-entries.c.amount)


def entries_before(
    connection: Connection, account_id: str, place: Place | None, limit: int
) -> list[PostedEntry]:
    """At most `limit` entries before the place (from the newest without one), the newest first."""
    query = (
        select(entries, transfers, _SIGNED.label("signed"), entries.c.id.label("entry_id"))
        .join(transfers, transfers.c.id == entries.c.transfer_id)
        .where(entries.c.account_id == account_id)
        .order_by(entries.c.work_date.desc(), entries.c.id.desc())
        .limit(limit)
    )
    if place is not None:
        query = query.where(
            or_(
                entries.c.work_date < place.work_date,
                and_(entries.c.work_date == place.work_date, entries.c.id < place.entry_id),
            )
        )
    return [_entry(row, account_id) for row in connection.execute(query).mappings()]


def balance_through(connection: Connection, account_id: str, place: Place) -> int:
    """Given less received, from the first entry through the one at the place."""
    total = connection.execute(
        select(func.sum(_SIGNED)).where(
            entries.c.account_id == account_id,
            or_(
                entries.c.work_date < place.work_date,
                and_(entries.c.work_date == place.work_date, entries.c.id <= place.entry_id),
            ),
        )
    ).scalar_one()
    return int(total or 0)


def _entry(row: Any, account_id: str) -> PostedEntry:
    is_payer = row[transfers.c.debit_account_id] == account_id
    return PostedEntry(
        place=Place(row[entries.c.work_date], row["entry_id"]),
        transfer_id=row[entries.c.transfer_id],
        posted_at=row[entries.c.posted_at],
        amount=row["signed"],
        other_library_id=row[transfers.c.payee_library_id if is_payer else transfers.c.payer_library_id],
        other_county=row[transfers.c.payee_county if is_payer else transfers.c.payer_county],
        skill=row[transfers.c.skill],
        engagement_id=row[transfers.c.engagement_id],
        reverses=row[transfers.c.reverses],
    )
