"""Plans as positions of possible days, and the parts of a round that are solved by themselves while the rest
stands."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from services.matching.rounds.blocks import Programme, Resources, programme
from services.matching.rounds.network import Ints
from services.matching.rounds.possible import Bools, Floats, Possible

PASSES = 3
"""How often a plan in no time looks at each pair."""
AT_A_TIME = 100_000
"""Pairs as whole numbers of Python, which take four times the memory."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The possible days, with which of them exclude each other: those of one colleague or request on one
    date."""

    possible: Possible
    day_home: Ints
    day_host: Ints
    colleague_date: Ints
    request_date: Ints

    def left(self, used: Ints) -> Resources:
        """What a plan leaves."""
        p = self.possible
        given = np.bincount(self.day_home[used], minlength=len(p.room))
        received = np.bincount(self.day_host[used], minlength=len(p.room))
        room, cap = p.room + p.unit * (given - received), p.cap
        if len(cap):
            of = p.pair_cap[p.day_pair[used]]
            cap = cap - p.unit * np.bincount(of[of >= 0], minlength=len(cap))
        if p.unit > 1:
            half = np.unique(p.day_pair[used[p.half[p.day_request[used]]]])
            np.subtract.at(room, p.home[p.pair_colleague[half]], 1)
            np.add.at(room, p.host[p.pair_request[half]], 1)
            cap = cap + np.bincount(p.pair_cap[half][p.pair_cap[half] >= 0], minlength=len(cap))
        return Resources(
            room=room,
            most=p.most - np.bincount(p.day_colleague[used], minlength=len(p.most)),
            wanted=p.wanted - np.bincount(p.day_request[used], minlength=len(p.wanted)),
            cap=cap,
        )

    def keeps_rules(self, used: Ints) -> bool:
        """Whether the plan is feasible (rules 3 to 6 of the format; 1 and 2 hold for every possible day)."""
        p, left = self.possible, self.left(used)
        served = np.bincount(p.day_request[used], minlength=len(p.wanted))
        blocks = np.unique(p.day_pair[used[p.same[p.day_request[used]]]])
        whole = (served == 0) | (served == p.wanted) | ~p.same
        return bool(
            (left.room >= np.minimum(p.room, 0)).all()
            and (left.most >= 0).all()
            and (left.wanted >= 0).all()
            and (left.cap >= 0).all()
            and whole.all()
            and len(np.unique(p.pair_request[blocks])) == len(blocks)
            and len(np.unique(self.colleague_date[used])) == len(used)
            and len(np.unique(self.request_date[used])) == len(used)
        )

    def short(self, used: Ints) -> int:
        """Units by which libraries are below their limits after the plan."""
        return int(-np.minimum(self.left(used).room, 0).sum())

    def part(
        self,
        used: Ints,
        libraries: Bools,
        closed: Bools | None = None,
        dear: Bools | None = None,
        give: Bools | None = None,
    ) -> tuple[Ints, Programme]:
        """What of a plan is given up where these libraries host or help, and the best use of what is free
        then.

        Nothing that regards a `closed` library is touched, `dear` days are not considered unless they are
        used, and of what is used only the pairs in `give` are given up (None: all of them).
        """
        p = self.possible
        touched = libraries[self.day_home] | libraries[self.day_host]
        if closed is not None:
            touched &= ~(closed[self.day_home] | closed[self.day_host])
        leaves = touched[used] if give is None else touched[used] & give[p.day_pair[used]]
        kept = used[~leaves]
        left = self.left(kept)
        busy = np.zeros(self.colleague_date.max(initial=-1) + 1, dtype=bool)
        busy[self.colleague_date[kept]] = True
        served = np.zeros(self.request_date.max(initial=-1) + 1, dtype=bool)
        served[self.request_date[kept]] = True
        free = touched & ~busy[self.colleague_date] & ~served[self.request_date]
        free &= (left.most[p.day_colleague] > 0) & (left.wanted[p.day_request] > 0)
        given_up = used[leaves]
        if dear is not None:
            free &= ~dear
            free[given_up] = True
        days = np.flatnonzero(free)
        return given_up, programme(p, days, left)


@dataclass(frozen=True, slots=True)
class Alone:
    """What of a round is inside some libraries, as a round without names: `days` and `pairs` are the
    positions of its possible days and pairs in the whole one."""

    round: Possible
    days: Ints
    pairs: Ints


def alone(on: Ground, used: Ints, libraries: Bools) -> Alone:
    """Some libraries by themselves. What a plan uses between them and others stays, and what it leaves is
    theirs."""
    p = on.possible
    inside = libraries[on.day_home] & libraries[on.day_host]
    kept = used[~inside[used]]
    left = on.left(kept)
    busy = np.zeros(on.colleague_date.max(initial=-1) + 1, dtype=bool)
    busy[on.colleague_date[kept]] = True
    asked = np.zeros(on.request_date.max(initial=-1) + 1, dtype=bool)
    asked[on.request_date[kept]] = True
    size = np.where(p.same, left.wanted, 1)[p.pair_request]
    size[(left.wanted[p.pair_request] <= 0) | (left.most[p.pair_colleague] < size)] = np.iinfo(np.int64).max
    days = np.flatnonzero(inside & ~busy[on.colleague_date] & ~asked[on.request_date])
    many = np.bincount(p.day_pair[days], minlength=len(p.pair_request))
    days = days[(many >= size)[p.day_pair[days]]]
    pairs, day_pair = np.unique(p.day_pair[days], return_inverse=True)
    requests, pair_request = np.unique(p.pair_request[pairs], return_inverse=True)
    colleagues, pair_colleague = np.unique(p.pair_colleague[pairs], return_inverse=True)
    here = np.flatnonzero(libraries)
    round_ = replace(
        without_names(p),
        balance=p.balance[here],
        room=left.room[here],
        home=np.searchsorted(here, p.home[colleagues]),
        most=left.most[colleagues],
        host=np.searchsorted(here, p.host[requests]),
        wanted=left.wanted[requests],
        same=p.same[requests],
        half=p.half[requests],
        pair_colleague=pair_colleague,
        pair_request=pair_request,
        pair_km=p.pair_km[pairs],
        pair_cap=p.pair_cap[pairs],
        cap=left.cap,
        day_pair=day_pair,
        day_date=p.day_date[days],
    )
    return Alone(round_, days, pairs)


def ground(possible: Possible) -> Ground:
    """The ground of a round."""
    p, width = possible, max(1, len(possible.dates))
    colleague_date = np.unique(p.day_colleague * width + p.day_date, return_inverse=True)[1]
    request_date = np.unique(p.day_request * width + p.day_date, return_inverse=True)[1]
    return Ground(p, p.home[p.day_colleague], p.host[p.day_request], colleague_date, request_date)


def without_names(possible: Possible) -> Possible:
    """The same arrays without the instance, to be sent to another process."""
    empty = replace(
        possible.instance, libraries=(), colleagues=(), requests=(), compatible=None, distances_km={}
    )
    return replace(possible, instance=empty)


def guided(ground: Ground, worth: Floats, start: Ints | None = None) -> Ints:
    """A feasible plan in no time: by falling `worth` of the pairs, each taken that still fits.

    Of a request with `same_person` all days or none, of others as many as fit. `start`: a feasible plan that
    is kept.
    """
    p = ground.possible
    begun = np.zeros(0, dtype=np.int64) if start is None else start
    left = ground.left(begun)
    room, most, wanted, cap = left.room.tolist(), left.most.tolist(), left.wanted.tolist(), left.cap.tolist()
    busy = set(ground.colleague_date[begun].tolist())
    asked = set(ground.request_date[begun].tolist())
    used: list[int] = begun.tolist()
    first = np.searchsorted(p.day_pair, np.arange(len(p.pair_request) + 1))
    order = np.argsort(-worth, kind="stable")
    for pair in _passes(p, order[worth[order] > 0], wanted, most):
        request, colleague = int(p.pair_request[pair]), int(p.pair_colleague[pair])
        if wanted[request] <= 0 or most[colleague] <= 0:
            continue
        host, home = int(p.host[request]), int(p.home[colleague])
        half, under = int(p.half[request]), int(p.pair_cap[pair])
        free = room[host] if under < 0 else min(room[host], cap[under])
        size = min(wanted[request], most[colleague], (free + half) // p.unit)
        if size <= 0 or (p.same[request] and size < p.wanted[request]):
            continue
        here = range(first[pair], first[pair + 1])
        theirs = ground.colleague_date[here.start : here.stop].tolist()
        ours = ground.request_date[here.start : here.stop].tolist()
        days = [
            (at, one, other)
            for at, one, other in zip(here, theirs, ours, strict=True)
            if one not in busy and other not in asked
        ][:size]
        if p.same[request] and len(days) < size:
            continue
        for at, one, other in days:
            used.append(at)
            busy.add(one)
            asked.add(other)
        wanted[request] -= len(days)
        most[colleague] -= len(days)
        worth_here = p.unit * len(days) - half if days else 0
        room[host] -= worth_here
        room[home] += worth_here
        if under >= 0:
            cap[under] -= worth_here
    return np.array(sorted(used), dtype=np.int64)


def _passes(possible: Possible, order: Ints, wanted: list[int], most: list[int]) -> Iterator[int]:
    """These pairs, as often as they are looked at, but those of requests that want no more days or colleagues
    who have none left, as `wanted` and `most` say meanwhile; neither grows."""
    # What a library gives makes room for what was passed over before.
    for _ in range(PASSES):
        for start in range(0, len(order), AT_A_TIME):
            yield from order[start : start + AT_A_TIME].tolist()
        lacks = np.array(wanted, dtype=np.int64)[possible.pair_request[order]] > 0
        has = np.array(most, dtype=np.int64)[possible.pair_colleague[order]] > 0
        order = order[lacks & has]
