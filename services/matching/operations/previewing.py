"""What other weights would do to the order of those who could help, before anybody decides on them."""

from typing import Any

from byttebank.contracts.actor import load_actor
from byttebank.contracts.refusals import NotYourRole
from byttebank.storage.work import Work
from services.matching.domain.ranking import Candidate
from services.matching.domain.weights import Weights, changed
from services.matching.operations.candidates import MAX_CANDIDATES, ranked
from services.matching.storage import index
from services.matching.storage import weights as storage
from services.matching.storage.requests import open_requests
from services.matching.storage.rows import Row

Document = dict[str, Any]
SHOWN_REQUESTS = 3
LOOKED_AT = 10
"""Requests that are tried, until enough of them have an order at all."""
SHOWN_CANDIDATES = 5


def preview_ranking(work: Work, points: Document, actor_document: Document) -> Document:
    """A `RankingPreview`: the order today and with these points, for some of the county's open requests.

    Those that all libraries see, the soonest first, and that two or more could help with. Nothing is kept.
    Refuses: NotYourRole, Malformed, as `set_ranking_weights`.
    """
    actor = load_actor(actor_document)
    if actor.role not in ("county", "operator"):
        raise NotYourRole(role="county")
    today = storage.weights(work.connection)
    assert today is not None
    typed = changed(today, points, today.version)
    found: list[Document] = []
    for request in open_requests(work.connection, work.county, work.today, LOOKED_AT):
        before = _order(work, request, today)
        if len(before) >= 2:
            found.append(_document(work, request, before, _order(work, request, typed)))
        if len(found) == SHOWN_REQUESTS:
            break
    return {"version": today.version, "requests": found}


def _order(work: Work, request: Row, weights: Weights) -> list[Candidate]:
    return list(ranked(work, request, MAX_CANDIDATES, weights)[0].candidates)


def _document(work: Work, request: Row, before: list[Candidate], after: list[Candidate]) -> Document:
    library = index.library(work.connection, request["library_id"])
    return {
        "request_id": request["id"],
        "library_id": request["library_id"],
        "library_name": library["short_name"] if library else "",
        "skills": list(request["skills"]),
        "first_on": request["first_on"].isoformat(),
        "last_on": request["last_on"].isoformat(),
        "before": _placed(before, after),
        "after": _placed(after, before),
    }


def _placed(order: list[Candidate], other: list[Candidate]) -> list[Document]:
    """The first of the order, each with its place in the other; None: not among those that were looked at."""
    places = {one.option.colleague_id: place for place, one in enumerate(other, start=1)}
    return [
        {
            "library_id": one.option.library_id,
            "library_name": one.option.library_name,
            "colleague_name": one.option.colleague_name,
            "score": one.score,
            "place": place,
            "other_place": places.get(one.option.colleague_id),
        }
        for place, one in enumerate(order[:SHOWN_CANDIDATES], start=1)
    ]
