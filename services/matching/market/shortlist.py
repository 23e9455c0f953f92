"""The few offers among which the best for a request surely are, found among 150,000 in milliseconds.

The rules are those of `services/matching/domain/ranking.py` once more, over all offers at once. The shortlist
is ranked there, in words.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from services.matching.domain import ranking
from services.matching.domain.distance import EARTH_RADIUS_KM
from services.matching.domain.proposal import FULL_DAY
from services.matching.domain.ranking import Need
from services.matching.market.arrays import ALL, ANYWHERE, FIRST, LAST, NOT_KNOWN, SOME, Market
from services.matching.market.bits import Words

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

DISTANCE_BITS = 18
"""Room for the distance below a score, so that both are compared as one number."""
MORE = 16
"""Offers looked at beyond the limit, for colleagues who have several."""


@dataclass(frozen=True, slots=True)
class Shortlist:
    """Libraries that may be asked, those left after each step, and offers among which are the best of all."""

    libraries: int
    can: int
    free: int
    near: int
    offer_ids: list[str]


class Question:
    """One question to a market."""

    def __init__(self, market: Market) -> None:
        self._market = market

    def shortlist(
        self,
        need: Need,
        own_library: str,
        skills: frozenset[str],
        taken: Mapping[str, Mapping[date, int]],
        visits: Mapping[str, date],
        *,
        today: date,
        limit: int,
    ) -> Shortlist:
        """Who could help with the need of `own_library`; `skills` are those an offer must have.

        `visits`: the last day of a visit between it and another library, by the other's id. The need must end
        before `until`.
        """
        first_on = max(need.first_on, today)
        rows = self._able(need, own_library, skills)
        libraries = self._market.offers["library"][rows]
        can = self._count(libraries)
        many = self._free(rows, need, first_on, taken)
        rows, libraries, many = rows[many > 0], libraries[many > 0], many[many > 0]
        free = self._count(libraries)
        km = self._km(libraries, need)
        place = self._market.places.mask([need.place], self._market.offers["places"].shape[1])
        goes = self._has(place, "places", rows)
        goes &= self._market.places.knows([need.place])
        if need.place == "host":
            most = self._market.offers["max_km"][rows]
            limited, km = self._ways(libraries, km, need)
            goes &= (most == ANYWHERE) | np.isnan(limited) | (limited <= most)
        rows, libraries, many, km = rows[goes], libraries[goes], many[goes], km[goes]
        score = self._score(rows, libraries, many, km, need, visits, today)
        best = self._best(rows, score, km, need, limit)
        return Shortlist(self._asked(own_library), can, free, self._count(libraries), best)

    def _asked(self, own_library: str) -> int:
        """Open libraries that may be asked, but for this one."""
        may = self._market.libraries["open"] & self._market.is_active()[self._market.libraries["county"]]
        own = self._market.libraries.find(own_library)
        return int(np.count_nonzero(may)) - int(own is not None and bool(may[own]))

    def _able(self, need: Need, own_library: str, skills: frozenset[str]) -> Ints:
        """Rows of offers that are open, reach the need and have its skills."""
        offers = self._market.offers
        if not self._market.skills.knows(skills):
            return np.zeros(0, dtype=np.int64)
        wanted = self._market.skills.mask(skills, offers["skills"].shape[1])
        fits = offers["open"].copy()
        for word in np.flatnonzero(wanted):
            fits &= offers["skills"][:, word] & wanted[word] == wanted[word]
        rows = np.flatnonzero(fits)
        rows = rows[self._market.libraries["open"][offers["library"][rows]]]
        county, reach = offers["county"][rows], offers["reach"][rows]
        near = np.array(reach == ALL)
        near |= county == self._market.county_number.get(need.county, NOT_KNOWN)
        if self._market.counties.knows([need.county]):
            mask = self._market.counties.mask([need.county], offers["counties"].shape[1])
            near[self._has(mask, "counties", rows) & (reach == SOME)] = True
        near &= self._market.is_active()[county]
        own = self._market.libraries.find(own_library)
        near &= offers["library"][rows] != (NOT_KNOWN if own is None else own)
        return rows[near]

    def _has(self, mask: Words, column: str, rows: Ints) -> Bools:
        """Whether the set in the column shares a name with the mask."""
        return np.asarray((self._market.offers[column][rows] & mask).any(axis=1), dtype=np.bool_)

    def _free(self, rows: Ints, need: Need, first_on: date, taken: Mapping[str, Mapping[date, int]]) -> Ints:
        """Days of each row inside the need's window on which there is room."""
        offers = self._market.offers
        window = ranking.window_of(need, first_on)
        ordinals = np.array([day.toordinal() for day in window], dtype=np.int64)
        first = np.searchsorted(ordinals, offers["first"][rows], side="left")
        last = np.searchsorted(ordinals, offers["last"][rows], side="right")
        many = np.maximum(last - first, 0)
        single = np.flatnonzero(offers["single"][rows])
        every = (first_on + timedelta(days=n) for n in range((need.last_on - first_on).days + 1))
        mask = self._market.date_bits(day for day in every if day not in need.closed)
        words = np.flatnonzero(mask)
        bits = offers["dates"][rows[single][:, None], words[None, :]] & mask[words][None, :]
        many[single] = np.bitwise_count(bits).sum(axis=1)
        known = self._market.colleague_number
        names = {known[one]: one for one in taken if one in known}
        if names:
            for at in np.flatnonzero(np.isin(offers["colleague"][rows], list(names))):
                row = rows[at]
                option = self._dates_of(int(row))
                whose = taken[names[int(offers["colleague"][row])]]
                open_need = replace(need, first_on=first_on)
                many[at] = len(ranking.free_dates(open_need, option, window, whose))
        return many

    def _dates_of(self, row: int) -> ranking.Option:
        """The row as an option with its dates and nothing else."""
        first, last = int(self._market.offers["first"][row]), int(self._market.offers["last"][row])
        dates: tuple[date, ...] = ()
        if self._market.offers["single"][row]:
            bits = np.unpackbits(self._market.offers["dates"][row].view(np.uint8), bitorder="little")
            dates = tuple(self._market.base + timedelta(days=int(n)) for n in np.flatnonzero(bits))
            if not dates:
                dates = (date.min,)
        return ranking.Option(
            "",
            "",
            "",
            "",
            "",
            None,
            dates,
            None if first == FIRST else date.fromordinal(first),
            None if last == LAST else date.fromordinal(last),
            (),
            None,
            None,
        )

    def _km(self, libraries: Ints, need: Need) -> Floats:
        """Whole kilometres to each library; nan where a place is not known."""
        if need.at is None:
            return np.full(len(libraries), np.nan)
        lat, lon = self._market.libraries["lat"][libraries], self._market.libraries["lon"][libraries]
        here, there = np.radians(need.at[0]), np.radians(need.at[1])
        half = np.sin((lat - here) / 2) ** 2 + np.cos(here) * np.cos(lat) * np.sin((lon - there) / 2) ** 2
        return np.rint(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(half))))

    def _ways(self, libraries: Ints, km: Floats, need: Need) -> tuple[Floats, Floats]:
        """Kilometres that a limit is held against, and those that count as the length of the way."""
        if not need.journeys:
            return km, km
        road, minutes = (np.full(len(self._market.libraries), np.nan) for _ in range(2))
        for other, journey in need.journeys.items():
            at = self._market.libraries.find(other)
            if at is not None:
                minutes[at] = journey.minutes
                road[at] = np.nan if journey.km is None else journey.km
        road, minutes = road[libraries], minutes[libraries]
        return np.where(np.isnan(road), km, road), np.fmax(km, minutes)

    def _score(
        self,
        rows: Ints,
        libraries: Ints,
        many: Ints,
        km: Floats,
        need: Need,
        visits: Mapping[str, date],
        today: date,
    ) -> Ints:
        """The score of each row, as `ranking` gives it."""
        offers, r, points = self._market.offers, ranking, need.weights
        score = np.full(len(rows), r.SKILL, dtype=np.int64)
        teach = self._market.skills.mask(need.skills, offers["teaches"].shape[1])
        score += points.can_teach * self._has(teach, "teaches", rows)
        asked = (need.half_days + 1) // FULL_DAY
        score += points.all_dates * np.minimum(many, asked) // asked
        if need.place != "host":
            score += points.no_travel
        else:
            whole = np.nan_to_num(km, nan=r.FAR_KM).astype(np.int64)
            score += np.maximum(0, points.no_travel - whole // points.km_per_point)
        owed = points.owes_per_half_day * self._market.libraries["owed"][libraries]
        score += np.clip(owed, -points.owes_most, points.owes_most)
        visit = np.full(len(self._market.libraries), points.first_visit, dtype=np.int64)
        for other, day in visits.items():
            at = self._market.libraries.find(other)
            if at is not None:
                visit[at] = min(points.months_most, max(0, (today - day).days // r.DAYS_PER_MONTH))
        score += visit[libraries]
        county = np.zeros(len(self._market.county_number) + 1, dtype=np.int64)
        for name, weight in [
            *((one, points.neighbour_county) for one in need.neighbours),
            (need.county, points.same_county),
        ]:
            if name in self._market.county_number:
                county[self._market.county_number[name]] = weight
        return score + county[offers["county"][rows]]

    def _best(self, rows: Ints, score: Ints, km: Floats, need: Need, limit: int) -> list[str]:
        """Offers of the best `limit` colleagues, and every one that is as good as the last of these."""
        near = np.nan_to_num(km, nan=ranking.FAR_KM).astype(np.int64)
        if need.place != "host":
            near[:] = ranking.FAR_KM
        key = (score << DISTANCE_BITS) - near
        colleague = self._market.offers["colleague"][rows]
        size = limit + MORE
        while size < len(rows):
            top = np.argpartition(-key, size)[:size]
            if len(np.unique(colleague[top])) >= limit:
                last = key[top].min()
                return [self._market.offers.ids[row] for row in rows[key >= last]]
            size *= 4
        return [self._market.offers.ids[row] for row in rows]

    def _count(self, libraries: Ints) -> int:
        """How many different ones."""
        seen = np.zeros(len(self._market.libraries), dtype=bool)
        seen[libraries] = True
        return int(np.count_nonzero(seen))
