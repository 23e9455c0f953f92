"""What of a plan is given up next, to be used better: six kinds of neighbourhoods, each as large as can be
solved.

A *region* gives up all that regards some libraries near each other. A *sieve* does the same with a wider one
and considers only what linear relaxations use there, which is where most of a good plan is. A *sample* of a
wider region gives up some of its blocks, wherever they are, and a *period* those on a few dates: rings of
exchanges that no region holds as a whole are changed in these. A *group* is some libraries by themselves, and
*few* blocks are given up wherever they are, so that little is decided at once: where there is hardly a plan,
these find most soonest. What has gained most lately is chosen most often.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

import numpy as np

from services.matching.rounds.network import Ints
from services.matching.rounds.possible import Bools, Floats
from services.matching.rounds.standing import Standing

REGION, SAMPLE, PERIOD, SIEVE, GROUP, FEW = range(6)
ALL = (REGION, SAMPLE, PERIOD, SIEVE, GROUP, FEW)
FIRST_SIZE, LEAST_SIZE, LARGEST_SIZE = 1_500.0, 300.0, 1_000_000.0
"""Possible days around the libraries of a region."""
WIDER, SIEVE_SIZE = 2.0, 10_000.0
"""How much larger the region of a sample or period begins, and how large a sieve does."""
LARGE_SIEVE, LARGEST_SIEVE = 80_000.0, 320_000.0
SLOW_GROWTH = 1.05
"""Beyond a large sieve they grow slowly while they find nothing, and shrink when they do, so that one in
eight gains: while there is much to gain, a larger one takes up to three times as long for each day."""
HASTY_SIZE = 6_000.0
"""Possible days around a region while there is hardly a plan."""
GROUP_SIZE, FEW_SIZE = 100.0, 1_000.0
"""Possible days inside a group, and those that a few blocks stand for, at the beginning."""
SIFTS = 3
"""Relaxations of a sieve, where the round is small; of a large one many sieves with one relaxation each find
more."""
LIGHTER = 4
"""An iteration takes so many times less in a sieve, where little is considered."""
LARGEST_SHARE = 0.45
"""Of a part, so that there is room for another beside it; a sample or period without one may take all."""
SAMPLE_SHARE, MOST_SHARE, FEWEST_DATES = 0.3, 0.8, 2
"""Share of the blocks that a sample gives up, and dates before and after the middle of a period. Both grow
when the region cannot."""
VERY_QUICK, QUICK, SLOW = 200, 1_500, 6_000
"""Iterations of linear programmes below which a proven neighbourhood grows (twice, once), and above which it
shrinks."""
GROWTH, GROUP_GROWTH, SHRINKAGE = 1.4, 1.1, 0.7
FADE, FADE_ITERATIONS, LEAST_CHANCE, LEAST_ITERATIONS = 0.8, 1_000, 0.15, 100
"""How much of an older gain still counts, less after so many iterations, the least chance of each kind
against the best, and the iterations that even the smallest stands for."""


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
    size: list[float] = field(
        default_factory=lambda: [
            FIRST_SIZE,
            WIDER * FIRST_SIZE,
            WIDER * FIRST_SIZE,
            SIEVE_SIZE,
            GROUP_SIZE,
            FEW_SIZE,
        ]
    )
    gain: list[float] = field(default_factory=lambda: [1.0] * len(ALL))
    steps: int = 0
    looked: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.looked = np.zeros(len(self.standing.on.possible.room), dtype=np.int64)

    def next(
        self, closed: Bools, *, alone: bool = False, kinds: Sequence[int] = ALL, hasty: bool = False
    ) -> Neighbourhood | None:
        """One of these kinds without the closed libraries; None where nobody lacks anything. `alone`: no
        other will be beside it. `hasty`: no region is large, so that all of a country is soon looked at."""
        wish = self._wish(closed)
        if not wish.any():
            return None
        self.steps += 1
        best = max(1e-9, *(self.gain[kind] for kind in kinds))
        chances = [max(self.gain[kind] / best, LEAST_CHANCE) for kind in kinds]
        kind = self.random.choices(kinds, chances)[0]
        seed = self.random.choices(range(len(wish)), weights=wish.tolist())[0]
        country = self.standing.map
        share = 1.0 if alone else LARGEST_SHARE
        most = country.weight[country.part == country.part[seed]].sum() * share
        if hasty and kind == REGION:
            self.size[kind] = min(self.size[kind], HASTY_SIZE)
        size = max(most, LEAST_SIZE) if kind == FEW else min(self.size[kind], max(most, LEAST_SIZE))
        libraries = country.region(self.random, seed, int(size), closed, inside=kind == GROUP)
        self.looked[libraries] = self.steps
        growth = self.size[kind] / max(1, most)
        return Neighbourhood(kind, libraries, self._give(kind, growth))

    def _wish(self, closed: Bools) -> Floats:
        """How much each library lacks, more where nobody has looked for long."""
        standing, p = self.standing, self.standing.on.possible
        wish = np.bincount(p.host, weights=standing.on.left(standing.used).wanted, minlength=len(p.room))
        wish[standing.finished()[standing.map.part] | (standing.map.weight == 0) | closed] = 0
        return np.asarray(wish * (1 + self.steps - self.looked), dtype=float)

    def _give(self, kind: int, growth: float) -> Bools | None:
        p, used = self.standing.on.possible, self.standing.used
        if kind in (REGION, SIEVE, GROUP):
            return None
        if kind in (SAMPLE, FEW):
            chances = np.random.default_rng(self.random.randrange(2**32)).random(len(p.pair_request))
            share = growth if kind == FEW else SAMPLE_SHARE * max(1.0, growth)
            return np.asarray(chances < min(MOST_SHARE, share))
        # A day of the plan, so that there is something to give up.
        middle = int(p.day_date[used[self.random.randrange(len(used))]]) if len(used) else 0
        give = np.zeros(len(p.pair_request), dtype=bool)
        give[p.day_pair[used[np.abs(p.day_date[used] - middle) <= FEWEST_DATES * max(1.0, growth)]]] = True
        return give

    def heard(self, kind: int, gained: int, iterations: int, proven: bool) -> None:
        """What came of one. A group or a sieve grows only when it found nothing, and a large sieve shrinks
        when it did: while small ones gain, larger ones take longer for the same."""
        iterations = iterations // LIGHTER if kind == SIEVE else iterations
        fade = FADE ** (1 + iterations / FADE_ITERATIONS)
        self.gain[kind] = fade * self.gain[kind] + (1 - fade) * 1_000 * max(0, gained) / (
            LEAST_ITERATIONS + iterations
        )
        if not proven or iterations > SLOW:
            self.lost(kind)
        elif kind == SIEVE and self.size[kind] >= LARGE_SIEVE:
            size = self.size[kind] * (SHRINKAGE if gained > 0 else SLOW_GROWTH)
            self.size[kind] = min(LARGEST_SIEVE, max(LARGE_SIEVE, size))
        elif kind in (GROUP, SIEVE) and gained > 0:
            return
        elif kind == GROUP or iterations < QUICK:
            growth = GROUP_GROWTH if kind == GROUP else GROWTH if iterations > VERY_QUICK else GROWTH**2
            largest = LARGE_SIEVE if kind == SIEVE else LARGEST_SIZE
            self.size[kind] = min(largest, self.size[kind] * growth)

    def lost(self, kind: int) -> None:
        """It was too much."""
        least = GROUP_SIZE if kind == GROUP else LEAST_SIZE
        self.size[kind] = max(least, self.size[kind] * SHRINKAGE)
