"""What people offer, and the board."""

from typing import Any

from marshmallow import Schema, fields, validate

from byttebank.contracts.fields import Day, Id, Slug, one_of
from gateway.api.given import NewOffer
from gateway.api.idempotency import PARAMETER, once, thing_id
from gateway.api.nouns import next_link, nouns_called
from gateway.api.schemas import BoardItem, ListQuery, Offer, page_of
from gateway.here import here, person
from gateway.words.reasons import reason_sentence

nouns = nouns_called("offers", "What people offer, and the board")
Document = dict[str, Any]


class OfLibraryQuery(ListQuery):
    """Of one library, or all."""

    library_id = Id()


class BoardQuery(Schema):
    """What to show."""

    show = one_of("all", "needs", "offers", load_default="all")
    skill = fields.String()
    county = Slug()
    max_km = fields.Integer(
        validate=validate.Range(min=0, max=5000), metadata={"description": "Great circle, in kilometres."}
    )
    category = fields.String(validate=validate.Length(max=60))
    text = fields.String(
        validate=validate.Length(max=200), metadata={"description": "Words in any ending, all of them."}
    )
    first_on = Day()
    last_on = Day()
    only_possible = fields.Boolean(
        load_default=False, metadata={"description": "Only what the caller's library can take."}
    )
    cursor = fields.String(validate=validate.Length(max=1000))
    limit = fields.Integer(load_default=200, validate=validate.Range(min=1, max=200))


@nouns.route("/offers", methods=["GET"])
@nouns.arguments(OfLibraryQuery, location="query")
@nouns.response(200, page_of(Offer, "OfferPage"))
def list_offers(query: Document) -> tuple[Document, int, dict[str, str]]:
    """Open offers"""
    page = here().backend.directory.list_offers(
        library_id=query.get("library_id"), cursor=query.get("cursor"), limit=query["limit"]
    )
    return page, 200, next_link(page["next_cursor"])


@nouns.route("/offers", methods=["POST"])
@nouns.arguments(NewOffer)
@once
@nouns.response(201, Offer)
@nouns.doc(parameters=[PARAMETER])
def create_offer(given: Document) -> Document:
    """Offer days of a colleague"""
    user = person()
    offer = {**given, "id": thing_id(given), "library_id": user.library_id}
    return here().backend.directory.create_offer(offer, user.actor)


@nouns.route("/offers/<id:offer_id>", methods=["GET"])
@nouns.response(200, Offer)
def get_offer(offer_id: str) -> Document:
    """One offer"""
    return here().backend.directory.get_offer(offer_id, person().actor)


@nouns.route("/offers/<id:offer_id>/withdraw", methods=["POST"])
@once
@nouns.response(200, Offer)
@nouns.doc(parameters=[PARAMETER])
def withdraw_offer(offer_id: str) -> Document:
    """Take an offer off the board"""
    return here().backend.directory.withdraw_offer(offer_id, person().actor)


@nouns.route("/offers/<id:offer_id>/renew", methods=["POST"])
@once
@nouns.response(200, Offer)
@nouns.doc(parameters=[PARAMETER])
def renew_offer(offer_id: str) -> Document:
    """Let an offer stand for half a year from today"""
    return here().backend.directory.renew_offer(offer_id, person().actor)


@nouns.route("/board", methods=["GET"])
@nouns.arguments(BoardQuery, location="query")
@nouns.response(200, page_of(BoardItem, "Board"))
def show_board(query: Document) -> tuple[Document, int, dict[str, str]]:
    """Needs and offers as the caller's library sees them, nearest first

    What the library cannot take says why among its reasons.
    """
    board = here().backend.directory.board(person().library_id, **query)
    items = [{**item, "reasons": with_sentences(item["reasons"])} for item in board["items"]]
    return {**board, "items": items}, 200, next_link(board["next_cursor"])


def with_sentences(reasons: list[Document]) -> list[Document]:
    """The reasons, each with its sentence in the caller's language."""
    return [{**reason, "sentence": reason_sentence(reason)} for reason in reasons]
