"""What this county's other services are told about a transfer, and when the books owe it to a claim."""

from typing import Any

from byttebank.storage.work import Work
from services.ledger.domain.transfers import Transfer
from services.ledger.operations.acting import move_on
from services.ledger.operations.parts import is_delivered
from services.ledger.storage import settlements
from services.ledger.storage.book import StoredTransfer


def tell_reserved(work: Work, stored: StoredTransfer) -> dict[str, Any]:
    """`DaysReserved` is on its way; returns its body."""
    body = {
        "transfer_id": stored.terms.id,
        "engagement_id": stored.terms.engagement_id,
        "amount_half_days": stored.terms.amount,
        "is_over_limit": stored.is_over_limit,
    }
    work.emit("DaysReserved", body)
    return body


def tell_posted(work: Work, terms: Transfer, amount: int) -> dict[str, Any]:
    """`DaysPosted` is on its way and no claim for the same delivered day stays open; returns the body.

    What was posted to a closed account has gone on to the one that took over its days. A reversal delivers
    nothing, so it names no engagement, only what it takes back.
    """
    if terms.reverses is None and terms.is_between_counties():
        peer = terms.peer_of(work.county)
        settlements.close_claims(work.connection, peer, terms.engagement_id, terms.part, work.now)
    move_on(work, terms.accounts_at(work.county), terms.work_date)
    body = {
        "transfer_id": terms.id,
        "engagement_id": None if terms.reverses else terms.engagement_id,
        "amount_half_days": amount,
        "payer_library_id": terms.payer_library_id,
        "payee_library_id": terms.payee_library_id,
        "payer_county": terms.payer_county,
        "payee_county": terms.payee_county,
        "skill": terms.skill,
        "work_date": terms.work_date.isoformat(),
        "reverses": terms.reverses,
    }
    work.emit("DaysPosted", body)
    return body


def tell_released(
    work: Work, transfer_id: str, engagement_id: str | None, reason: str, code: str | None = None
) -> dict[str, Any]:
    """`DaysReleased` is on its way; returns its body."""
    body = {"transfer_id": transfer_id, "engagement_id": engagement_id, "reason": reason, "code": code}
    work.emit("DaysReleased", body)
    return body


def claim(work: Work, terms: Transfer, peer: str, amount: int, code: str, direction: str) -> None:
    """A delivered day whose transfer was turned down stays open, unless the day is in the books already."""
    if is_delivered(work, terms):
        return
    settlements.open_claim(
        work.connection,
        {
            "peer": peer,
            "transfer_id": terms.id,
            "direction": direction,
            "engagement_id": terms.engagement_id,
            "part": terms.part,
            "amount": amount,
            "code": code,
            "opened_at": work.now,
        },
    )
