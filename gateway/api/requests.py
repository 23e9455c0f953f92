"""What libraries ask for, and who could help."""

from typing import Any

from byttebank.contracts.refusals import NotFound
from gateway.api.given import NewRequest, Widening
from gateway.api.idempotency import PARAMETER, once, thing_id
from gateway.api.nouns import next_link, nouns_called
from gateway.api.offers import OfLibraryQuery, with_sentences
from gateway.api.schemas import Candidates, Request, list_of, page_of
from gateway.here import here, person
from gateway.reading import may_see

nouns = nouns_called("requests", "What libraries ask for")
Document = dict[str, Any]


@nouns.route("/requests", methods=["GET"])
@nouns.arguments(OfLibraryQuery, location="query")
@nouns.response(200, page_of(Request, "RequestPage"))
def list_requests(query: Document) -> tuple[Document, int, dict[str, str]]:
    """Requests on the board; of the caller's own library all of them"""
    library_id = query.get("library_id")
    page = here().backend.directory.list_requests(
        library_id=library_id, cursor=query.get("cursor"), limit=query["limit"]
    )
    if library_id != person().library_id:
        page = {**page, "items": [one for one in page["items"] if one["is_open"]]}
    return page, 200, next_link(page["next_cursor"])


@nouns.route("/requests", methods=["POST"])
@nouns.arguments(NewRequest)
@once
@nouns.response(201, Request)
@nouns.doc(parameters=[PARAMETER])
def create_request(given: Document) -> Document:
    """Ask for help

    Nobody sees the request before somebody is asked, or it is opened to all; with `to_library_id` only that
    library sees it. Without `reach` the own county is asked first.
    """
    user = person()
    request = {**given, "id": thing_id(given), "library_id": user.library_id}
    return here().backend.directory.create_request(request, user.actor)


@nouns.route("/requests/<id:request_id>", methods=["GET"])
@nouns.response(200, Request)
def get_request(request_id: str) -> Document:
    """One request: on the board, your own, or one that asks your library directly"""
    request = here().backend.directory.get_request(request_id)
    if not may_see(request, person()):
        raise NotFound(kind="request", id=request_id)
    return request


@nouns.route("/requests/asked-directly", methods=["GET"])
@nouns.response(200, list_of(Request, "DirectRequestList"))
def list_asked_directly() -> Document:
    """Requests that wait for your library's answer alone"""
    return {"items": here().backend.directory.asked_directly(person().library_id)}


@nouns.route("/requests/<id:request_id>/decline", methods=["POST"])
@once
@nouns.response(200, Request)
@nouns.doc(parameters=[PARAMETER])
def decline_request(request_id: str) -> Document:
    """Say that your library, asked directly, cannot help

    Nobody asks why. The library that asks is told, and may ask all.
    """
    return here().backend.directory.decline_request(request_id, person().actor)


@nouns.route("/requests/<id:request_id>/open", methods=["POST"])
@once
@nouns.response(200, Request)
@nouns.doc(parameters=[PARAMETER])
def open_request(request_id: str) -> Document:
    """Put a request on the board"""
    return here().backend.directory.open_request(request_id, person().actor)


@nouns.route("/requests/<id:request_id>/widen", methods=["POST"])
@nouns.arguments(Widening)
@once
@nouns.response(200, Request)
@nouns.doc(parameters=[PARAMETER])
def widen_request(given: Document, request_id: str) -> Document:
    """Ask further out, or change when the request does so by itself

    A request on the board cannot reach less far than it has.
    """
    return here().backend.directory.widen_request(request_id, person().actor, **given)


@nouns.route("/requests/<id:request_id>/close", methods=["POST"])
@once
@nouns.response(200, Request)
@nouns.doc(parameters=[PARAMETER])
def close_request(request_id: str) -> Document:
    """Withdraw a request"""
    return here().backend.directory.close_request(request_id, person().actor)


@nouns.route("/requests/<id:request_id>/candidates", methods=["GET"])
@nouns.response(200, Candidates)
def list_candidates(request_id: str) -> Document:
    """Who could help, best first, with the reasons

    Only for the library that asks. Right after a request is made it may be unknown here for a moment: 404.
    """
    request = here().backend.directory.get_request(request_id)
    if request["library_id"] != person().library_id:
        raise NotFound(kind="request", id=request_id)
    found = here().backend.matching.candidates(request_id)
    candidates = [{**one, "reasons": with_sentences(one["reasons"])} for one in found["candidates"]]
    return {**found, "candidates": candidates}
