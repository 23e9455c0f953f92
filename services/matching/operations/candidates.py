"""Who could help with this request: the question a library asks most."""

from dataclasses import replace
from datetime import date
from typing import Any

from byttebank.contracts.refusals import NotFound
from byttebank.storage.work import Work
from services.matching.domain.distance import Journey, Point
from services.matching.domain.open_days import days_between
from services.matching.domain.ranking import Candidate, Need, Ranking, rank
from services.matching.domain.weights import DEFAULT, Weights
from services.matching.operations import shortlists
from services.matching.operations.possible import closed_to
from services.matching.operations.staffing import taken_or_needed
from services.matching.storage import engagements, index, travel, weights
from services.matching.storage.rows import Row

MAX_CANDIDATES = 100
CHUNK = 5_000
"""Offers read in one statement: a shortlist is as long as there are offers that are equally good."""


def candidates(work: Work, request_id: str, limit: int = 10) -> dict[str, Any]:
    """`{request_id, weights_version, funnel, candidates}`, best first, at most `limit` (1 to 100).

    `funnel` counts libraries: all others that may be asked (`libraries`), with somebody who can (`can`),
    of those with somebody free (`free`), of those near enough (`near`).
    Refuses: NotFound for a request that is not known here.
    """
    request = index.request(work.connection, request_id)
    if request is None:
        raise NotFound(kind="request", id=request_id)
    ranking, libraries = ranked(work, request, max(1, min(limit, MAX_CANDIDATES)))
    counted = weights.weights(work.connection) or DEFAULT
    return {
        "request_id": request_id,
        "weights_version": counted.version,
        "funnel": {
            "libraries": libraries,
            "can": ranking.can,
            "free": ranking.free,
            "near": ranking.near,
        },
        "candidates": [_document(candidate) for candidate in ranking.candidates],
    }


def ranked(work: Work, request: Row, limit: int, weights_: Weights | None = None) -> tuple[Ranking, int]:
    """The best among all offers, and how many libraries may be asked.

    Where there are many offers, a shortlist is made in memory first. `weights_`: not those that count.
    """
    need = need_of(work, request)
    if weights_ is not None:
        need = replace(need, weights=weights_)
    first_on = max(request["first_on"], work.today)
    busy = engagements.taken(work.connection, first_on)
    taken = taken_or_needed(work, busy, first_on, request["last_on"], request["place"])
    shortlist = shortlists.shortlist(work, request, need, taken, limit)
    if shortlist is None:
        options = index.options(work.connection, request, work.county)
        ranking = rank(need, options, taken, today=work.today, limit=limit)
        return ranking, index.count_libraries(work.connection, work.county, request["library_id"])
    options = []
    for start in range(0, len(shortlist.offer_ids), CHUNK):
        some = shortlist.offer_ids[start : start + CHUNK]
        options += index.options(work.connection, request, work.county, some)
    ranking = rank(need, options, taken, today=work.today, limit=limit)
    counted = replace(ranking, can=shortlist.can, free=shortlist.free, near=shortlist.near)
    return counted, shortlist.libraries


def need_of(work: Work, request: Row) -> Need:
    """The request as ranking sees it."""
    host = index.library(work.connection, request["library_id"])
    window = frozenset(days_between(request["first_on"], request["last_on"]))
    asked = frozenset(map(date.fromisoformat, request["dates"].split())) or window
    closed = closed_to(host, request["place"], asked) if host else frozenset()
    return Need(
        county=request["county"],
        skills=tuple(request["skills"]),
        first_on=request["first_on"],
        last_on=request["last_on"],
        half_days=request["half_days"],
        place=request["place"],
        at=_point(host),
        neighbours=index.neighbours(work.connection, request["county"]),
        journeys=_journeys(work, request),
        weights=weights.weights(work.connection) or DEFAULT,
        closed=closed | (window - asked),
    )


def _journeys(work: Work, request: Row) -> dict[str, Journey]:
    if request["place"] != "host":
        return {}
    host = request["library_id"]
    return travel.journeys(work.connection, [host]).get(host, {})


def _point(library: Row | None) -> Point | None:
    if library is None or library["latitude"] is None or library["longitude"] is None:
        return None
    return library["latitude"], library["longitude"]


def _document(candidate: Candidate) -> dict[str, Any]:
    option = candidate.option
    return {
        "offer_id": option.offer_id,
        "county": option.county,
        "library_id": option.library_id,
        "library_name": option.library_name,
        "colleague_id": option.colleague_id,
        "colleague_name": option.colleague_name,
        "dates": [day.isoformat() for day in candidate.dates],
        "distance_km": candidate.distance_km,
        "travel_minutes": candidate.travel_minutes,
        "score": candidate.score,
        "reasons": [
            {
                "code": reason.code,
                "parameters": dict(reason.parameters),
                "is_favourable": reason.is_favourable,
                "score": reason.score,
            }
            for reason in candidate.reasons
        ],
    }
