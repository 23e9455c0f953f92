"""Rounds with blocks: bounds from the linear relaxation, plans from dives and from a search in large
neighbourhoods.

Whether a plan is the best cannot be decided in reasonable time for a whole country (blocks make the round
NP-hard). A first plan comes from flows (`diving.py`), guided by the relaxation. It is improved in
neighbourhoods (`neighbourhoods.py`): something is given up, and the best use of what is then free is computed
exactly. What is small enough is solved as a whole meanwhile, which bounds and may prove it (`proving.py`).
Two processes work at a time (`jobs.py`).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import numpy as np

from services.matching.rounds.crew import Crew
from services.matching.rounds.jobs import Jobs
from services.matching.rounds.mending import in_no_time
from services.matching.rounds.neighbourhoods import ALL, FEW, GROUP, REGION, SIEVE, SIFTS, Neighbourhoods
from services.matching.rounds.parts import Ground, without_names
from services.matching.rounds.pieces import Pieces
from services.matching.rounds.prices import Prices
from services.matching.rounds.proving import SMALL_PART, WHOLE_PART, Prover
from services.matching.rounds.regions import map_of
from services.matching.rounds.relaxing import Relaxing
from services.matching.rounds.sieving import Sieving
from services.matching.rounds.standing import Standing
from services.matching.rounds.worker import Dive, Dived, Improve, Improved, Job, Relax, Relaxed, Said

POOR = 0.15
"""Gap of a plan, as a share, above which not all kinds of neighbourhoods are worth trying."""
BEGUN = 0.5
"""Share of the bound that groups alone find."""
CLOSE = 0.03
"""Of the gap of the round: what a neighbourhood may miss of its best, so that large gains come quickly."""
SIEVES = 0.9
"""Share of the neighbourhoods that are sieves when a large round has a plan: these gain twice as much."""
REGION_NODES, SIEVE_NODES = 300, 50
REGION_SECONDS, LEAST_SECONDS, REGION_SHARE = 20.0, 2.0, 0.15
"""Of a neighbourhood: at most, at least, and the share of all the time, so that no single one takes it."""
DRY = 12
"""Neighbourhoods without gain in a row after which something else is tried."""
QUICK_DIVE = 100_000
"""Possible days up to which a first dive does not wait for the relaxation, and another one follows at once
when it gains."""
QUICK_FIRST = 500_000
"""Possible days up to which what comes first is planned before anything else, which takes seconds."""
QUICK_PROOF = 20_000
"""Possible days up to which a proof is worth beginning before there is a plan, where most are blocks."""
SLOWER = 10
"""Beyond a quick dive so many times more must be without gain before another."""
DIVE_AGAIN = 1.005
"""A dive that gains more is followed by another."""
LEAVE = 0.15
"""Share of the blocks that a later dive begins without."""
DIVE_SHARE = 0.5
"""Of the time that is left, for a dive, which needs some more to come to its end."""
WAIT_SECONDS, MARGIN_SECONDS = 0.1, 0.3


@dataclass(slots=True)
class Search:
    """What a search does next, which depends on what it has heard. `seconds`: from beginning to end, `kinds`:
    of the neighbourhoods under way, `without_dive`: those without gain since the last dive."""

    standing: Standing
    due: float
    clock: Callable[[], float]
    random: Random
    workers: int
    jobs: Jobs
    neighbourhoods: Neighbourhoods
    prover: Prover
    seconds: float
    kinds: dict[int, int] = field(default_factory=dict)
    without_dive: int = 0
    dives: int = 0
    guided_dives: int = 0
    dive_gained: bool = False
    is_dived: bool = False
    pieces: Pieces = field(init=False)
    relaxing: Relaxing = field(init=False)
    sieving: Sieving = field(init=False)

    def __post_init__(self) -> None:
        self.pieces, self.relaxing = Pieces(self.standing), Relaxing(self.standing)
        self.sieving = Sieving(self.standing, self.random)
        sizes = self.prover.days
        for part in np.argsort(-sizes, kind="stable").tolist():
            if not self.pieces.cut(part, int(sizes[part])):
                self.relaxing.add(part, int(sizes[part]))

    def is_over(self) -> bool:
        """Nothing can become better, and what is to be proven the same way everywhere is."""
        return bool((self.standing.finished() & ~self.prover.waited).all())

    def give_work(self) -> None:
        """Nobody is idle who could do something."""
        now = self.clock()
        # What a worker finds must be heard before the time is over.
        most = QUICK_PROOF if self._begins_without_bound() else WHOLE_PART
        self.prover.give_work(now, self.due - now - MARGIN_SECONDS, most)
        workers = max(1, self.workers - (self.prover.worker is not None))
        while len(self.jobs.under_way) < workers and not self.standing.finished().all():
            left = self.due - self.clock() - MARGIN_SECONDS
            if left <= 0:
                return
            job = self._next_job(self.jobs.under_way, left)
            if job is None:
                return
            self.jobs.begin(job, self.clock(), self.due)

    def _next_job(self, running: list[Job], left: float) -> Relax | Dive | Improve | None:
        """The next job; None where there is nothing to do beside those that are running."""
        if self._begins_without_bound():
            return self._neighbourhood(running, left)
        relaxation = self.relaxing.next(running, left)
        if relaxation is not None:
            return relaxation
        piece = self.pieces.next(running, left, self.random.randrange(1000))
        if piece is not None:
            return piece
        if self.is_dived and (whole := self.sieving.next(self.seconds - left, left)) is not None:
            self.kinds[id(whole)] = SIEVE
            return whole
        is_diving = any(isinstance(one, Dive) for one in running)
        if not is_diving and self._shall_dive():
            return self._dive(left)
        # The first plan comes from a dive, where that takes a few seconds.
        if self._is_quick() and self._is_poor() and (self.relaxing.unguided or is_diving):
            return None
        return self._neighbourhood(running, left)

    def _is_quick(self) -> bool:
        return len(self.standing.on.possible.day_pair) <= QUICK_DIVE

    def _shall_dive(self) -> bool:
        if self.pieces.begun and self.without_dive < DRY * SLOWER:
            return False
        is_guided = not self.relaxing.unguided
        if not is_guided and not self._is_quick():
            return False
        if self.dives == 0 or self.dive_gained:
            return True
        dry = DRY if self._is_quick() else DRY * SLOWER
        return is_guided and (self.guided_dives == 0 or self.without_dive >= dry)

    def _begins_without_bound(self) -> bool:
        """Where nearly all are blocks, neighbourhoods find a first plan, and flows do not. So nothing is
        relaxed before there is one."""
        large = bool((self.prover.days > SMALL_PART).any())
        return large and self.standing.is_mostly_blocks and self._is_poor()

    def _kinds(self) -> tuple[int, ...]:
        """The kinds of neighbourhoods that are worth trying now."""
        standing = self.standing
        if self.pieces.begun:
            # What a few blocks anywhere stand for is all of the country here, and takes far too long.
            return (SIEVE,) if self.pieces.are_dived else (REGION, GROUP)
        if not self._is_poor():
            is_large = not self._is_quick() and not standing.is_mostly_blocks
            return (SIEVE,) if is_large and self.random.random() < SIEVES else ALL
        is_begun = standing.served() > BEGUN * int(standing.bound.sum())
        if not self._is_quick():
            return (REGION, GROUP, FEW) if is_begun else (REGION, GROUP)
        if not standing.is_mostly_blocks:
            return (SIEVE,)
        return (GROUP, FEW) if is_begun else (GROUP,)

    def _is_poor(self) -> bool:
        """Whether there is hardly a plan yet. The best one may be far below the bound, so after a guided dive
        there is, where it is flows that find it."""
        if self.is_dived and not self.standing.is_mostly_blocks:
            return False
        return self.standing.gap > POOR

    def _dive(self, left: float) -> Dive:
        """The first from nothing, and one when the relaxation is known; the others from most of the plan."""
        standing, p = self.standing, self.standing.on.possible
        blocks = standing.blocks
        if not self.relaxing.unguided:
            self.guided_dives += 1
        if self.dives == 0 or self.guided_dives == 1:
            blocks = blocks[:0]
        self.dives += 1
        self.without_dive = 0
        self.dive_gained = False
        kept = np.array([self.random.random() >= LEAVE for _ in blocks], dtype=bool)
        seed = self.random.randrange(1000)
        dear, toll = standing.dear | standing.idle, standing.prices.tolls(p)
        return Dive(standing.likely, blocks[kept], dear, DIVE_SHARE * left, seed, toll)

    def _neighbourhood(self, running: list[Job], left: float) -> Improve | None:
        standing = self.standing
        closed = np.zeros(len(standing.on.possible.room), dtype=bool)
        for job in running:
            if isinstance(job, Improve):
                closed |= job.libraries
        alone = self.workers == 1 or self.prover.worker is not None
        chosen = self.neighbourhoods.next(closed, alone=alone, kinds=self._kinds(), hasty=self._is_poor())
        if chosen is None:
            return None
        if chosen.kind == GROUP:
            closed = ~chosen.libraries
        # Every second one leaves out what the prices rule out, and every sieve.
        dear = standing.dear if self.neighbourhoods.steps % 2 or chosen.kind == SIEVE else None
        # A first plan is worth waiting for.
        is_first = self._is_poor() and chosen.kind == SIEVE
        share = left / 2 if is_first else max(LEAST_SECONDS, REGION_SHARE * self.seconds)
        seconds, seed = min(left, REGION_SECONDS, share), self.random.randrange(1000)
        close, sifts, nodes = CLOSE * standing.gap, 0, REGION_NODES
        if chosen.kind == SIEVE:
            sifts, nodes = SIFTS if self._is_quick() else 1, SIEVE_NODES
        where, give = chosen.libraries, chosen.give
        job = Improve(standing.used, where, closed, dear, give, False, sifts, close, nodes, seconds, seed)
        self.kinds[id(job)] = chosen.kind
        return job

    def hear(self, job: Job, said: Said | None) -> None:
        """Take over what a worker has found. `said` is None when the job was lost."""
        better, standing = False, self.standing
        if isinstance(job, Relax):
            relaxed = said if isinstance(said, Relaxed) else None
            (self.pieces if job.inside else self.relaxing).hear(job, relaxed)
        elif isinstance(said, Dived) and isinstance(job, Dive) and job.inside is not None:
            inside, used = job.inside, standing.used
            inside = inside[standing.on.day_home[used]] & inside[standing.on.day_host[used]]
            standing.take(np.union1d(used[~inside], said.used))
        elif isinstance(said, Dived):
            days = standing.served()
            better = standing.take_by_part(said.used)
            self.is_dived = self.guided_dives > 0
            self.dive_gained = self._is_quick() and standing.served() > days * DIVE_AGAIN
        elif isinstance(job, Improve):
            better = self._improved(job, said if isinstance(said, Improved) else None)
            self.without_dive = 0 if better else self.without_dive + 1

    def _improved(self, job: Improve, said: Improved | None) -> bool:
        standing, kind = self.standing, self.kinds.pop(id(job))
        if said is None:
            self.sieving.heard(job, 0, False)
            self.neighbourhoods.lost(kind)
            return False
        better, before = False, standing.served()
        # What is proven stays as it is.
        is_open = not standing.finished()[standing.map.part[job.libraries]].all()
        if said.instead is not None and is_open:
            # Where the plan has changed there meanwhile: the whole plan that the neighbourhood was one of.
            base = standing.used if np.isin(said.given_up, standing.used).all() else job.used
            kept = np.setdiff1d(base, said.given_up, assume_unique=True)
            better = standing.take(np.union1d(kept, said.instead))
        gained = standing.served() - before
        self.sieving.heard(job, gained, said.proven)
        if job.enough is None:
            self.neighbourhoods.heard(kind, gained, said.iterations, said.proven)
        return better


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
    so, and a small part's proof has had its time.

    `bound`: prices of the round in which everything may be split.
    """
    country = map_of(on)
    standing = Standing(on, country, np.zeros(0, dtype=np.int64), bound)
    round_ = without_names(on.possible)
    with Crew(round_, workers) as solvers, Crew(round_, 1) as divers, Crew(round_, 1) as provers:
        random, jobs, prover = Random(1), Jobs(solvers, divers), Prover(standing, provers)
        near = Neighbourhoods(standing, random)
        if len(on.possible.day_pair) <= QUICK_FIRST:
            standing.take(in_no_time(on))
        state = Search(standing, due, clock, random, workers, jobs, near, prover, due - clock())
        while not state.is_over() and clock() < due and not stop():
            state.give_work()
            jobs.listen(clock(), min(WAIT_SECONDS, due - clock()))
            jobs.hear(state.hear)
            prover.hear(clock())
            progress(standing.served(), int(standing.bound.sum()))
        if not standing.finished().all():
            # Out of time: what has come is taken.
            jobs.hear(state.hear)
            prover.hear(clock())
    return standing
