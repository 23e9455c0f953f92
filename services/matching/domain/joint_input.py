"""What a county takes part with in a joint round, and how all parts become one input.

Every county puts the parts together by itself, so the same parts give the same input, to the last character.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.matching.domain.distance import Point
from services.matching.domain.participants import Helping, Standing, Wanted
from services.matching.domain.round import Match, pseudonym
from services.matching.domain.round_input import RoundInput, round_input

PLACE_DECIMALS = 2
"""A hundredth of a degree, about a kilometre: enough for distances."""
MOST_ROOM = 1_000_000
"""Half-days; no round has as many."""
Document = dict[str, Any]


@dataclass(frozen=True)
class OwnPart:
    """`part`: `PartText`, to send. `names`: pseudonym to id; both stay in the county."""

    part: Document
    names: dict[str, str]
    left_out: dict[str, str]


def own_part(
    *,
    salt: str,
    peers: Sequence[str],
    standings: Mapping[str, Standing],
    wanted: Sequence[Wanted],
    helping: Sequence[Helping],
    points: Mapping[str, Point | None],
    rooms: Sequence[Document] = (),
) -> OwnPart:
    """The county's libraries, open requests and offers, named by keyed hashes whose key stays here.

    `helping`: only offers that reach another county of the round, for nobody else's calendar is to be seen
    there. `rooms`: `PartRoom`s, of the counties of the round alone.
    """
    names: dict[str, str] = {}

    def name(kind: str, real: str) -> str:
        found = pseudonym(salt, kind, real)
        names[found] = real
        return found

    asking = [one for one in wanted if one.library_id in standings and one.dates]
    left_out = {
        one.request_id: "no_dates" if one.library_id in standings else "no_account"
        for one in wanted
        if one not in asking
    }
    offering = [one for one in helping if one.library_id in standings]
    libraries = {one.library_id for one in asking} | {one.library_id for one in offering}
    part = {
        "peers": sorted(peers),
        "libraries": _by_id(
            {
                "id": name("library", one),
                "balance_half_days": standings[one].balance,
                "available_half_days": standings[one].available,
                "lat": _rounded(points.get(one), 0),
                "lon": _rounded(points.get(one), 1),
            }
            for one in libraries
        ),
        "requests": _by_id(
            {
                "id": name("request", one.request_id),
                "library": name("library", one.library_id),
                "skills": sorted(one.skills),
                "dates": sorted(day.isoformat() for day in one.dates),
                "half_days": one.half_days,
                "same_person": one.same_person,
                "place": one.place,
            }
            for one in asking
        ),
        "offers": _by_id(
            {
                "id": name("offer", one.offer_id),
                "library": name("library", one.library_id),
                "colleague": name("colleague", one.colleague_id),
                "skills": sorted(one.skills),
                "dates": sorted(day.isoformat() for day in one.dates),
                "places": sorted(one.places),
                "max_km": one.max_km,
                "counties": None if one.reaches is None else sorted(one.reaches),
            }
            for one in offering
        ),
        "rooms": [_room(one) for one in sorted(rooms, key=lambda one: str(one["county"]))],
    }
    return OwnPart(part, names, left_out)


def assembled(round_id: str, days_each: int, parts: Mapping[str, Document]) -> RoundInput:
    """The whole input. Its `names` stand for `<county>:<pseudonym>`.

    A colleague is matched to another county's request only where her offer reaches that county and the two
    counties exchange days, as both say; no more days go from one to the other than both say may.
    """
    friends = {
        county: frozenset(
            other for other in parts if other in parts[county]["peers"] and county in parts[other]["peers"]
        )
        for county in parts
    }
    standings: dict[str, Standing] = {}
    points: dict[str, Point | None] = {}
    wanted: list[Wanted] = []
    helping: list[Helping] = []
    rooms: dict[tuple[str, str], int] = {}
    for county, part in sorted(parts.items()):
        for one in part["rooms"]:
            for way, room in (
                ((one["county"], county), one["may_receive_half_days"]),
                ((county, one["county"]), one["may_give_half_days"]),
            ):
                rooms[way] = min(room, rooms.get(way, room))
        for one in part["libraries"]:
            named = f"{county}:{one['id']}"
            standings[named] = Standing(one["balance_half_days"], one["available_half_days"])
            is_placed = one["lat"] is not None and one["lon"] is not None
            points[named] = (one["lat"], one["lon"]) if is_placed else None
        wanted += [_wanted(county, one) for one in part["requests"]]
        helping += [_helping(county, one, friends[county]) for one in part["offers"]]
    return round_input(
        round_id=round_id,
        county="+".join(sorted(parts)),
        salt=round_id,
        days_each=days_each,
        standings=standings,
        wanted=wanted,
        helping=helping,
        points=points,
        rooms=rooms,
    )


def county_of(name: str) -> str:
    """The county of `<county>:<pseudonym>`."""
    return name.partition(":")[0]


def pseudonym_of(name: str) -> str:
    """The pseudonym of `<county>:<pseudonym>`."""
    return name.partition(":")[2]


def names_to_tell(county: str, matches: Sequence[Match], own: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Other county to whom of ours the plan lets help there: pseudonym to id, of colleague and offer.

    `own`: our pseudonyms.
    """
    found: dict[str, dict[str, str]] = {}
    for match in matches:
        host = county_of(match.request_id)
        if county_of(match.colleague_id) == county and host != county:
            for name in (match.colleague_id, match.offer_id):
                found.setdefault(host, {})[pseudonym_of(name)] = own[pseudonym_of(name)]
    return found


def _wanted(county: str, one: Document) -> Wanted:
    return Wanted(
        request_id=f"{county}:{one['id']}",
        library_id=f"{county}:{one['library']}",
        skills=tuple(one["skills"]),
        dates=_dates(one),
        half_days=one["half_days"],
        same_person=one["same_person"],
        place=one["place"],
        county=county,
    )


def _helping(county: str, one: Document, friends: frozenset[str]) -> Helping:
    reached = friends if one["counties"] is None else friends & set(one["counties"])
    return Helping(
        offer_id=f"{county}:{one['id']}",
        county=county,
        library_id=f"{county}:{one['library']}",
        colleague_id=f"{county}:{one['colleague']}",
        skills=frozenset(one["skills"]),
        dates=frozenset(_dates(one)),
        places=tuple(one["places"]),
        max_km=one["max_km"],
        reaches=reached | {county},
    )


def _dates(one: Document) -> tuple[date, ...]:
    return tuple(sorted(set(map(date.fromisoformat, one["dates"]))))


def _room(one: Document) -> Document:
    """A limit beyond what may be said is as good as any."""
    ways = ("may_receive_half_days", "may_give_half_days")
    return {"county": one["county"], **{way: max(0, min(one[way], MOST_ROOM)) for way in ways}}


def _rounded(point: Point | None, axis: int) -> float | None:
    return None if point is None else round(point[axis], PLACE_DECIMALS)


def _by_id(documents: Any) -> list[Document]:
    return sorted(documents, key=lambda one: str(one["id"]))
