"""An account closes at zero: its days go to another library, to the county, or what it owes is forgiven.

Entries stay where they are; balances move by transfers. A merged library's id is an alias from then on, and
what is posted to a closed account later goes on to where its days went.
"""

import uuid
from typing import Any

from byttebank.contracts.book_refusals import AccountInUse, ClosingOtherWay
from byttebank.contracts.ledger_resources import NewClosing, NewMerger, NewOpening
from byttebank.contracts.refusals import (
    AccountClosed,
    AccountUnknown,
    CountyUnknown,
    FieldMissing,
    Malformed,
    NotNow,
    OwnLibrary,
)
from byttebank.storage.work import Work
from services.ledger.domain.accounts import ADJUSTMENTS, Balance, peer_account_id
from services.ledger.domain.promises import Promise
from services.ledger.operations.accounts import account
from services.ledger.operations.acting import (
    answer_before,
    check_reason,
    county_actor,
    keep,
    move,
    read_body,
)
from services.ledger.operations.naming import check_library
from services.ledger.operations.promises import promised
from services.ledger.storage import acts, book, copies, settlements
from services.ledger.storage import promises as promise_storage
from services.ledger.storage.acts import Act

Document = dict[str, Any]
KINDS = {"transfer": acts.HANDED_ON, "gift": acts.GIVEN, "forgive": acts.FORGIVEN, "merge": acts.MERGED}
COUNTY_MERGED = "county_merged"


def close_account(work: Work, closing: Document, actor: Document) -> Document:
    """The library's account is closed and at zero. Returns its `Account`, of a merged one the successor's.

    `closing`: a `NewClosing`. `transfer` and `merge` hand days and debts alike to another library of the
    county, with what is promised; `gift` gives days to the county; `forgive` takes over what is owed, and
    ends what is promised. Refuses: Malformed, NotYourRole, FieldMissing (reason, successor_id),
    AccountUnknown, AccountClosed (either), OwnLibrary, AccountInUse while days are set aside or on their way,
    ClosingOtherWay for a gift of debts or forgiveness of days, SameKeyOtherBody.
    """
    body = read_body(NewClosing, closing)
    role = county_actor(actor).role
    check_reason(body)
    library_id, kind = body["library_id"], KINDS[body["how"]]
    if answer_before(work, body, kind) is not None:
        return account(work, library_id)
    successor_id = _successor(work, body)
    book.open_account(work.connection, ADJUSTMENTS, work.now)
    book.lock(work.connection, [library_id, successor_id])
    for one in (library_id, successor_id):
        if acts.closing_of(work.connection, one) is not None:
            raise AccountClosed(account_id=one)
    balance = book.balance(work.connection, library_id)
    _check_at_rest(work, library_id, balance)
    _check_way(body["how"], balance)
    _end_promises(work, body, role, successor_id)
    amount = balance.days_to_use
    if amount:
        debit, credit = (library_id, successor_id) if amount > 0 else (successor_id, library_id)
        move(work, body["id"], debit, credit, abs(amount), work.today)
    act = Act(
        body["id"],
        kind,
        library_id,
        body["reason"],
        role,
        half_days=amount,
        successor_id=successor_id,
        transfer_id=body["id"] if amount else None,
    )
    keep(work, act, body, library_id)
    return account(work, library_id)


def open_again(work: Work, opening: Document, actor: Document) -> Document:
    """A closed account is used again, from zero. Returns its `Account`.

    `opening`: a `NewOpening`. Refuses: Malformed, NotYourRole, FieldMissing (reason), AccountUnknown,
    NotNow unless closed, SameKeyOtherBody.
    """
    body = read_body(NewOpening, opening)
    role = county_actor(actor).role
    check_reason(body)
    library_id = body["library_id"]
    if answer_before(work, body, acts.OPENED) is None:
        check_library(work, library_id)
        book.lock(work.connection, [library_id])
        if acts.closing_of(work.connection, library_id) is None:
            raise NotNow(state="open", act="open")
        keep(work, Act(body["id"], acts.OPENED, library_id, body["reason"], role), body, library_id)
    return account(work, library_id)


def merge_county(work: Work, merger: Document, actor: Document) -> Document:
    """What we and a county owe each other goes over to the county it became part of.

    `merger`: a `NewMerger`. Where the successor is our own county, the position ends in `county:adjustments`,
    against which the other county's own balances are brought in (`import_opening`).
    Returns {id, county, successor, half_days}: what the county owed us, below zero when we owed it.
    Refuses: Malformed, NotYourRole, FieldMissing (reason), AccountUnknown, CountyUnknown for a successor that
    we do not exchange with, AccountInUse while something is agreed, sent or waiting between us and it,
    AccountClosed, SameKeyOtherBody.
    """
    body = read_body(NewMerger, merger)
    role = county_actor(actor).role
    check_reason(body)
    before = answer_before(work, body, COUNTY_MERGED)
    if before is not None:
        return dict(before)
    if body["county"] in (work.county, body["successor"]):
        raise Malformed(
            errors=[{"pointer": "/county", "detail": "Another county than its successor and ours."}]
        )
    if body["successor"] != work.county and copies.find_peer(work.connection, body["successor"]) is None:
        raise CountyUnknown(county=body["successor"])
    old = peer_account_id(body["county"])
    new = ADJUSTMENTS if body["successor"] == work.county else peer_account_id(body["successor"])
    if not book.has_account(work.connection, old):
        raise AccountUnknown(account_id=old)
    book.open_account(work.connection, new, work.now)
    book.lock(work.connection, [old, new])
    if any(kept.act.kind == COUNTY_MERGED for kept in acts.about(work.connection, [old])):
        raise AccountClosed(account_id=old)
    balance = book.balance(work.connection, old)
    waiting = settlements.waiting_by_peer(work.connection).get(body["county"], 0)
    if balance.debits_pending or balance.credits_pending or waiting:
        raise AccountInUse(
            library_id=None,
            county=body["county"],
            reserved_half_days=balance.debits_pending + balance.credits_pending,
            incoming_half_days=waiting,
        )
    owed_to_us = -balance.days_to_use
    if owed_to_us:
        debit, credit = (new, old) if owed_to_us > 0 else (old, new)
        move(work, body["id"], debit, credit, abs(owed_to_us), work.today)
    act = Act(
        body["id"],
        COUNTY_MERGED,
        old,
        body["reason"],
        role,
        half_days=owed_to_us,
        successor_id=new,
        transfer_id=body["id"] if owed_to_us else None,
    )
    answer = {name: body[name] for name in ("id", "county", "successor")}
    return dict(keep(work, act, body, {**answer, "half_days": owed_to_us}))


def _successor(work: Work, body: Document) -> str:
    check_library(work, body["library_id"])
    if body["how"] in ("gift", "forgive"):
        return ADJUSTMENTS
    if body["successor_id"] is None:
        raise FieldMissing(field="successor_id")
    if body["successor_id"] == body["library_id"]:
        raise OwnLibrary(library_id=body["library_id"])
    check_library(work, body["successor_id"])
    return str(body["successor_id"])


def _check_at_rest(work: Work, library_id: str, balance: Balance) -> None:
    incoming = sum(
        received.payload["amount_half_days"]
        for received in settlements.waiting_prepares(work.connection, payee_library_id=library_id)
    )
    coming = incoming + balance.credits_pending
    if balance.debits_pending or coming:
        raise AccountInUse(
            library_id=library_id, reserved_half_days=balance.debits_pending, incoming_half_days=coming
        )


def _check_way(how: str, balance: Balance) -> None:
    if how == "gift" and balance.days_to_use < 0:
        raise ClosingOtherWay(how=how)
    if how == "forgive" and balance.days_to_use > 0:
        raise ClosingOtherWay(how=how)


def _end_promises(work: Work, body: Document, role: str, successor_id: str) -> None:
    """What is open of the library's promises ends here; another library that takes over promises the same."""
    standing = promised(work, body["library_id"])
    for promise in standing.promises:
        left = standing.still_open[promise.id]
        if left <= 0:
            continue
        ended = str(uuid.uuid5(uuid.UUID(body["id"]), promise.id))
        act = Act(ended, promise_storage.MOVED, promise.id, body["reason"], role, left, promise.dated_on)
        acts.keep(work.connection, act, {"of": body["id"]}, None, work.now)
        if successor_id != ADJUSTMENTS:
            again = Promise(
                str(uuid.uuid5(uuid.UUID(ended), successor_id)),
                successor_id,
                left,
                promise.made_on,
                promise.horizon_on,
                promise_storage.last_entry_id(work.connection),
            )
            promise_storage.keep(work.connection, again, work.now)
            if promise.dated_on is not None:
                dating = Act(
                    str(uuid.uuid5(uuid.UUID(again.id), "dated")),
                    promise_storage.DATED,
                    again.id,
                    "",
                    role,
                    due_on=promise.dated_on,
                )
                acts.keep(work.connection, dating, {"of": body["id"]}, None, work.now)
