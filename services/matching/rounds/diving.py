"""A first plan with blocks, found by flows alone.

For every request with `same_person` a few colleagues are considered, as if the request might be split between
them. Flows show who comes for most of the days: that colleague is put on trial. A flow shows who of those
comes for all days: those blocks are kept. The least successful of the others leave, which makes room, and the
next flow follows, until all is whole. Flows see credit and rings of exchanges in the whole country at once,
where a search in regions begins with nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass

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
TOGETHER = 900
"""A day of a pair that came for all days in the flow before is worth so much more while colleagues are
considered, half as much when for half of them, so that a request is soon one colleague's."""
PART_KEPT = 300
"""The same of the pairs on trial."""
CANDIDATES, LOOKS = 10, 3
"""Colleagues considered for each request, and flows that show who of them comes."""
LARGE, LARGE_CANDIDATES, LARGE_LOOKS = 100_000, 4, 2
"""The same from so many possible days, where each flow takes long."""
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
    hasty: bool = False,
) -> Ints:
    """A feasible plan that begins with these blocks and may leave some of them: without others they may not
    fit together.

    `likely`: how much a pair is to be preferred, 0 to 1; `dear`: possible days to leave out until the blocks
    are found. `toll`: days that a day of each pair costs by the prices of caps. `over()`: whether to come to
    an end. `hasty`: who is likeliest is put on trial without a look at who comes, in two thirds of the time.
    """
    p, random = on.possible, np.random.default_rng(seed)
    if len(p.cap) or p.unit > 1:
        return _dive_and_mend(on, likely, blocks, dear, random, over, toll)
    diver = _Diver(on, likely, dear, random, over, hasty)
    best = np.zeros(0, dtype=np.int64)
    for _ in range(min(CHAIN, max(1, CHAIN_DAYS // max(1, len(p.day_pair))))):
        found = diver.passes(blocks)
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
    found = _Diver(on, likely - toll, dear, random, over).passes(blocks)
    bias = (-DAY * toll).astype(np.int64)
    bias[found] += BIAS + KEPT
    used = _flow(on, found, bias, None)
    return mended(on, used, np.maximum(p.pair_worth * (1 + likely - np.minimum(toll, 1)), 0.001))


def _flow(on: Ground, trial: Ints, bias: Ints, dear: Bools | None) -> Ints:
    """The days of a flow of the most days in which these pairs, and no other blocks, may come for some of
    their days. `bias`: how much more a day of each pair is worth, in parts of DAY."""
    p = on.possible
    network = circulation(p, trial[:0], DAYS, trial, dear)
    cost = network.cost_of_days() * DAY
    cost[network.day_arcs] -= bias[p.day_pair[network.days]]
    return network.plan(network.network.least_cost(cost))


@dataclass(slots=True)
class _Diver:
    """Finds blocks that fit together, in passes."""

    on: Ground
    likely: Floats
    dear: Bools | None
    random: np.random.Generator
    over: Callable[[], bool]
    hasty: bool = False

    def passes(self, blocks: Ints) -> Ints:
        """Blocks that fit together. In each pass another colleague of each request that lacks one is on
        trial."""
        p, dear = self.on.possible, None
        tried = np.zeros(len(p.pair_request), dtype=bool)
        if self.dear is not None:
            dear = self.dear.copy()
            dear[np.isin(p.day_pair, blocks)] = False
            tried[p.day_pair[dear & p.same[p.day_request]]] = True
        fits = not len(blocks)
        for _ in range(PASSES):
            served = np.zeros(len(p.wanted), dtype=bool)
            served[p.pair_request[blocks]] = True
            open_ = np.flatnonzero(p.same[p.pair_request] & ~served[p.pair_request] & ~tried)
            if fits and (not len(open_) or self.over()):
                break
            trial = self._chosen(open_, blocks, dear)
            tried[trial] = True
            before, blocks = len(blocks), self._made_whole(blocks, trial, dear, fits)
            if len(blocks) < before * ENOUGH:
                break
            fits = True
        return blocks

    def _chosen(self, open_: Ints, blocks: Ints, dear: Bools | None) -> Ints:
        """One pair for each of the requests of these pairs: that comes for most days, or is wished most."""
        p = self.on.possible
        wish = self.likely[open_] + 0.1 * self.random.random(len(open_))
        is_large = len(p.day_pair) >= LARGE
        candidates, looks = (LARGE_CANDIDATES, LARGE_LOOKS) if is_large else (CANDIDATES, LOOKS)
        order = np.lexsort((-wish, p.pair_request[open_]))
        few = order[_rank(p.pair_request[open_[order]]) < candidates]
        pairs, wish = open_[few], wish[few]
        base = self._bias()
        bias = base.copy()
        bias[blocks] += KEPT
        together = np.sort(np.concatenate([blocks, pairs]))
        share = np.zeros(len(pairs))
        for _ in range(looks):
            if self.hasty or self.over():
                break
            share = self._share(_flow(self.on, together, bias, dear), pairs)
            bias[pairs] = base[pairs] + (TOGETHER * share).astype(np.int64)
        order = np.lexsort((-wish, -share, p.pair_request[pairs]))
        return pairs[order[_rank(p.pair_request[pairs[order]]) == 0]]

    def _made_whole(self, blocks: Ints, trial: Ints, dear: Bools | None, fits: bool) -> Ints:
        """Blocks that can all be whole together, of these blocks and those on trial. The first flow all of
        whose blocks are whole is a plan. `fits`: the blocks can be without those on trial."""
        before, base = blocks, self._bias()
        bias = base.copy()
        bias[blocks] += KEPT
        trial = np.sort(np.concatenate([blocks, trial]))
        for step in range(len(trial) + 1):
            share = self._share(_flow(self.on, trial, bias, dear), trial)
            whole = share == 1
            if whole.all():
                return trial
            if self.over() and fits and len(before):
                return before
            bias[trial] = base[trial] + (PART_KEPT * share).astype(np.int64)
            bias[trial[whole]] = BIAS + KEPT
            partly = share[~whole & (share > 0)]
            if self.over() or step >= STEPS or len(partly) < FEW * len(trial):
                trial = trial[whole]
                continue
            worst = np.quantile(partly, 0.5)
            lucky = self.random.random(len(share)) < 0.5
            trial = trial[whole | (share > worst) | ((share == worst) & lucky)]
        return before

    def _bias(self) -> Ints:
        # Where there are caps, what is likely may be less than nothing.
        bias = BIAS * (0.5 * self.likely + 0.5 * self.random.random(len(self.likely)))
        return bias.astype(np.int64)

    def _share(self, used: Ints, pairs: Ints) -> Floats:
        """Of these pairs: the share of their request's days for which they come."""
        p = self.on.possible
        came = np.bincount(p.day_pair[used], minlength=len(p.pair_request))[pairs]
        return np.asarray(came / p.wanted[p.pair_request[pairs]], dtype=float)


def _rank(groups: Ints) -> Ints:
    """Of sorted groups: how many of the same come before."""
    new = np.concatenate([[True], groups[1:] != groups[:-1]])[: len(groups)]
    first = np.flatnonzero(new)
    return np.arange(len(groups)) - first[np.cumsum(new) - 1] if len(groups) else groups
