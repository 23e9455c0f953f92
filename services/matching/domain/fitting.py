"""Who could help with which request of a round: by skills, dates, place and distance.

Some hundred requests meet tens of thousands of offers here, while nothing else of the service goes on. So
most pairs are turned away by one look at columns of bits and angles, and only the rest is looked at closely:
what numbers come out does not depend on the columns.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import cos, pi, radians, sin
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.distance import EARTH_RADIUS_KM, Journey, Point, way_km
from services.matching.domain.participants import Free, Helping, Roads, Wanted
from services.matching.domain.round import pseudonym

ANYWHERE = -2.0
"""Less than any cosine: an offer that goes as far as one likes."""
NEXT_DOOR = 2.0
"""More than any cosine: what a first look says nothing of."""
WORD = 64
"""Bits in one number."""
MARGIN_KM = 1
"""Distances are rounded to whole kilometres, so within so much the first look decides nothing."""


class Fitting(NamedTuple):
    """`pairs`: pseudonyms of colleague and request that may be matched. `distances`: kilometres by pseudonym
    of home and host, where they are known and somebody travels. `funnels`: by request id, how many libraries
    can, are free, are near.
    """

    pairs: list[list[str]]
    distances: dict[tuple[str, str], int]
    funnels: dict[str, dict[str, int]]


@dataclass(frozen=True)
class _Looks:
    """Colleagues as columns, for a first look at all of them at once."""

    helpers: Sequence[Free]
    home: NDArray[np.int64]
    days: NDArray[np.uint64]
    furthest: NDArray[np.float64]

    def only(self, numbers: Sequence[int]) -> "_Looks":
        """Those with these numbers."""
        rows = np.array(numbers, dtype=np.int64)
        helpers = [self.helpers[number] for number in numbers]
        return _Looks(helpers, self.home[rows], self.days[rows], self.furthest[rows])


class _Ground:
    """Libraries and dates by their numbers in columns."""

    def __init__(
        self, asking: Sequence[Wanted], helpers: Sequence[Free], points: Mapping[str, Point | None]
    ) -> None:
        homes = {one.offers[0].library_id for one in helpers}
        self.libraries = sorted(homes | {one.library_id for one in asking})
        self.place = {library_id: number for number, library_id in enumerate(self.libraries)}
        days = {day for one in asking for day in one.dates}
        self._bit = {day: 1 << number for number, day in enumerate(days)}
        self._words = 1 + len(days) // WORD
        at = [_direction(points.get(library_id)) for library_id in self.libraries]
        self._is_known = np.array([one is not None for one in at], dtype=bool)
        self._at = np.array([one or (0.0, 0.0, 0.0) for one in at], dtype=np.float64).reshape(-1, 3)

    def look(self, helpers: Sequence[Free]) -> _Looks:
        """The colleagues as columns."""
        homes = [self.place[one.offers[0].library_id] for one in helpers]
        return _Looks(
            helpers,
            np.array(homes, dtype=np.int64),
            self.days_of([one.dates for one in helpers]),
            np.array([_furthest(one.offers) for one in helpers], dtype=np.float64),
        )

    def days_of(self, dates: Sequence[Sequence[date]]) -> NDArray[np.uint64]:
        """A row of bits for each; only dates that somebody asks for have one."""
        bit = self._bit
        rows = [
            sum(bit.get(day, 0) for day in set(days)).to_bytes(8 * self._words, "little") for days in dates
        ]
        return np.frombuffer(b"".join(rows), dtype="<u8").reshape(-1, self._words)

    def cosines(self, one: Wanted, roads: Mapping[str, Journey]) -> NDArray[np.float64]:
        """By library the cosine of the angle to the request's host; `NEXT_DOOR` where it says nothing."""
        to = self.place[one.library_id]
        if one.place != "host" or not self._is_known[to]:
            return np.full(len(self.libraries), NEXT_DOOR)
        at, host = self._at, self._at[to]
        cosines = at[:, 0] * host[0] + at[:, 1] * host[1] + at[:, 2] * host[2]
        cosines[~self._is_known] = NEXT_DOOR
        cosines[[self.place[home] for home in roads if home in self.place]] = NEXT_DOOR
        return cosines


def fitting(
    asking: Sequence[Wanted],
    helpers: Sequence[Free],
    salt: str,
    points: Mapping[str, Point | None],
    roads: Roads,
) -> Fitting:
    """Pairs that may be matched, distances between their libraries, and each request's funnel."""
    found = Fitting([], {}, {})
    ground = _Ground(asking, helpers, points)
    everybody = ground.look(helpers)
    of_skill: dict[str, list[int]] = {}
    for number, helper in enumerate(helpers):
        for skill in {skill for offer in helper.offers for skill in offer.skills}:
            of_skill.setdefault(skill, []).append(number)
    looks = {skill: everybody.only(numbers) for skill, numbers in of_skill.items()}
    nobody = everybody.only([])
    for one in asking:
        # The rarest skill first: most pairs are never looked at.
        rarest = [looks.get(skill, nobody) for skill in one.skills]
        likely = min(rarest, key=lambda look: len(look.helpers), default=everybody)
        if len(one.skills) > 1:
            able = [number for number, helper in enumerate(likely.helpers) if _able(helper, one)]
            likely = likely.only(able)
        _fit(found, one, likely, ground, salt, points, roads.get(one.library_id, {}))
    return found


def _fit(
    found: Fitting,
    one: Wanted,
    likely: _Looks,
    ground: _Ground,
    salt: str,
    points: Mapping[str, Point | None],
    roads: Mapping[str, Journey],
) -> None:
    asked, own = ground.days_of([one.dates])[0], ground.place[one.library_id]
    elsewhere = likely.home != own
    free = elsewhere & ((likely.days & asked) != 0).any(axis=1)
    perhaps = free & (ground.cosines(one, roads)[likely.home] >= likely.furthest)
    name = pseudonym(salt, "request", one.request_id)
    host, to = pseudonym(salt, "library", one.library_id), points.get(one.library_id)
    ways: dict[str, int | None] = {}
    near = set[str]()
    for number in np.flatnonzero(perhaps).tolist():
        helper = likely.helpers[number]
        home = helper.offers[0].library_id
        if home not in ways:
            ways[home] = way_km(points.get(home), to, roads.get(home)) if one.place == "host" else None
        km = ways[home]
        offer = next((offer for offer in _able(helper, one) if _goes(offer, one, km)), None)
        if offer is None:
            continue
        helper.fits[one.request_id] = offer.offer_id
        found.pairs.append([helper.id, name])
        near.add(home)
        if km is not None:
            found.distances[pseudonym(salt, "library", home), host] = km
    found.funnels[one.request_id] = {
        "can": len(np.unique(likely.home[elsewhere])),
        "free": len(np.unique(likely.home[free])),
        "near": len(near),
    }


def _able(helper: Free, one: Wanted) -> list[Helping]:
    return [offer for offer in helper.offers if offer.skills.issuperset(one.skills)]


def _goes(offer: Helping, one: Wanted, km: int | None) -> bool:
    """As ranking has it: somebody with a limit goes where the distance is not known, and may say no."""
    if one.place not in offer.places or (offer.reaches is not None and one.county not in offer.reaches):
        return False
    return one.place != "host" or offer.max_km is None or km is None or km <= offer.max_km


def _furthest(offers: Sequence[Helping]) -> float:
    """The cosine of the angle that the offer that goes furthest may span on the globe."""
    limits = [one.max_km for one in offers]
    most = max((limit for limit in limits if limit is not None), default=0)
    angle = (most + MARGIN_KM) / EARTH_RADIUS_KM
    return ANYWHERE if None in limits or angle >= pi else cos(angle)


def _direction(at: Point | None) -> tuple[float, float, float] | None:
    if at is None:
        return None
    latitude, longitude = radians(at[0]), radians(at[1])
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)
