"""The payer's county: sending PREPARE, and living with the other county's decision."""

from typing import Any

from byttebank.contracts.received import ReceivedMessage, TooEarly
from byttebank.contracts.refusals import Contradiction, NotFound
from byttebank.federation.canonical import payload_hash
from byttebank.storage.work import Work
from services.ledger.domain.accounts import peer_account_id
from services.ledger.domain.settlement import Act, check_cancel, leaves_claim, take_fulfil, take_reject
from services.ledger.operations.answers import claim, tell_posted, tell_released
from services.ledger.operations.payee import decide_locked, lock_peers
from services.ledger.storage import book, recovery
from services.ledger.storage.book import StoredTransfer


def send_prepare(work: Work, stored: StoredTransfer, amount: int) -> None:
    """The peer is asked to credit its library; from now on only its signed answer ends the transfer."""
    terms = stored.terms
    peer = terms.peer_of(work.county)
    payload = {
        "transfer_id": terms.id,
        "amount_half_days": amount,
        "unit": terms.unit,
        "payer_library_id": terms.payer_library_id,
        "payee_library_id": terms.payee_library_id,
        "engagement_id": terms.engagement_id,
        "part": terms.part,
        "skill": terms.skill,
        "work_date": terms.work_date.isoformat(),
        "reverses": terms.reverses,
    }
    book.mark_sent(work.connection, stored, peer, amount, payload_hash(payload), work.now)
    work.send(peer, "PREPARE", payload)


def fulfil(work: Work, message: ReceivedMessage) -> None:
    """The peer has credited its library: the transfer is posted and `DaysPosted` says so. Twice is once.

    What waited because this peer owed too much may be decided now.
    Refuses: Contradiction when the peer cannot have fulfilled what we sent.
    """
    transfer_id = message.payload["transfer_id"]
    stored = _sent_to(work, message.peer, transfer_id)
    _check_not_kept(work, transfer_id)
    state = stored.state if stored else None
    our_hash = stored.prepare_hash if stored else None
    act = take_fulfil(message.peer, transfer_id, state, our_hash, message.payload["prepare_hash"])
    if act is Act.POST and stored is not None:
        book.post(work.connection, stored, stored.amount, work.now)
        tell_posted(work, stored.terms, stored.amount)
        decide_locked(work, message.peer)


def reject(work: Work, message: ReceivedMessage) -> None:
    """The peer has decided no: the transfer is voided, `DaysReleased` says so, a delivered day is claimed.

    Refuses: Contradiction when it was never sent or has been fulfilled.
    """
    transfer_id, code = message.payload["transfer_id"], message.payload["code"]
    stored = _sent_to(work, message.peer, transfer_id)
    _check_not_kept(work, transfer_id)
    state = stored.state if stored else book.resolved_as(work.connection, transfer_id)
    act = take_reject(message.peer, transfer_id, state)
    if act is Act.VOID and stored is not None:
        void(work, message.peer, stored, code)
        decide_locked(work, message.peer)


def void(work: Work, peer: str, stored: StoredTransfer, code: str) -> None:
    """What the peer has decided no about, or will, is voided; `DaysReleased` says so, a claim stays open."""
    terms = stored.terms
    book.void(work.connection, stored, code, work.now)
    if leaves_claim(terms, code):
        claim(work, terms, peer, stored.amount, code, "out")
    if terms.reverses is None:
        reason = "cancelled" if code == "cancelled" else "rejected"
        tell_released(work, terms.id, terms.engagement_id, reason, code)


def cancel_prepared(work: Work, transfer_id: str) -> dict[str, Any]:
    """The peer is asked to decide no about a transfer it has not answered (CANCEL).

    Nothing is voided here: the peer answers REJECT, or FULFIL when it had decided. For an operator.
    Returns {transfer_id, state, amount_half_days}. Refuses: NotFound; NotNow unless sent and unanswered.
    """
    stored = book.find(work.connection, transfer_id)
    if stored is None:
        raise NotFound(kind="transfer", id=transfer_id)
    check_cancel(stored.state)
    work.send(stored.terms.peer_of(work.county), "CANCEL", {"transfer_id": transfer_id})
    return {"transfer_id": transfer_id, "state": stored.state, "amount_half_days": stored.amount}


def _check_not_kept(work: Work, transfer_id: str) -> None:
    """Refuses: TooEarly for an answer to a PREPARE of ours that does not stand again yet."""
    if recovery.is_kept(work.connection, transfer_id):
        raise TooEarly(f"{transfer_id} waits for the transfer it takes back")


def _sent_to(work: Work, peer: str, transfer_id: str) -> StoredTransfer | None:
    """Our transfer as it stands, its balances and those of this peer's waiting ones locked.

    Refuses: Contradiction when the transfer is not with this peer, or not ours to send.
    """
    stored = book.find(work.connection, transfer_id)
    if stored is None:
        return None
    if stored.credit_account_id != peer_account_id(peer):
        detail = f"an answer from {peer}, which was not asked"
        raise Contradiction(county=peer, transfer_id=transfer_id, detail=detail)
    lock_peers(work, [peer], [stored.debit_account_id])
    return book.find(work.connection, transfer_id)
