"""Promises, corrections, closings and statements: what a library promises and what its county decides."""

from typing import Any

from gateway.api.access import check_county, check_own_or_county
from gateway.api.book_schemas import (
    Correction,
    CountyLine,
    Forgiving,
    Merger,
    NewAdjustment,
    NewClosing,
    NewMerger,
    NewPromise,
    NewReversal,
    PeriodQuery,
    Promise,
    PromiseDate,
    Reasoned,
    ReversalRequest,
    TransferStanding,
)
from gateway.api.idempotency import PARAMETER, once, thing_id
from gateway.api.nouns import next_link, nouns_called
from gateway.api.schemas import Account, list_of, page_of
from gateway.here import here, person

nouns = nouns_called("book", "Promises, corrections and statements of the county")
Document = dict[str, Any]


@nouns.route("/accounts/<id:library_id>/promises", methods=["GET"])
@nouns.response(200, list_of(Promise, "PromiseList"))
def list_promises(library_id: str) -> Document:
    """What the library has promised, open ones first"""
    check_own_or_county(person(), library_id)
    return {"items": here().backend.ledger.promises(library_id)}


@nouns.route("/promises", methods=["GET"])
@nouns.response(200, list_of(Promise, "OpenPromiseList"))
def list_open_promises() -> Document:
    """Open promises of all the county's libraries, for the county"""
    check_county(person())
    return {"items": here().backend.ledger.open_promises()}


@nouns.route("/accounts/<id:library_id>/promises", methods=["POST"])
@nouns.arguments(NewPromise)
@once
@nouns.response(201, Promise)
@nouns.doc(parameters=[PARAMETER])
def make_promise(given: Document, library_id: str) -> Document:
    """Promise days in return"""
    promise = {**given, "id": thing_id(given), "library_id": library_id}
    return here().backend.ledger.make_promise(promise, person().actor)


@nouns.route("/promises/<id:promise_id>/date", methods=["POST"])
@nouns.arguments(PromiseDate)
@once
@nouns.response(200, Promise)
@nouns.doc(parameters=[PARAMETER])
def date_promise(given: Document, promise_id: str) -> Document:
    """Somebody has asked for the promised day"""
    dating = {**given, "id": thing_id(given), "promise_id": promise_id}
    return here().backend.ledger.date_promise(dating, person().actor)


@nouns.route("/promises/<id:promise_id>/withdraw", methods=["POST"])
@once
@nouns.response(200, Promise)
@nouns.doc(parameters=[PARAMETER])
def withdraw_promise(promise_id: str) -> Document:
    """Take back a promise that nothing was asked for against"""
    withdrawal = {"id": thing_id({}), "promise_id": promise_id}
    return here().backend.ledger.withdraw_promise(withdrawal, person().actor)


@nouns.route("/promises/<id:promise_id>/forgive", methods=["POST"])
@nouns.arguments(Forgiving)
@once
@nouns.response(200, Promise)
@nouns.doc(parameters=[PARAMETER])
def forgive_promise(given: Document, promise_id: str) -> Document:
    """The county forgives what is open of a promise"""
    forgiving = {**given, "id": thing_id(given), "promise_id": promise_id}
    return here().backend.ledger.forgive_promise(forgiving, person().actor)


@nouns.route("/transfers/<id:transfer_id>", methods=["GET"])
@nouns.response(200, TransferStanding)
def get_transfer(transfer_id: str) -> Document:
    """A transfer as it stands, for the county"""
    check_county(person())
    return here().backend.ledger.transfer(transfer_id)


@nouns.route("/transfers/<id:transfer_id>/reverse", methods=["POST"])
@nouns.arguments(NewReversal)
@once
@nouns.response(200, Correction)
@nouns.doc(parameters=[PARAMETER])
def reverse(given: Document, transfer_id: str) -> Document:
    """Take posted days back; days credited in another county it is asked for"""
    reversal = {**given, "id": thing_id(given), "transfer_id": transfer_id}
    return here().backend.ledger.reverse(reversal, person().actor)


@nouns.route("/reversal-requests", methods=["GET"])
@nouns.response(200, list_of(ReversalRequest, "ReversalRequestList"))
def list_reversal_requests() -> Document:
    """Requests for days back that nobody has answered, for the county"""
    check_county(person())
    return {"items": here().backend.ledger.reversal_requests()}


@nouns.route("/reversal-requests/<id:transfer_id>/decline", methods=["POST"])
@nouns.arguments(Reasoned)
@once
@nouns.response(200, ReversalRequest)
@nouns.doc(parameters=[PARAMETER])
def decline_reversal(given: Document, transfer_id: str) -> Document:
    """Answer another county that the days stay where they are"""
    declining = {**given, "id": thing_id(given), "transfer_id": transfer_id}
    return here().backend.ledger.decline_reversal(declining, person().actor)


@nouns.route("/accounts/<id:library_id>/make-whole", methods=["POST"])
@nouns.arguments(NewAdjustment)
@once
@nouns.response(200, Correction)
@nouns.doc(parameters=[PARAMETER])
def make_whole(given: Document, library_id: str) -> Document:
    """Give a library what a county that is gone never sent"""
    adjustment = {**given, "id": thing_id(given), "library_id": library_id}
    return here().backend.ledger.make_whole(adjustment, person().actor)


@nouns.route("/accounts/<id:library_id>/close", methods=["POST"])
@nouns.arguments(NewClosing)
@once
@nouns.response(200, Account)
@nouns.doc(parameters=[PARAMETER])
def close_account(given: Document, library_id: str) -> Document:
    """Close a library's account at zero, or merge it into another's"""
    closing = {**given, "id": thing_id(given), "library_id": library_id}
    return here().backend.ledger.close_account(closing, person().actor)


@nouns.route("/accounts/<id:library_id>/open", methods=["POST"])
@nouns.arguments(Reasoned)
@once
@nouns.response(200, Account)
@nouns.doc(parameters=[PARAMETER])
def open_account(given: Document, library_id: str) -> Document:
    """Use a closed account again, from zero"""
    opening = {**given, "id": thing_id(given), "library_id": library_id}
    return here().backend.ledger.open_account(opening, person().actor)


@nouns.route("/positions/<county>/merge", methods=["POST"])
@nouns.arguments(NewMerger)
@once
@nouns.response(200, Merger)
@nouns.doc(parameters=[PARAMETER])
def merge_county(given: Document, county: str) -> Document:
    """Move the position towards a county to the one it became part of"""
    merger = {**given, "id": thing_id(given), "county": county}
    return here().backend.ledger.merge_county(merger, person().actor)


@nouns.route("/statement", methods=["GET"])
@nouns.arguments(PeriodQuery, location="query")
@nouns.response(200, page_of(CountyLine, "CountyStatement"))
def get_county_statement(query: Document) -> tuple[Document, int, dict[str, str]]:
    """Every posted transfer of the county by date of work, for the county"""
    check_county(person())
    return _page(here().backend.ledger.county_statement(**query))


@nouns.route("/positions/<county>/statement", methods=["GET"])
@nouns.arguments(PeriodQuery, location="query")
@nouns.response(200, page_of(CountyLine, "PeerStatement"))
def get_peer_statement(query: Document, county: str) -> tuple[Document, int, dict[str, str]]:
    """Every posted transfer with one other county by date of work, for the county"""
    check_county(person())
    return _page(here().backend.ledger.peer_statement(county, **query))


def _page(found: Document) -> tuple[Document, int, dict[str, str]]:
    page = {"items": found["lines"], "next_cursor": found["next_cursor"]}
    return page, 200, next_link(page["next_cursor"])
