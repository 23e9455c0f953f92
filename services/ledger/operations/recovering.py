"""After a restore from an old backup: what we had signed has its effect again, from our own signed bytes.

The channel hands our lost messages back in the order we sent them, before it opens: before anything new is
decided, and before any of the peer's messages that we lost too. Those come afterwards, in any order.
"""

from collections.abc import Callable
from typing import Any

from byttebank.contracts.received import SentMessage
from byttebank.contracts.refusals import Contradiction, Refusal
from byttebank.storage import messages
from byttebank.storage.work import Work
from services.ledger.domain.settlement import FULFILLED, REJECTED, Decision
from services.ledger.operations.corrections import REVERSE, reverse_postponed, take_back
from services.ledger.operations.holds import post_days, release_days
from services.ledger.operations.payee import credit, decide_waiting, lock_peers, turn_down
from services.ledger.operations.payer import void
from services.ledger.operations.standing import stand_again, unsure_of
from services.ledger.storage import book, recovery, reversals, settlements
from services.ledger.storage.recovery import KeptPrepare, PostponedOrder

POSTPONABLE: dict[str, Callable[[Work, dict[str, Any]], Any]] = {
    "PostDays": post_days,
    "ReleaseDays": release_days,
    "ReverseDays": take_back,
    REVERSE: reverse_postponed,
}


def own_prepare(work: Work, message: SentMessage) -> None:
    """The hold and the sent transfer stand again. Refuses: Contradiction."""
    stand_again(work, KeptPrepare(message.peer, message.payload, message.payload_hash, message.created_at))


def own_cancel(work: Work, message: SentMessage) -> None:
    """A transfer whose PREPARE the peer does not hold has ended: to our CANCEL it can only answer no.

    All PREPAREs of ours that the peer holds and we had lost stand again by now.
    """
    transfer_id = message.payload["transfer_id"]
    book.lock_id(work.connection, transfer_id)
    stored = book.find(work.connection, transfer_id)
    if stored is not None and stored.state == "pending":
        lock_peers(work, [message.peer], [stored.debit_account_id])
        void(work, message.peer, stored, "cancelled")
    is_seen = stored is not None or recovery.is_kept(work.connection, transfer_id)
    if not is_seen and book.resolved_as(work.connection, transfer_id) is None:
        book.void_unseen(work.connection, transfer_id, "cancelled", message.created_at)


def own_fulfil(work: Work, message: SentMessage) -> None:
    """Our decision stands again, and the credit with it as soon as the PREPARE is here.

    Refuses: Contradiction when the book says otherwise.
    """
    transfer_id = message.payload["transfer_id"]
    _decide_again(work, message, Decision(FULFILLED, None, message.payload["prepare_hash"]))
    received = settlements.find_prepare(work.connection, message.peer, transfer_id)
    if received is not None and book.find(work.connection, transfer_id) is None:
        credit(work, received)


def own_reject(work: Work, message: SentMessage) -> None:
    """Our decision stands again; the PREPARE waits no longer. Refuses: Contradiction."""
    _decide_again(work, message, Decision(REJECTED, message.payload["code"], None))


def own_reversal_request(work: Work, message: SentMessage) -> None:
    """Our request is open again, when the transfer is here and no other request is."""
    payload = message.payload
    transfer_id = payload["transfer_id"]
    is_known = reversals.find_request(work.connection, transfer_id) is not None
    if is_known or book.find(work.connection, transfer_id) is None:
        return
    reversals.keep_request(
        work.connection,
        transfer_id,
        direction="out",
        peer=message.peer,
        amount=payload["amount_half_days"],
        reason_code=payload["reason_code"],
        now=message.created_at,
    )


def own_decline(work: Work, message: SentMessage) -> None:
    """The peer's request, if it is here, is answered again. One that comes later is asked of people anew."""
    known = reversals.find_request(work.connection, message.payload["transfer_id"])
    if known is not None and (known["direction"], known["peer"]) == ("in", message.peer):
        reversals.answer(work.connection, known["transfer_id"], "declined", message.created_at)


def channel_opened(work: Work, peer: str) -> None:
    """What waited for us to know what we had said to this peer is carried out and decided now."""
    carry_out_postponed(work)
    decide_waiting(work, peer)


def carry_out_postponed(work: Work) -> None:
    """Commands of this county that were postponed are carried out, as far as we know again what was said.

    One that is refused then is parked, as it would have been at once.
    """
    for order in recovery.postponed(work.connection):
        if not unsure_of(work, order.transfer_id):
            recovery.forget_postponed(work.connection, order)
            _carry_out(work, order)


def _carry_out(work: Work, order: PostponedOrder) -> None:
    try:
        with work.connection.begin_nested():
            POSTPONABLE[order.name](work, order.body)
    except Refusal as refusal:
        messages.park(
            work.connection,
            queue=f"{work.service}.local",
            sender=work.service,
            reason_code=refusal.code,
            reason=f"Postponed while a channel recovered, then refused: {refusal}",
            is_transient=False,
            body=messages.body_octets(order.body),
            properties={"name": order.name},
            now=work.now,
        )


def _decide_again(work: Work, message: SentMessage, decision: Decision) -> None:
    peer, transfer_id = message.peer, message.payload["transfer_id"]
    received = settlements.find_prepare(work.connection, peer, transfer_id)
    lock_peers(work, [peer], [received.payload["payee_library_id"]] if received else [])
    known = settlements.find_decision(work.connection, peer, transfer_id)
    if known is None and decision.verdict == REJECTED:
        turn_down(work, peer, transfer_id, str(decision.code), received)
    elif known is None:
        if received is not None and received.payload_hash != decision.prepare_hash:
            raise _contradiction(work, transfer_id, "our FULFIL of another PREPARE")
        settlements.decide(work.connection, peer, transfer_id, decision, message.created_at)
    elif (known.verdict, known.code) != (decision.verdict, decision.code):
        raise _contradiction(work, transfer_id, f"we signed {decision.verdict}, the book has {known.verdict}")


def _contradiction(work: Work, transfer_id: str, detail: str) -> Contradiction:
    return Contradiction(county=work.county, transfer_id=transfer_id, detail=detail)
