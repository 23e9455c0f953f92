"""Parts of a round as a whole, in HiGHS, beside the search: what it proves is a bound, what it finds a plan.

It begins from nothing, so that it takes the same steps on every machine, whatever the search finds.
"""

from dataclasses import dataclass, field

import numpy as np

from services.matching.rounds.crew import Crew, Worker
from services.matching.rounds.network import Ints
from services.matching.rounds.possible import Bools
from services.matching.rounds.standing import Standing
from services.matching.rounds.worker import Improve, Improved

SMALL_PART, WHOLE_PART = 2_000, 60_000
"""Possible days of a part whose proof is waited for, and up to which one is tried."""
SMALL_NODES, MORE_NODES = 200, 8
"""Of a search, while other parts are open; each time a part is tried again, so many times more."""
MOST_NODES = 2**31 - 1
GRACE_SECONDS = 3.0
"""After the time of a proof, before its process is ended."""


@dataclass(slots=True)
class Prover:
    """A worker with one part at a time. `tried`: how often each part was begun; `waited`: parts whose plan,
    if it is proven in SMALL_NODES, is the prover's, so that it is the same on every machine."""

    standing: Standing
    crew: Crew
    days: Ints = field(init=False)
    tried: Ints = field(init=False)
    waited: Bools = field(init=False)
    part: int | None = None
    worker: Worker | None = None

    def __post_init__(self) -> None:
        part, parts = self.standing.map.part, self.standing.map.parts
        self.days = np.bincount(part[self.standing.on.day_host], minlength=parts)
        self.tried = np.zeros(parts, dtype=np.int64)
        self.waited = (self.days > 0) & (self.days <= SMALL_PART)

    def open(self) -> Bools:
        """Parts about which something is to be proven that is not known yet."""
        can = (self.days > 0) & (self.days <= WHOLE_PART)
        return np.asarray(self.waited | (can & ~self.standing.finished()))

    def give_work(self, now: float, seconds: float, most: int = WHOLE_PART) -> None:
        """Idle, it begins with the smallest part of those begun least often, up to `most` possible days."""
        open_ = np.flatnonzero(self.open() & (self.days <= most))
        if self.worker is not None or not len(open_) or seconds <= 0:
            return
        part = int(open_[np.lexsort((self.days[open_], self.tried[open_]))[0]])
        tried = int(self.tried[part])
        self.tried[part] += 1
        self.part, self.worker = part, self.crew.idle()
        assert self.worker is not None
        here = self.standing.map.part == part
        used = self.standing.used if tried else self.standing.used[:0]
        nodes = MOST_NODES if len(open_) == 1 else min(MOST_NODES, SMALL_NODES * MORE_NODES**tried)
        job = Improve(used, here, ~here, None, None, not tried, 0, 0.0, nodes, seconds, 0, tells=True)
        self.worker.begin(job, now + seconds + GRACE_SECONDS)

    def hear(self, now: float) -> None:
        """Take over what it has proven and found."""
        if self.worker is None:
            return
        worker, part = self.worker, self.part
        assert part is not None
        answers = []
        while True:
            before = len(worker.underway)
            answer = self.crew.next(now, 0.0)
            if answer is not None:
                answers.append(answer[2])
            elif len(worker.underway) == before:
                break
        for said in worker.underway:
            self.standing.limit(part, said.bound)
            self._take(part, said.instead)
            if said.nodes > SMALL_NODES:
                self.waited[part] = False
        worker.underway.clear()
        for answered in answers:
            self.worker, self.waited[part] = None, False
            if isinstance(answered, Improved):
                self._take(part, answered.instead)
                if not answered.proven or not self.standing.short()[part]:
                    self.standing.limit(part, answered.bound)
                self.standing.proven[part] |= answered.proven
        if self.worker is not None and not self.open()[part]:
            self.crew.end(worker)
            self.worker = None

    def _take(self, part: int, instead: Ints | None) -> None:
        if instead is not None:
            standing = self.standing
            others = standing.map.part[standing.on.day_host[standing.used]] != part
            standing.take(np.union1d(standing.used[others], instead))
