"""Which libraries are looked at together: the parts that have nothing to do with each other, regions of them,
and pieces that a part is cut into."""

import heapq
from dataclasses import dataclass
from random import Random

import numpy as np

from services.matching.rounds.network import Ints
from services.matching.rounds.parts import Ground
from services.matching.rounds.possible import Bools

LEFT_OVER, TOO_LARGE = 0.25, 1.5
"""Share of a piece's days below which what is left over is no piece, and above which nothing is added."""


@dataclass(frozen=True, slots=True)
class Map:
    """Libraries as neighbours: those between whom days are possible, and how many."""

    part: Ints
    parts: int
    first: Ints
    neighbour: Ints
    days: Ints
    weight: Ints

    def region(self, random: Random, seed: int, days: int, closed: Bools, *, inside: bool = False) -> Bools:
        """A connected piece around library `seed` with about this many possible days, without the closed
        libraries. `inside`: only days between two of its libraries count."""
        chosen = np.zeros(len(self.part), dtype=bool)
        open_: dict[int, int] = {seed: 1}
        total = 0
        while open_ and total < days:
            found = random.choices(list(open_), weights=list(open_.values()))[0]
            between = open_.pop(found)
            chosen[found] = True
            total += between if inside else int(self.weight[found])
            for at in range(self.first[found], self.first[found + 1]):
                other = int(self.neighbour[at])
                if not chosen[other] and not closed[other]:
                    open_[other] = open_.get(other, 0) + int(self.days[at])
        return chosen

    def cut(self, part: int, days: int) -> tuple[Ints, float]:
        """Pieces of a part with about this many possible days inside each: the number of each library's,
        below 0 where there is none; and the share of the part's days that is inside of one."""
        piece = np.full(len(self.part), -1)
        count = 0
        for start in np.flatnonzero(self.part == part).tolist():
            if piece[start] < 0:
                self._fill(piece, start, count, days)
                count += 1
        here = np.repeat(np.arange(len(self.part)), np.diff(self.first))
        mine = self.part[here] == part
        here, there, between = here[mine], self.neighbour[mine], self.days[mine]
        piece = self._joined(piece, piece[here] * count + piece[there], between, count, days)
        inside = between[(piece[here] == piece[there]) & (piece[here] >= 0)].sum()
        return piece, float(inside / max(1, between.sum()))

    def _joined(self, piece: Ints, link: Ints, between: Ints, count: int, days: int) -> Ints:
        """Between pieces little ones are left over; each goes where it has most to do with, unless that has
        become too large: then it is no piece (below 0)."""
        keys, at = np.unique(link, return_inverse=True)
        total = np.bincount(at, weights=between)
        one, other = keys // count, keys % count
        inside = np.bincount(one[one == other], weights=total[one == other] / 2, minlength=count)
        goes_to, size = np.arange(count), inside.copy()
        for number in np.argsort(inside, kind="stable").tolist():
            if inside[number] >= days * LEFT_OVER:
                break
            links = slice(np.searchsorted(one, number), np.searchsorted(one, number, side="right"))
            near, many = other[links], total[links] * (other[links] != number)
            nearest = int(near[many.argmax()]) if len(near) else number
            while goes_to[nearest] not in (nearest, -1):
                nearest = int(goes_to[nearest])
            together = size[nearest] + size[number] + many.max(initial=0.0)
            if nearest != number and goes_to[nearest] >= 0 and together <= days * TOO_LARGE:
                goes_to[number], size[nearest] = nearest, together
            elif goes_to[number] == number and size[number] < days * LEFT_OVER:
                goes_to[number] = -1
        while (goes_to != np.where(goes_to >= 0, goes_to[goes_to], -1)).any():
            goes_to = np.where(goes_to >= 0, goes_to[goes_to], -1)
        return np.where(piece >= 0, goes_to[piece], piece)

    def _fill(self, piece: Ints, start: int, number: int, days: int) -> None:
        """Number a library and those around it that have most to do with it, until it is enough."""
        open_: dict[int, int] = {start: 0}
        nearest = [(0, start)]
        inside = 0
        while nearest and inside < days:
            between, found = heapq.heappop(nearest)
            if piece[found] >= 0 or -between != open_[found]:
                continue
            piece[found] = number
            inside -= between
            for at in range(self.first[found], self.first[found + 1]):
                other = int(self.neighbour[at])
                if piece[other] < 0:
                    open_[other] = open_.get(other, 0) + int(self.days[at])
                    heapq.heappush(nearest, (-open_[other], other))


def map_of(on: Ground) -> Map:
    """The map of a round. `part` numbers the connected parts; `weight` is the possible days that touch a
    library."""
    count = len(on.possible.room)
    both = np.concatenate([on.day_home * count + on.day_host, on.day_host * count + on.day_home])
    keys, days = np.unique(both, return_counts=True)
    here, there = keys // max(1, count), keys % max(1, count)
    part = np.arange(count)
    one, other = _under_a_cap(on)
    one, other = np.concatenate([here, one, other]), np.concatenate([there, other, one])
    while True:
        lower = part.copy()
        np.minimum.at(lower, one, part[other])
        lower = lower[lower]
        if (lower == part).all():
            break
        part = lower
    names, part = np.unique(part, return_inverse=True)
    weight = np.zeros(count, dtype=np.int64)
    np.add.at(weight, here, days)
    return Map(part, len(names), np.searchsorted(here, np.arange(count + 1)), there, days, weight)


def _under_a_cap(on: Ground) -> tuple[Ints, Ints]:
    """Hosts of days under the same cap, which have to do with each other: each with the cap's first."""
    p = on.possible
    pairs = np.flatnonzero(p.pair_cap >= 0)
    _, first, cap = np.unique(p.pair_cap[pairs], return_index=True, return_inverse=True)
    host = p.host[p.pair_request[pairs]]
    return host, host[first][cap]
