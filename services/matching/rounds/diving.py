"""A first plan with blocks, found by flows alone.

For every request with `same_person` one colleague is put on trial, as if the request might be split. A flow
shows who comes for all days: those blocks are kept. The least successful of the others leave, which makes
room, and the next flow follows, until all is whole. Flows see credit and rings of exchanges in the whole
country at once, where a search in regions begins with nothing.
"""

from collections.abc import Callable

import numpy as np

from services.matching.rounds.circulation import DAYS, circulation
from services.matching.rounds.mending import mended
from services.matching.rounds.network import Ints
from services.matching.rounds.parts import Ground
from services.matching.rounds.possible import Bools, Floats

DAY = 1_000
BIAS = 300
"""A day is worth up to this much more in some pairs than in others, so that days of one block come
together."""
KEPT = 500
"""And this much more in blocks that were whole before."""
PASSES, STEPS = 6, 12
ENOUGH = 1.01
"""A pass that finds fewer new blocks than this is the last."""
FEW = 0.02
"""Share of the blocks on trial: when fewer than that come for some of their days, they leave at once, for the
last of them would take half of the flows."""
CHAIN, AGAIN, LEAVE = 8, 1.005, 0.15
"""Dives in a chain, each from most of the blocks of the best one before, while each finds so much more."""
CHAIN_DAYS = 50_000
"""Possible days that the dives of a chain may look at together: of large rounds each is told of at once."""


def dive(
    on: Ground,
    likely: Floats,
    blocks: Ints,
    dear: Bools | None,
    seed: int,
    over: Callable[[], bool],
    toll: Floats | None = None,
) -> Ints:
    """A feasible plan that begins with these blocks, which fit together, and may leave some of them.

    `likely`: how much a pair is to be preferred, 0 to 1; `dear`: possible days to leave out until the blocks
    are found. `toll`: days that a day of each pair costs by the prices of caps. `over()`: whether to come to
    an end.
    """
    p = on.possible
    if len(p.cap) or p.unit > 1:
        return _dive_and_mend(on, likely, blocks, dear, np.random.default_rng(seed), over, toll)
    random = np.random.default_rng(seed)
    best = np.zeros(0, dtype=np.int64)
    for _ in range(min(CHAIN, max(1, CHAIN_DAYS // max(1, len(p.day_pair))))):
        found = _passes(on, likely, blocks, dear, random, over)
        gained = p.wanted[p.pair_request[found]].sum() > AGAIN * p.wanted[p.pair_request[best]].sum()
        best = found if gained else best
        if over() or not gained:
            break
        blocks = best[random.random(len(best)) >= LEAVE]
    network = circulation(p, best, DAYS)
    return network.plan(network.solve())


def _dive_and_mend(
    on: Ground,
    likely: Floats,
    blocks: Ints,
    dear: Bools | None,
    random: np.random.Generator,
    over: Callable[[], bool],
    toll: Floats | None,
) -> Ints:
    """The same where flows do not know all rules: where there are half-days and caps."""
    p = on.possible
    toll = np.zeros(len(p.pair_request)) if toll is None else toll
    found = _passes(on, likely - toll, blocks, dear, random, over)
    network = circulation(p, found[:0], DAYS, found)
    bias = (-DAY * toll).astype(np.int64)
    bias[found] += BIAS + KEPT
    cost = network.cost_of_days() * DAY
    cost[network.day_arcs] -= bias[p.day_pair[network.days]]
    used = network.plan(network.network.least_cost(cost))
    return mended(on, used, np.maximum(p.pair_worth * (1 + likely - np.minimum(toll, 1)), 0.001))


def _passes(
    on: Ground,
    likely: Floats,
    blocks: Ints,
    dear: Bools | None,
    random: np.random.Generator,
    over: Callable[[], bool],
) -> Ints:
    """Blocks that fit together. In each pass another colleague of each request that lacks one is on trial."""
    p = on.possible
    tried = np.zeros(len(p.pair_request), dtype=bool)
    if dear is not None:
        dear = dear.copy()
        dear[np.isin(p.day_pair, blocks)] = False
        tried[p.day_pair[dear & p.same[p.day_request]]] = True
    for _ in range(PASSES):
        served = np.zeros(len(p.wanted), dtype=bool)
        served[p.pair_request[blocks]] = True
        open_ = np.flatnonzero(p.same[p.pair_request] & ~served[p.pair_request] & ~tried)
        if not len(open_) or over():
            break
        wish = likely[open_] + 0.1 * random.random(len(open_))
        order = open_[np.lexsort((-wish, p.pair_request[open_]))]
        first = np.concatenate([[True], p.pair_request[order][1:] != p.pair_request[order][:-1]])
        trial = order[first]
        tried[trial] = True
        before, blocks = len(blocks), _made_whole(on, blocks, trial, likely, dear, random, over)
        if len(blocks) < before * ENOUGH:
            break
    return blocks


def _made_whole(
    on: Ground,
    blocks: Ints,
    trial: Ints,
    likely: Floats,
    dear: Bools | None,
    random: np.random.Generator,
    over: Callable[[], bool],
) -> Ints:
    """Blocks that can all be whole together, of these blocks and those on trial. The first flow all of whose
    blocks are whole is a plan."""
    p = on.possible
    # Where there are caps, what is likely may be less than nothing.
    bias = (BIAS * (0.5 * likely + 0.5 * random.random(len(likely)))).astype(np.int64)
    bias[blocks] += KEPT
    before, trial = blocks, np.sort(np.concatenate([blocks, trial]))
    for step in range(len(trial) + 1):
        network = circulation(p, trial[:0], DAYS, trial, dear)
        cost = network.cost_of_days() * DAY
        cost[network.day_arcs] -= bias[p.day_pair[network.days]]
        used = network.plan(network.network.least_cost(cost))
        came = np.bincount(p.day_pair[used], minlength=len(p.pair_request))[trial]
        share = came / p.wanted[p.pair_request[trial]]
        whole = share == 1
        if whole.all():
            return trial
        if over() and len(before):
            return before
        bias[trial[whole]] = BIAS + KEPT
        partly = share[~whole & (share > 0)]
        if over() or step >= STEPS or len(partly) < FEW * len(trial):
            trial = trial[whole]
            continue
        worst = np.quantile(partly, 0.5)
        trial = trial[whole | (share > worst) | ((share == worst) & (random.random(len(share)) < 0.5))]
    return before
