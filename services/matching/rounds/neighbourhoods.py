"""What of a plan is given up next, to be used better: four kinds of neighbourhoods, each as large as can be
solved.

A *region* gives up all that regards some libraries near each other. A *sieve* does the same with a wider one
and considers only what linear relaxations use there, which is where most of a good plan is. A *sample* of a
wider region gives up some of its blocks, wherever they are, and a *period* those on a few dates: rings of
exchanges that no region holds as a whole are changed in these. What has gained most lately is chosen most
often.
"""

from dataclasses import dataclass, field
from random import Random

import numpy as np

from services.matching.rounds.network import Ints
from services.matching.rounds.possible import Bools, Floats
from services.matching.rounds.standing import Standing

REGION, SAMPLE, PERIOD, SIEVE = range(4)
FIRST_SIZE, LEAST_SIZE, LARGEST_SIZE = 1_500.0, 300.0, 1_000_000.0
"""Possible days around the libraries of a region."""
WIDER, SIEVE_SIZE = 2.0, 3_000.0
"""How much larger the region of a sample or period begins, and how large a sieve does."""
SIFTS = 3
"""Relaxations of a sieve."""
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
GROWTH, SHRINKAGE = 1.4, 0.7
FADE, FADE_ITERATIONS, LEAST_CHANCE = 0.8, 1_000, 0.15
"""How much of an older gain still counts, less after so many iterations, and the least chance of each kind
against the best."""


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
        default_factory=lambda: [FIRST_SIZE, WIDER * FIRST_SIZE, WIDER * FIRST_SIZE, SIEVE_SIZE]
    )
    gain: list[float] = field(default_factory=lambda: [1.0, 1.0, 1.0, 1.0])
    steps: int = 0
    looked: Ints = field(init=False)

    def __post_init__(self) -> None:
        self.looked = np.zeros(len(self.standing.on.possible.room), dtype=np.int64)

    def next(self, closed: Bools, *, alone: bool = False, poor: bool = False) -> Neighbourhood | None:
        """One without the closed libraries; None where nobody lacks anything. `alone`: no other will be
        beside it. `poor`: there is hardly a plan yet."""
        wish = self._wish(closed)
        if not wish.any():
            return None
        self.steps += 1
        best = max(*self.gain, 1e-9)
        chances = [max(one / best, LEAST_CHANCE) for one in self.gain]
        kind = SIEVE if poor else self.random.choices((REGION, SAMPLE, PERIOD, SIEVE), chances)[0]
        seed = self.random.choices(range(len(wish)), weights=wish.tolist())[0]
        country = self.standing.map
        share = 1.0 if alone else LARGEST_SHARE
        most = country.weight[country.part == country.part[seed]].sum() * share
        size = int(min(self.size[kind], max(most, LEAST_SIZE)))
        libraries = country.region(self.random, seed, size, closed)
        self.looked[libraries] = self.steps
        return Neighbourhood(kind, libraries, self._give(kind, max(1.0, self.size[kind] / max(1, most))))

    def _wish(self, closed: Bools) -> Floats:
        """How much each library lacks, more where nobody has looked for long."""
        standing, p = self.standing, self.standing.on.possible
        wish = np.bincount(p.host, weights=standing.on.left(standing.used).wanted, minlength=len(p.room))
        wish[standing.finished()[standing.map.part] | (standing.map.weight == 0) | closed] = 0
        return np.asarray(wish * (1 + self.steps - self.looked), dtype=float)

    def _give(self, kind: int, growth: float) -> Bools | None:
        p, used = self.standing.on.possible, self.standing.used
        if kind in (REGION, SIEVE):
            return None
        if kind == SAMPLE:
            chances = np.random.default_rng(self.random.randrange(2**32)).random(len(p.pair_request))
            return np.asarray(chances < min(MOST_SHARE, SAMPLE_SHARE * growth))
        # A day of the plan, so that there is something to give up.
        middle = int(p.day_date[used[self.random.randrange(len(used))]]) if len(used) else 0
        give = np.zeros(len(p.pair_request), dtype=bool)
        give[p.day_pair[used[np.abs(p.day_date[used] - middle) <= FEWEST_DATES * growth]]] = True
        return give

    def heard(self, kind: int, gained: int, iterations: int, proven: bool, *, poor: bool = False) -> None:
        """What came of one. From a `poor` plan everything gains."""
        iterations = iterations // LIGHTER if kind == SIEVE else iterations
        if not poor:
            fade = FADE ** (1 + iterations / FADE_ITERATIONS)
            self.gain[kind] = fade * self.gain[kind] + (1 - fade) * 1_000 * max(0, gained) / (
                500 + iterations
            )
        if proven and iterations < QUICK:
            growth = GROWTH if iterations > VERY_QUICK else GROWTH**2
            self.size[kind] = min(LARGEST_SIZE, self.size[kind] * growth)
        elif not proven or iterations > SLOW:
            self.lost(kind)

    def lost(self, kind: int) -> None:
        """It was too much."""
        self.size[kind] = max(LEAST_SIZE, self.size[kind] * SHRINKAGE)
