"""When which part is relaxed: the larger ones first, one at a time, and what is large roughly beforehand.

A rough relaxation takes a third of the time and guides a first dive nearly as well. The fine one goes on
beside it, and bounds.
"""

from dataclasses import dataclass, field

from services.matching.rounds.standing import Standing
from services.matching.rounds.worker import Job, Relax, Relaxed

SMALL_PART, QUICK_PART = 1_000, 100_000
"""Possible days of a part up to which it is not relaxed, and up to which once is enough."""
SHARE = 0.5
"""Of the time that is left, for a relaxation."""


@dataclass(slots=True)
class Relaxing:
    """`waiting`: parts nobody has begun with, and whether roughly; `unguided`: those of which nothing is
    known yet."""

    standing: Standing
    waiting: list[tuple[int, bool]] = field(default_factory=list)
    unguided: set[int] = field(default_factory=set)

    def add(self, part: int, days: int) -> None:
        """Relax this part with so many possible days, after those that were added before."""
        if days <= SMALL_PART:
            return
        if days > QUICK_PART:
            self.waiting.append((part, True))
        self.waiting.append((part, False))
        self.unguided.add(part)

    def next(self, running: list[Job], left: float) -> Relax | None:
        """The next relaxation, beside what is running."""
        under_way = [job for job in running if isinstance(job, Relax) and not job.inside]
        if not self.waiting or any(not job.rough for job in under_way):
            return None
        part, rough = self.waiting[0]
        if under_way and rough:
            return None
        del self.waiting[0]
        return Relax(self.standing.map.part == part, max(1.0, SHARE * left), rough=rough)

    def hear(self, job: Relax, said: Relaxed | None) -> None:
        """A part is relaxed, or its time was over (None: it was lost)."""
        part = int(self.standing.map.part[job.libraries][0])
        if said is not None:
            self.standing.relaxed(job.libraries, said)
        if not job.rough or (said is not None and said.value is not None):
            self.unguided.discard(part)
