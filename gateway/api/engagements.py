"""Engagements: proposing, and the acts of the three parties."""

from typing import Any

from marshmallow import Schema

from byttebank.contracts import resources
from byttebank.contracts.fields import one_of
from gateway.api.access import check_county
from gateway.api.book_schemas import Ruling
from gateway.api.given import Acceptance, Confirmation, MoveAnswer, NewEngagement, NewMove
from gateway.api.idempotency import PARAMETER, once, thing_id
from gateway.api.nouns import nouns_called
from gateway.api.schemas import Engagement, list_of
from gateway.here import here, person

nouns = nouns_called("engagements", "Agreed pieces of help")
Document = dict[str, Any]


class StateQuery(Schema):
    """In which state."""

    state = one_of(*resources.ENGAGEMENT_STATES)


@nouns.route("/engagements", methods=["GET"])
@nouns.arguments(StateQuery, location="query")
@nouns.response(200, list_of(Engagement, "EngagementList"))
def list_engagements(query: Document) -> Document:
    """Those in which the caller's library takes part"""
    return {"items": here().backend.matching.list_engagements(person().library_id, query.get("state"))}


@nouns.route("/engagements", methods=["POST"])
@nouns.arguments(NewEngagement)
@once
@nouns.response(201, Engagement)
@nouns.doc(parameters=[PARAMETER])
def propose(given: Document) -> Document:
    """Put a date to three parties

    The caller's own yes is recorded in every role the caller has.
    """
    return here().backend.matching.propose({**given, "id": thing_id(given)}, person().actor)


@nouns.route("/disputes", methods=["GET"])
@nouns.response(200, list_of(Engagement, "DisputeList"))
def list_disputes() -> Document:
    """Days that stand still because two libraries disagree, for the county"""
    check_county(person())
    return {"items": here().backend.matching.disputes(person().actor)}


@nouns.route("/engagements/<id:engagement_id>/rule", methods=["POST"])
@nouns.arguments(Ruling)
@once
@nouns.response(200, Engagement)
@nouns.doc(parameters=[PARAMETER])
def rule(given: Document, engagement_id: str) -> Document:
    """Decide whether it happened, for the host's county"""
    actor = person().actor
    return here().backend.matching.rule(engagement_id, given["happened"], given["reason"], actor)


@nouns.route("/engagements/<id:engagement_id>", methods=["GET"])
@nouns.response(200, Engagement)
def get_engagement(engagement_id: str) -> Document:
    """One engagement"""
    return here().backend.matching.get_engagement(engagement_id, person().actor)


@nouns.route("/engagements/<id:engagement_id>/accept", methods=["POST"])
@nouns.arguments(Acceptance, required=False)
@once
@nouns.response(200, Engagement)
@nouns.doc(parameters=[PARAMETER])
def accept(given: Document, engagement_id: str) -> Document:
    """Say yes, in every role the caller has"""
    return here().backend.matching.accept(engagement_id, person().actor, **given)


@nouns.route("/engagements/<id:engagement_id>/decline", methods=["POST"])
@once
@nouns.response(200, Engagement)
@nouns.doc(parameters=[PARAMETER])
def decline(engagement_id: str) -> Document:
    """Say no; nobody asks why"""
    return here().backend.matching.decline(engagement_id, person().actor)


@nouns.route("/engagements/<id:engagement_id>/cancel", methods=["POST"])
@once
@nouns.response(200, Engagement)
@nouns.doc(parameters=[PARAMETER])
def cancel(engagement_id: str) -> Document:
    """Call an agreed day off"""
    return here().backend.matching.cancel(engagement_id, person().actor)


@nouns.route("/engagements/<id:engagement_id>/move", methods=["POST"])
@nouns.arguments(NewMove)
@once
@nouns.response(200, Engagement)
@nouns.doc(parameters=[PARAMETER])
def ask_move(given: Document, engagement_id: str) -> Document:
    """Ask to move an agreed day; it stands until both libraries and the colleague have said yes"""
    return here().backend.matching.ask_move(engagement_id, given["dates"], person().actor)


@nouns.route("/engagements/<id:engagement_id>/move/answer", methods=["POST"])
@nouns.arguments(MoveAnswer)
@once
@nouns.response(200, Engagement)
@nouns.doc(parameters=[PARAMETER])
def answer_move(given: Document, engagement_id: str) -> Document:
    """Say yes or no to the dates that are asked for; whoever asked takes them back with a no"""
    matching, actor = here().backend.matching, person().actor
    return matching.answer_move(engagement_id, given["dates"], given["accepts"], actor)


@nouns.route("/engagements/<id:engagement_id>/confirm", methods=["POST"])
@nouns.arguments(Confirmation)
@once
@nouns.response(200, Engagement)
@nouns.doc(parameters=[PARAMETER])
def confirm(given: Document, engagement_id: str) -> Document:
    """Say whether it happened, for the caller's side"""
    return here().backend.matching.confirm(engagement_id, given["happened"], person().actor)


@nouns.route("/engagements/<id:engagement_id>/dispute", methods=["POST"])
@once
@nouns.response(200, Engagement)
@nouns.doc(parameters=[PARAMETER])
def dispute(engagement_id: str) -> Document:
    """Disagree: the day stands still until the county has decided"""
    return here().backend.matching.dispute(engagement_id, person().actor)
