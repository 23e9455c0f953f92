"""The travel fund: what the county has granted and refunded, in øre."""

from typing import Any

from marshmallow import fields, validate

from byttebank.contracts.fields import Day, Id
from byttebank.contracts.ledger_resources import REASON_LENGTH
from byttebank.contracts.travel_fund import MAX_ORE, FundLine, TravelFund
from gateway.api.access import check_county
from gateway.api.given import Given
from gateway.api.idempotency import PARAMETER, once, thing_id
from gateway.api.nouns import nouns_called
from gateway.api.schemas import list_of
from gateway.here import here, person

nouns = nouns_called("travel", "The travel fund, for the county and its operators")
Document = dict[str, Any]


class NewGrant(Given):
    """Money set aside for travel."""

    id = Id()
    amount_ore = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=MAX_ORE))
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


class NewRefund(NewGrant):
    """A library's refund for a journey."""

    library_id = Id(required=True)
    travelled_on = Day(allow_none=True)


class ReturnedRefund(Given):
    """Why a refund is taken back."""

    id = Id()
    reason = fields.String(load_default="", validate=validate.Length(max=REASON_LENGTH))


@nouns.route("/travel-fund", methods=["GET"])
@nouns.response(200, TravelFund)
def get_travel_fund() -> Document:
    """What is granted, refunded and left"""
    check_county(person())
    return here().backend.ledger.travel_fund()


@nouns.route("/travel-fund/statement", methods=["GET"])
@nouns.response(200, list_of(FundLine, "FundLineList"))
def list_fund_lines() -> Document:
    """The last movements of the fund, newest first by date"""
    check_county(person())
    return {"items": here().backend.ledger.travel_fund_statement()}


@nouns.route("/travel-fund/grants", methods=["POST"])
@nouns.arguments(NewGrant)
@once
@nouns.response(201, TravelFund)
@nouns.doc(parameters=[PARAMETER])
def grant_travel(given: Document) -> Document:
    """Set money aside for travel"""
    return here().backend.ledger.grant_travel({**given, "id": thing_id(given)}, person().actor)


@nouns.route("/travel-fund/refunds", methods=["POST"])
@nouns.arguments(NewRefund)
@once
@nouns.response(201, TravelFund)
@nouns.doc(parameters=[PARAMETER])
def refund_travel(given: Document) -> Document:
    """Refund a library for a journey, as far as the fund reaches"""
    return here().backend.ledger.refund_travel({**given, "id": thing_id(given)}, person().actor)


@nouns.route("/travel-fund/refunds/<id:transfer_id>/return", methods=["POST"])
@nouns.arguments(ReturnedRefund)
@once
@nouns.response(200, TravelFund)
@nouns.doc(parameters=[PARAMETER])
def return_refund(given: Document, transfer_id: str) -> Document:
    """Take a wrong refund back into the fund"""
    returning = {**given, "id": thing_id(given), "transfer_id": transfer_id}
    return here().backend.ledger.return_refund(returning, person().actor)
