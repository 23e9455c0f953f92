"""What a library sees of its days."""

from datetime import datetime
from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.refusals import AccountUnknown
from byttebank.storage.work import Work
from services.ledger.domain.accounts import kind_of
from services.ledger.domain.statements import check_limit, read_cursor, running_balances, write_cursor
from services.ledger.storage import book, copies, settlements, statements


def account(work: Work, library_id: str) -> dict[str, Any]:
    """`Account` of one of the county's libraries. Refuses: AccountUnknown."""
    _check_library(work, library_id)
    balance = book.balance(work.connection, library_id)
    limit = copies.limit(work.connection, work.county)
    return {
        "library_id": library_id,
        "given_half_days": balance.credits_posted,
        "received_half_days": balance.debits_posted,
        "balance_half_days": balance.days_to_use,
        "reserved_half_days": balance.debits_pending,
        "limit_half_days": limit.half_days,
        "limit_is_hard": limit.is_hard,
        "available_half_days": balance.available(limit),
    }


def statement(work: Work, library_id: str, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """`{lines: [StatementLine], next_cursor}`, newest first by date of work, then by order of posting.

    A running balance counts every day of work up to its line, also those that were posted later.
    Refuses: AccountUnknown, Malformed (cursor, limit).
    """
    place, size = read_cursor(cursor), check_limit(limit)
    _check_library(work, library_id)
    found = statements.entries_before(work.connection, library_id, place, size + 1)
    entries = found[:size]
    if not entries:
        return {"lines": [], "next_cursor": None}
    newest = statements.balance_through(work.connection, library_id, entries[0].place)
    names = _names(work, {entry.other_library_id for entry in entries})
    lines = [
        {
            "transfer_id": entry.transfer_id,
            "posted_at": format_time(entry.posted_at),
            "work_date": entry.place.work_date.isoformat(),
            "other_library_id": entry.other_library_id,
            "other_library_name": names[entry.other_library_id],
            "other_county": entry.other_county,
            "skill": entry.skill,
            "engagement_id": entry.engagement_id,
            "reverses": entry.reverses,
            "half_days": entry.amount,
            "balance_half_days": balance,
        }
        for entry, balance in zip(entries, running_balances(entries, newest), strict=True)
    ]
    return {
        "lines": lines,
        "next_cursor": write_cursor(entries[-1].place) if len(found) > size else None,
    }


def reservations(work: Work, library_id: str) -> list[dict[str, Any]]:
    """`Reservation`s of the library: set aside (`pending`), or sent and not answered (`prepared`).

    Refuses: AccountUnknown.
    """
    _check_library(work, library_id)
    held = book.open_of_payer(work.connection, library_id)
    names = _names(work, {stored.terms.payee_library_id for stored in held})
    return [
        _reservation(
            transfer_id=stored.terms.id,
            engagement_id=stored.terms.engagement_id,
            state=stored.state,
            other=(stored.terms.payee_library_id, names, stored.terms.payee_county),
            work_date=stored.terms.work_date.isoformat(),
            half_days=stored.amount,
            since_at=stored.sent_at or stored.created_at,
        )
        for stored in held
    ]


def incoming(work: Work, library_id: str) -> list[dict[str, Any]]:
    """`Reservation`s on their way to the library: received from another county, decision later (`waiting`).

    Refuses: AccountUnknown.
    """
    _check_library(work, library_id)
    waiting = settlements.waiting_prepares(work.connection, payee_library_id=library_id)
    names = _names(work, {received.payload["payer_library_id"] for received in waiting})
    return [
        _reservation(
            transfer_id=received.transfer_id,
            engagement_id=received.payload["engagement_id"],
            state="waiting",
            other=(received.payload["payer_library_id"], names, received.peer),
            work_date=received.payload["work_date"],
            half_days=received.payload["amount_half_days"],
            since_at=received.received_at,
        )
        for received in waiting
    ]


def _reservation(
    *,
    transfer_id: str,
    engagement_id: str,
    state: str,
    other: tuple[str, dict[str, str], str],
    work_date: str,
    half_days: int,
    since_at: datetime,
) -> dict[str, Any]:
    other_library_id, names, other_county = other
    return {
        "transfer_id": transfer_id,
        "engagement_id": engagement_id,
        "state": state,
        "other_library_id": other_library_id,
        "other_library_name": names[other_library_id],
        "other_county": other_county,
        "work_date": work_date,
        "half_days": half_days,
        "since_at": format_time(since_at),
    }


def _check_library(work: Work, library_id: str) -> None:
    is_known = isinstance(library_id, str) and kind_of(library_id) == "library"
    if not is_known or not book.has_account(work.connection, library_id):
        raise AccountUnknown(account_id=str(library_id))


def _names(work: Work, library_ids: set[str]) -> dict[str, str]:
    """Each library's name; its id where the directory has not told us of it yet."""
    known = copies.libraries_by_id(work.connection, library_ids)
    return {
        library_id: known[library_id].name if library_id in known else library_id
        for library_id in library_ids
    }
