"""Promises: made in one click, dated when somebody asks, kept by giving, taken back or forgiven."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from byttebank.contracts.book_refusals import PromiseEnded
from byttebank.contracts.ledger_resources import DatedPromise, ForgivenPromise, NewPromise, WithdrawnPromise
from byttebank.contracts.refusals import (
    AccountClosed,
    NotFound,
)
from byttebank.storage.work import Work
from services.ledger.domain import promises as rules
from services.ledger.domain.accounts import ADJUSTMENTS, Limit
from services.ledger.domain.promises import Promise
from services.ledger.operations.acting import (
    answer_before,
    check_reason,
    county_actor,
    keep,
    move,
    own_or_county,
    read_body,
)
from services.ledger.operations.naming import check_library, library_names
from services.ledger.storage import acts, book, copies
from services.ledger.storage import promises as storage
from services.ledger.storage.acts import Act

Document = dict[str, Any]
MADE = "promise_made"


@dataclass(frozen=True)
class Promised:
    """The promises of one library and what is open of each."""

    promises: list[Promise]
    still_open: dict[str, int]

    @property
    def cover(self) -> int:
        return rules.cover(self.still_open)


def promised(work: Work, library_id: str) -> Promised:
    """What the library has promised, as the entries say. Under its lock it stays so."""
    made = storage.of_library(work.connection, library_id)
    if not made:
        return Promised([], {})
    since = min(promise.after_entry_id for promise in made)
    deposits = storage.deposits(work.connection, library_id, since)
    return Promised(made, rules.open_half_days(made, deposits))


def limit_of(work: Work, library_id: str) -> Limit:
    """The limit that holds for the library: its county's, lifted once by what its promises cover."""
    return rules.lifted(copies.limit(work.connection, work.county), promised(work, library_id).cover)


def promises(work: Work, library_id: str) -> list[Document]:
    """`Promise`s of the library, open ones first, in the order in which deposits fill them.

    Refuses: AccountUnknown.
    """
    check_library(work, library_id)
    return _documents(work, [promised(work, library_id)])


def open_promises(work: Work) -> list[Document]:
    """`Promise`s of the whole county of which something is open, the one that is due first at the top."""
    libraries = storage.libraries_with_promises(work.connection)
    found = _documents(work, [promised(work, library_id) for library_id in libraries])
    return [document for document in found if document["open_half_days"] > 0]


def make_promise(work: Work, promise: Document, actor: Document) -> Document:
    """The library has promised days, and may ask for as many more from now on. Returns the `Promise`.

    `promise`: a `NewPromise`; without a date it gets one only when somebody asks. The same again answers the
    same. Refuses: Malformed, NotYourRole, AccountUnknown, AccountClosed, BelowHalfDay, TooManyDays,
    PromisesTooMany, DatePast, DateTooFar, SameKeyOtherBody.
    """
    body = read_body(NewPromise, promise)
    library_id = body["library_id"]
    role = own_or_county(actor, library_id).role
    before = answer_before(work, body, MADE)
    if before is not None:
        return _shown(work, body["id"])
    dated_on = date.fromisoformat(body["dated_on"]) if body["dated_on"] else None
    if dated_on is not None:
        rules.check_date(dated_on, work.today)
    _open_account(work, library_id)
    rules.check_promise(body["half_days"], promised(work, library_id).cover)
    made = Promise(
        body["id"],
        library_id,
        body["half_days"],
        work.today,
        rules.horizon(work.today),
        storage.last_entry_id(work.connection),
    )
    storage.keep(work.connection, made, work.now)
    # `due_on` counts for acts of the dating kind alone, which a date from the start is besides.
    keep(work, Act(body["id"], MADE, made.id, "", role, half_days=made.half_days), body, made.id)
    if dated_on is not None:
        dating = Act(work.new_id(), storage.DATED, made.id, "", role, due_on=dated_on)
        keep(work, dating, {"of": body["id"]}, made.id)
    return _shown(work, made.id)


def date_promise(work: Work, dating: Document, actor: Document) -> Document:
    """Somebody has asked for the promised day: the promise has a date. Returns the `Promise`.

    A later date replaces an earlier one. Refuses: Malformed, NotFound, NotYourRole, DatePast, DateTooFar,
    PromiseEnded, SameKeyOtherBody.
    """
    body = read_body(DatedPromise, dating)
    known = _locked(work, body["promise_id"])
    role = own_or_county(actor, known.library_id, is_manager_enough=True).role
    if answer_before(work, body, storage.DATED) is None:
        dated_on = date.fromisoformat(body["dated_on"])
        rules.check_date(dated_on, work.today)
        if promised(work, known.library_id).still_open[known.id] <= 0:
            raise PromiseEnded()
        keep(work, Act(body["id"], storage.DATED, known.id, "", role, due_on=dated_on), body, known.id)
    return _shown(work, known.id)


def withdraw_promise(work: Work, withdrawal: Document, actor: Document) -> Document:
    """The library takes back what is open of a promise that nothing was asked for against.

    Returns the `Promise`. Refuses: Malformed, NotFound, NotYourRole, PromiseEnded, PromiseInUse,
    SameKeyOtherBody.
    """
    body = read_body(WithdrawnPromise, withdrawal)
    known = _locked(work, body["promise_id"])
    role = own_or_county(actor, known.library_id).role
    if answer_before(work, body, storage.WITHDRAWN) is None:
        standing = promised(work, known.library_id)
        limit = rules.lifted(copies.limit(work.connection, work.county), standing.cover)
        available = book.balance(work.connection, known.library_id).available(limit)
        part = rules.check_withdrawal(standing.still_open[known.id], available)
        keep(work, Act(body["id"], storage.WITHDRAWN, known.id, "", role, half_days=part), body, known.id)
    return _shown(work, known.id)


def forgive_promise(work: Work, forgiving: Document, actor: Document) -> Document:
    """The county forgives what is open of a promise, or a part, and says why. Returns the `Promise`.

    What the library has received against it the county gives it, from `county:adjustments`: days are not
    made. Refuses: Malformed, NotFound, NotYourRole, FieldMissing (reason), PromiseEnded, BelowHalfDay,
    TooManyDays, SameKeyOtherBody.
    """
    body = read_body(ForgivenPromise, forgiving)
    role = county_actor(actor).role
    check_reason(body)
    known = _locked(work, body["promise_id"])
    if answer_before(work, body, storage.FORGIVEN) is not None:
        return _shown(work, known.id)
    part = rules.part_to_end(promised(work, known.library_id).still_open[known.id], body["half_days"])
    given = rules.to_forgive(part, book.balance(work.connection, known.library_id).days_to_use)
    if given:
        move(work, body["id"], ADJUSTMENTS, known.library_id, given, work.today)
    act = Act(
        body["id"],
        storage.FORGIVEN,
        known.id,
        body["reason"],
        role,
        half_days=part,
        transfer_id=body["id"] if given else None,
    )
    keep(work, act, body, known.id)
    return _shown(work, known.id)


def _open_account(work: Work, library_id: str) -> None:
    check_library(work, library_id)
    if acts.closing_of(work.connection, library_id) is not None:
        raise AccountClosed(account_id=library_id)
    book.lock(work.connection, [library_id])


def _locked(work: Work, promise_id: str) -> Promise:
    """The promise, its library's balance and the county's own locked. Refuses: NotFound."""
    known = storage.find(work.connection, promise_id)
    if known is None:
        raise NotFound(kind="promise", id=promise_id)
    book.open_account(work.connection, ADJUSTMENTS, work.now)
    book.lock(work.connection, [ADJUSTMENTS, known.library_id])
    return known


def _shown(work: Work, promise_id: str) -> Document:
    known = storage.find(work.connection, promise_id)
    assert known is not None
    standing = promised(work, known.library_id)
    return next(one for one in _documents(work, [standing]) if one["id"] == promise_id)


def _documents(work: Work, found: list[Promised]) -> list[Document]:
    pairs = [(promise, one.still_open[promise.id]) for one in found for promise in one.promises]
    names = library_names(work, {promise.library_id for promise, _ in pairs})
    pairs.sort(key=lambda pair: (pair[1] <= 0, pair[0].place))
    return [
        {
            "id": promise.id,
            "library_id": promise.library_id,
            "library_name": names[promise.library_id],
            "half_days": promise.half_days,
            "open_half_days": max(open_now, 0),
            "made_on": promise.made_on.isoformat(),
            "horizon_on": promise.horizon_on.isoformat(),
            "dated_on": promise.dated_on.isoformat() if promise.dated_on else None,
            "is_late": rules.is_late(promise, open_now, work.today),
            "state": rules.state_of(promise, open_now),
        }
        for promise, open_now in pairs
    ]
