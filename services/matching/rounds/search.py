"""Rounds with blocks: bounds from the linear relaxation, plans from dives and from a search in large
neighbourhoods.

Whether a plan is the best cannot be decided in reasonable time for a whole country (blocks make the round
NP-hard). A first plan comes from flows (`diving.py`). It is improved region by region: everything that
regards some libraries is given up, and the best use of what is then free is computed exactly. Small parts are
solved as a whole as well, which proves them. Two processes work at a time: one dives or relaxes, later both
improve.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import numpy as np

from services.matching.rounds.crew import Crew
from services.matching.rounds.parts import Ground, without_names
from services.matching.rounds.prices import Prices
from services.matching.rounds.regions import map_of
from services.matching.rounds.standing import Standing
from services.matching.rounds.worker import Dive, Dived, Improve, Improved, Job, Relax, Relaxed, Said

FIRST_REGION, LEAST_REGION, LARGEST_REGION = 4_000, 300, 1_000_000
"""Possible days around the libraries of a region."""
LARGEST_SHARE = 0.4
"""Of a part, in a region."""
REGION_SECONDS, QUICK_SECONDS = 5.0, 0.7
SMALL_PART, WHOLE_PART = 2_000, 60_000
"""Possible days of a part that is solved as a whole before all else, and up to which that is tried."""
WHOLE_SECONDS, SMALL_SECONDS = 20.0, 30.0
DRY = 8
"""Regions without gain in a row after which something else is tried."""
NEAR, FAR = 0.03, 0.15
"""Gap of a part, as a share, below which a proof may come soon, and above which solving it as a whole is
vain."""
GUIDED_DIVES = 3
DIVE_AGAIN = 1.005
"""A dive that gains more is followed by another."""
LEAVE = 0.15
"""Share of the blocks that a later dive begins without."""
RELAX_SHARE, DIVE_SHARE = 0.6, 0.35
"""Of the time that is left, for a relaxation and for a dive, which needs some more to come to its end."""
WAIT_SECONDS, GRACE_SECONDS, MARGIN_SECONDS = 0.1, 3.0, 0.5


@dataclass(slots=True)
class Search:
    """What a search does next. `size`: possible days of the next region; `fruitless`: regions without gain in
    a row."""

    standing: Standing
    due: float
    clock: Callable[[], float]
    random: Random
    workers: int
    solvers: Crew
    divers: Crew
    to_relax: list[int] = field(default_factory=list)
    size: float = FIRST_REGION
    fruitless: int = 0
    without_dive: int = 0
    regions: int = 0
    dives: int = 0
    guided_dives: int = 0
    dive_gained: bool = False
    tried_whole: dict[int, float] = field(default_factory=dict)

    def give_work(self) -> None:
        """Nobody is idle who could do something."""
        while len(self.running()) < self.workers:
            job = self._next_job()
            if job is None:
                return
            worker = (self.divers if isinstance(job, Dive) else self.solvers).idle()
            if worker is None:
                return
            grace = self.due if isinstance(job, Dive) else GRACE_SECONDS
            worker.begin(job, self.clock() + job.seconds + grace)

    def running(self) -> list[Job]:
        """The jobs that are being done."""
        return [
            one.job for crew in (self.solvers, self.divers) for one in crew.workers if one.job is not None
        ]

    def _next_job(self) -> Relax | Improve | Dive | None:
        running = self.running()
        # What a worker finds must be heard before the time is over.
        left = self.due - self.clock() - MARGIN_SECONDS
        if left <= 0:
            return None
        relaxing = any(isinstance(one, Relax) for one in running)
        if self.to_relax and not relaxing:
            part = self.to_relax.pop(0)
            return Relax(self.standing.map.part == part, max(1.0, RELAX_SHARE * left))
        if not any(isinstance(one, Dive) for one in running) and self._shall_dive(relaxing):
            return self._dive(left)
        whole = self._whole_part(running)
        if whole is not None:
            part, seconds = whole
            here, standing = self.standing.map.part == part, self.standing
            # A small part is worth the truth at once; others are looked at without what the prices rule out.
            first = part not in self.tried_whole
            dear = standing.dear if first and seconds != SMALL_SECONDS else None
            self.tried_whole[part] = seconds if dear is None else 1.0
            return Improve(standing.used, here, ~here, dear, min(left, seconds), self.random.randrange(1000))
        return self._region(running, left)

    def _shall_dive(self, relaxing: bool) -> bool:
        if self.dives == 0 or self.dive_gained:
            return True
        if relaxing or self.to_relax:
            return False
        return self.guided_dives < GUIDED_DIVES or self.without_dive >= DRY

    def _dive(self, left: float) -> Dive:
        """The first from nothing, and one when the relaxation is known; the others from most of the plan."""
        standing = self.standing
        blocks = standing.blocks
        if not self.to_relax and not any(isinstance(one, Relax) for one in self.running()):
            self.guided_dives += 1
        if self.dives == 0 or self.guided_dives == 1:
            blocks = blocks[:0]
        self.dives += 1
        self.without_dive = 0
        kept = np.array([self.random.random() >= LEAVE for _ in blocks], dtype=bool)
        return Dive(
            standing.likely, blocks[kept], standing.dear, DIVE_SHARE * left, self.random.randrange(1000)
        )

    def _whole_part(self, running: list[Job]) -> tuple[int, float] | None:
        """A part to be solved as a whole, and for how long: small ones first, then the widest gap."""
        standing = self.standing
        if any(isinstance(one, Improve) and self._is_whole(one) for one in running):
            return None
        days = np.bincount(standing.map.part[standing.on.day_host], minlength=standing.map.parts)
        gap = np.where(standing.proven, 0, standing.bound - standing.days)
        open_ = [int(one) for one in np.argsort(-gap, kind="stable") if gap[one] > 0]
        for part in open_:
            # The first try may leave out what prices rule out and so prove nothing: another follows at once.
            if days[part] <= SMALL_PART and self.tried_whole.get(part, 0.0) < WHOLE_SECONDS:
                return part, SMALL_SECONDS
        if self.to_relax or self.guided_dives == 0:
            return None
        for part in sorted(open_, key=lambda one: self.tried_whole.get(one, 0.0)):
            if days[part] <= WHOLE_PART:
                tried = self.tried_whole.get(part, 0.0)
                left = max(0.1, self.due - self.clock() - MARGIN_SECONDS)
                if gap[part] > FAR * standing.bound[part] and self.fruitless < DRY:
                    continue
                if not tried:
                    return part, min(WHOLE_SECONDS, left / 3)
                if gap[part] <= NEAR * standing.bound[part] or self.fruitless >= DRY:
                    return part, left if len(open_) == 1 else max(WHOLE_SECONDS, 3 * tried)
        return None

    def _is_whole(self, job: Improve) -> bool:
        return bool((job.libraries | job.closed).all() and self._part_of(job) is not None)

    def _part_of(self, job: Improve) -> int | None:
        """The part that the job is about as a whole."""
        parts = np.unique(self.standing.map.part[job.libraries])
        if len(parts) == 1 and ((self.standing.map.part == parts[0]) == job.libraries).all():
            return int(parts[0])
        return None

    def _region(self, running: list[Job], left: float) -> Improve | None:
        standing, p = self.standing, self.standing.on.possible
        wish = np.bincount(p.host, weights=standing.on.left(standing.used).wanted, minlength=len(p.room))
        wish[standing.finished()[standing.map.part] | (standing.map.weight == 0)] = 0
        closed = np.zeros(len(wish), dtype=bool)
        for job in running:
            if isinstance(job, Improve) and not self._is_whole(job):
                closed |= job.libraries
        wish[closed] = 0
        if not wish.any():
            return None
        seed = self.random.choices(range(len(wish)), weights=wish.tolist())[0]
        most = LARGEST_SHARE * standing.map.weight[standing.map.part == standing.map.part[seed]].sum()
        libraries = standing.map.region(
            self.random, seed, int(min(self.size, max(most, LEAST_REGION))), closed
        )
        self.regions += 1
        dear = standing.dear if self.regions % 2 else None
        return Improve(
            standing.used, libraries, closed, dear, min(left, REGION_SECONDS), self.random.randrange(1000)
        )

    def hear(self, job: Job, said: Said | None) -> None:
        """Take over what a worker has found. `said` is None when the job was lost."""
        better, standing = False, self.standing
        if isinstance(said, Relaxed) and isinstance(job, Relax):
            standing.relaxed(job.libraries, said)
        elif isinstance(said, Dived):
            days = len(standing.used)
            better = standing.take_by_part(said.used)
            self.dive_gained = len(standing.used) > days * DIVE_AGAIN
        elif isinstance(said, Improved) and isinstance(job, Improve):
            better = self._improved(job, said)
        elif isinstance(job, Improve) and not self._is_whole(job):
            self.size = max(LEAST_REGION, self.size / 2)
        if isinstance(job, Improve):
            self.fruitless = 0 if better else self.fruitless + 1
            self.without_dive = 0 if better else self.without_dive + 1

    def _improved(self, job: Improve, said: Improved) -> bool:
        standing, part = self.standing, self._part_of(job) if self._is_whole(job) else None
        given_up = said.given_up
        if part is not None:
            given_up = standing.used[standing.map.part[standing.on.day_host[standing.used]] == part]
        elif said.proven and said.seconds < QUICK_SECONDS:
            self.size = min(LARGEST_REGION, self.size * 1.15)
        elif not said.proven:
            self.size = max(LEAST_REGION, self.size * 0.8)
        better = False
        if said.instead is not None and np.isin(given_up, standing.used).all():
            kept = np.setdiff1d(standing.used, given_up, assume_unique=True)
            better = standing.take(np.union1d(kept, said.instead))
        if part is not None and job.dear is None:
            if not said.proven or not standing.short()[part]:
                standing.limit(part, said.bound)
            standing.proven[part] |= said.proven
        return better

    def hear_bounds(self) -> None:
        """Take over what solvers of whole parts have proven on the way."""
        for worker in self.solvers.workers:
            if isinstance(worker.job, Improve) and worker.bound is not None:
                if worker.job.dear is not None or not self._is_whole(worker.job):
                    continue
                part = self._part_of(worker.job)
                assert part is not None
                self.standing.limit(part, worker.bound)


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
    so.

    `bound`: prices of the round in which everything may be split.
    """
    country = map_of(on)
    standing = Standing(on, country, np.zeros(0, dtype=np.int64), bound)
    weight = np.bincount(country.part, weights=country.weight, minlength=country.parts)
    with Crew(without_names(on.possible), workers) as solvers, Crew(without_names(on.possible), 1) as divers:
        state = Search(standing, due, clock, Random(1), workers, solvers, divers)
        state.to_relax = [
            int(part) for part in np.argsort(-weight, kind="stable") if weight[part] > SMALL_PART
        ]
        while not standing.finished().all() and clock() < due and not stop():
            state.give_work()
            for crew in (divers, solvers):
                said = crew.next(clock(), min(WAIT_SECONDS / 2, due - clock()))
                if said is not None:
                    state.hear(said[1], said[2])
            state.hear_bounds()
            progress(len(standing.used), int(standing.bound.sum()))
    return standing
