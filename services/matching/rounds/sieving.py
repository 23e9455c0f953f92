"""Sieves of a whole part of a round that is not large: of its blocks those are considered that linear
relaxations use, so many that the best use of them can just be found.

Where credit is short, a plan becomes better by rings of exchanges through the whole country, which nothing
smaller holds. Such a sieve finds more than all other neighbourhoods in its time, but nothing before its end.
"""

from dataclasses import dataclass
from random import Random

import numpy as np

from services.matching.rounds.standing import Standing
from services.matching.rounds.worker import Improve, Job

LARGEST = 100_000
"""Possible days of a round up to which it is worth trying."""
RELAXATIONS, FIRST_ENOUGH = 12, 700
"""Relaxations at most, and blocks after which there are no more of them in the first sieve."""
LONGEST, LEAST_LEFT, LEAST_LEFT_NEAR = 10, 4.0, 1.5
"""How many times as long as everything before the first sieve one may take, and must be left: near the bound
one takes less."""
NEAR = 0.03
"""Gap of the plan up to which that is so."""
MORE, LESS = 1.25, 0.7
"""How the number of blocks changes when one has found nothing: if it was solved, and if it was too much."""
PAUSE = 12
"""Other neighbourhoods after one that has found nothing."""
NODES = 1
"""Of the search: what is not found at its root takes longer than another sieve."""
CLOSE = 0.15
"""Of the gap of the round: what one may miss of its best."""


@dataclass(slots=True)
class Sieving:
    """`enough`: blocks of the next sieve; `before`: seconds of the search until the first one; `pause`: other
    neighbourhoods until the next."""

    standing: Standing
    random: Random
    enough: float = FIRST_ENOUGH
    before: float = 0.0
    pause: int = 0

    def next(self, elapsed: float, left: float) -> Improve | None:
        """The next one, of the part that lacks most; None where there is not the time for it. `elapsed` and
        `left`: seconds of the search."""
        standing = self.standing
        self.before = self.before or elapsed
        is_large = len(standing.on.possible.day_pair) > LARGEST
        least = self.before * (LEAST_LEFT_NEAR if standing.gap <= NEAR else LEAST_LEFT)
        if self.pause > 0 or left < least or is_large or standing.is_mostly_blocks:
            return None
        lacks = np.where(standing.finished(), -1, standing.bound - standing.days)
        here = standing.map.part == lacks.argmax()
        seconds, seed = min(left, LONGEST * self.before), self.random.randrange(1000)
        return Improve(
            standing.used,
            here,
            ~here,
            standing.dear,
            None,
            False,
            RELAXATIONS,
            CLOSE * standing.gap,
            NODES,
            seconds,
            seed,
            enough=int(self.enough),
        )

    def heard(self, job: Job, gained: int, proven: bool) -> None:
        """What came of one, or of another neighbourhood."""
        if not isinstance(job, Improve) or job.enough is None:
            self.pause -= 1
        elif gained <= 0:
            self.enough *= MORE if proven else LESS
            self.pause = PAUSE
