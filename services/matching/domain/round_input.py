"""What a round is computed from: open requests, free colleagues and balances as `staff-day-exchange`.

Nobody is named in it. Ids are salted hashes, places are only distances between libraries, and what cannot be
said in the format without them (which of a colleague's offers fits, work that is not done at the host) is
said by its list of compatible pairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.matching.domain.distance import Point
from services.matching.domain.participants import Free, Helping, Roads, Standing, Wanted, parts_of
from services.matching.domain.proposal import FULL_DAY
from services.matching.domain.round import pseudonym

FORMAT, WITH_HALF_DAYS = "staff-day-exchange/1", "staff-day-exchange/2"
"""The second where half-days or caps count, so that a program that knows neither refuses the file."""
Document = dict[str, Any]


@dataclass(frozen=True)
class RoundInput:
    """`instance`: the document that is hashed and solved. The rest stays in the county.

    `names`: `{requests: {pseudonym: id}, helpers: {pseudonym: {colleague_id, offers: {request: offer}}},
    end_half: [pseudonym, ...]}`, the last of requests whose last day is half a day.
    `funnels`: by request id, libraries that can, are free, are near. `left_out`: by request id, why it takes
    no part: `no_dates`, `no_account`.
    """

    instance: Document
    names: Document
    funnels: Mapping[str, Mapping[str, int]]
    left_out: Mapping[str, str]


def round_input(
    *,
    round_id: str,
    county: str,
    salt: str,
    days_each: int,
    standings: Mapping[str, Standing],
    wanted: Sequence[Wanted],
    helping: Sequence[Helping],
    points: Mapping[str, Point | None],
    roads: Roads | None = None,
    rooms: Mapping[tuple[str, str], int] | None = None,
) -> RoundInput:
    """The input of a round. A library beyond its limit may receive as much as it gives, and no more.

    `standings`: of the libraries that ask; others only give here. `county`: of who asks, where a request does
    not say. `rooms`: by lending and host county, half-days that may go from the one to the other; not there:
    any.
    `roads`: elsewhere, and where it says the time alone, the way is as the crow flies between `points`.
    """
    # Imported here: a service that holds no round carries no arrays.
    from services.matching.domain.fitting import fitting

    left_out = {one.request_id: why for one in wanted if (why := _left_out(one, standings))}
    asking = [one for one in wanted if one.request_id not in left_out]
    helpers = parts_of(helping, salt, days_each)
    compatible, distances, funnels = fitting(asking, helpers, salt, points, roads or {})
    libraries = {one.library_id for one in asking} | {one.offers[0].library_id for one in helpers}
    end_half = {one.request_id for one in asking if _ends_half(one)}
    caps = _caps(county, asking, helpers, rooms or {})
    counties = {one.offers[0].library_id: one.offers[0].county for one in helpers} if caps else {}
    counties |= {one.library_id: one.county or county for one in asking} if caps else {}
    instance = {
        "format": WITH_HALF_DAYS if end_half or caps else FORMAT,
        "name": round_id,
        "source": county,
        "skills_rule": "all-of",
        "libraries": _sorted(
            _library(salt, one, standings.get(one), bool(end_half)) | _county(counties, one)
            for one in libraries
        ),
        "colleagues": _sorted(_colleague(salt, one) for one in helpers),
        "requests": _sorted(_request(salt, one, one.request_id in end_half) for one in asking),
        "compatible": sorted(compatible),
        "distances_km": sorted([home, host, km] for (home, host), km in distances.items()),
    }
    if caps:
        instance["caps"] = caps
    names = {
        "requests": {pseudonym(salt, "request", one.request_id): one.request_id for one in asking},
        "helpers": {
            one.id: {"colleague_id": one.offers[0].colleague_id, "offers": one.fits} for one in helpers
        },
        "end_half": sorted(pseudonym(salt, "request", one) for one in end_half),
    }
    return RoundInput(instance, names, funnels, left_out)


def _left_out(one: Wanted, standings: Mapping[str, Standing]) -> str | None:
    if one.library_id not in standings:
        return "no_account"
    return None if one.dates else "no_dates"


def _ends_half(one: Wanted) -> bool:
    """Where there are fewer dates than it takes, only whole days are asked for: some may be served."""
    return one.half_days % FULL_DAY == 1 and len(one.dates) * FULL_DAY >= one.half_days


def _caps(
    county: str, asking: Sequence[Wanted], helpers: Sequence[Free], rooms: Mapping[tuple[str, str], int]
) -> list[list[Any]]:
    """Days that may go from one county to another, where more could: [lending county, host county, days]."""
    asked: dict[str, int] = {}
    for wish in asking:
        host = wish.county or county
        asked[host] = asked.get(host, 0) + wish.half_days
    offered: dict[str, int] = {}
    for one in helpers:
        home = one.offers[0].county
        offered[home] = offered.get(home, 0) + FULL_DAY * one.max_days
    return [
        [home, host, _days(max(0, room))]
        for (home, host), room in sorted(rooms.items())
        if home != host and room < min(offered.get(home, 0), asked.get(host, 0))
    ]


def _days(half_days: int) -> int | float:
    """Whole ones as whole numbers."""
    return half_days / FULL_DAY if half_days % FULL_DAY else half_days // FULL_DAY


def _county(counties: Mapping[str, str], library_id: str) -> Document:
    return {"county": counties[library_id]} if library_id in counties else {}


def _library_name(salt: str, library_id: str) -> str:
    return pseudonym(salt, "library", library_id)


def _library(salt: str, library_id: str, standing: Standing | None, with_half_days: bool) -> Document:
    room = 0 if standing is None else max(0, standing.available // FULL_DAY)
    # What is reserved is no longer there to be used, so it counts as if it were gone.
    balance = 0 if standing is None else min(standing.balance // FULL_DAY, room)
    found = {
        "id": _library_name(salt, library_id),
        "balance_days": balance,
        "limit_days": room - balance,
        "lat": None,
        "lon": None,
    }
    if with_half_days:
        half_days = 0 if standing is None else max(0, standing.available)
        balance = 0 if standing is None else min(standing.balance, half_days)
        found |= {"balance_half_days": balance, "limit_half_days": half_days - balance}
    return found


def _colleague(salt: str, one: Free) -> Document:
    return {
        "id": one.id,
        "library": _library_name(salt, one.offers[0].library_id),
        "skills": sorted({skill for offer in one.offers for skill in offer.skills}),
        "dates": [day.isoformat() for day in one.dates],
        "max_days": one.max_days,
        "max_km": None,
    }


def _request(salt: str, one: Wanted, ends_half: bool) -> Document:
    return {
        "id": pseudonym(salt, "request", one.request_id),
        "library": _library_name(salt, one.library_id),
        "skills": sorted(one.skills),
        "dates": [day.isoformat() for day in one.dates],
        "days": one.half_days // FULL_DAY + ends_half,
        "same_person": one.same_person,
        **({"half_days": one.half_days} if ends_half else {}),
    }


def _sorted(documents: Any) -> list[Document]:
    return sorted(documents, key=lambda one: str(one["id"]))
