"""The exchange with other counties: stopping and opening it, comparing the books, and what differs."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from byttebank.contracts import peer_acts
from byttebank.contracts.fields import Contract, Id, Moment, Slug
from gateway.api.access import check_county
from gateway.api.book_schemas import Reasoned
from gateway.api.given import Given
from gateway.api.idempotency import PARAMETER, once, thing_id
from gateway.api.nouns import nouns_called
from gateway.api.schemas import Days, Peer, list_of
from gateway.here import here, person
from gateway.leaving import leave_county
from gateway.words import peers as words

nouns = nouns_called("exchange", "The exchange with other counties, for the county and its operators")
Document = dict[str, Any]


class PeerAct(peer_acts.PeerAct):
    """What was decided about a county. `sentence`: in words."""

    fuse_half_days = Days("fuse_days")
    sentence = fields.String()


class NewFuse(Reasoned):
    """How much may be owed and on its way in each direction, in days; 0 lets nothing new through."""

    fuse_days = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=500_000))


class Comparison(Contract):
    """How the last comparison over one county's messages ended. `sender`: whose messages."""

    county = Slug()
    sender = Slug()
    state = fields.String()
    through_seq = fields.Integer()
    half_days_here = Days("days_here")
    half_days_there = Days("days_there")
    compared_at = Moment()
    agreed_at = Moment(allow_none=True)
    sentence = fields.String()


class BookDispute(Contract):
    """The first message of `sender` after which our book and the county's differ."""

    county = Slug()
    sender = Slug()
    seq = fields.Integer()
    is_ours = fields.Boolean()
    transfer_id = fields.String(allow_none=True)
    hash_here = fields.String()
    hash_there = fields.String()
    half_days_here = Days("days_here")
    half_days_there = Days("days_there")
    opened_at = Moment()
    sentence = fields.String()


class Doubt(Contract):
    """Days that were sent and not answered; only the other county knows. `is_long`: three days or more."""

    transfer_id = Id()
    county = Slug()
    half_days = Days()
    sent_at = Moment()
    is_long = fields.Boolean()


class NewComparison(Given):
    """One county, or null for all that are active."""

    county = Slug(load_default=None, allow_none=True)


class Asked(Contract):
    """A county whose book is being compared with ours."""

    county = Slug()
    asked_at = Moment()


class AskedForNo(Contract):
    """Days whose county is asked to decide no, if it has not decided yes."""

    transfer_id = Id()
    state = fields.String()
    amount_half_days = Days("days")


@nouns.route("/peer-acts", methods=["GET"])
@nouns.response(200, list_of(PeerAct, "PeerActList"))
def list_peer_acts() -> Document:
    """Who has stopped, opened or limited the exchange with which county, newest first"""
    check_county(person())
    acts = here().backend.directory.peer_acts()
    return {"items": [{**one, "sentence": words.decided(one)} for one in acts]}


@nouns.route("/peers/<county>/freeze", methods=["POST"])
@nouns.arguments(Reasoned)
@once
@nouns.response(200, Peer)
@nouns.doc(parameters=[PARAMETER])
def freeze_peer(given: Document, county: str) -> Document:
    """Stop the exchange with a county; what is posted stands"""
    return _act("freeze", county, given)


@nouns.route("/peers/<county>/thaw", methods=["POST"])
@nouns.arguments(Reasoned)
@once
@nouns.response(200, Peer)
@nouns.doc(parameters=[PARAMETER])
def thaw_peer(given: Document, county: str) -> Document:
    """Open the exchange again; what waited is sent and decided"""
    return _act("thaw", county, given)


@nouns.route("/peers/<county>/leave", methods=["POST"])
@nouns.arguments(Reasoned)
@once
@nouns.response(200, Peer)
@nouns.doc(parameters=[PARAMETER])
def leave_peer(given: Document, county: str) -> Document:
    """End the exchange: what the county published disappears here; refused while anything is unfinished"""
    check_county(person())
    act = {"id": thing_id(given), "county": county, "what": "leave", "reason": given["reason"]}
    return leave_county(act)


@nouns.route("/peers/<county>/fuse", methods=["POST"])
@nouns.arguments(NewFuse)
@once
@nouns.response(200, Peer)
@nouns.doc(parameters=[PARAMETER])
def set_fuse(given: Document, county: str) -> Document:
    """Change the security limit towards a county; what is agreed stands"""
    return _act("fuse", county, given, fuse_half_days=2 * given["fuse_days"])


@nouns.route("/reconciliations", methods=["GET"])
@nouns.response(200, list_of(Comparison, "ComparisonList"))
def list_reconciliations() -> Document:
    """How the last comparison with each county ended"""
    check_county(person())
    own, found = here().settings.county, here().backend.ledger.reconciliations()
    return {"items": [{**one, "sentence": words.compared(one, own)} for one in found]}


@nouns.route("/reconciliations", methods=["POST"])
@nouns.arguments(NewComparison)
@once
@nouns.response(202, list_of(Asked, "AskedList"))
@nouns.doc(parameters=[PARAMETER])
def create_reconciliation(given: Document) -> Document:
    """Compare our book with other counties' now; the result comes within seconds"""
    check_county(person())
    return {"items": here().backend.ledger.reconcile(given["county"])}


@nouns.route("/book-disputes", methods=["GET"])
@nouns.response(200, list_of(BookDispute, "BookDisputeList"))
def list_book_disputes() -> Document:
    """Differences between our book and other counties' that no later comparison has ended"""
    check_county(person())
    own, found = here().settings.county, here().backend.ledger.disputes()
    return {"items": [{**one, "sentence": words.difference(one, own)} for one in found]}


@nouns.route("/peers/<county>/messages/<sender>/<int:seq>", methods=["GET"])
@nouns.response(200, content_type="application/jose+json")
def get_signed_message(county: str, sender: str, seq: int) -> Response:
    """A message between us and a county as its sender signed it (JWS, RFC 7515, flattened JSON)"""
    check_county(person())
    signed = here().backend.ledger.signed_message(county, sender, seq)
    return Response(signed, content_type="application/jose+json")


@nouns.route("/doubts", methods=["GET"])
@nouns.response(200, list_of(Doubt, "DoubtList"))
def list_doubts() -> Document:
    """Days that were sent to other counties and not answered for a minute or more, oldest first"""
    check_county(person())
    return {"items": here().backend.ledger.doubts()}


@nouns.route("/transfers/<id:transfer_id>/ask-for-no", methods=["POST"])
@once
@nouns.response(202, AskedForNo)
@nouns.doc(parameters=[PARAMETER])
def ask_for_no(transfer_id: str) -> Document:
    """Ask the other county to decide no about days it has not answered; it may have decided yes"""
    check_county(person())
    return here().backend.ledger.cancel_prepared(transfer_id)


def _act(what: str, county: str, given: Document, **more: Any) -> Document:
    act = {"id": thing_id(given), "county": county, "what": what, "reason": given["reason"], **more}
    return here().backend.directory.act_on_peer(act, person().actor)
