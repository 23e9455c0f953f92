"""Taking a posted transfer back: a new transfer the other way, made where the days were credited."""

from dataclasses import replace
from typing import Any

from byttebank.contracts.received import ReceivedMessage, TooEarly
from byttebank.contracts.refusals import NotFound, NotNow, ReversalTooLarge, SameKeyOtherBody
from byttebank.storage import channels
from byttebank.storage.work import Work
from services.ledger.domain.transfers import Transfer, check_terms
from services.ledger.operations.answers import tell_posted
from services.ledger.operations.parts import unreversed
from services.ledger.operations.payee import lock_peers
from services.ledger.operations.payer import send_prepare
from services.ledger.operations.standing import is_unsure
from services.ledger.storage import book, reversals
from services.ledger.storage.book import StoredTransfer

ON_ITS_WAY = ("pending", "prepared", "posted")


def reverse_transfer(work: Work, reversal_id: str, transfer_id: str, amount_half_days: int) -> dict[str, Any]:
    """So many half-days of a posted transfer go back: posted at once within the county, else on their way.

    It ignores limits and the fuse. The payee's county of the transfer calls this, on request or by itself.
    Returns {transfer_id, state, amount_half_days} of the reversal; the same call again answers the same.
    Refuses: NotFound; NotNow unless the transfer is posted, no reversal itself, and credited here;
    ReversalTooLarge; BelowHalfDay; SameKeyOtherBody.
    """
    book.lock_id(work.connection, reversal_id)
    stored = _posted(work, transfer_id)
    terms = stored.terms
    if terms.payee_county != work.county or terms.reverses is not None:
        raise NotNow(state=stored.state, act="reverse")
    order = _reversing(stored, reversal_id, amount_half_days)
    known = book.find(work.connection, reversal_id)
    if known is not None:
        if known.terms != order:
            raise SameKeyOtherBody(id=reversal_id)
        return _standing(known)
    check_terms(order, work.today)
    _check_amount(work, stored, amount_half_days, ON_ITS_WAY)
    held = book.hold(work.connection, order, work.county, work.now)
    if order.is_between_counties():
        send_prepare(work, held, order.amount)
        reversals.answer(work.connection, transfer_id, "accepted", work.now)
    else:
        book.post(work.connection, held, order.amount, work.now)
        tell_posted(work, order, order.amount)
    return _standing(book.find(work.connection, reversal_id) or held)


def request_reversal(work: Work, transfer_id: str, amount_half_days: int, reason_code: str) -> dict[str, Any]:
    """The payee's county is asked to send the days of a posted transfer back. Once per transfer.

    Returns the request: {transfer_id, peer, amount_half_days, reason_code, state}.
    Refuses: NotFound; NotNow unless the transfer is posted and was credited in another county;
    ReversalTooLarge; SameKeyOtherBody when something else was asked before.
    """
    stored = _posted(work, transfer_id)
    terms = stored.terms
    if terms.payer_county != work.county or not terms.is_between_counties() or terms.reverses is not None:
        raise NotNow(state=stored.state, act="request_reversal")
    known = reversals.find_request(work.connection, transfer_id)
    if known is not None:
        if (known["amount"], known["reason_code"]) != (amount_half_days, reason_code):
            raise SameKeyOtherBody(id=transfer_id)
        return _request(known)
    _check_amount(work, stored, amount_half_days, ("posted",))
    asked = {"transfer_id": transfer_id, "amount_half_days": amount_half_days, "reason_code": reason_code}
    work.send(terms.payee_county, "REVERSAL_REQUEST", asked)
    reversals.keep_request(
        work.connection,
        transfer_id,
        direction="out",
        peer=terms.payee_county,
        amount=amount_half_days,
        reason_code=reason_code,
        now=work.now,
    )
    return {**asked, "peer": terms.payee_county, "state": "asked"}


def reversal_requested(work: Work, message: ReceivedMessage) -> None:
    """The peer's request is open for a person to answer; one that cannot be met is declined at once.

    Refuses: TooEarly when it cannot be met with what we know, and a backup was restored that lacks some.
    """
    peer, payload = message.peer, message.payload
    lock_peers(work, [peer])
    transfer_id, amount = payload["transfer_id"], payload["amount_half_days"]
    known = reversals.find_request(work.connection, transfer_id)
    if known is not None and known["peer"] == peer and known["state"] != "declined":
        return
    stored = book.find(work.connection, transfer_id)
    is_possible = (
        known is None
        and stored is not None
        and stored.state == "posted"
        and (stored.terms.payer_county, stored.terms.payee_county) == (peer, work.county)
        and stored.terms.reverses is None
        and not stored.terms.is_clearing()
        and amount <= unreversed(work, stored, ON_ITS_WAY)
    )
    if not is_possible:
        if is_unsure(work, peer) or channels.missing_before(work.connection, peer, message.seq):
            raise TooEarly(f"{transfer_id} may be one that we have forgotten")
        work.send(peer, "DECLINED", {"transfer_id": transfer_id})
        return
    reversals.keep_request(
        work.connection,
        transfer_id,
        direction="in",
        peer=peer,
        amount=amount,
        reason_code=payload["reason_code"],
        now=work.now,
    )


def decline_reversal(work: Work, transfer_id: str) -> dict[str, Any]:
    """The peer is told that the days stay where they are. Returns the request.

    Refuses: NotFound without a request from a peer; NotNow when it was accepted, or may have been before a
    backup was restored: the channel to the peer recovers.
    """
    known = reversals.find_request(work.connection, transfer_id)
    if known is None or known["direction"] != "in":
        raise NotFound(kind="reversal_request", id=transfer_id)
    if known["state"] == "accepted":
        raise NotNow(state=known["state"], act="decline")
    if known["state"] == "asked":
        if is_unsure(work, known["peer"]):
            raise NotNow(state="recovering", act="decline")
        reversals.answer(work.connection, transfer_id, "declined", work.now)
        work.send(known["peer"], "DECLINED", {"transfer_id": transfer_id})
    return _request({**known, "state": "declined"})


def reversal_declined(work: Work, message: ReceivedMessage) -> None:
    """Our open request to this peer is declined; anything else changes nothing."""
    known = reversals.find_request(work.connection, message.payload["transfer_id"])
    if known is not None and (known["direction"], known["peer"]) == ("out", message.peer):
        reversals.answer(work.connection, known["transfer_id"], "declined", work.now)


def reversal_requests(work: Work) -> list[dict[str, Any]]:
    """The requests nobody has answered, ours and the peers', oldest first."""
    return [
        {**_request(known), "direction": known["direction"]}
        for known in reversals.open_requests(work.connection)
    ]


def _posted(work: Work, transfer_id: str) -> StoredTransfer:
    """The posted transfer, its balances locked. Refuses: NotFound, NotNow, also for one of clearing."""
    stored = book.find(work.connection, transfer_id)
    if stored is None:
        raise NotFound(kind="transfer", id=transfer_id)
    if stored.state != "posted" or stored.terms.is_clearing():
        raise NotNow(state=stored.state, act="reverse")
    book.lock(work.connection, (stored.debit_account_id, stored.credit_account_id))
    return stored


def _check_amount(work: Work, stored: StoredTransfer, amount: int, states: tuple[str, ...]) -> None:
    left = unreversed(work, stored, states)
    if amount > left:
        raise ReversalTooLarge(unreversed_half_days=left)


def _reversing(stored: StoredTransfer, reversal_id: str, amount: int) -> Transfer:
    terms = stored.terms
    return replace(
        terms,
        id=reversal_id,
        payer_library_id=terms.payee_library_id,
        payee_library_id=terms.payer_library_id,
        payer_county=terms.payee_county,
        payee_county=terms.payer_county,
        amount=amount,
        reverses=terms.id,
    )


def _standing(stored: StoredTransfer) -> dict[str, Any]:
    return {"transfer_id": stored.terms.id, "state": stored.state, "amount_half_days": stored.amount}


def _request(known: dict[str, Any]) -> dict[str, Any]:
    return {
        "transfer_id": known["transfer_id"],
        "peer": known["peer"],
        "amount_half_days": known["amount"],
        "reason_code": known["reason_code"],
        "state": known["state"],
    }
