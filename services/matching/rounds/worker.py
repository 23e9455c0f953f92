"""A process that solves parts of a round, spoken to in pickles.

Its own process, because HiGHS and OR-Tools cannot share one, because a solver that overruns its time must be
ended from outside, and because there are two processors. It reads jobs from its standard input and answers
each on its standard output; both belong to the process that started it.
"""

import os
import pickle
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from services.matching.rounds.memory import give_back_at_once
from services.matching.rounds.network import Ints
from services.matching.rounds.packing import packed
from services.matching.rounds.parts import Ground, alone, ground
from services.matching.rounds.possible import Bools, Floats, Possible

NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Relax:
    """Solve the linear relaxation of the part at these libraries; `inside`: of what is possible between two
    of them. `rough`: soon rather than well."""

    libraries: Bools
    seconds: float
    inside: bool = False
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Improve:
    """Use what is free at these libraries better than `used` does, and leave the closed ones alone.

    `dear`: possible days that are not worth considering (None: all are considered, so what is proven is
    true). `give`: the pairs that may be given up (None: all). `afresh`: without a thought of what was used.
    `sifts`: so many relaxations say what is considered at all (0: everything), beside what was used; fewer,
    if `enough` blocks are considered before.
    `tells`: also of what it finds and proves on the way.
    It ends when it is proven that `close`, a share, is the most that is missing, after `nodes` of the search,
    and after `seconds`, which alone is not the same everywhere.
    """

    used: Ints
    libraries: Bools
    closed: Bools
    dear: Bools | None
    give: Bools | None
    afresh: bool
    sifts: int
    close: float
    nodes: int
    seconds: float
    seed: int
    tells: bool = False
    enough: int | None = None


@dataclass(frozen=True, slots=True)
class Dive:
    """Find a plan by flows, beginning with these blocks; `likely` is how much each pair is to be
    preferred, `toll` what days of it cost by the prices of caps. `inside`: only for what is between these
    libraries, and `used` is the plan around it; then from nothing."""

    likely: Floats
    blocks: Ints
    dear: Bools | None
    seconds: float
    seed: int
    toll: Floats | None = None
    inside: Bools | None = None
    used: Ints | None = None


Job = Relax | Improve | Dive


@dataclass(frozen=True, slots=True)
class Relaxed:
    """Value of each possible day, and prices of accounts, colleagues, and their dates, by index; of caps, and
    which of them are about this part. None: no time."""

    value: Floats | None
    account: Floats | None
    colleague: Floats | None
    date: Floats | None
    cap: Floats | None = None
    capped: Bools | None = None


@dataclass(frozen=True, slots=True)
class Dived:
    """The possible days that are used; of a dive inside some libraries, those there."""

    used: Ints


@dataclass(frozen=True, slots=True)
class Underway:
    """On the way: no use of the part is worth more than `bound`; the nodes of the search so far; what could
    be used instead, if that is better than before."""

    bound: float
    nodes: int
    instead: Ints | None


@dataclass(frozen=True, slots=True)
class Improved:
    """What to give up and what to use instead (None: nothing found), the bound, whether it is the best, and
    how many iterations of linear programmes that took."""

    given_up: Ints
    instead: Ints | None
    bound: float
    proven: bool
    iterations: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The job came to nothing by a mistake of the programme, or for want of memory."""

    why: str


Said = Relaxed | Dived | Underway | Improved | Failed


def do(job: Job, possible: Possible, on: Callable[[], Ground], say: Callable[[Said], None]) -> None:
    """Do one job and say how it went."""
    if isinstance(job, Dive):
        from services.matching.rounds.diving import dive

        until = time.monotonic() + job.seconds

        def over() -> bool:
            return time.monotonic() > until

        if job.inside is not None and job.used is not None:
            part = alone(on(), job.used, job.inside)
            toll = None if job.toll is None else job.toll[part.pairs]
            used = dive(
                ground(part.round), job.likely[part.pairs], NONE, None, job.seed, over, toll, hasty=True
            )
            say(Dived(part.days[used]))
        else:
            say(Dived(dive(on(), job.likely, job.blocks, job.dear, job.seed, over, job.toll)))
    elif isinstance(job, Relax):
        say(_relax(job, on()))
    else:
        say(_improve(job, on(), say))


def _relax(job: Relax, on: Ground) -> Relaxed:
    from services.matching.rounds.highs import relaxation

    p = on.possible
    _, part = on.part(NONE, job.libraries, ~job.libraries if job.inside else None)
    answer = relaxation(part, job.seconds, job.rough)
    if answer is None:
        return Relaxed(None, None, None, None)
    values, price = answer
    value = np.zeros(len(p.day_pair))
    value[part.days] = values[part.day_column]
    account, colleague = np.zeros(len(p.room)), np.zeros(len(p.most))
    date = np.zeros(int(on.colleague_date.max(initial=-1)) + 1)
    first, second = len(part.accounts), len(part.accounts) + len(part.colleagues)
    account[part.accounts] = price[:first]
    colleague[part.colleagues] = price[first:second]
    keys = np.unique(p.day_colleague * max(1, len(p.dates)) + p.day_date)
    date[np.searchsorted(keys, part.colleague_dates)] = price[second : second + len(part.colleague_dates)]
    cap, capped = np.zeros(len(p.cap)), np.zeros(len(p.cap), dtype=bool)
    cap[part.caps], capped[part.caps] = price[len(price) - len(part.caps) :], True
    return Relaxed(value, account, colleague, date, cap, capped)


def _improve(job: Improve, on: Ground, say: Callable[[Said], None]) -> Improved:
    from services.matching.rounds.highs import Limits, best, sifted

    began, p = time.monotonic(), on.possible
    given_up, part = on.part(job.used, job.libraries, job.closed, job.dear, job.give)
    part = packed(part, p)
    if job.sifts:
        used = sifted(part, job.sifts, job.seed, job.seconds / 2, job.enough)
        if used is None:
            return Improved(given_up, None, np.inf, False, 0)
        # Of a block all days, of others those that were used.
        keep = used[np.where(part.day_block >= 0, part.day_block, part.day_column)]
        without = np.ones(len(p.day_pair), dtype=bool)
        without[part.days[keep]] = False
        _, part = on.part(job.used, job.libraries, job.closed, without, job.give)
        part = packed(part, p)
    start = None if job.afresh else part.solution(given_up)
    limits = Limits(max(0.1, job.seconds - (time.monotonic() - began)), job.nodes, job.close)

    def on_way(bound: float, nodes: int, values: Floats | None) -> None:
        say(Underway(bound, nodes, None if values is None else part.used(values)))

    answer = best(part, limits, start, job.seed, on_way if job.tells else None)
    instead = None if answer.values is None else part.used(answer.values)
    return Improved(given_up, instead, answer.bound, answer.proven, answer.iterations)


def main() -> None:
    """Read the round, then jobs, until standard input ends."""
    give_back_at_once()
    # What a solver prints must not come between the answers.
    source, target = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def say(said: Said) -> None:
        pickle.dump(said, target, protocol=pickle.HIGHEST_PROTOCOL)
        target.flush()

    possible: Possible = pickle.load(source)
    on = lru_cache(1)(lambda: ground(possible))
    while True:
        try:
            job: Job = pickle.load(source)
        except EOFError:
            return
        try:
            do(job, possible, on, say)
        except Exception as error:
            say(Failed(f"{type(error).__name__}: {error}"))
