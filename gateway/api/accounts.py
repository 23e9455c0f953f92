"""What is owed: accounts, statements, positions, the trial balance."""

from typing import Any

from gateway.api.access import check_county, check_own_or_county
from gateway.api.book_schemas import PeriodQuery
from gateway.api.nouns import next_link, nouns_called
from gateway.api.schemas import (
    Account,
    Position,
    Reservation,
    StatementLine,
    TrialBalance,
    list_of,
    page_of,
)
from gateway.here import here, person

nouns = nouns_called("accounts", "What is owed")
Document = dict[str, Any]


@nouns.route("/accounts/<id:library_id>", methods=["GET"])
@nouns.response(200, Account)
def get_account(library_id: str) -> Document:
    """A library's days, for the library and its county"""
    check_own_or_county(person(), library_id)
    return here().backend.ledger.account(library_id)


@nouns.route("/accounts/<id:library_id>/statement", methods=["GET"])
@nouns.arguments(PeriodQuery, location="query")
@nouns.response(200, page_of(StatementLine, "Statement"))
def get_statement(query: Document, library_id: str) -> tuple[Document, int, dict[str, str]]:
    """What happened, newest first by date of work, in a period if one is named"""
    check_own_or_county(person(), library_id)
    found = here().backend.ledger.statement(library_id, **query)
    page = {"items": found["lines"], "next_cursor": found["next_cursor"]}
    return page, 200, next_link(page["next_cursor"])


@nouns.route("/accounts/<id:library_id>/reservations", methods=["GET"])
@nouns.response(200, list_of(Reservation, "ReservationList"))
def list_reservations(library_id: str) -> Document:
    """Days set aside, or sent and not answered"""
    check_own_or_county(person(), library_id)
    return {"items": here().backend.ledger.reservations(library_id)}


@nouns.route("/accounts/<id:library_id>/incoming", methods=["GET"])
@nouns.response(200, list_of(Reservation, "IncomingList"))
def list_incoming(library_id: str) -> Document:
    """Days on their way to the library"""
    check_own_or_county(person(), library_id)
    return {"items": here().backend.ledger.incoming(library_id)}


@nouns.route("/positions", methods=["GET"])
@nouns.response(200, list_of(Position, "PositionList"))
def list_positions() -> Document:
    """What we and each other county owe each other, for the county and its operators"""
    check_county(person())
    return {"items": here().backend.ledger.positions()}


@nouns.route("/trial-balance", methods=["GET"])
@nouns.response(200, TrialBalance)
def get_trial_balance() -> Document:
    """Every account of the county, for the county and its operators"""
    check_county(person())
    return here().backend.ledger.trial_balance()
