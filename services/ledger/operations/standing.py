"""PREPAREs of our own that stand in the book again after a restore, and whether we know all of them."""

from datetime import date
from typing import Any

from byttebank.contracts.refusals import Contradiction
from byttebank.storage.channels import unsure_peers
from byttebank.storage.work import Work
from services.ledger.domain.transfers import Transfer
from services.ledger.storage import book, recovery, reversals
from services.ledger.storage.recovery import KeptPrepare


def is_unsure(work: Work, peer: str) -> bool:
    """Whether we may have said things to the peer that we do not know any more.

    Nothing is decided then: it could contradict what we signed before a backup was restored.
    """
    return peer in unsure_peers(work.connection, peer)


def unsure_of(work: Work, transfer_id: str) -> bool:
    """Whether something about the transfer may have been said to a peer and forgotten."""
    unsure = unsure_peers(work.connection)
    if not unsure:
        return False
    stored = book.find(work.connection, transfer_id)
    return stored is None or stored.terms.peer_of(work.county) in unsure


def order_of(payload: dict[str, Any], payer_county: str, payee_county: str) -> Transfer:
    """The terms in a PREPARE."""
    return Transfer(
        id=payload["transfer_id"],
        payer_library_id=payload["payer_library_id"],
        payee_library_id=payload["payee_library_id"],
        payer_county=payer_county,
        payee_county=payee_county,
        amount=payload["amount_half_days"],
        unit=payload["unit"],
        engagement_id=payload["engagement_id"],
        part=payload["part"],
        skill=payload["skill"],
        work_date=date.fromisoformat(payload["work_date"]),
        reverses=payload["reverses"],
    )


def stand_again(work: Work, prepare: KeptPrepare) -> None:
    """The days of our PREPARE are held, and sent: from now on the peer's answer ends the transfer.

    One whose original is not in the book yet is kept until that is. Twice is once.
    Refuses: Contradiction when the book says otherwise; with nothing decided while unsure, it never does.
    """
    order = order_of(prepare.payload, work.county, prepare.peer)
    book.lock_id(work.connection, order.id)
    book.open_and_lock(work.connection, order.accounts_at(work.county), work.now)
    stored = book.find(work.connection, order.id)
    if stored is None:
        if order.reverses is not None and book.find(work.connection, order.reverses) is None:
            recovery.keep_prepare(work.connection, prepare)
            return
        if book.resolved_as(work.connection, order.id) is not None:
            raise _contradiction(work, order.id, "our PREPARE of a transfer that had ended here")
        stored = book.hold(work.connection, order, work.county, prepare.sent_at)
    if stored.state == "pending":
        book.mark_sent(
            work.connection, stored, prepare.peer, order.amount, prepare.payload_hash, prepare.sent_at
        )
    elif stored.prepare_hash != prepare.payload_hash:
        raise _contradiction(work, order.id, f"our PREPARE of a transfer that is {stored.state} here")
    if order.reverses is not None:
        reversals.answer(work.connection, order.reverses, "accepted", work.now)


def stand_kept(work: Work, original_id: str) -> None:
    """The reversals of ours that waited for this transfer stand again."""
    for kept in recovery.take_kept(work.connection, original_id):
        stand_again(work, kept)


def _contradiction(work: Work, transfer_id: str, detail: str) -> Contradiction:
    return Contradiction(county=work.county, transfer_id=transfer_id, detail=detail)
