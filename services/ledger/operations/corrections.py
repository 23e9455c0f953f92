"""What the county corrects, and why: taking posted days back, near or far, and making a library whole."""

from datetime import date
from typing import Any

from byttebank.contracts.book_refusals import PeerNotGone, ReversalOfReversal
from byttebank.contracts.ledger_resources import NewAdjustment, NewReversal
from byttebank.contracts.local import load_local
from byttebank.contracts.refusals import (
    AccountClosed,
    NotFound,
    NotNow,
    ReversalTooLarge,
    SameKeyOtherBody,
)
from byttebank.storage.work import Work
from services.ledger.domain.accounts import ADJUSTMENTS, HALF_DAY, kind_of
from services.ledger.domain.transfers import check_amount, check_work_date
from services.ledger.operations.acting import (
    answer_before,
    check_reason,
    county_actor,
    keep,
    move,
    move_on,
    read_body,
)
from services.ledger.operations.holds import release_days
from services.ledger.operations.naming import check_library, library_names
from services.ledger.operations.parts import unreversed
from services.ledger.operations.reversals import (
    ON_ITS_WAY,
    decline_reversal,
    request_reversal,
    reverse_transfer,
)
from services.ledger.operations.standing import unsure_of
from services.ledger.storage import acts, book, copies, recovery
from services.ledger.storage.acts import Act
from services.ledger.storage.book import StoredTransfer

Document = dict[str, Any]
REVERSED, ASKED_BACK, DECLINED, MADE_WHOLE = "reversed", "asked_back", "declined_back", "made_whole"
REVERSE = "Reverse"
"""The name under which a person's reversal is postponed."""
BY_THE_COUNTY = "county"
"""The reason code that travels to the other county. The reason itself, in own words, stays here."""


def transfer(work: Work, transfer_id: str) -> Document:
    """`TransferStanding` of a transfer in this county's book. Refuses: NotFound."""
    stored = book.find(work.connection, str(transfer_id))
    if stored is None or stored.terms.unit != HALF_DAY:
        raise NotFound(kind="transfer", id=str(transfer_id))
    terms = stored.terms
    names = library_names(work, {terms.payer_library_id, terms.payee_library_id})
    left = unreversed(work, stored, ON_ITS_WAY) if stored.state == "posted" and not terms.reverses else 0
    return {
        "transfer_id": terms.id,
        "state": stored.state,
        "half_days": stored.amount,
        "unreversed_half_days": left,
        "payer_library_id": terms.payer_library_id,
        "payer_library_name": names[terms.payer_library_id],
        "payer_county": terms.payer_county,
        "payee_library_id": terms.payee_library_id,
        "payee_library_name": names[terms.payee_library_id],
        "payee_county": terms.payee_county,
        "work_date": terms.work_date.isoformat(),
        "skill": terms.skill,
        "engagement_id": None if terms.engagement_id == terms.id else terms.engagement_id,
        "reverses": terms.reverses,
    }


def reverse(work: Work, reversal: Document, actor: Document) -> Document:
    """Posted days go back, in whole or in part, because the county says so and why.

    `reversal`: a `NewReversal`. Within the county, and from here to another, the days go back by a transfer
    of that id; days that were credited in another county it is asked to send back. Where that county is gone,
    ours stands in from `county:adjustments`; what we and it owe each other stays as it is.
    Returns {id, transfer_id, state, half_days}; `state`: posted, prepared (on its way), asked, or postponed:
    the channel to the other county has not recovered, and we may have taken these days back before.
    Refuses: Malformed, NotYourRole, FieldMissing (reason), NotFound, NotNow unless posted,
    ReversalOfReversal, ReversalTooLarge, BelowHalfDay, TooManyDays, PeerNotGone, SameKeyOtherBody.
    """
    body = read_body(NewReversal, reversal)
    role = county_actor(actor).role
    check_reason(body)
    before = answer_before(work, body, REVERSED, ASKED_BACK)
    if before is not None:
        return _as_it_stands(work, before)
    is_postponed = _is_postponed(work, body, role)
    if is_postponed or _must_wait(work, body):
        if not is_postponed:
            recovery.postpone(work.connection, REVERSE, {**body, "role": role}, work.now)
        return _answer(body["id"], body["transfer_id"], "postponed", body["half_days"])
    return _reverse(work, body, role)


def reverse_postponed(work: Work, order: Document) -> None:
    """What somebody has asked of `reverse` while a channel recovered is done. Refuses: as `reverse`."""
    body = {name: value for name, value in order.items() if name != "role"}
    if acts.find(work.connection, body["id"]) is None:
        book.lock_id(work.connection, body["id"])
        _reverse(work, body, order["role"])


def _is_postponed(work: Work, body: Document, role: str) -> bool:
    """Whether this waits already. Refuses: SameKeyOtherBody when something else of that id does."""
    for order in recovery.postponed(work.connection):
        if order.name == REVERSE and order.body["id"] == body["id"]:
            if order.body != {**body, "role": role}:
                raise SameKeyOtherBody(id=body["id"])
            return True
    return False


def _must_wait(work: Work, body: Document) -> bool:
    """Whether we may have said things about a transfer that is here and do not know them any more."""
    stored = book.find(work.connection, body["transfer_id"])
    return stored is not None and not body["is_peer_gone"] and unsure_of(work, body["transfer_id"])


def take_back(work: Work, body: Document) -> None:
    """The county has ruled that an engagement did not happen: its days go back, or are free again.

    A second time changes nothing; while the channel to the other county recovers, it is postponed.
    Refuses: Malformed, NotFound.
    """
    body = load_local("ReverseDays", body)
    if unsure_of(work, body["transfer_id"]):
        recovery.postpone(work.connection, "ReverseDays", body, work.now)
        return
    stored = book.find(work.connection, body["transfer_id"])
    if stored is None or stored.state in ("pending", "voided", "expired"):
        release_days(work, {"transfer_id": body["transfer_id"]})
        return
    asked = {
        "id": body["reversal_id"],
        "transfer_id": body["transfer_id"],
        "half_days": stored.amount,
        "reason": body["reason"],
        "is_peer_gone": False,
    }
    if acts.find(work.connection, asked["id"]) is None and stored.state == "posted":
        left = unreversed(work, stored, ON_ITS_WAY)
        if left:
            _reverse(work, {**asked, "half_days": left}, "county")


def make_whole(work: Work, adjustment: Document, actor: Document) -> Document:
    """The county gives a library days from `county:adjustments`, for what a lost county never sent.

    `adjustment`: a `NewAdjustment`. Returns {id, transfer_id, state, half_days}.
    Refuses: Malformed, NotYourRole, FieldMissing (reason), AccountUnknown, AccountClosed, BelowHalfDay,
    TooManyDays, DatePast, DateTooFar, SameKeyOtherBody.
    """
    body = read_body(NewAdjustment, adjustment)
    role = county_actor(actor).role
    check_reason(body)
    before = answer_before(work, body, MADE_WHOLE)
    if before is not None:
        return dict(before)
    library_id = body["library_id"]
    check_library(work, library_id)
    check_amount(body["half_days"])
    work_date = date.fromisoformat(body["work_date"]) if body["work_date"] else work.today
    check_work_date(work_date, work.today)
    if acts.closing_of(work.connection, library_id) is not None:
        raise AccountClosed(account_id=library_id)
    _lock_adjustments(work, library_id)
    move(work, body["id"], ADJUSTMENTS, library_id, body["half_days"], work_date)
    act = Act(
        body["id"], MADE_WHOLE, library_id, body["reason"], role, body["half_days"], transfer_id=body["id"]
    )
    return dict(keep(work, act, body, _answer(body["id"], body["id"], "posted", body["half_days"])))


def decline(work: Work, declining: Document, actor: Document) -> Document:
    """Another county's request for days back is answered no, and why. Returns the request.

    `declining`: {id, transfer_id, reason}. Refuses: Malformed, NotYourRole, FieldMissing (reason), NotFound,
    NotNow, SameKeyOtherBody.
    """
    body = read_body(NewReversal, {**declining, "half_days": 0})
    role = county_actor(actor).role
    check_reason(body)
    before = answer_before(work, body, DECLINED)
    if before is not None:
        return dict(before)
    request = decline_reversal(work, body["transfer_id"])
    return dict(
        keep(work, Act(body["id"], DECLINED, body["transfer_id"], body["reason"], role), body, request)
    )


def _reverse(work: Work, body: Document, role: str) -> Document:
    stored = book.find(work.connection, body["transfer_id"])
    if stored is None or stored.terms.unit != HALF_DAY:
        raise NotFound(kind="transfer", id=body["transfer_id"])
    terms = stored.terms
    if terms.reverses is not None:
        raise ReversalOfReversal(transfer_id=terms.id)
    if stored.state != "posted" or terms.is_clearing():
        raise NotNow(state=stored.state, act="reverse")
    check_amount(body["half_days"])
    kind, half_days = REVERSED, body["half_days"]
    if _is_gone(work, stored, body["is_peer_gone"]) or not _is_between_libraries(work, stored):
        state = _reverse_at_home(work, stored, body)
    elif terms.payee_county == work.county:
        state = reverse_transfer(work, body["id"], terms.id, half_days)["state"]
    else:
        kind, state = ASKED_BACK, request_reversal(work, terms.id, half_days, BY_THE_COUNTY)["state"]
    made = body["id"] if kind == REVERSED else None
    act = Act(body["id"], kind, terms.id, body["reason"], role, half_days, transfer_id=made)
    return dict(keep(work, act, body, _answer(body["id"], terms.id, state, half_days)))


def _reverse_at_home(work: Work, stored: StoredTransfer, body: Document) -> str:
    """Our library gets back, or gives back, its days with the county itself on the other side."""
    terms = stored.terms
    debit, credit = stored.credit_account_id, stored.debit_account_id
    debit = ADJUSTMENTS if kind_of(debit) == "peer" else debit
    credit = ADJUSTMENTS if kind_of(credit) == "peer" else credit
    _lock_adjustments(work, debit, credit)
    left = unreversed(work, stored, ON_ITS_WAY)
    if body["half_days"] > left:
        raise ReversalTooLarge(unreversed_half_days=left)
    move(
        work,
        body["id"],
        debit,
        credit,
        body["half_days"],
        terms.work_date,
        reverses=terms.id,
        engagement_id=terms.engagement_id,
        part=terms.part,
        skill=terms.skill,
    )
    move_on(work, (debit, credit), terms.work_date)
    return "posted"


def _is_gone(work: Work, stored: StoredTransfer, is_said_to_be: bool) -> bool:
    """Whether the other county will not answer. Refuses: PeerNotGone when it does."""
    if not stored.terms.is_between_counties():
        return False
    county = stored.terms.peer_of(work.county)
    peer = copies.find_peer(work.connection, county)
    if peer is None or peer.state == "left":
        return True
    if is_said_to_be and peer.is_active:
        raise PeerNotGone(county=county)
    return is_said_to_be


def _is_between_libraries(work: Work, stored: StoredTransfer) -> bool:
    return "library" == kind_of(stored.terms.payer_library_id) == kind_of(stored.terms.payee_library_id)


def _lock_adjustments(work: Work, *account_ids: str) -> None:
    book.open_account(work.connection, ADJUSTMENTS, work.now)
    book.lock(work.connection, [ADJUSTMENTS, *account_ids])


def _as_it_stands(work: Work, answer: Document) -> Document:
    stored = book.find(work.connection, answer["id"])
    return {**answer, "state": stored.state} if stored else dict(answer)


def _answer(act_id: str, transfer_id: str, state: str, half_days: int) -> Document:
    return {"id": act_id, "transfer_id": transfer_id, "state": state, "half_days": half_days}
