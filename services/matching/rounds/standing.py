"""How far a search has come: the best plan, and what is proven about each part of the round."""

from dataclasses import dataclass, field

import numpy as np

from services.matching.rounds.network import Ints
from services.matching.rounds.parts import Ground
from services.matching.rounds.possible import Bools, Floats
from services.matching.rounds.prices import Prices
from services.matching.rounds.regions import Map
from services.matching.rounds.worker import Relaxed

PRICE_SCALE = 1_000_000
DEAR = 0.1
"""Days that a possible day may lose, by the prices of the relaxation, and still be considered first."""
LITTLE = 0.01
"""Value of a day in the relaxation below which flows that look for blocks do without it: fewer of the days of
requests that may be split take half of the time, and hold no block up."""
MOSTLY = 0.5
"""Share of the pairs that are blocks, above which neighbourhoods and not a dive make the first plan."""
ROUNDING = 1e-4
"""What a solver's bound may be wrong by; a bound of 12.9999 stands for 13 days."""


@dataclass(slots=True)
class Standing:
    """`bound[k]`: no plan serves more in part k, in units (`Possible.unit`); below 0, none is feasible.
    `likely`: share of each pair in the relaxation.

    `dear`: possible days that the prices rule out for a first look; `idle`: those of requests that may be
    split which the relaxation hardly uses.
    `prices` prove the bound of `prices_bound` units; solvers may have proven less by branching.
    """

    on: Ground
    map: Map
    used: Ints
    prices: Prices
    bound: Ints = field(init=False)
    prices_bound: int = field(init=False)
    proven: Bools = field(init=False)
    likely: Floats = field(init=False)
    dear: Bools = field(init=False)
    idle: Bools = field(init=False)

    def __post_init__(self) -> None:
        self.bound = self.prices.bounds(self.on.possible, self.map.part, self.map.parts)
        self.prices_bound = int(self.bound.sum())
        self.dear = self.prices.dear(self.on.possible, DEAR)
        # Where no day is possible there is nothing to find.
        self.proven = np.bincount(self.map.part[self.on.day_host], minlength=self.map.parts) == 0
        self.bound[self.proven] = np.minimum(self.bound[self.proven], 0)
        self.likely = np.zeros(len(self.on.possible.pair_request))
        self.idle = np.zeros(len(self.dear), dtype=bool)

    @property
    def days(self) -> Ints:
        """What is served in each part, in units."""
        return self._served(self.used)

    def _served(self, used: Ints) -> Ints:
        p, part = self.on.possible, self.map.part
        served = p.unit * np.bincount(part[self.on.day_host[used]], minlength=self.map.parts)
        if p.unit > 1:
            requests = np.unique(p.day_request[used])
            half = requests[p.half[requests]]
            served = served - np.bincount(part[p.host[half]], minlength=self.map.parts)
        return served

    def served(self) -> int:
        """What the plan serves, in units."""
        return self.on.possible.worth(self.used)

    @property
    def gap(self) -> float:
        """What the plan lacks of the bound, as a share of it."""
        return max(0.0, 1 - self.served() / max(1, int(self.bound.sum())))

    @property
    def is_mostly_blocks(self) -> bool:
        """Whether nearly all that is possible are blocks."""
        p = self.on.possible
        return bool(np.mean(p.same[p.pair_request]) > MOSTLY)

    @property
    def blocks(self) -> Ints:
        """The pairs that are blocks of the plan."""
        p = self.on.possible
        return np.unique(p.day_pair[self.used[p.same[p.day_request[self.used]]]])

    def short(self) -> Bools:
        """Parts in which a library is below its limit after the plan."""
        below = self.on.left(self.used).room < 0
        return np.bincount(self.map.part, weights=below, minlength=self.map.parts) > 0

    def finished(self) -> Bools:
        """Parts that cannot become better."""
        return self.proven | ((self.days >= self.bound) & ~self.short())

    def value(self, used: Ints) -> int:
        """What is served; a limit that is not kept counts more than all of it."""
        p = self.on.possible
        return p.worth(used) - self.on.short(used) * (p.unit * int(p.wanted.sum()) + 1)

    def take(self, used: Ints) -> bool:
        """Take over a plan that keeps the rules and is not worse; whether it is better."""
        if not self.on.keeps_rules(used):
            return False
        gain = self.value(used) - self.value(self.used)
        if gain >= 0:
            self.used = used
        return gain > 0

    def take_by_part(self, used: Ints) -> bool:
        """Take over those parts of a plan that are better; whether there are any."""
        if self.value(used) < 0 or self.value(self.used) < 0:
            return self.take(used)
        part = self.map.part[self.on.day_host]
        better = self._served(used) > self.days
        return self.take(np.union1d(self.used[~better[part[self.used]]], used[better[part[used]]]))

    def limit(self, part: int, bound: float) -> None:
        """A solver has proven that no use of the part is worth more. What keeps all limits is worth its
        days."""
        if abs(bound) < 1e9:
            self.bound[part] = min(self.bound[part], max(0, int(np.floor(bound + ROUNDING))))

    def relaxed(self, here: Bools, said: Relaxed) -> None:
        """Take over the prices and shares of the relaxation at these libraries, which are whole parts."""
        if said.value is None or said.account is None or said.colleague is None or said.date is None:
            return
        if said.cap is None or said.capped is None:
            return
        p, width = self.on.possible, max(1, len(self.on.possible.dates))
        keys = np.unique(p.day_colleague * width + p.day_date)
        old, at_home = _spread(self.prices, keys), here[p.home]
        prices = Prices(
            scale=PRICE_SCALE,
            account=np.where(here, _whole(said.account), old.account),
            colleague=np.where(at_home, _whole(said.colleague / p.unit), old.colleague),
            date_keys=keys,
            date=np.where(at_home[keys // width], _whole(said.date / p.unit), old.date),
            cap=np.where(said.capped, _whole(said.cap), old.cap),
        )
        bounds = prices.bounds(p, self.map.part, self.map.parts)
        if bounds.sum() <= self.prices_bound:
            self.prices, self.prices_bound = prices, int(bounds.sum())
            self.dear = prices.dear(p, DEAR)
        self.bound = np.minimum(self.bound, bounds)
        mine = here[p.host[p.pair_request]]
        self.likely[mine] = self.share(said.value)[mine]
        days = here[self.on.day_host] & ~p.same[p.day_request]
        self.idle[days] = said.value[days] < LITTLE

    def share(self, value: Floats) -> Floats:
        """Of each pair that may be a block: how much of its request it serves by these values of days."""
        p = self.on.possible
        days = np.bincount(p.day_pair, weights=value, minlength=len(p.pair_request)).astype(np.float64)
        share = np.clip(days / np.maximum(1, p.wanted[p.pair_request]), 0, 1)
        return np.where(p.same[p.pair_request], share, 0.0)


def _whole(price: Floats) -> Ints:
    return np.maximum(np.round(price * PRICE_SCALE), 0).astype(np.int64)


def _spread(prices: Prices, keys: Ints) -> Prices:
    """The same prices at PRICE_SCALE, with a price for each of these dates."""
    factor, caps = PRICE_SCALE // prices.scale, prices.cap * (PRICE_SCALE // prices.scale)
    date = np.zeros(len(keys), dtype=np.int64)
    date[np.searchsorted(keys, prices.date_keys)] = prices.date * factor
    return Prices(PRICE_SCALE, prices.account * factor, prices.colleague * factor, keys, date, caps)
