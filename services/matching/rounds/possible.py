"""Which days are possible at all: every (request, colleague, date) that the rules about one day allow.

An instance becomes arrays of integers, because a country's round has millions of possible days. A *pair* is a
colleague and a request that fit each other on at least one date (with `same_person`: on enough dates); a
*day* is one date of a pair. Pairs are ascending by request and colleague, days by pair and date, so that what
is computed from them depends on the instance alone.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.instance import Instance
from services.matching.rounds.able import Able
from services.matching.rounds.bits import bits
from services.matching.rounds.caps import binding_caps
from services.matching.rounds.places import Places, chord

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

MOST_DAYS = 40_000_000
"""Possible days; some 350 bytes each. A country's round (L of docs/rounds.md) has 3.5 million."""
_CELLS = 1_000_000
"""Colleagues times requests looked at in one piece, which bounds the memory of the search."""


class RoundTooLarge(Exception):
    """More possible days than fit into memory; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Possible:
    """The arrays of an instance. Indices are positions in `instance.libraries`, `.colleagues`, `.requests`,
    `dates`.

    `room[l]`: what the library may receive more than it gives (below 0: must give more than it receives), in
    half-days if anybody asks for half a day, else in days: `unit` to a day. `cap[k]`: the same for a pair of
    counties, of those caps that may stop anything (`cap_names`).
    `most[c]`: days the colleague can work, `wanted[r]`: days the request can be served, both no more than it
    has dates. `same[r]`: one colleague for all of them. `half[r]`: the last is half a day.
    `pair_km` is nan where the distance is not known, `pair_cap` -1 where there is no cap.
    """

    instance: Instance
    dates: tuple[date, ...]
    balance: Ints
    room: Ints
    home: Ints
    most: Ints
    host: Ints
    wanted: Ints
    same: Bools
    pair_colleague: Ints
    pair_request: Ints
    pair_km: Floats
    day_pair: Ints
    day_date: Ints
    unit: int
    half: Bools
    cap: Ints
    cap_names: tuple[tuple[str, str], ...]
    pair_cap: Ints
    day_colleague: Ints = field(init=False)
    day_request: Ints = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "day_colleague", self.pair_colleague[self.day_pair])
        object.__setattr__(self, "day_request", self.pair_request[self.day_pair])

    @property
    def is_flow(self) -> bool:
        """Every plan is a flow of whole days: no blocks, no half-days, no caps."""
        return self.unit == 1 and not len(self.cap) and not self.same[self.pair_request].any()

    @property
    def pair_worth(self) -> Ints:
        """What a pair is worth if it serves its request in full, in units."""
        return self.unit * self.wanted[self.pair_request] - self.half[self.pair_request]

    def worth(self, used: Ints) -> int:
        """What a plan that uses these possible days serves, in units."""
        if self.unit == 1:
            return len(used)
        requests = np.unique(self.day_request[used])
        return self.unit * len(used) - int(self.half[requests].sum())

    def most_worth(self) -> int:
        """What no plan serves more than, in units."""
        asked = int(self.unit * self.wanted.sum() - self.half[self.wanted > 0].sum())
        return min(asked, int(self.unit * self.most.sum()))


def possible_days(instance: Instance) -> Possible:
    """Every pair and day that rules 1 and 2 of the format allow (home, skills, dates, `compatible`,
    `max_km`).

    Refuses: RoundTooLarge, when there are more than MOST_DAYS.
    """
    offered = {day for colleague in instance.colleagues for day in colleague.dates}
    dates = tuple(sorted(offered.union(day for wish in instance.requests for day in wish.dates)))
    library = {one.id: at for at, one in enumerate(instance.libraries)}
    requests, colleagues = instance.requests, instance.colleagues
    wanted = _ints(min(one.days, len(one.dates)) for one in requests)
    wanted[[at for at, one in enumerate(requests) if one.is_whole and one.days > len(one.dates)]] = 0
    half = np.array([one.ends_half for one in requests], dtype=bool) & (wanted > 0)
    unit = 2 if half.any() else 1
    places = Places(instance, library)
    max_km = np.array([np.inf if one.max_km is None else one.max_km for one in colleagues], dtype=float)
    search = _Search(
        instance=instance,
        places=places,
        home=_ints(library[one.library] for one in colleagues),
        host=_ints(library[one.library] for one in requests),
        most=_ints(min(one.max_days, len(one.dates)) for one in colleagues),
        wanted=wanted,
        # One day is always by one person.
        same=np.array([one.is_whole for one in requests], dtype=bool) & (wanted > 1) | half,
        colleague_dates=bits(colleagues, dates),
        request_dates=bits(requests, dates),
        max_km=max_km,
        reach=chord(max_km),
    )
    pieces = list(search.pieces())
    pair_colleague, pair_request, pair_km, day_pair, day_date = _together(pieces)
    cap, cap_names, pair_cap = binding_caps(
        instance,
        search.home[pair_colleague],
        search.host[pair_request],
        search.most,
        search.wanted,
        pair_colleague,
        pair_request,
        unit,
    )
    return Possible(
        instance=instance,
        dates=dates,
        balance=_ints(one.balance_days for one in instance.libraries),
        room=_ints(
            (2 * (one.balance_days + one.limit_days) + one.more_half_days) * unit // 2
            for one in instance.libraries
        ),
        home=search.home,
        most=search.most,
        host=search.host,
        wanted=wanted,
        same=search.same,
        pair_colleague=pair_colleague,
        pair_request=pair_request,
        pair_km=pair_km,
        day_pair=day_pair,
        day_date=day_date,
        unit=unit,
        half=half,
        cap=cap,
        cap_names=cap_names,
        pair_cap=pair_cap,
    )


_Piece = tuple[Ints, Ints, Floats, Ints, Ints]


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for pairs: by what a request asks for first, then in blocks of requests times colleagues."""

    instance: Instance
    places: Places
    home: Ints
    host: Ints
    most: Ints
    wanted: Ints
    same: Bools
    colleague_dates: NDArray[np.uint8]
    request_dates: NDArray[np.uint8]
    max_km: Floats
    reach: Floats

    def pieces(self) -> Iterator[_Piece]:
        found = 0
        for colleague, request in self._fitting():
            piece = self._days(colleague, request)
            found += len(piece[3])
            if found > MOST_DAYS:
                raise RoundTooLarge(
                    f"More than {MOST_DAYS:,} days are possible, which is more than fits into memory."
                    " Divide the round: by weeks, by skills or by part of the country."
                )
            yield piece

    def _fitting(self) -> Iterator[tuple[Ints, Ints]]:
        """Colleagues and requests, pairwise, that may fit; skills are decided here."""
        by_skills: dict[tuple[str, ...], list[int]] = {}
        for at, one in enumerate(self.instance.requests):
            if self.wanted[at] > 0:
                by_skills.setdefault(one.skills, []).append(at)
        able = Able(self.instance)
        if self.instance.compatible is not None:
            yield from self._listed(able)
            return
        for skills, requests in by_skills.items():
            yield from self._blocks(_ints(requests), able.who(skills))

    def _listed(self, able: Able) -> Iterator[tuple[Ints, Ints]]:
        compatible = self.instance.compatible or frozenset()
        colleague_at = {one.id: at for at, one in enumerate(self.instance.colleagues)}
        request_at = {one.id: at for at, one in enumerate(self.instance.requests)}
        by_request: dict[int, list[int]] = {}
        for colleague, request in compatible:
            by_request.setdefault(request_at[request], []).append(colleague_at[colleague])
        pairs = [
            (colleague, request)
            for request, colleagues in sorted(by_request.items())
            if self.wanted[request] > 0
            for colleague in sorted(colleagues)
            if able.can(colleague, self.instance.requests[request].skills)
        ]
        for start in range(0, len(pairs), _CELLS):
            both = np.array(pairs[start : start + _CELLS], dtype=np.int64)
            yield both[:, 0], both[:, 1]

    def _blocks(self, requests: Ints, colleagues: Ints) -> Iterator[tuple[Ints, Ints]]:
        """Pairs of these with a date in common and not surely too far apart."""
        limited = np.isfinite(self.max_km[colleagues])
        if len(self.places.listed):
            limited[:] = False
        yield from self._strips(requests, colleagues[~limited], np.inf)
        near = colleagues[limited]
        yield from self._strips(requests, near, float(self.reach[near].max(initial=0.0)))

    def _strips(self, requests: Ints, colleagues: Ints, widest: float) -> Iterator[tuple[Ints, Ints]]:
        """Those with a date in common and no farther apart than this along the axis on which they lie widest
        apart; so not every request is looked at with every colleague of a country."""
        unit = self.places.unit
        axis = int(np.argmax(np.ptp(unit[self.home[colleagues]], axis=0))) if len(colleagues) else 0
        there, here = unit[self.home[colleagues], axis], unit[self.host[requests], axis]
        colleagues, there = _ascending(colleagues, there)
        requests, here = _ascending(requests, here)
        offered = self.colleague_dates.view(np.uint64)[colleagues]
        asked = self.request_dates.view(np.uint64)[requests]
        rows = max(1, _CELLS // max(1, len(colleagues)))
        for start in range(0, len(requests), rows):
            end = min(start + rows, len(requests))
            first, last = np.searchsorted(there, (here[start] - widest, here[end - 1] + widest))
            fits = np.zeros((end - start, last - first), dtype=bool)
            for word in range(offered.shape[1]):
                fits |= (asked[start:end, word][:, None] & offered[first:last, word][None, :]) != 0
            row, column = np.nonzero(fits)
            yield colleagues[first + column], requests[start + row]

    def _days(self, colleague: Ints, request: Ints) -> _Piece:
        """The pairs among these that fit, exactly, and their days."""
        near = self.places.near(self.home[colleague], self.host[request], self.reach[colleague])
        colleague, request = colleague[near], request[near]
        home, host = self.home[colleague], self.host[request]
        km = self.places.km(home, host)
        limit = self.max_km[colleague]
        with np.errstate(invalid="ignore"):
            fits = (home != host) & (np.isinf(limit) | (km <= limit))
        colleague, request, km = colleague[fits], request[fits], km[fits]
        common = np.unpackbits(self.colleague_dates[colleague] & self.request_dates[request], axis=1)
        enough = np.where(self.same[request], self.wanted[request], 1)
        fits = (common.sum(axis=1) >= enough) & (self.most[colleague] >= enough)
        pair, day = np.nonzero(common[fits])
        return colleague[fits], request[fits], km[fits], pair, day


def _together(pieces: list[_Piece]) -> _Piece:
    """The pieces as one, pairs ascending by request and colleague, days by pair and date."""
    if not pieces:
        return _ints(()), _ints(()), np.zeros(0), _ints(()), _ints(())
    starts = np.cumsum([0, *(len(one[0]) for one in pieces)])
    colleague, request, km = (np.concatenate([one[at] for one in pieces]) for at in range(3))
    day_pair = np.concatenate([one[3] + start for one, start in zip(pieces, starts, strict=False)])
    day_date = np.concatenate([one[4] for one in pieces])
    order = np.lexsort((colleague, request))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    day_pair = rank[day_pair]
    days = np.lexsort((day_date, day_pair))
    return colleague[order], request[order], km[order], day_pair[days], day_date[days]


def _ascending(which: Ints, at: Floats) -> tuple[Ints, Floats]:
    order = np.argsort(at, kind="stable")
    return which[order], at[order]


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)
