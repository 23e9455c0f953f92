"""Rounds of matching: all needs of a county seen together."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from byttebank.contracts import matching_rounds
from byttebank.contracts.fields import Contract, Day, Id, Slug
from byttebank.contracts.joint_rounds import MAX_COUNTIES
from gateway.api.access import check_county
from gateway.api.given import Given
from gateway.api.idempotency import PARAMETER, once, thing_id
from gateway.api.nouns import nouns_called
from gateway.api.schemas import Days, Parameters, list_of
from gateway.here import here, person
from gateway.words import matching_rounds as words

nouns = nouns_called("matching_rounds", "All needs of a county seen together")
open_nouns = nouns_called("published_rounds", "What anybody may know of rounds", is_open=True)
Document = dict[str, Any]


class RoundMatch(matching_rounds.RoundMatch):
    """One colleague helps with one request."""

    half_days = Days()
    refusal = Parameters(allow_none=True)


class RoundUnmet(matching_rounds.RoundUnmet):
    """A request that is not served in full. `sentence`: why, in the caller's language."""

    half_days = Days()
    sentence = fields.String()


class RoundEffect(matching_rounds.RoundEffect):
    """What the plan makes of a library's days."""

    before_half_days = Days("before_days")
    given_half_days = Days("given_days")
    received_half_days = Days("received_days")
    after_half_days = Days("after_days")


class MatchingRound(matching_rounds.MatchingRound):
    """A round as its county sees it. `sentence`: how it stands, in the caller's language."""

    matches = fields.List(fields.Nested(RoundMatch))
    unmet = fields.List(fields.Nested(RoundUnmet))
    effects = fields.List(fields.Nested(RoundEffect))
    sentence = fields.String()


class PublishedRound(matching_rounds.PublishedRound):
    """Totals and hashes of a round."""


class NewMatchingRound(Given):
    """A round over the dates, with the most days of one colleague, alone or together with `counties`."""

    id = Id()
    name = fields.String(required=True, validate=validate.Length(max=100))
    first_on = Day(required=True)
    last_on = Day(required=True)
    reply_by_on = Day(required=True)
    days_each = fields.Integer(
        strict=True, load_default=5, validate=validate.Range(min=1, max=matching_rounds.MAX_DAYS_EACH)
    )
    counties = fields.List(Slug(), load_default=list, validate=validate.Length(max=MAX_COUNTIES))


class RoundsQuery(Contract):
    """How many of them."""

    limit = fields.Integer(load_default=24, validate=validate.Range(min=1, max=100))


@nouns.route("/matching-rounds", methods=["GET"])
@nouns.arguments(RoundsQuery, location="query")
@nouns.response(200, list_of(MatchingRound, "MatchingRoundList"))
def list_matching_rounds(query: Document) -> Document:
    """Rounds without their plans, the newest first, for the county and its operators"""
    check_county(person())
    return {"items": [_said(one) for one in here().backend.matching.matching_rounds(query["limit"])]}


@nouns.route("/matching-rounds", methods=["POST"])
@nouns.arguments(NewMatchingRound)
@once
@nouns.response(201, MatchingRound)
@nouns.doc(parameters=[PARAMETER])
def create_matching_round(given: Document) -> Document:
    """Begin a round

    It is gathered and computed by itself; other `counties` are invited to compute with it. Nothing is sent to
    anybody before it is published.
    """
    round_ = {**given, "id": thing_id(given)}
    return _said(here().backend.matching.create_matching_round(round_, person().actor))


@nouns.route("/matching-rounds/<id:round_id>", methods=["GET"])
@nouns.response(200, MatchingRound)
def get_matching_round(round_id: str) -> Document:
    """One round with its plan, what is unmet and why, and its effect on the libraries' days"""
    check_county(person())
    return _said(here().backend.matching.matching_round(round_id))


@nouns.route("/matching-rounds/<id:round_id>/input", methods=["GET"])
@nouns.response(200, description="The input, staff-day-exchange/1, exactly as it is hashed")
def get_matching_round_input(round_id: str) -> Response:
    """What the round is computed from; it names nobody, and `byttebank rounds solve` reads it"""
    check_county(person())
    text = here().backend.matching.matching_round_input(round_id)
    return Response(text, content_type="application/json")


@nouns.route("/matching-rounds/<id:round_id>/stop", methods=["POST"])
@once
@nouns.response(200, MatchingRound)
@nouns.doc(parameters=[PARAMETER])
def stop_matching_round(round_id: str) -> Document:
    """End the computation with the best plan so far"""
    return _said(here().backend.matching.stop_matching_round(round_id, person().actor))


@nouns.route("/matching-rounds/<id:round_id>/run", methods=["POST"])
@once
@nouns.response(200, MatchingRound)
@nouns.doc(parameters=[PARAMETER])
def run_matching_round(round_id: str) -> Document:
    """Compute again what was interrupted, or had nothing to go by"""
    return _said(here().backend.matching.run_matching_round(round_id, person().actor))


@nouns.route("/matching-rounds/<id:round_id>/publish", methods=["POST"])
@once
@nouns.response(200, MatchingRound)
@nouns.doc(parameters=[PARAMETER])
def publish_matching_round(round_id: str) -> Document:
    """Make every match a proposal that the libraries and the colleague answer"""
    return _said(here().backend.matching.publish_matching_round(round_id, person().actor))


@nouns.route("/matching-rounds/<id:round_id>/discard", methods=["POST"])
@once
@nouns.response(200, MatchingRound)
@nouns.doc(parameters=[PARAMETER])
def discard_matching_round(round_id: str) -> Document:
    """Put a round away that was not published"""
    return _said(here().backend.matching.discard_matching_round(round_id, person().actor))


@open_nouns.route("/published-rounds", methods=["GET"])
@open_nouns.arguments(RoundsQuery, location="query")
@open_nouns.response(200, list_of(PublishedRound, "PublishedRoundList"))
def list_published_rounds(query: Document) -> Document:
    """Totals and hashes of the county's rounds, for anybody"""
    return {"items": here().backend.matching.published_rounds(query["limit"])}


def _said(round_: Document) -> Document:
    unmet = [{**one, "sentence": words.unmet(one)} for one in round_["unmet"]]
    return {**round_, "unmet": unmet, "sentence": words.standing(round_)}
