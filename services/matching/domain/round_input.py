"""What a round is computed from: open requests, free colleagues and balances as `staff-day-exchange/1`.

Nobody is named in it. Ids are salted hashes, places are only distances between libraries, and what cannot be
said in the format without them (which of a colleague's offers fits, work that is not done at the host) is
said by its list of compatible pairs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.matching.domain.distance import Point, distance_km
from services.matching.domain.proposal import FULL_DAY
from services.matching.domain.round import pseudonym

FORMAT = "staff-day-exchange/1"
Document = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """A library's days as the ledger reports them, in half-days: `available` is what it may still receive."""

    balance: int
    available: int


@dataclass(frozen=True)
class Wanted:
    """An open request: `half_days` that nobody helps with yet, and the dates on which somebody could."""

    request_id: str
    library_id: str
    skills: tuple[str, ...]
    dates: tuple[date, ...]
    half_days: int
    same_person: bool
    place: str
    county: str = ""


@dataclass(frozen=True)
class Helping:
    """An open offer that reaches the county, and the dates on which its colleague has the whole day.

    `reaches`: the counties it may be matched in; None: everywhere.
    """

    offer_id: str
    county: str
    library_id: str
    colleague_id: str
    skills: frozenset[str]
    dates: frozenset[date]
    places: tuple[str, ...]
    max_km: int | None
    reaches: frozenset[str] | None = None


@dataclass(frozen=True)
class RoundInput:
    """`instance`: the document that is hashed and solved. The rest stays in the county.

    `names`: `{requests: {pseudonym: id}, helpers: {pseudonym: {colleague_id, offers: {request: offer}}}}`.
    `funnels`: by request id, libraries that can, are free, are near. `left_out`: by request id, why it takes
    no part: `half_day` (a round deals in whole days), `no_dates`, `no_account`.
    """

    instance: Document
    names: Document
    funnels: Mapping[str, Mapping[str, int]]
    left_out: Mapping[str, str]


@dataclass
class _Free:
    """A colleague on those dates on which the same offers of hers stand."""

    id: str
    offers: tuple[Helping, ...]
    dates: tuple[date, ...]
    max_days: int
    days: frozenset[date]
    fits: dict[str, str] = field(default_factory=dict)


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
) -> RoundInput:
    """The input of a round. A library beyond its limit may receive as much as it gives, and no more.

    `standings`: of the county's own libraries; other counties' libraries only give here.
    """
    left_out = {one.request_id: why for one in wanted if (why := _left_out(one, standings))}
    asking = [one for one in wanted if one.request_id not in left_out]
    helpers = _parts(helping, salt, days_each)
    compatible, distances, funnels = _fitting(asking, helpers, salt, points)
    libraries = {one.library_id for one in asking} | {one.offers[0].library_id for one in helpers}
    instance = {
        "format": FORMAT,
        "name": round_id,
        "source": county,
        "skills_rule": "all-of",
        "libraries": _sorted(_library(salt, one, standings.get(one)) for one in libraries),
        "colleagues": _sorted(_colleague(salt, one) for one in helpers),
        "requests": _sorted(_request(salt, one) for one in asking),
        "compatible": sorted(compatible),
        "distances_km": sorted([home, host, km] for (home, host), km in distances.items()),
    }
    names = {
        "requests": {pseudonym(salt, "request", one.request_id): one.request_id for one in asking},
        "helpers": {
            one.id: {"colleague_id": one.offers[0].colleague_id, "offers": one.fits} for one in helpers
        },
    }
    return RoundInput(instance, names, funnels, left_out)


def _left_out(one: Wanted, standings: Mapping[str, Standing]) -> str | None:
    if one.library_id not in standings:
        return "no_account"
    if one.half_days < FULL_DAY:
        return "half_day"
    return None if one.dates else "no_dates"


def _parts(helping: Sequence[Helping], salt: str, days_each: int) -> list[_Free]:
    """Colleagues by the offers that stand on a date, so that nobody is matched beside what she has offered.

    The days of one colleague are shared out to her parts, the longest first: never more than `days_each`.
    """
    of_colleague: dict[str, list[Helping]] = {}
    for one in sorted(helping, key=lambda one: one.offer_id):
        of_colleague.setdefault(one.colleague_id, []).append(one)
    found = []
    for colleague_id, offers in sorted(of_colleague.items()):
        parts: dict[tuple[str, ...], list[date]] = {}
        for day in sorted({day for one in offers for day in one.dates}):
            parts.setdefault(tuple(one.offer_id for one in offers if day in one.dates), []).append(day)
        left = days_each
        for ids, dates in sorted(parts.items(), key=lambda part: (-len(part[1]), part[0])):
            most = min(left, len(dates))
            left -= most
            if most:
                standing = tuple(one for one in offers if one.offer_id in ids)
                name = pseudonym(salt, "colleague", colleague_id, *ids)
                found.append(_Free(name, standing, tuple(dates), most, frozenset(dates)))
    return found


_Fitting = tuple[list[list[str]], dict[tuple[str, str], int], dict[str, dict[str, int]]]


def _fitting(
    asking: Sequence[Wanted], helpers: Sequence[_Free], salt: str, points: Mapping[str, Point | None]
) -> _Fitting:
    """Pairs that may be matched, distances between their libraries, and each request's funnel."""
    compatible: list[list[str]] = []
    distances: dict[tuple[str, str], int] = {}
    funnels: dict[str, dict[str, int]] = {}
    by_skill: dict[str, list[_Free]] = {}
    for helper in helpers:
        for skill in {skill for offer in helper.offers for skill in offer.skills}:
            by_skill.setdefault(skill, []).append(helper)
    for one in asking:
        can, free, near = set[str](), set[str](), set[str]()
        name = pseudonym(salt, "request", one.request_id)
        to_host = _Journeys(one, points)
        # The rarest skill first: most pairs are never looked at.
        for helper in min((by_skill.get(skill, []) for skill in one.skills), key=len, default=helpers):
            home = helper.offers[0].library_id
            if home == one.library_id:
                continue
            able = helper.offers
            if len(able) > 1 or len(one.skills) > 1:
                able = tuple(offer for offer in able if offer.skills.issuperset(one.skills))
            if not able:
                continue
            can.add(home)
            if helper.days.isdisjoint(one.dates):
                continue
            free.add(home)
            km = to_host[home]
            offer = next((offer for offer in able if _goes(offer, one, km)), None)
            if offer is None:
                continue
            near.add(home)
            helper.fits[one.request_id] = offer.offer_id
            compatible.append([helper.id, name])
        host = _library_name(salt, one.library_id)
        distances |= {
            (_library_name(salt, home), host): km
            for home, km in to_host.items()
            if home in near and km is not None
        }
        funnels[one.request_id] = {"can": len(can), "free": len(free), "near": len(near)}
    return compatible, distances, funnels


class _Journeys(dict[str, int | None]):
    """Kilometres to the request's host by home library, computed once each; None where nobody travels."""

    def __init__(self, one: Wanted, points: Mapping[str, Point | None]) -> None:
        super().__init__()
        self._one, self._points = one, points

    def __missing__(self, home: str) -> int | None:
        travels = self._one.place == "host"
        at, host = self._points.get(home), self._points.get(self._one.library_id)
        self[home] = distance_km(at, host) if travels else None
        return self[home]


def _goes(offer: Helping, one: Wanted, km: int | None) -> bool:
    """As ranking has it: somebody with a limit goes where the distance is not known, and may say no."""
    if one.place not in offer.places or (offer.reaches is not None and one.county not in offer.reaches):
        return False
    return one.place != "host" or offer.max_km is None or km is None or km <= offer.max_km


def _library_name(salt: str, library_id: str) -> str:
    return pseudonym(salt, "library", library_id)


def _library(salt: str, library_id: str, standing: Standing | None) -> Document:
    room = 0 if standing is None else max(0, standing.available // FULL_DAY)
    # What is reserved is no longer there to be used, so it counts as if it were gone.
    balance = 0 if standing is None else min(standing.balance // FULL_DAY, room)
    return {
        "id": _library_name(salt, library_id),
        "balance_days": balance,
        "limit_days": room - balance,
        "lat": None,
        "lon": None,
    }


def _colleague(salt: str, one: _Free) -> Document:
    return {
        "id": one.id,
        "library": _library_name(salt, one.offers[0].library_id),
        "skills": sorted({skill for offer in one.offers for skill in offer.skills}),
        "dates": [day.isoformat() for day in one.dates],
        "max_days": one.max_days,
        "max_km": None,
    }


def _request(salt: str, one: Wanted) -> Document:
    return {
        "id": pseudonym(salt, "request", one.request_id),
        "library": _library_name(salt, one.library_id),
        "skills": sorted(one.skills),
        "dates": [day.isoformat() for day in one.dates],
        "days": one.half_days // FULL_DAY,
        "same_person": one.same_person,
    }


def _sorted(documents: Any) -> list[Document]:
    return sorted(documents, key=lambda one: str(one["id"]))
