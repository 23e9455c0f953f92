"""Statements by date of work with a running balance: of a library, of the county, of one peer."""

from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.refusals import CountyUnknown
from byttebank.identifiers import is_id
from byttebank.storage.work import Work
from services.ledger.domain import fuse
from services.ledger.domain.accounts import peer_account_id
from services.ledger.domain.statements import (
    PostedTransfer,
    check_limit,
    line_kind,
    read_county_cursor,
    read_cursor,
    read_period,
    running_balances,
    write_cursor,
)
from services.ledger.domain.transfers import CLEARING
from services.ledger.operations.naming import check_library, library_names
from services.ledger.storage import acts, book, statements

Document = dict[str, Any]


def statement(
    work: Work,
    library_id: str,
    cursor: str | None = None,
    limit: int = 50,
    first_on: str | None = None,
    last_on: str | None = None,
) -> Document:
    """`{lines: [StatementLine], next_cursor}`, newest first by date of work, then by order of posting.

    A running balance counts every day of work up to its line, also those that were posted later, and those
    before the period. Refuses: AccountUnknown, Malformed (cursor, limit, dates), DateOrder.
    """
    place, size, period = read_cursor(cursor), check_limit(limit), read_period(first_on, last_on)
    check_library(work, library_id)
    found = statements.entries_before(work.connection, library_id, place, period, size + 1)
    entries = found[:size]
    if not entries:
        return {"lines": [], "next_cursor": None}
    newest = book.balance(work.connection, library_id).days_to_use - statements.balance_after(
        work.connection, library_id, entries[0].place
    )
    names = library_names(work, {entry.other_library_id for entry in entries})
    decided = acts.of_transfers(work.connection, {entry.transfer_id for entry in entries})
    balances = running_balances([entry.amount for entry in entries], newest)
    lines = [
        {
            "transfer_id": entry.transfer_id,
            "posted_at": format_time(entry.posted_at),
            "work_date": entry.place.work_date.isoformat(),
            **_why(decided, entry.transfer_id, entry.reverses),
            "other_library_id": entry.other_library_id if is_id(entry.other_library_id) else None,
            "other_library_name": names[entry.other_library_id],
            "other_county": entry.other_county,
            "skill": entry.skill,
            "engagement_id": _engagement(entry.engagement_id, entry.transfer_id),
            "reverses": entry.reverses,
            "half_days": entry.amount,
            "balance_half_days": balance,
        }
        for entry, balance in zip(entries, balances, strict=True)
    ]
    return {
        "lines": lines,
        "next_cursor": write_cursor(entries[-1].place) if len(found) > size else None,
    }


def county_statement(
    work: Work,
    cursor: str | None = None,
    limit: int = 50,
    first_on: str | None = None,
    last_on: str | None = None,
) -> Document:
    """`{lines: [CountyLine], next_cursor}`: every posted transfer of days, newest date of work first.

    The running balance is what the county's libraries have given less what they have received, together.
    Refuses: Malformed (cursor, limit, dates), DateOrder.
    """
    place, size, period = read_county_cursor(cursor), check_limit(limit), read_period(first_on, last_on)
    found = statements.transfers_before(work.connection, place, period, size + 1)
    shown = found[:size]
    if not shown:
        return {"lines": [], "next_cursor": None}
    newest = statements.county_balance(work.connection) - statements.county_change_after(
        work.connection, shown[0].place
    )
    lines = _county_lines(work, [(one, one.change) for one in shown], newest)
    return {"lines": lines, "next_cursor": write_cursor(shown[-1].place) if len(found) > size else None}


def peer_statement(
    work: Work,
    county: str,
    cursor: str | None = None,
    limit: int = 50,
    first_on: str | None = None,
    last_on: str | None = None,
) -> Document:
    """`{lines: [CountyLine], next_cursor}`: every posted transfer between us and one other county.

    The running balance is what the other county owes us; below zero when we owe it.
    Refuses: CountyUnknown, Malformed (cursor, limit, dates), DateOrder.
    """
    place, size, period = read_cursor(cursor), check_limit(limit), read_period(first_on, last_on)
    account_id = peer_account_id(str(county))
    if not book.has_account(work.connection, account_id):
        raise CountyUnknown(county=str(county))
    found = statements.entries_before(work.connection, account_id, place, period, size + 1)
    entries = found[:size]
    if not entries:
        return {"lines": [], "next_cursor": None}
    owed = fuse.owed_to_us(book.balance(work.connection, account_id))
    newest = owed + statements.balance_after(work.connection, account_id, entries[0].place)
    by_id = statements.transfers_of(work.connection, {entry.transfer_id for entry in entries})
    lines = _county_lines(work, [(by_id[entry.transfer_id], -entry.amount) for entry in entries], newest)
    return {
        "lines": lines,
        "next_cursor": write_cursor(entries[-1].place) if len(found) > size else None,
    }


def _county_lines(
    work: Work, changes: list[tuple[PostedTransfer, int]], newest_balance: int
) -> list[Document]:
    sides = {side for one, _ in changes for side in (one.payer_library_id, one.payee_library_id)}
    names = library_names(work, sides)
    decided = acts.of_transfers(work.connection, {one.place.transfer_id for one, _ in changes})
    balances = running_balances([change for _, change in changes], newest_balance)
    return [
        {
            "transfer_id": one.place.transfer_id,
            "posted_at": format_time(one.posted_at),
            "work_date": one.place.work_date.isoformat(),
            **_why(decided, one.place.transfer_id, one.reverses),
            **({"kind": "clearing"} if one.payer_library_id == CLEARING else {}),
            "payer_library_id": one.payer_library_id,
            "payer_library_name": names[one.payer_library_id],
            "payer_county": one.payer_county,
            "payee_library_id": one.payee_library_id,
            "payee_library_name": names[one.payee_library_id],
            "payee_county": one.payee_county,
            "skill": one.skill,
            "engagement_id": None
            if one.payer_library_id == CLEARING
            else _engagement(one.engagement_id, one.place.transfer_id),
            "reverses": one.reverses,
            "half_days": one.amount,
            "change_half_days": change,
            "balance_half_days": balance,
        }
        for (one, change), balance in zip(changes, balances, strict=True)
    ]


def _why(decided: dict[str, acts.Act], transfer_id: str, reverses: str | None) -> Document:
    act = decided.get(transfer_id)
    return {
        "kind": line_kind(act.kind if act else None, reverses),
        "reason": act.reason or None if act else None,
    }


def _engagement(engagement_id: str, transfer_id: str) -> str | None:
    """What the county decided by itself stands for no engagement; the transfer's own id stands there."""
    return None if engagement_id == transfer_id else engagement_id
