"""The payee's county: receiving PREPARE and CANCEL, and deciding once, in one transaction with the answer."""

from collections.abc import Iterable

from byttebank.contracts.received import BrokenMessage, ReceivedMessage, TooEarly
from byttebank.identifiers import is_id
from byttebank.storage.work import Work
from services.ledger.domain import fuse
from services.ledger.domain.accounts import peer_account_id
from services.ledger.domain.settlement import (
    FULFILLED,
    REJECTED,
    Act,
    Circumstances,
    Decision,
    Original,
    judge,
    leaves_claim,
    take_cancel,
    take_prepare,
)
from services.ledger.domain.transfers import Transfer
from services.ledger.operations.answers import claim, tell_posted
from services.ledger.operations.parts import is_delivered, unreversed
from services.ledger.operations.standing import is_unsure, order_of, stand_kept
from services.ledger.storage import book, clearing, copies, reversals, settlements
from services.ledger.storage.settlements import ReceivedPrepare


def prepare(work: Work, message: ReceivedMessage) -> None:
    """The peer's PREPARE is kept, and decided now or when it can be; a repeated one is answered as before.

    Refuses: Contradiction when the peer signed another PREPARE with this id before.
    """
    peer, transfer_id = message.peer, message.payload["transfer_id"]
    lock_peers(work, [peer], [message.payload["payee_library_id"]])
    known = settlements.find_prepare(work.connection, peer, transfer_id)
    decision = settlements.find_decision(work.connection, peer, transfer_id)
    known_hash = known.payload_hash if known else None
    act = take_prepare(peer, transfer_id, known_hash, decision, message.payload_hash)
    received = known or settlements.keep_prepare(work.connection, message, work.now)
    if act is Act.CREDIT:
        credit(work, received)
        return
    if act is Act.ANSWER and decision is not None:
        if known is None:
            _claim_if_delivered(work, received, decision)
        _answer(work, peer, transfer_id, decision)
        return
    if known is None:
        settlements.await_decision(work.connection, received)
    decide_locked(work, peer)


def broken_prepare(work: Work, message: BrokenMessage) -> bool:
    """A PREPARE that is not as agreed is turned down for ever, as malformed. Whether that could be said.

    It could not when no transfer can be named, or the transfer is known by another PREPARE.
    """
    peer, transfer_id = message.peer, message.payload.get("transfer_id")
    if not isinstance(transfer_id, str) or not is_id(transfer_id):
        return False
    lock_peers(work, [peer])
    if settlements.find_prepare(work.connection, peer, transfer_id) is not None:
        return False
    decision = settlements.find_decision(work.connection, peer, transfer_id)
    if decision is None:
        decision = Decision(REJECTED, "malformed", None)
        settlements.decide(work.connection, peer, transfer_id, decision, work.now)
    if decision.verdict == FULFILLED:
        return False
    _answer(work, peer, transfer_id, decision)
    return True


def cancel(work: Work, message: ReceivedMessage) -> None:
    """A transfer that is not decided is turned down for ever, even one we have not seen; else answered."""
    peer, transfer_id = message.peer, message.payload["transfer_id"]
    lock_peers(work, [peer])
    decision = settlements.find_decision(work.connection, peer, transfer_id)
    if take_cancel(decision) is Act.TURN_DOWN:
        received = settlements.find_prepare(work.connection, peer, transfer_id)
        turn_down(work, peer, transfer_id, "cancelled", received)
        _answer(work, peer, transfer_id, Decision(REJECTED, "cancelled", None))
        decide_locked(work, peer)
    elif decision is not None:
        _answer(work, peer, transfer_id, decision)


def decide_waiting(work: Work, *peers: str) -> None:
    """Whatever can be decided now of what these peers have sent is decided, in the order it came."""
    lock_peers(work, peers)
    for peer in peers:
        decide_locked(work, peer)


def decide_all_waiting(work: Work) -> None:
    """As `decide_waiting` for every peer. For the timer: time alone decides about payees nobody knows."""
    decide_waiting(work, *sorted(settlements.waiting_by_peer(work.connection)))


def lock_peers(work: Work, peers: Iterable[str], also_account_ids: Iterable[str] = ()) -> None:
    """No other transaction decides about these peers, or touches the accounts that decisions concern.

    What waits for a decision changes only under the peer's lock, so it is read after taking that.
    """
    book.open_and_lock(work.connection, [peer_account_id(peer) for peer in peers], work.now)
    payees = [
        received.payload["payee_library_id"]
        for peer in peers
        for received in settlements.waiting_prepares(work.connection, peer=peer)
    ]
    book.lock(work.connection, [*payees, *also_account_ids])


def decide_locked(work: Work, peer: str) -> None:
    """As `decide_waiting`, for who has locked the peer already (`lock_peers`)."""
    waiting = settlements.waiting_prepares(work.connection, peer=peer)
    known_peer = copies.find_peer(work.connection, peer) if waiting else None
    if known_peer is None or not known_peer.is_active or is_unsure(work, peer):
        return
    waiting_before = 0
    reserved = clearing.reserved_towards(work.connection, peer)
    for received in waiting:
        balance = book.balance(work.connection, peer_account_id(peer))
        room = known_peer.fuse_half_days - fuse.use_in(balance, waiting_before, reserved)
        if not _decide(work, received, room):
            waiting_before += received.payload["amount_half_days"]


def _decide(work: Work, received: ReceivedPrepare, room_half_days: int) -> bool:
    """Whether the PREPARE is decided. Its effect, the decision and the answer are one transaction."""
    order = _order(work, received)
    verdict = judge(order, _circumstances(work, received, order, room_half_days))
    if verdict.kind == FULFILLED:
        decision = Decision(FULFILLED, None, received.payload_hash)
        settlements.decide(work.connection, received.peer, order.id, decision, work.now)
        _answer(work, received.peer, order.id, decision)
        credit(work, received)
    elif verdict.kind == REJECTED and verdict.code is not None:
        turn_down(work, received.peer, order.id, verdict.code, received)
        _answer(work, received.peer, order.id, Decision(REJECTED, verdict.code, None))
    return verdict.kind != "waiting"


def credit(work: Work, received: ReceivedPrepare) -> None:
    """The payee is credited, as we have decided and said. The balances are locked.

    Refuses: TooEarly for a reversal whose original is not in the book again yet.
    """
    order = _order(work, received)
    book.open_and_lock(work.connection, order.accounts_at(work.county), work.now)
    if order.reverses is not None and book.find(work.connection, order.reverses) is None:
        raise TooEarly(f"{order.id} takes back {order.reverses}, which is not here")
    book.hold_and_post(work.connection, order, work.county, work.now)
    tell_posted(work, order, order.amount)
    if order.reverses is not None:
        reversals.answer(work.connection, order.reverses, "accepted", work.now)
    stand_kept(work, order.id)


def _circumstances(
    work: Work, received: ReceivedPrepare, order: Transfer, room_half_days: int
) -> Circumstances:
    known = copies.libraries_by_id(work.connection, {order.payer_library_id, order.payee_library_id})
    payer, payee = known.get(order.payer_library_id), known.get(order.payee_library_id)
    return Circumstances(
        today=work.today,
        now=work.now,
        received_at=received.received_at,
        peer_is_active=True,
        room_half_days=room_half_days,
        payee_county=payee.county if payee else None,
        payer_county=payer.county if payer else None,
        id_is_taken=book.find(work.connection, order.id) is not None,
        is_fulfilled=is_delivered(work, order),
        original=_original(work, order.reverses),
    )


def _original(work: Work, transfer_id: str | None) -> Original | None:
    stored = book.find(work.connection, transfer_id) if transfer_id else None
    return Original(stored.terms, stored.state, unreversed(work, stored)) if stored else None


def _order(work: Work, received: ReceivedPrepare) -> Transfer:
    return order_of(received.payload, received.peer, work.county)


def turn_down(work: Work, peer: str, transfer_id: str, code: str, received: ReceivedPrepare | None) -> None:
    """The decision no stands; a delivered day stays open as a claim. The answer is the caller's to send."""
    decision = Decision(REJECTED, code, received.payload_hash if received else None)
    settlements.decide(work.connection, peer, transfer_id, decision, work.now)
    if received is not None:
        _claim_if_delivered(work, received, decision)


def _claim_if_delivered(work: Work, received: ReceivedPrepare, decision: Decision) -> None:
    order = _order(work, received)
    if decision.code is not None and leaves_claim(order, decision.code):
        claim(work, order, received.peer, order.amount, decision.code, "in")


def _answer(work: Work, peer: str, transfer_id: str, decision: Decision) -> None:
    if decision.verdict == FULFILLED:
        payload = {"transfer_id": transfer_id, "prepare_hash": decision.prepare_hash}
        work.send(peer, "FULFIL", payload)
    else:
        work.send(peer, "REJECT", {"transfer_id": transfer_id, "code": decision.code})
