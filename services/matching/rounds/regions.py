"""Which libraries are looked at together: the parts that have nothing to do with each other, and regions of
them."""

from dataclasses import dataclass
from random import Random

import numpy as np

from services.matching.rounds.network import Ints
from services.matching.rounds.parts import Ground
from services.matching.rounds.possible import Bools


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
