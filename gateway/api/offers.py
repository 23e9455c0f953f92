"""What people offer, and the board."""

from typing import Any

from marshmallow import Schema, fields, validate

from byttebank.contracts.fields import Id, Slug, one_of
from gateway.api.given import NewOffer
from gateway.api.idempotency import PARAMETER, once, thing_id
from gateway.api.nouns import next_link, nouns_called
from gateway.api.schemas import BoardItem, ListQuery, Offer, list_of, page_of
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
    max_km = fields.Integer(validate=validate.Range(min=0, max=5000))


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


@nouns.route("/board", methods=["GET"])
@nouns.arguments(BoardQuery, location="query")
@nouns.response(200, list_of(BoardItem, "Board"))
def show_board(query: Document) -> Document:
    """Needs and offers as the caller's library sees them, nearest first"""
    board = here().backend.directory.board(person().library_id, **query)
    return {"items": [{**item, "reasons": with_sentences(item["reasons"])} for item in board["items"]]}


def with_sentences(reasons: list[Document]) -> list[Document]:
    """The reasons, each with its sentence in the caller's language."""
    return [{**reason, "sentence": reason_sentence(reason)} for reason in reasons]
