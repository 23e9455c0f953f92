"""Posted entries as people read them: of one account, and of the whole county, always through an index.

Pages go backwards by date of work. A running balance is the account's present sum less what comes after the
line, so that the first page, which is read most, adds up nothing.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Date, and_, case, func, literal, select, tuple_

from services.ledger.domain.accounts import HALF_DAY
from services.ledger.domain.statements import CountyPlace, Period, Place, PostedEntry, PostedTransfer
from services.ledger.storage.tables import accounts, balances, entries, transfers

_SIGNED = case((entries.c.side == "credit", entries.c.amount), else_=-entries.c.amount)


def entries_before(
    connection: Connection, account_id: str, place: Place | None, period: Period, limit: int
) -> list[PostedEntry]:
    """At most `limit` entries of the period before the place (from the newest without one), newest first."""
    query = (
        select(entries, transfers, _SIGNED.label("signed"), entries.c.id.label("entry_id"))
        .join(transfers, transfers.c.id == entries.c.transfer_id)
        .where(entries.c.account_id == account_id, *_within(period))
        .order_by(entries.c.work_date.desc(), entries.c.id.desc())
        .limit(limit)
    )
    if place is not None:
        query = query.where(_entry_key() < _key(place.work_date, place.entry_id))
    return [_entry(row, account_id) for row in connection.execute(query).mappings()]


def balance_after(connection: Connection, account_id: str, place: Place) -> int:
    """What comes after the entry at the place, credits less debits."""
    total = connection.execute(
        select(func.sum(_SIGNED)).where(
            entries.c.account_id == account_id, _entry_key() > _key(place.work_date, place.entry_id)
        )
    ).scalar_one()
    return int(total or 0)


def transfers_before(
    connection: Connection, place: CountyPlace | None, period: Period, limit: int
) -> list[PostedTransfer]:
    """At most `limit` posted transfers of days before the place, newest date of work first."""
    query = (
        select(transfers, entries.c.amount.label("posted_amount"), entries.c.posted_at)
        .select_from(entries.join(transfers, transfers.c.id == entries.c.transfer_id))
        .where(entries.c.side == "credit", entries.c.unit == HALF_DAY, *_within(period))
        .order_by(entries.c.work_date.desc(), entries.c.transfer_id.desc())
        .limit(limit)
    )
    if place is not None:
        query = query.where(_transfer_key() < _key(place.work_date, place.transfer_id))
    return [
        _transfer(row, row["posted_amount"], row["posted_at"]) for row in connection.execute(query).mappings()
    ]


def transfers_of(connection: Connection, transfer_ids: Iterable[str]) -> dict[str, PostedTransfer]:
    """Posted transfers by id."""
    query = (
        select(transfers, entries.c.amount.label("posted_amount"), entries.c.posted_at)
        .select_from(transfers.join(entries, entries.c.transfer_id == transfers.c.id))
        .where(transfers.c.id.in_(list(transfer_ids)), entries.c.side == "credit")
    )
    rows = connection.execute(query).mappings()
    return {row["id"]: _transfer(row, row["posted_amount"], row["posted_at"]) for row in rows}


def county_balance(connection: Connection) -> int:
    """What the county's libraries have given, less what they have received, in half-days."""
    total = connection.execute(
        select(func.sum(balances.c.credits_posted - balances.c.debits_posted))
        .select_from(balances.join(accounts, accounts.c.id == balances.c.account_id))
        .where(accounts.c.kind == "library")
    ).scalar_one()
    return int(total or 0)


def county_change_after(connection: Connection, place: CountyPlace) -> int:
    """What all transfers after the place did to the county's libraries together.

    A transfer between two of them did nothing, so the accounts of peers and of the county itself tell it.
    """
    others = list(
        connection.execute(
            select(accounts.c.id).where(accounts.c.kind.in_(("peer", "adjustments")))
        ).scalars()
    )
    later = and_(entries.c.account_id.in_(others), entries.c.work_date > place.work_date)
    same_day = and_(
        entries.c.account_id.in_(others),
        entries.c.work_date == place.work_date,
        entries.c.transfer_id > place.transfer_id,
    )
    sums = [
        connection.execute(select(func.sum(_SIGNED)).where(condition)).scalar_one()
        for condition in (later, same_day)
    ]
    return -sum(int(total or 0) for total in sums)


def _within(period: Period) -> list[Any]:
    conditions = []
    if period.first_on is not None:
        conditions.append(entries.c.work_date >= period.first_on)
    if period.last_on is not None:
        conditions.append(entries.c.work_date <= period.last_on)
    return conditions


def _entry_key() -> Any:
    return tuple_(entries.c.work_date, entries.c.id)


def _transfer_key() -> Any:
    return tuple_(entries.c.work_date, entries.c.transfer_id)


def _key(work_date: date, second: int | str) -> Any:
    return tuple_(literal(work_date, Date), literal(second))


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


def _transfer(row: Any, amount: int, posted_at: datetime) -> PostedTransfer:
    return PostedTransfer(
        place=CountyPlace(row["work_date"], row["id"]),
        posted_at=posted_at,
        amount=amount,
        debit_account_id=row["debit_account_id"],
        credit_account_id=row["credit_account_id"],
        payer_library_id=row["payer_library_id"],
        payee_library_id=row["payee_library_id"],
        payer_county=row["payer_county"],
        payee_county=row["payee_county"],
        skill=row["skill"],
        engagement_id=row["engagement_id"],
        reverses=row["reverses"],
    )
