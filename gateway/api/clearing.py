"""Clearing rounds: owing in a ring between counties that is struck out."""

from typing import Any

from marshmallow import fields, validate

from byttebank.contracts import clearing
from byttebank.contracts.fields import Contract, Id, Moment
from gateway.api.access import check_county
from gateway.api.given import Given
from gateway.api.idempotency import PARAMETER, once, thing_id
from gateway.api.nouns import nouns_called
from gateway.api.schemas import Days, list_of
from gateway.here import here, person
from gateway.words import clearing as words

nouns = nouns_called("clearing_rounds", "Owing in a ring that is struck out")
Document = dict[str, Any]


class ClearedPosition(clearing.ClearedPosition):
    """What one county owed another, and how much of it is struck out."""

    owed_half_days = Days("owed_days")
    cleared_half_days = Days("cleared_days")


class Ring(clearing.Ring):
    """Each county owed the next, and the last the first."""

    half_days = Days()


class ClearingRound(clearing.ClearingRound):
    """A round as this county sees it. `sentences` explain it; empty until the input is known."""

    owed_half_days = Days("owed_days")
    cleared_half_days = Days("cleared_days")
    positions = fields.List(fields.Nested(ClearedPosition))
    rings = fields.List(fields.Nested(Ring))
    reserved = fields.List(fields.Nested(ClearedPosition))
    sentences = fields.List(fields.String())


class SignedDocument(Contract):
    """A document as it was signed (JWS, RFC 7515, flattened JSON)."""

    kind = fields.String()
    signer = fields.String()
    signed_at = Moment()
    document = fields.String()


class NewClearingRound(Given):
    """A round with every county we exchange with."""

    id = Id()


class RoundsQuery(Contract):
    """How many of them."""

    limit = fields.Integer(load_default=24, validate=validate.Range(min=1, max=100))


@nouns.route("/clearing-rounds", methods=["GET"])
@nouns.arguments(RoundsQuery, location="query")
@nouns.response(200, list_of(ClearingRound, "ClearingRoundList"))
def list_clearing_rounds(query: Document) -> Document:
    """Rounds, the newest first, for the county and its operators"""
    check_county(person())
    return {"items": [_explained(one) for one in here().backend.ledger.clearing_rounds(query["limit"])]}


@nouns.route("/clearing-rounds", methods=["POST"])
@nouns.arguments(NewClearingRound)
@once
@nouns.response(201, ClearingRound)
@nouns.doc(parameters=[PARAMETER])
def create_clearing_round(given: Document) -> Document:
    """Propose a round to every other county

    Nothing is posted before every county with something to strike out has agreed.
    """
    return _explained(here().backend.ledger.propose_clearing(thing_id(given), person().actor))


@nouns.route("/clearing-rounds/<id:round_id>", methods=["GET"])
@nouns.response(200, ClearingRound)
def get_clearing_round(round_id: str) -> Document:
    """One round with its explanation"""
    check_county(person())
    return _explained(here().backend.ledger.clearing_round(round_id))


@nouns.route("/clearing-rounds/<id:round_id>/documents", methods=["GET"])
@nouns.response(200, list_of(SignedDocument, "SignedDocumentList"))
def list_clearing_documents(round_id: str) -> Document:
    """Every signed document of a round, which prove it to anybody who knows the counties' keys"""
    check_county(person())
    return {"items": here().backend.ledger.clearing_evidence(round_id)}


@nouns.route("/clearing-rounds/<id:round_id>/close", methods=["POST"])
@once
@nouns.response(200, ClearingRound)
@nouns.doc(parameters=[PARAMETER])
def close_clearing_round(round_id: str) -> Document:
    """Ask the others to end a round whose coordinator is silent"""
    return _explained(here().backend.ledger.close_clearing(round_id, person().actor))


def _explained(round_: Document) -> Document:
    return {
        **round_,
        "sentences": [*words.explanation(round_), *words.left_out(round_), words.standing(round_)],
    }
