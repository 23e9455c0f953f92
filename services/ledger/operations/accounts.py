"""What a library sees of its days."""

from datetime import datetime
from typing import Any

from byttebank.clock import format_time
from byttebank.identifiers import is_id
from byttebank.storage.work import Work
from services.ledger.domain.promises import lifted
from services.ledger.operations.naming import check_library, library_names
from services.ledger.operations.promises import promised
from services.ledger.storage import acts, book, copies, settlements
from services.ledger.storage.acts import Act


def account(work: Work, library_id: str) -> dict[str, Any]:
    """`Account` of one of the county's libraries; of a merged one, the account of the library it became.

    Refuses: AccountUnknown.
    """
    check_library(work, library_id)
    library_id, closing = _standing_for(work, library_id)
    balance = book.balance(work.connection, library_id)
    limit = copies.limit(work.connection, work.county)
    covered = promised(work, library_id).cover
    return {
        "library_id": library_id,
        "state": "closed" if closing else "open",
        "successor_id": closing.successor_id if closing and is_id(closing.successor_id) else None,
        "promised_half_days": covered,
        "given_half_days": balance.credits_posted,
        "received_half_days": balance.debits_posted,
        "balance_half_days": balance.days_to_use,
        "reserved_half_days": balance.debits_pending,
        "limit_half_days": limit.half_days,
        "limit_is_hard": limit.is_hard,
        "available_half_days": 0 if closing else balance.available(lifted(limit, covered)),
    }


def _standing_for(work: Work, library_id: str) -> tuple[str, Act | None]:
    """The account that stands for the library, and the act that closed it if it is closed."""
    seen: set[str] = set()
    while library_id not in seen:
        seen.add(library_id)
        closing = acts.closing_of(work.connection, library_id)
        if closing is None or closing.successor_id is None or not closing.is_merger:
            return library_id, closing
        library_id = closing.successor_id
    return library_id, closing


def reservations(work: Work, library_id: str) -> list[dict[str, Any]]:
    """`Reservation`s of the library: set aside (`pending`), or sent and not answered (`prepared`).

    Refuses: AccountUnknown.
    """
    check_library(work, library_id)
    held = book.open_of_payer(work.connection, library_id)
    names = library_names(work, {stored.terms.payee_library_id for stored in held})
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
    check_library(work, library_id)
    waiting = settlements.waiting_prepares(work.connection, payee_library_id=library_id)
    names = library_names(work, {received.payload["payer_library_id"] for received in waiting})
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
