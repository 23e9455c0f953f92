"""Setting days aside for an agreed engagement, using them when it is confirmed, or letting them go."""

from datetime import date
from typing import Any

from byttebank.contracts.local import load_local
from byttebank.contracts.refusals import (
    AccountClosed,
    AccountUnknown,
    AlreadyResolved,
    CountyFrozen,
    CountyUnknown,
    NotFound,
    NotNow,
    Refusal,
    SameKeyOtherBody,
)
from byttebank.storage.work import Work
from services.ledger.domain import fuse
from services.ledger.domain.accounts import HALF_DAY, check_limit, peer_account_id
from services.ledger.domain.transfers import Transfer, check_part_of, check_terms
from services.ledger.operations.answers import tell_posted, tell_released, tell_reserved
from services.ledger.operations.parts import is_delivered
from services.ledger.operations.payer import send_prepare
from services.ledger.operations.promises import limit_of
from services.ledger.operations.standing import unsure_of
from services.ledger.storage import acts, book, clearing, copies, recovery
from services.ledger.storage.book import StoredTransfer


def reserve_days(work: Work, body: dict[str, Any]) -> dict[str, Any]:
    """The host's days are set aside and `DaysReserved` says so, or `ReservationRefused` says why not.

    `body`: a `ReserveDays`; `work_date` may have been. Returns what was told. Asked again with the same
    content it tells the same again; a refused reservation leaves nothing and may be asked for anew.
    Tells refusals: BelowHalfDay, TooManyDays, DatePast, DateTooFar, OwnLibrary, AccountUnknown,
    AccountClosed, CountyUnknown, CountyFrozen, FuseReached, LimitHard, AlreadyResolved (released before it
    was reserved, or since), SameKeyOtherBody (the engagement's part is sent or posted already).
    Refuses: Malformed; SameKeyOtherBody when the transfer id is used with other content, untold, for the
    answer that was told under this id still holds.
    """
    body = load_local("ReserveDays", body)
    terms = _terms(work, body)
    book.lock_id(work.connection, terms.id)
    known = book.find(work.connection, terms.id)
    if known is not None and known.terms != terms:
        raise SameKeyOtherBody(id=terms.id)
    try:
        stored = _reserve(work, terms)
    except Refusal as refusal:
        told = {
            "transfer_id": terms.id,
            "engagement_id": terms.engagement_id,
            "code": refusal.code,
            "parameters": refusal.parameters,
        }
        work.emit("ReservationRefused", told)
        return told
    return tell_reserved(work, stored)


def post_days(work: Work, body: dict[str, Any]) -> dict[str, Any]:
    """The delivered days are posted, or on their way to the county that decides (PREPARE).

    `body`: a `PostDays`; what is held beyond its amount is free again. Within the county `DaysPosted`
    follows at once. Returns {transfer_id, state, amount_half_days}. A second time changes nothing.
    `postponed`: the channel to the peer has not recovered, and what we said before may have been forgotten.
    Refuses: Malformed; NotFound; AlreadyResolved when it was voided; TooManyDays when it is more than is
    held; SameKeyOtherBody when another amount was posted or sent, or another transfer stands for the same
    part of the engagement.
    """
    body = load_local("PostDays", body)
    amount: int = body["amount_half_days"]
    if unsure_of(work, body["transfer_id"]):
        recovery.postpone(work.connection, "PostDays", body, work.now)
        return _standing(body["transfer_id"], "postponed", amount)
    stored = _locked(work, body["transfer_id"])
    terms = stored.terms
    if not stored.is_open and stored.state != "posted":
        raise AlreadyResolved(transfer_id=terms.id, state=stored.state)
    if stored.state != "pending":
        if stored.amount != amount:
            raise SameKeyOtherBody(id=terms.id)
        if stored.state == "posted":
            tell_posted(work, terms, amount)
        return _standing(terms.id, stored.state, amount)
    check_part_of(stored.amount, amount)
    if is_delivered(work, terms, states=("prepared", "posted")):
        raise SameKeyOtherBody(id=terms.engagement_id)
    if terms.is_between_counties():
        send_prepare(work, stored, amount)
        return _standing(terms.id, "prepared", amount)
    book.post(work.connection, stored, amount, work.now)
    tell_posted(work, terms, amount)
    return _standing(terms.id, "posted", amount)


def release_days(work: Work, body: dict[str, Any]) -> dict[str, Any]:
    """The days are free again and `DaysReleased` says so; also when they were never reserved: the
    reservation that comes late is refused then.

    `body`: a `ReleaseDays`. Returns {transfer_id, state, amount_half_days}; `postponed` as in `post_days`.
    Refuses: Malformed; AlreadyResolved when the days are posted; NotNow when they are sent to the other
    county, which alone decides then (`cancel_prepared` asks it to decide no).
    """
    transfer_id: str = load_local("ReleaseDays", body)["transfer_id"]
    if unsure_of(work, transfer_id):
        recovery.postpone(work.connection, "ReleaseDays", {"transfer_id": transfer_id}, work.now)
        return _standing(transfer_id, "postponed", 0)
    book.lock_id(work.connection, transfer_id)
    if book.find(work.connection, transfer_id) is None:
        if book.resolved_as(work.connection, transfer_id) is None:
            book.void_unseen(work.connection, transfer_id, "released", work.now)
        tell_released(work, transfer_id, None, "released")
        return _standing(transfer_id, "voided", 0)
    stored = _locked(work, transfer_id)
    if stored.state == "posted":
        raise AlreadyResolved(transfer_id=transfer_id, state=stored.state)
    if stored.state == "prepared":
        raise NotNow(state=stored.state, act="release")
    if stored.state == "pending":
        book.void(work.connection, stored, "released", work.now)
    tell_released(work, transfer_id, stored.terms.engagement_id, "released")
    return _standing(transfer_id, "voided", 0)


def _terms(work: Work, body: dict[str, Any]) -> Transfer:
    return Transfer(
        id=body["transfer_id"],
        payer_library_id=body["payer_library_id"],
        payee_library_id=body["payee_library_id"],
        payer_county=work.county,
        payee_county=body["payee_county"],
        amount=body["amount_half_days"],
        unit=HALF_DAY,
        engagement_id=body["engagement_id"],
        part=body["part"],
        skill=body["skill"],
        work_date=date.fromisoformat(body["work_date"]),
    )


def _reserve(work: Work, terms: Transfer) -> StoredTransfer:
    """The hold as it stands, new or from before. Every check comes before the first change."""
    check_terms(terms, work.today)
    book.lock(work.connection, terms.accounts_at(work.county))
    stored = book.find(work.connection, terms.id)
    resolution = book.resolved_as(work.connection, terms.id)
    if resolution not in (None, "posted"):
        raise AlreadyResolved(transfer_id=terms.id, state=resolution)
    if stored is not None:
        return stored
    _check_payer(work, terms)
    _check_payee(work, terms)
    if is_delivered(work, terms, states=("prepared", "posted")):
        raise SameKeyOtherBody(id=terms.engagement_id)
    is_over_limit = check_limit(
        terms.payer_library_id,
        book.balance(work.connection, terms.payer_library_id),
        limit_of(work, terms.payer_library_id),
        terms.amount,
    )
    return book.hold(work.connection, terms, work.county, work.now, is_over_limit=is_over_limit)


def _check_payer(work: Work, terms: Transfer) -> None:
    library = copies.find_library(work.connection, terms.payer_library_id)
    if library is None or library.county != work.county:
        raise AccountUnknown(account_id=terms.payer_library_id)
    if library.state == "withdrawn" or acts.closing_of(work.connection, library.id) is not None:
        raise AccountClosed(account_id=library.id)


def _check_payee(work: Work, terms: Transfer) -> None:
    """A payee that we have not heard of in another county is for that county to know."""
    library = copies.find_library(work.connection, terms.payee_library_id)
    is_closed = acts.closing_of(work.connection, terms.payee_library_id) is not None
    if is_closed or (library is not None and library.state == "withdrawn"):
        raise AccountClosed(account_id=terms.payee_library_id)
    is_ours = library is not None and library.county == work.county
    if is_ours == terms.is_between_counties():
        raise AccountUnknown(account_id=terms.payee_library_id)
    if terms.is_between_counties():
        _check_peer(work, terms)


def _check_peer(work: Work, terms: Transfer) -> None:
    peer = copies.find_peer(work.connection, terms.payee_county)
    if peer is None or peer.state in ("invited", "left"):
        raise CountyUnknown(county=terms.payee_county)
    if not peer.is_active:
        raise CountyFrozen(county=peer.county)
    balance = book.balance(work.connection, peer_account_id(peer.county))
    reserved = clearing.reserved_towards(work.connection, peer.county)
    fuse.check_agreement(peer.county, balance, peer.fuse_half_days, terms.amount, reserved)


def _locked(work: Work, transfer_id: str) -> StoredTransfer:
    """A transfer of this county's own making, its balances locked. Refuses: NotFound."""
    book.lock_id(work.connection, transfer_id)
    stored = book.find(work.connection, transfer_id)
    if stored is None or stored.terms.payer_county != work.county:
        raise NotFound(kind="transfer", id=transfer_id)
    book.lock(work.connection, (stored.debit_account_id, stored.credit_account_id))
    again = book.find(work.connection, transfer_id)
    return again or stored


def _standing(transfer_id: str, state: str, amount: int) -> dict[str, Any]:
    return {"transfer_id": transfer_id, "state": state, "amount_half_days": amount}
