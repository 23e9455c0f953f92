"""The board: needs and offers as one library sees them, with the reasons."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.directory.domain.geography import Journey, distance_between

Document = dict[str, Any]


@dataclass(frozen=True)
class Viewpoint:
    """The library that looks, its colleagues with their names, the day, and which counties are frozen."""

    library: Document
    colleagues: list[Document]
    today: date
    frozen_counties: frozenset[str] = field(default_factory=frozenset)
    has_travel_times: bool = False
    journeys: Mapping[str, Journey] = field(default_factory=dict)
    """By road to other libraries, by their id, where the county's table knows."""


def see(viewpoint: Viewpoint, kind: str, thing: Document, library: Document) -> Document:
    """The item of an offer or a request of another library: `{kind: need|offer, id, library, document,
    distance_km, travel_minutes, travel_km, is_possible, reasons, helpers}`.
    """
    turn = _offer if kind == "offer" else _need
    return turn(viewpoint, thing, library)


def can_do(colleague: Document, skill: str) -> bool:
    """Whether the colleague can do it; who can teach it can do it."""
    return skill in colleague["can"] or skill in colleague["can_teach"]


def _need(viewpoint: Viewpoint, request: Document, library: Document) -> Document:
    reasons = []
    for skill in request["skills"]:
        names = [one["name"] for one in viewpoint.colleagues if can_do(one, skill)]
        reasons.append(
            _for("colleague_can", skill=skill, names=names) if names else _against("no_skill", skill=skill)
        )
    helpers = [
        one["name"] for one in viewpoint.colleagues if any(can_do(one, skill) for skill in request["skills"])
    ]
    item = _item(viewpoint, "need", request, library, reasons, is_travel=request["place"] == "host")
    return {**item, "helpers": helpers, "is_possible": item["is_possible"] and bool(helpers)}


def _offer(viewpoint: Viewpoint, offer: Document, library: Document) -> Document:
    is_remote = any(place != "host" for place in offer["places"])
    reasons = [_availability(offer, viewpoint.today)]
    item = _item(viewpoint, "offer", offer, library, reasons, is_travel="host" in offer["places"])
    max_km, km = offer["max_km"], item["distance_km"] if item["travel_km"] is None else item["travel_km"]
    is_too_far = km is not None and max_km is not None and km > max_km
    if is_too_far:
        reasons.append(_against("too_far", km=km, max_km=max_km, library=library["short_name"]))
    if is_remote and "host" in offer["places"]:
        reasons.append(_for("no_travel"))
    return {**item, "is_possible": item["is_possible"] and (is_remote or not is_too_far)}


def _item(
    viewpoint: Viewpoint,
    kind: str,
    document: Document,
    library: Document,
    reasons: list[Document],
    *,
    is_travel: bool,
) -> Document:
    """The item with what needs and offers have in common; the caller goes on adding to `reasons`."""
    is_frozen = library["county"] in viewpoint.frozen_counties
    journey = viewpoint.journeys.get(library["id"]) if is_travel else None
    if not is_travel:
        reasons.append(_for("no_travel"))
    if is_frozen:
        reasons.append(_against("county_frozen", county=library["county"]))
    return {
        "kind": kind,
        "id": document["id"],
        "library": library,
        "document": document,
        "distance_km": distance_between(viewpoint.library, library) if is_travel else None,
        "travel_minutes": journey.minutes if journey else None,
        "travel_km": journey.km if journey else None,
        "is_possible": not is_frozen,
        "reasons": reasons,
        "helpers": [],
    }


def _availability(offer: Document, today: date) -> Document:
    if offer["dates"]:
        return _for("offered_dates", dates=[day for day in offer["dates"] if day >= today.isoformat()])
    weekdays = {"weekdays": offer["weekdays"]} if offer["weekdays"] else {}
    if offer["last_on"]:
        return _for("offered_span", first_on=offer["first_on"], last_on=offer["last_on"], **weekdays)
    return _for("standing_offer", **weekdays)


def _for(code: str, **parameters: Any) -> Document:
    return {"code": code, "parameters": parameters, "is_favourable": True, "score": 0}


def _against(code: str, **parameters: Any) -> Document:
    return {"code": code, "parameters": parameters, "is_favourable": False, "score": 0}
