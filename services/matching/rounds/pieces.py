"""A first plan of a large round, piece by piece.

The flows of a dive through a whole country take far more than ten times as long as through a tenth of it. So
what is too large is cut where little crosses, and each piece is relaxed and then dived by itself. The whole
is not, for want of time and memory. What crosses is found later, in neighbourhoods.
"""

from dataclasses import dataclass, field

import numpy as np

from services.matching.rounds.possible import Bools, Floats
from services.matching.rounds.standing import Standing
from services.matching.rounds.worker import Dive, Job, Relax, Relaxed

WHOLE_DIVE, PIECE_DAYS = 1_000_000, 50_000
"""Possible days up to which a part is dived as a whole, which finds more, and those inside of a piece."""
MOSTLY_INSIDE = 0.5
"""Share of the possible days that must be inside of pieces, so that cutting loses little."""
RELAX_SHARE, DIVE_SHARE = 0.2, 0.2
"""Of the time that is left, for one piece at most."""


@dataclass(slots=True)
class Pieces:
    """`to_relax`: pieces nobody has begun with; `to_dive`: relaxed ones, with how likely each pair is."""

    standing: Standing
    to_relax: list[Bools] = field(default_factory=list)
    to_dive: list[tuple[Bools, Floats]] = field(default_factory=list)
    begun: bool = False

    def cut(self, part: int, days: int) -> bool:
        """Whether the part with so many possible days is too large for one dive and has pieces now: not if
        too much is cut through."""
        if days <= WHOLE_DIVE:
            return False
        piece, inside = self.standing.map.cut(part, PIECE_DAYS)
        if inside < MOSTLY_INSIDE:
            return False
        self.to_relax += [piece == number for number in np.unique(piece[piece >= 0])]
        self.begun = True
        return True

    @property
    def are_dived(self) -> bool:
        """Nobody has to begin with any of the pieces any more."""
        return self.begun and not self.to_relax and not self.to_dive

    def next(self, running: list[Job], left: float, seed: int) -> Relax | Dive | None:
        """What to do next for a piece, beside what is running: one relaxation and one dive at a time."""
        if self.to_dive and not any(isinstance(job, Dive) for job in running):
            libraries, likely = self.to_dive.pop(0)
            return Dive(
                likely,
                np.zeros(0, dtype=np.int64),
                None,
                DIVE_SHARE * left,
                seed,
                None,
                libraries,
                self.standing.used,
            )
        if self.to_relax and not any(isinstance(job, Relax) and job.inside for job in running):
            return Relax(self.to_relax.pop(0), RELAX_SHARE * left, inside=True)
        return None

    def hear(self, job: Relax, said: Relaxed | None) -> None:
        """A piece is relaxed, or its time was over (None: it was lost)."""
        if said is not None and said.value is not None:
            likely = self.standing.share(said.value)
            self.standing.likely = np.maximum(self.standing.likely, likely)
            self.to_dive.append((job.libraries, likely))
