"""What of a plan is given up next, to be used better: three kinds of neighbourhoods, each as large as can be
solved.

A *region* gives up all that regards some libraries near each other. A *sample* of a wider region gives up
some of its blocks, wherever they are, and a *period* those on a few dates: rings of exchanges that no region
holds as a whole are changed in these. What has gained most lately is chosen most often.
"""

from dataclasses import dataclass, field
from random import Random

import numpy as np

from services.matching.rounds.network import Ints
from services.matching.rounds.possible import Bools, Floats
from services.matching.rounds.standing import Standing

REGION, SAMPLE, PERIOD = range(3)
FIRST_SIZE, LEAST_SIZE, LARGEST_SIZE = 1_500.0, 300.0, 1_000_000.0
"""Possible days around the libraries of a region."""
WIDER = 2.0
"""How much larger the region of a sample or period begins."""
LARGEST_SHARE = 0.45
"""Of a part, so that there is room for another beside it; a sample or period without one may take all."""
SAMPLE_SHARE, FEWEST_DATES = 0.3, 2
"""Share of the blocks that a sample gives up, and dates before and after the middle of a period."""
VERY_QUICK, QUICK, SLOW = 200, 1_500, 6_000
"""Iterations of linear programmes below which a proven neighbourhood grows (twice, once), and above which it
shrinks."""
GROWTH, SHRINKAGE = 1.4, 0.7
FADE, LEAST_CHANCE = 0.8, 0.15
"""How much of an older gain still counts, and the least chance of each kind against the best."""


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The libraries, and the pairs that may be given up (None: all)."""

    kind: int
    libraries: Bools
    give: Bools | None


@dataclass(slots=True)
class Neighbourhoods:
    """Chooses neighbourhoods, and learns from what comes of them. `steps` counts them, `looked` is the step
    in which each library was last in one."""

    standing: Standing
    random: Random
    size: list[float] = field(default_factory=lambda: [FIRST_SIZE, WIDER * FIRST_SIZE, WIDER * FIRST_SIZE])
    gain: list[float] = field(default_factory=lambda: [1.0, 1.0, 1.0])
    steps: int = 0
    looked: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.looked = np.zeros(len(self.standing.on.possible.room), dtype=np.int64)

    def next(self, closed: Bools, *, alone: bool = False) -> Neighbourhood | None:
        """One without the closed libraries; None where nobody lacks anything. `alone`: no other will be
        beside it."""
        wish = self._wish(closed)
        if not wish.any():
            return None
        self.steps += 1
        best = max(*self.gain, 1e-9)
        kind = self.random.choices(
            (REGION, SAMPLE, PERIOD), [max(one / best, LEAST_CHANCE) for one in self.gain]
        )[0]
        seed = self.random.choices(range(len(wish)), weights=wish.tolist())[0]
        country = self.standing.map
        share = 1.0 if alone and kind != REGION else LARGEST_SHARE
        most = country.weight[country.part == country.part[seed]].sum() * share
        size = int(min(self.size[kind], max(most, LEAST_SIZE)))
        libraries = country.region(self.random, seed, size, closed)
        self.looked[libraries] = self.steps
        return Neighbourhood(kind, libraries, self._give(kind))

    def _wish(self, closed: Bools) -> Floats:
        """How much each library lacks, more where nobody has looked for long."""
        standing, p = self.standing, self.standing.on.possible
        wish = np.bincount(p.host, weights=standing.on.left(standing.used).wanted, minlength=len(p.room))
        wish[standing.finished()[standing.map.part] | (standing.map.weight == 0) | closed] = 0
        return np.asarray(wish * (1 + self.steps - self.looked), dtype=float)

    def _give(self, kind: int) -> Bools | None:
        p, used = self.standing.on.possible, self.standing.used
        if kind == REGION:
            return None
        if kind == SAMPLE:
            chances = np.random.default_rng(self.random.randrange(2**32)).random(len(p.pair_request))
            return np.asarray(chances < SAMPLE_SHARE)
        # A day of the plan, so that there is something to give up.
        middle = int(p.day_date[used[self.random.randrange(len(used))]]) if len(used) else 0
        give = np.zeros(len(p.pair_request), dtype=bool)
        give[p.day_pair[used[np.abs(p.day_date[used] - middle) <= FEWEST_DATES]]] = True
        return give

    def heard(self, kind: int, gained: int, iterations: int, proven: bool) -> None:
        """What came of one."""
        self.gain[kind] = FADE * self.gain[kind] + (1 - FADE) * 1_000 * max(0, gained) / (500 + iterations)
        if proven and iterations < QUICK:
            growth = GROWTH if iterations > VERY_QUICK else GROWTH**2
            self.size[kind] = min(LARGEST_SIZE, self.size[kind] * growth)
        elif not proven or iterations > SLOW:
            self.lost(kind)

    def lost(self, kind: int) -> None:
        """It was too much."""
        self.size[kind] = max(LEAST_SIZE, self.size[kind] * SHRINKAGE)
