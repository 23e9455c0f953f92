"""A round from beginning to end: what is possible, the plan, its bound and proof, and why some got
nothing."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from services.matching.domain.instance import Instance, PlannedDay
from services.matching.rounds.capped import stopped_by_cap
from services.matching.rounds.circulation import DAYS, FULL, Circulation, circulation
from services.matching.rounds.flowing import Flow, best_flow
from services.matching.rounds.network import Ints
from services.matching.rounds.parts import Ground, ground, guided
from services.matching.rounds.possible import Possible, possible_days
from services.matching.rounds.prices import Prices, prices_of
from services.matching.rounds.reasons import Unmet, reasons
from services.matching.rounds.search import search
from services.matching.rounds.words import NO_PLACE_FOUND, NO_PLAN, NO_PLAN_FOUND

OPTIMAL, FEASIBLE, INFEASIBLE, UNKNOWN = "optimal", "feasible", "infeasible", "unknown"
NO_PLACE_BECAUSE = {INFEASIBLE: NO_PLAN, UNKNOWN: NO_PLAN_FOUND}
TIME_LIMIT, LARGE_TIME_LIMIT = 60.0, 300.0
LARGE = 500_000
"""Possible days from which a round has more time, where nobody says how much."""
TAIL_SECONDS = 7e-6
"""For each possible day: what comes after the search, proofs, reasons and writing."""
FIRST_COME_SECONDS = 5e-6
"""For each possible day: the plan in no time, made before the end where a flow is not done by then."""
HERE = 40_000
"""Possible days up to which a flow is so quick that it needs no process of its own, which could be ended."""
CLOSE = 0.9
"""Share of the bound from which a plan was not cut off early."""

Progress = Callable[[str, int, int], None]
"""Told now and then: the step, the days of the best plan so far, and the bound."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a round has come to.

    `status`: `optimal` when no plan serves more days, proven; `feasible` when one might; `infeasible` when no
    plan at all keeps the limits, because a library starts below its limit and cannot be brought back;
    `unknown` when such a library could not be brought back in time. The last two have no plan. The plan
    serves `days`, none more than `bound`, both whole or ending in .5; `certificate` holds prices that prove a
    bound (`prices.py`), `seconds` is the time it took.
    """

    status: str
    plan: tuple[PlannedDay, ...]
    days: float
    bound: float
    certificate: dict[str, Any]
    seconds: float
    unmet: tuple[Unmet, ...]


def solve(
    instance: Instance,
    objective: str = FULL,
    time_limit: float | None = None,
    progress: Progress | None = None,
    stop: Callable[[], bool] | None = None,
    clock: Callable[[], float] = time.monotonic,
    workers: int = 2,
) -> Outcome:
    """The best plan of a round that is found within `time_limit` seconds (None: 60, or 300 when it
    is large), with a bound that is true.

    `objective`: `days` for the number of days alone; `full` then evens out balances, and then shortens ways.
    `stop` is asked between steps; when it says so, the best plan so far is the outcome. Not to be called in a
    process where eventlet has replaced threads: services start `python -m services.matching.rounds`.

    Refuses: RoundTooLarge.
    """
    began = clock()
    tell = progress or (lambda step, days, bound: None)
    halt = stop or (lambda: False)
    possible = possible_days(instance)
    many = len(possible.day_pair)
    limit = time_limit if time_limit is not None else LARGE_TIME_LIMIT if many > LARGE else TIME_LIMIT
    due = began + limit - min(TAIL_SECONDS * many, limit / 4)
    run = _Run(possible, objective, due, clock, halt, tell, workers)
    run.solve()
    return run.outcome(began)


class _Run:
    def __init__(
        self,
        possible: Possible,
        objective: str,
        due: float,
        clock: Callable[[], float],
        stop: Callable[[], bool],
        tell: Progress,
        workers: int,
    ) -> None:
        self.possible = possible
        self.objective = objective
        self.due, self.clock, self.stop, self.tell, self.workers = due, clock, stop, tell, workers
        self.used = np.zeros(0, dtype=np.int64)
        self.bound = possible.most_worth()
        self.prices: Prices | None = None
        self.proven = 0  # What the prices prove, in units.
        self.proof: tuple[Circulation, Ints] | None = None
        self.infeasible = self.unknown = False

    @cached_property
    def on(self) -> Ground:
        """Made when it is needed: a flow does without it."""
        return ground(self.possible)

    def solve(self) -> None:
        p = self.possible
        blocks = not p.is_flow
        began = self.clock()
        flown = self._flow(Flow(None, DAYS if blocks else self.objective))
        if flown is None:
            self.used = self.first_come
            return
        took = self.clock() - began
        network, flow = flown
        # Half-days flow as days, so what does not flow may yet be possible.
        self.infeasible = network.short_days(flow) > 0 and p.unit == 1
        if self.infeasible:
            return
        self.prices = prices_of(network, flow)
        self.proven = self.prices.bound(p)
        self.infeasible = self.proven < 0
        if self.infeasible:
            return
        self.bound = min(self.bound, self.proven)
        if not blocks:
            self.used, self.proof = network.plan(flow), flown
        self._tell("flow", len(self.used))
        if blocks:
            del network, flow, flown
            self._with_blocks(took)

    def _with_blocks(self, flow_seconds: float) -> None:
        p = self.possible
        assert self.prices is not None
        flows = 3 if self.objective == FULL else 2
        reserve = min(flows * flow_seconds + 0.2, (self.due - self.clock()) / 4)
        found = search(
            self.on,
            self.prices,
            self.due - reserve,
            self.clock,
            self.stop,
            lambda worth, bound: self.tell("search", worth // p.unit, -(-bound // p.unit)),
        )
        self.bound, self.prices = min(self.bound, int(found.bound.sum())), found.prices
        self.proven = self.prices.bound(p)
        short = found.short()
        if short.any():
            self.infeasible, self.unknown = bool(((found.proven & short) | (found.bound < 0)).any()), True
            return
        self.used = self._at_least_first_come(found.used)
        self._tell("finish", p.worth(self.used))
        chosen = np.unique(p.day_pair[self.used[p.same[p.day_request[self.used]]]])
        # Under a cap, only days that are used already may be used, so that it is kept.
        without = p.pair_cap[p.day_pair] >= 0 if len(p.cap) else None
        if without is not None:
            without[self.used] = False
        flown = self._flow(Flow(chosen, self.objective, without))
        if flown is None:
            return
        network, flow = flown
        used = network.plan(flow)
        if network.short_days(flow) or not self.on.keeps_rules(used):
            return
        if p.worth(used) >= p.worth(self.used):
            self.used = used

    def _tell(self, step: str, worth: int) -> None:
        unit = self.possible.unit
        self.tell(step, worth // unit, -(-self.bound // unit))

    def _flow(self, job: Flow) -> tuple[Circulation, Ints] | None:
        """The network and a flow of the most days, the best one if there is time for that; None when there is
        not even time for the days. Large ones in a process of their own, to be ended in time."""
        p = self.possible
        if len(p.day_pair) <= HERE:
            network = circulation(p, job.blocks, job.objective, None, job.without)
            return network, network.solve()
        return best_flow(p, job, self._flow_is_over)

    def _flow_is_over(self) -> bool:
        """Whether a flow is not waited for any longer. Shortly before that there is a plan instead of it."""
        if not len(self.used) and self.clock() >= self.due - FIRST_COME_SECONDS * len(self.possible.day_pair):
            _ = self.first_come
        return self.clock() >= self.due or self.stop()

    def _at_least_first_come(self, used: Ints) -> Ints:
        """The plan, or the one made in no time when the search has not come as far in little time."""
        p = self.possible
        if p.worth(used) >= CLOSE * self.bound or len(p.day_pair) > LARGE:
            return used
        hasty = self.first_come
        return hasty if p.worth(hasty) > p.worth(used) and not self.on.short(hasty) else used

    @cached_property
    def first_come(self) -> Ints:
        """A plan in no time, for when there is none for a good one."""
        return guided(self.on, self.possible.pair_worth.astype(float))

    def outcome(self, began: float) -> Outcome:
        p = self.possible
        if not self.on.keeps_rules(self.used):
            raise AssertionError("the plan breaks a rule")
        status = OPTIMAL if p.worth(self.used) >= self.bound else FEASIBLE
        if self.unknown or self.on.short(self.used):
            status, self.used = UNKNOWN, self.used[:0]
        if self.infeasible:
            status, self.bound = INFEASIBLE, 0
        certificate: dict[str, Any] = {"kind": "none"}
        if self.prices is not None:
            proven = _days(self.proven, p.unit)
            certificate = {"kind": "prices", "bound": proven, **self.prices.document(p)}
        circulation_, flow = self.proof or (None, None)
        caps = stopped_by_cap(self.on, self.used) if status in (OPTIMAL, FEASIBLE) and len(p.cap) else {}
        unmet = reasons(p, self.used, circulation_, flow, caps, NO_PLACE_BECAUSE.get(status, NO_PLACE_FOUND))
        days, bound = _days(p.worth(self.used), p.unit), _days(self.bound, p.unit)
        return Outcome(status, _plan(p, self.used), days, bound, certificate, self.clock() - began, unmet)


def _days(worth: int, unit: int) -> float:
    """Units as days: whole ones as whole numbers."""
    return worth // unit if worth % unit == 0 else worth / unit


def _plan(possible: Possible, used: Ints) -> tuple[PlannedDay, ...]:
    p, i = possible, possible.instance
    days = zip(
        p.day_request[used].tolist(), p.day_colleague[used].tolist(), p.day_date[used].tolist(), strict=True
    )
    return tuple(sorted(PlannedDay(i.requests[r].id, i.colleagues[c].id, p.dates[d]) for r, c, d in days))
