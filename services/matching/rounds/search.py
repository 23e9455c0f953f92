"""Rounds with blocks: bounds from the linear relaxation, plans from a search in large neighbourhoods.

Whether a plan is the best cannot be decided in reasonable time for a whole country (blocks make the round NP-hard).
A plan is improved region by region: everything that regards some libraries is given up, and the best use of what is
then free is computed exactly. Small parts are solved as a whole, which proves them.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

import numpy as np

from services.matching.rounds.crew import Crew, Worker
from services.matching.rounds.network import Ints
from services.matching.rounds.parts import Ground, guided, without_names
from services.matching.rounds.possible import Bools
from services.matching.rounds.prices import Prices
from services.matching.rounds.regions import Map, map_of
from services.matching.rounds.worker import Improve, Improved, Job, Relax, Relaxed, Said

WORKERS = 2
FIRST_REGION, LEAST_REGION, LARGEST_REGION = 4_000, 300, 60_000
"""Possible days around the libraries of a region."""
REGION_SECONDS = 5.0
QUICK_SECONDS = 0.7
WHOLE_PART = 60_000
"""Possible days of a part up to which it is tried as a whole."""
PRICE_SCALE = 1_000_000
WAIT_SECONDS = 0.1
GRACE_SECONDS = 2.0


@dataclass(slots=True)
class Search:
    """The state of a search. `bound[k]`: no plan serves more days in part k; `proven` parts are at their best."""

    on: Ground
    map: Map
    used: Ints
    bound: Ints
    proven: Bools
    due: float
    clock: Callable[[], float]
    random: Random
    prices: Prices | None = None
    prices_bound: int = 0
    size: float = FIRST_REGION
    fruitless: int = 0
    waiting: list[Job] = field(default_factory=list)
    tried_whole: dict[int, float] = field(default_factory=dict)
    log: list[str] = field(default_factory=list)

    @property
    def days(self) -> Ints:
        """Days served in each part."""
        return np.bincount(self.map.part[self.on.day_host[self.used]], minlength=self.map.parts)

    def done(self) -> bool:
        """Whether every part is at its bound."""
        return bool((self.proven | (self.days >= self.bound)).all())

    def value(self, used: Ints) -> int:
        """Days served; a limit that is not kept counts more than all of them."""
        return len(used) - self.on.short(used) * (int(self.on.possible.wanted.sum()) + 1)


def search(
    on: Ground,
    bound: Prices,
    due: float,
    clock: Callable[[], float],
    stop: Callable[[], bool],
    progress: Callable[[int, int], None],
) -> Search:
    """The best plan found until `due`, and bounds. Stops earlier when every part is proven or `stop()` says so.

    `bound`: prices of the round in which everything may be split.
    """
    country = map_of(on)
    state = Search(
        on=on,
        map=country,
        used=guided(
            on, on.possible.wanted[on.possible.pair_request] * on.possible.same[on.possible.pair_request]
        ),
        bound=bound.bounds(on.possible, country.part, country.parts),
        proven=np.zeros(country.parts, dtype=bool),
        due=due,
        clock=clock,
        random=Random(1),
        prices=bound,
    )
    state.prices_bound = int(state.bound.sum())
    heavy = np.bincount(country.part, weights=country.weight, minlength=country.parts)
    for part in np.argsort(-heavy, kind="stable").tolist():
        if heavy[part]:
            state.waiting.append(Relax(country.part == part, max(1.0, (due - clock()) / 2)))
    with Crew(without_names(on.possible), WORKERS) as crew:
        while not state.done() and clock() < due and not stop():
            _give_work(state, crew)
            said = crew.next(clock(), min(WAIT_SECONDS, due - clock()))
            if said is not None:
                _hear(state, *said)
                progress(len(state.used), int(state.bound.sum()))
        _last_bounds(state, crew)
    return state


def _give_work(state: Search, crew: Crew) -> None:
    while (worker := crew.idle()) is not None:
        job = _next_job(state, crew)
        if job is None:
            return
        worker.begin(job, state.clock() + job.seconds + GRACE_SECONDS)


def _next_job(state: Search, crew: Crew) -> Relax | Improve | None:
    left = state.due - state.clock()
    running = [one.job for one in crew.workers if one.job is not None]
    if state.waiting and not any(isinstance(one, Relax) for one in running):
        return state.waiting.pop(0)  # type: ignore[return-value]
    whole = _whole_part(state, running)
    if whole is not None:
        part, seconds = whole
        state.tried_whole[part] = seconds
        here = state.map.part == part
        return Improve(state.used, here, ~here, min(left, seconds), state.random.randrange(1000))
    unserved = state.on.left(state.used).wanted
    wish = np.zeros(len(state.map.part))
    np.add.at(wish, state.on.possible.host, unserved)
    finished = state.proven | (state.days >= state.bound)
    wish[finished[state.map.part] | (state.map.weight == 0)] = 0
    closed = np.zeros(len(wish), dtype=bool)
    for job in running:
        if isinstance(job, Improve):
            closed |= job.libraries
    wish[closed] = 0
    if not wish.any():
        return None
    seed = state.random.choices(range(len(wish)), weights=wish.tolist())[0]
    libraries = state.map.region(state.random, seed, int(state.size), closed)
    return Improve(state.used, libraries, closed, min(left, REGION_SECONDS), state.random.randrange(1000))


def _whole_part(state: Search, running: list[Job]) -> tuple[int, float] | None:
    """A part to be solved as a whole: small ones at once, others when regions bring nothing more."""
    busy = [one.libraries for one in running if isinstance(one, Improve)]
    heavy = np.bincount(state.map.part, weights=state.map.weight, minlength=state.map.parts) / 2
    gap = np.where(state.proven, 0, state.bound - state.days)
    for part in np.argsort(-gap, kind="stable").tolist():
        if gap[part] <= 0:
            return None
        tried = state.tried_whole.get(part, 0.0)
        if heavy[part] > WHOLE_PART or any(one[state.map.part == part].any() for one in busy):
            continue
        if heavy[part] <= FIRST_REGION and not tried:
            return part, 4 * REGION_SECONDS
        if state.fruitless >= 6 * state.map.parts and not state.waiting:
            return part, max(4 * REGION_SECONDS, 3 * tried)
    return None


def _hear(state: Search, worker: Worker, job: Job, said: Said | None) -> None:
    if isinstance(said, Relaxed):
        _take_prices(state, job, said)
    elif isinstance(said, Improved) and isinstance(job, Improve):
        _take_plan(state, job, said)
    elif isinstance(job, Improve):
        state.size = max(LEAST_REGION, state.size / 2)


def _take_prices(state: Search, job: Job, said: Relaxed) -> None:
    if said.value is None or said.account is None or said.colleague is None or said.date is None:
        return
    assert isinstance(job, Relax)
    assert state.prices is not None
    p = state.on.possible
    here = job.libraries
    keys = np.unique(p.day_colleague * max(1, len(p.dates)) + p.day_date)
    old = _everywhere(state.prices, keys)
    at_home = here[p.home]
    prices = Prices(
        scale=PRICE_SCALE,
        account=np.where(here, _whole_price(said.account), old.account),
        colleague=np.where(at_home, _whole_price(said.colleague), old.colleague),
        date_keys=keys,
        date=np.where(at_home[keys // max(1, len(p.dates))], _whole_price(said.date), old.date),
    )
    bounds = prices.bounds(p, state.map.part, state.map.parts)
    if bounds.sum() <= state.prices_bound:
        state.prices, state.prices_bound = prices, int(bounds.sum())
    state.bound = np.minimum(state.bound, bounds)
    worth = np.zeros(len(p.pair_request))
    np.add.at(worth, p.day_pair, said.value * here[state.on.day_host])
    worth[~p.same[p.pair_request]] = 0
    kept = state.used[~here[state.on.day_host[state.used]]]
    instead = np.union1d(kept, guided(state.on, worth))
    if state.on.keeps_rules(instead) and state.value(instead) > state.value(state.used):
        state.used = instead


def _whole_price(price: np.ndarray) -> Ints:
    return np.maximum(np.round(price * PRICE_SCALE), 0).astype(np.int64)


def _everywhere(prices: Prices, keys: Ints) -> Prices:
    """The same prices at PRICE_SCALE, with a price for each of these dates."""
    factor = PRICE_SCALE // prices.scale
    date = np.zeros(len(keys), dtype=np.int64)
    date[np.searchsorted(keys, prices.date_keys)] = prices.date * factor
    return Prices(PRICE_SCALE, prices.account * factor, prices.colleague * factor, keys, date)


def _take_plan(state: Search, job: Improve, said: Improved) -> None:
    parts = np.unique(state.map.part[job.libraries])
    whole = len(parts) == 1 and (state.map.part == parts[0]).sum() == job.libraries.sum()
    if whole and not (state.on.possible.room < 0).any():
        if said.bound < 1e9:
            state.bound[parts[0]] = min(state.bound[parts[0]], int(np.floor(said.bound + 1e-4)))
        state.proven[parts[0]] |= said.proven
    elif said.proven and said.seconds < QUICK_SECONDS:
        state.size = min(LARGEST_REGION, state.size * 1.15)
    elif not said.proven:
        state.size = max(LEAST_REGION, state.size * 0.8)
    better = False
    if said.instead is not None and np.isin(said.given_up, state.used).all():
        used = np.union1d(np.setdiff1d(state.used, said.given_up, assume_unique=True), said.instead)
        if state.on.keeps_rules(used) and state.value(used) >= state.value(state.used):
            better = state.value(used) > state.value(state.used)
            state.used = used
    state.fruitless = 0 if better else state.fruitless + 1
    state.log.append(
        f"{state.clock():.1f} {'whole' if whole else 'region'} cols {said.columns} {said.seconds:.1f}s"
        f" proven {said.proven} size {state.size:.0f} days {len(state.used)} of {state.bound.sum()}"
    )


def _last_bounds(state: Search, crew: Crew) -> None:
    """What solvers of whole parts had proven when they were stopped."""
    for worker in crew.workers:
        job = worker.job
        if isinstance(job, Improve) and worker.bound is not None and not (state.on.possible.room < 0).any():
            parts = np.unique(state.map.part[job.libraries])
            if len(parts) == 1 and (state.map.part == parts[0]).sum() == job.libraries.sum():
                state.bound[parts[0]] = min(state.bound[parts[0]], int(np.floor(worker.bound + 1e-4)))
