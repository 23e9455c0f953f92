"""The travel fund in kroner: the county grants, and refunds its libraries. Days and øre never mix."""

from datetime import date
from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.book_refusals import FundTooSmall
from byttebank.contracts.refusals import NotFound, NotNow
from byttebank.contracts.travel_fund import NewGrant, NewRefund, ReturnedRefund
from byttebank.storage.work import Work
from services.ledger.domain.accounts import GRANTS, NOK_ORE, REFUNDS_PREFIX, TRAVEL_FUND
from services.ledger.domain.statements import Period, PostedEntry
from services.ledger.domain.transfers import check_work_date
from services.ledger.operations.acting import (
    answer_before,
    check_reason,
    county_actor,
    keep,
    move,
    read_body,
)
from services.ledger.operations.naming import check_library, library_names
from services.ledger.storage import acts, book, statements
from services.ledger.storage.acts import Act

Document = dict[str, Any]
GRANTED, REFUNDED, RETURNED = "travel_granted", "travel_refunded", "refund_returned"
KINDS = {GRANTED: "grant", REFUNDED: "refund", RETURNED: "returned"}
MAX_LINES = 1000


def grant_travel(work: Work, grant: Document, actor: Document) -> Document:
    """The county has set money aside for travel. Returns the `TravelFund`.

    `grant`: a `NewGrant`. Refuses: Malformed, NotYourRole, FieldMissing (reason), SameKeyOtherBody.
    """
    body = read_body(NewGrant, grant)
    role = county_actor(actor).role
    check_reason(body)
    if answer_before(work, body, GRANTED) is None:
        _move(work, body["id"], GRANTS, TRAVEL_FUND, body["amount_ore"], work.today)
        act = Act(body["id"], GRANTED, TRAVEL_FUND, body["reason"], role, transfer_id=body["id"])
        keep(work, act, body, body["id"])
    return travel_fund(work)


def refund_travel(work: Work, refund: Document, actor: Document) -> Document:
    """A library of the county is refunded for a journey, as far as the fund reaches. The `TravelFund`.

    `refund`: a `NewRefund`. Refuses: Malformed, NotYourRole, FieldMissing (reason), AccountUnknown,
    FundTooSmall, DatePast, DateTooFar, SameKeyOtherBody.
    """
    body = read_body(NewRefund, refund)
    role = county_actor(actor).role
    check_reason(body)
    if answer_before(work, body, REFUNDED) is None:
        check_library(work, body["library_id"])
        travelled_on = date.fromisoformat(body["travelled_on"]) if body["travelled_on"] else work.today
        check_work_date(travelled_on, work.today)
        account_id = REFUNDS_PREFIX + body["library_id"]
        _lock(work, TRAVEL_FUND, account_id)
        left = book.balance(work.connection, TRAVEL_FUND).days_to_use
        if body["amount_ore"] > left:
            raise FundTooSmall(left_ore=left)
        _move(work, body["id"], TRAVEL_FUND, account_id, body["amount_ore"], travelled_on)
        act = Act(body["id"], REFUNDED, body["library_id"], body["reason"], role, transfer_id=body["id"])
        keep(work, act, body, body["id"])
    return travel_fund(work)


def return_refund(work: Work, returning: Document, actor: Document) -> Document:
    """A refund was wrong: all of it is in the fund again, once. Returns the `TravelFund`.

    `returning`: a `ReturnedRefund`. Refuses: Malformed, NotYourRole, FieldMissing (reason), NotFound for what
    is no refund, NotNow when it is returned already, SameKeyOtherBody.
    """
    body = read_body(ReturnedRefund, returning)
    role = county_actor(actor).role
    check_reason(body)
    if answer_before(work, body, RETURNED) is None:
        known = acts.find(work.connection, body["transfer_id"])
        stored = book.find(work.connection, body["transfer_id"])
        if known is None or stored is None or known.act.kind != REFUNDED:
            raise NotFound(kind="refund", id=body["transfer_id"])
        debit, credit = stored.credit_account_id, stored.debit_account_id
        _lock(work, debit, credit)
        if any(one.act.kind == RETURNED for one in acts.about(work.connection, [body["transfer_id"]])):
            raise NotNow(state="returned", act="return")
        _move(work, body["id"], debit, credit, stored.amount, work.today, reverses=stored.terms.id)
        act = Act(body["id"], RETURNED, body["transfer_id"], body["reason"], role, transfer_id=body["id"])
        keep(work, act, body, body["id"])
    return travel_fund(work)


def travel_fund(work: Work) -> Document:
    """The `TravelFund` as it stands."""
    granted = book.balance(work.connection, GRANTS).debits_posted
    left = book.balance(work.connection, TRAVEL_FUND).days_to_use
    return {"granted_ore": granted, "refunded_ore": granted - left, "left_ore": left}


def travel_fund_statement(work: Work, limit: int = 200) -> list[Document]:
    """The last `FundLine`s, newest first by date, with what was left after each."""
    limit = max(1, min(limit, MAX_LINES))
    found = statements.entries_before(work.connection, TRAVEL_FUND, None, Period(None, None), limit)
    kept = acts.of_transfers(work.connection, [entry.transfer_id for entry in found])
    returned = {
        one.act.about
        for one in acts.about(work.connection, [entry.transfer_id for entry in found])
        if one.act.kind == RETURNED
    }
    libraries = {entry.transfer_id: _library(entry) for entry in found}
    names = library_names(work, {one for one in libraries.values() if one})
    left = book.balance(work.connection, TRAVEL_FUND).days_to_use
    lines = []
    for entry in found:
        act, library_id = kept[entry.transfer_id], libraries[entry.transfer_id]
        lines.append(
            {
                "transfer_id": entry.transfer_id,
                "kind": KINDS[act.kind],
                "happened_on": entry.place.work_date.isoformat(),
                "posted_at": format_time(entry.posted_at),
                "library_id": library_id,
                "library_name": names[library_id] if library_id else None,
                "returns": entry.reverses,
                "is_returned": entry.transfer_id in returned,
                "reason": act.reason,
                "amount_ore": entry.amount,
                "balance_ore": left,
            }
        )
        left -= entry.amount
    return lines


def _library(entry: PostedEntry) -> str | None:
    other = entry.other_library_id
    return other.removeprefix(REFUNDS_PREFIX) if other.startswith(REFUNDS_PREFIX) else None


def _move(
    work: Work, transfer_id: str, debit: str, credit: str, amount_ore: int, on: date, **terms: Any
) -> None:
    _lock(work, debit, credit)
    move(work, transfer_id, debit, credit, amount_ore, on, unit=NOK_ORE, **terms)


def _lock(work: Work, *account_ids: str) -> None:
    for account_id in account_ids:
        book.open_account(work.connection, account_id, work.now)
    book.lock(work.connection, account_ids)
