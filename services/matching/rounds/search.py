"""Rounds with blocks: bounds from the linear relaxation, plans from dives and from a search in large
neighbourhoods.

Whether a plan is the best cannot be decided in reasonable time for a whole country (blocks make the round
NP-hard). A first plan comes from flows (`diving.py`), guided by the relaxation. It is improved in
neighbourhoods (`neighbourhoods.py`): something is given up, and the best use of what is then free is computed
exactly. What is small enough is solved as a whole meanwhile, which proves it. Two processes work at a time,
in turns that do not depend on the clock (`turns.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import numpy as np

from services.matching.rounds.crew import Crew
from services.matching.rounds.neighbourhoods import Neighbourhoods
from services.matching.rounds.parts import Ground, without_names
from services.matching.rounds.prices import Prices
from services.matching.rounds.regions import map_of
from services.matching.rounds.standing import Standing
from services.matching.rounds.turns import Turns
from services.matching.rounds.worker import Dive, Dived, Improve, Improved, Job, Relax, Relaxed, Said

SMALL_PART, WHOLE_PART = 2_000, 60_000
"""Possible days of a part that is solved as a whole before all else, and up to which that is tried."""
SMALL_NODES, WHOLE_NODES, MORE_NODES = 2_000, 200, 8
"""Of the search for a whole part; each time it is tried again, so many times more."""
DAYS_A_TURN = 500
"""A whole part of this size times n is heard after n others."""
NEAR, FAR = 0.03, 0.15
"""Gap of a part, as a share, below which a proof may come soon, and above which its plan is poor."""
CLOSE = 0.1
"""Of the gap of the round: what a neighbourhood may miss of its best, so that large gains come quickly."""
REGION_NODES, REGION_SECONDS = 300, 20.0
"""Of a neighbourhood. The seconds are for what should never be: they depend on the machine."""
DRY = 12
"""Neighbourhoods without gain in a row after which something else is tried."""
QUICK_DIVE = 100_000
"""Possible days up to which a first dive does not wait for the relaxation, and another one follows at once
when it gains."""
SLOWER = 10
"""Beyond, a dive is so slow that so many times more must be without gain before another."""
DIVE_AGAIN = 1.005
"""A dive that gains more is followed by another."""
LEAVE = 0.15
"""Share of the blocks that a later dive begins without."""
RELAX_SHARE, DIVE_SHARE = 0.5, 0.5
"""Of the time that is left, for a relaxation and for a dive, which needs some more to come to its end."""
WAIT_SECONDS, MARGIN_SECONDS = 0.1, 0.5


@dataclass(slots=True)
class Search:
    """What a search does next, which depends on what it has heard. `fruitless`: neighbourhoods without gain
    in a row, `tried`: how often a part was begun as a whole, `kinds`: of the neighbourhoods under way."""

    standing: Standing
    due: float
    clock: Callable[[], float]
    random: Random
    workers: int
    turns: Turns
    neighbourhoods: Neighbourhoods
    to_relax: list[int] = field(default_factory=list)
    kinds: dict[int, int] = field(default_factory=dict)
    tried: dict[int, int] = field(default_factory=dict)
    fruitless: int = 0
    without_dive: int = 0
    dives: int = 0
    guided_dives: int = 0
    dive_gained: bool = False

    def give_work(self) -> None:
        """Nobody is idle who could do something."""
        while len(self.turns.under_way) < self.workers and not self.standing.finished().all():
            # What a worker finds must be heard before the time is over.
            left = self.due - self.clock() - MARGIN_SECONDS
            if left <= 0:
                return
            chosen = self._next_job([one.job for one in self.turns.under_way], left)
            if chosen is None:
                return
            job, after = chosen
            self.turns.begin(job, self.clock(), self.due, after)

    def _next_job(self, running: list[Job], left: float) -> tuple[Relax | Dive | Improve, int] | None:
        """The next job, and how many others are heard before it."""
        standing = self.standing
        relaxing = any(isinstance(one, Relax) for one in running)
        if self.to_relax and not relaxing:
            part = self.to_relax.pop(0)
            return Relax(standing.map.part == part, max(1.0, RELAX_SHARE * left)), 0
        is_diving = any(isinstance(one, Dive) for one in running)
        if not is_diving and self._shall_dive(relaxing or bool(self.to_relax)):
            return self._dive(left, relaxing), 0
        whole = self._whole_part(running)
        if whole is not None:
            here, tried = standing.map.part == whole, self.tried.get(whole, 0)
            self.tried[whole] = tried + 1
            days = int(np.count_nonzero(here[standing.on.day_host]))
            nodes = (SMALL_NODES if days <= SMALL_PART else WHOLE_NODES) * MORE_NODES**tried
            seed = self.random.randrange(1000)
            # From a poor plan the solver gets nowhere: what it tries first is near the plan.
            poor = standing.days[whole] < (1 - FAR) * standing.bound[whole]
            nodes = min(nodes, 2**31 - 1)
            job = Improve(standing.used, here, ~here, None, None, bool(poor), 0.0, nodes, left, seed)
            return job, days // DAYS_A_TURN if len(self._open()) == 1 else 0
        # The first plan comes from a dive; nothing else is worth beginning with.
        if not len(standing.used) and (relaxing or is_diving):
            return None
        return self._neighbourhood(running, left)

    def _shall_dive(self, relaxing: bool) -> bool:
        is_quick = len(self.standing.on.possible.day_pair) <= QUICK_DIVE
        if relaxing and not is_quick:
            return False
        if self.dives == 0 or self.dive_gained:
            return True
        dry = DRY if is_quick else DRY * SLOWER
        return not relaxing and (self.guided_dives == 0 or self.without_dive >= dry)

    def _dive(self, left: float, relaxing: bool) -> Dive:
        """The first from nothing, and one when the relaxation is known; the others from most of the plan."""
        standing, p = self.standing, self.standing.on.possible
        blocks = standing.blocks
        if not self.to_relax and not relaxing:
            self.guided_dives += 1
        if self.dives == 0 or self.guided_dives == 1:
            blocks = blocks[:0]
        self.dives += 1
        self.without_dive = 0
        self.dive_gained = False
        kept = np.array([self.random.random() >= LEAVE for _ in blocks], dtype=bool)
        seed = self.random.randrange(1000)
        return Dive(
            standing.likely, blocks[kept], standing.dear, DIVE_SHARE * left, seed, standing.prices.tolls(p)
        )

    def _open(self) -> list[int]:
        """Parts that may become better, the widest gap first."""
        standing = self.standing
        gap = np.where(standing.finished(), -1, standing.bound - standing.days)
        return [int(one) for one in np.argsort(-gap, kind="stable") if gap[one] >= 0]

    def _whole_part(self, running: list[Job]) -> int | None:
        """A part to be solved as a whole: small ones first, each once, and what is near or stands still
        again."""
        standing = self.standing
        busy = {self._part_of(one) for one in running if isinstance(one, Improve) and self._is_whole(one)}
        days = np.bincount(standing.map.part[standing.on.day_host], minlength=standing.map.parts)
        small = [one for one in self._open() if days[one] <= SMALL_PART and one not in busy]
        for part in sorted(small, key=lambda one: self.tried.get(one, 0)):
            if not self.tried.get(part, 0) or self.fruitless >= DRY:
                return part
        if busy or self.to_relax or any(isinstance(one, Relax) for one in running):
            return None
        for part in sorted(self._open(), key=lambda one: self.tried.get(one, 0)):
            near = standing.bound[part] - standing.days[part] <= NEAR * standing.bound[part]
            if days[part] <= WHOLE_PART and (not self.tried.get(part) or near or self.fruitless >= DRY):
                return part
        return None

    def _is_whole(self, job: Improve) -> bool:
        return bool((job.libraries | job.closed).all() and self._part_of(job) is not None)

    def _part_of(self, job: Improve) -> int | None:
        """The part that the job is about as a whole."""
        parts = np.unique(self.standing.map.part[job.libraries])
        if job.give is not None or len(parts) != 1:
            return None
        is_all = ((self.standing.map.part == parts[0]) == job.libraries).all()
        return int(parts[0]) if is_all else None

    def _neighbourhood(self, running: list[Job], left: float) -> tuple[Improve, int] | None:
        standing = self.standing
        closed = np.zeros(len(standing.on.possible.room), dtype=bool)
        for job in running:
            if isinstance(job, Improve) and not self._is_whole(job):
                closed |= job.libraries
        chosen = self.neighbourhoods.next(closed, alone=bool(running) and not closed.any())
        if chosen is None:
            return None
        # Every second one leaves out what the prices rule out.
        dear = standing.dear if self.neighbourhoods.steps % 2 else None
        seconds, seed = min(left, REGION_SECONDS), self.random.randrange(1000)
        libraries, give = chosen.libraries, chosen.give
        gap = 1 - standing.served() / max(1, int(standing.bound.sum()))
        close = CLOSE * max(0.0, gap)
        job = Improve(standing.used, libraries, closed, dear, give, False, close, REGION_NODES, seconds, seed)
        self.kinds[id(job)] = chosen.kind
        return job, 0

    def hear(self, job: Job, said: Said | None) -> None:
        """Take over what a worker has found. `said` is None when the job was lost."""
        better, standing = False, self.standing
        if isinstance(said, Relaxed) and isinstance(job, Relax):
            standing.relaxed(job.libraries, said)
        elif isinstance(said, Dived):
            days = standing.served()
            better = standing.take_by_part(said.used)
            is_quick = len(standing.on.possible.day_pair) <= QUICK_DIVE
            self.dive_gained = is_quick and standing.served() > days * DIVE_AGAIN
        elif isinstance(job, Improve):
            better = self._improved(job, said if isinstance(said, Improved) else None)
            self.fruitless = 0 if better else self.fruitless + 1
            self.without_dive = 0 if better else self.without_dive + 1

    def _improved(self, job: Improve, said: Improved | None) -> bool:
        standing, kind = self.standing, self.kinds.pop(id(job), None)
        if said is None:
            if kind is not None:
                self.neighbourhoods.lost(kind)
            return False
        part, given_up, before = self._part_of(job) if kind is None else None, said.given_up, standing.used
        if part is not None:
            given_up = standing.used[standing.map.part[standing.on.day_host[standing.used]] == part]
        better = False
        if said.instead is not None and np.isin(given_up, standing.used).all():
            kept = np.setdiff1d(standing.used, given_up, assume_unique=True)
            better = standing.take(np.union1d(kept, said.instead))
        if kind is not None:
            gained = standing.served() - standing.on.possible.worth(before)
            self.neighbourhoods.heard(kind, gained, said.iterations, said.proven)
        if part is not None:
            if not said.proven or not standing.short()[part]:
                standing.limit(part, said.bound)
            standing.proven[part] |= said.proven
        return better

    def take_bounds(self) -> None:
        """Take over what solvers of whole parts have proven on the way."""
        for job, said in self.turns.bounds():
            if isinstance(job, Improve) and self._is_whole(job):
                part = self._part_of(job)
                assert part is not None
                self.standing.limit(part, said.bound)


def search(
    on: Ground,
    bound: Prices,
    due: float,
    clock: Callable[[], float],
    stop: Callable[[], bool],
    progress: Callable[[int, int], None],
    workers: int = 2,
) -> Standing:
    """The best plan found until `due`, and bounds. Stops earlier when every part is proven or `stop()` says
    so. Where it ends by a proof, it has taken the same steps on every machine.

    `bound`: prices of the round in which everything may be split.
    """
    country = map_of(on)
    standing = Standing(on, country, np.zeros(0, dtype=np.int64), bound)
    weight = np.bincount(country.part, weights=country.weight, minlength=country.parts)
    with Crew(without_names(on.possible), workers) as solvers, Crew(without_names(on.possible), 1) as divers:
        random, turns = Random(1), Turns(solvers, divers)
        state = Search(standing, due, clock, random, workers, turns, Neighbourhoods(standing, random))
        state.to_relax = [
            int(part) for part in np.argsort(-weight, kind="stable") if weight[part] > SMALL_PART
        ]
        while not standing.finished().all() and clock() < due and not stop():
            state.give_work()
            turns.listen(clock(), min(WAIT_SECONDS, due - clock()))
            turns.hear(state.hear)
            progress(standing.served(), int(standing.bound.sum()))
        if not standing.finished().all():
            # Out of time: what has come is taken, in turn or not.
            turns.hear(state.hear, all_=True)
            state.take_bounds()
    return standing
