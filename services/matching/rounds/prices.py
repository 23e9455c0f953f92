"""Prices prove how many days can be exchanged at most, without trusting whoever found the plan.

Let every library have a price of its account, every colleague a price and every date a colleague offers a
price, none below 0. A day of a request is worth 1, less the host's price, plus the home's, less the
colleague's, less the date's. Each request by itself chooses what is worth most to it, and nothing else stops
it. Then no plan serves more than

    Σ price(account) · (balance + limit) + Σ price(colleague) · max_days + Σ price(date) + Σ worth of each
    request

days (Lagrange's relaxation, weak duality). A cap has a price too, which its days pay, and Σ price(cap) · cap
is added. Half a day pays half of the accounts' and the cap's price, and all of the colleague's and the
date's. For rounds without `same_person` and caps the best prices meet the plan exactly. Prices are integers
in units of 1/`scale`, and the sum is exact: where there are half-days, it is made of twice of everything.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from services.matching.rounds.circulation import Circulation
from services.matching.rounds.network import Ints
from services.matching.rounds.possible import Floats, Possible


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices in units of 1/`scale`. `date_keys`: colleague times number of dates plus date, ascending."""

    scale: int
    account: Ints
    colleague: Ints
    date_keys: Ints
    date: Ints
    cap: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def bound(self, possible: Possible) -> int:
        """What no plan serves more than by these prices, in units."""
        return int(self.bounds(possible, np.zeros(len(possible.room), dtype=np.int64), 1)[0])

    def bounds(self, possible: Possible, part: Ints, parts: int) -> Ints:
        """The same for each part of a round; `part[l]` is the library's, and no day is possible between
        two."""
        p = possible
        sums = np.zeros(parts, dtype=np.int64)
        np.add.at(sums, part, p.room * self.account)
        np.add.at(sums, part[p.home], p.unit * p.most * self.colleague)
        np.add.at(sums, part[p.home[self.date_keys // max(1, len(p.dates))]], p.unit * self.date)
        if len(self.cap):
            capped = np.flatnonzero(p.pair_cap >= 0)
            cap, first = np.unique(p.pair_cap[capped], return_index=True)
            # All days under a cap are of one part.
            where = part[p.host[p.pair_request[capped[first]]]]
            np.add.at(sums, where, p.cap[cap] * self.cap[cap])
        np.add.at(sums, part[p.host], self._worth_split(possible) + self._worth_in_blocks(possible))
        return sums // self.scale

    def worth(self, possible: Possible) -> Ints:
        """What each possible day is worth at these prices; of a half-day, as if it were whole."""
        p = possible
        worth = self._traded(possible)[p.day_pair] - self.colleague[p.day_colleague]
        if len(self.date_keys):
            key = p.day_colleague * len(p.dates) + p.day_date
            at = np.minimum(np.searchsorted(self.date_keys, key), len(self.date_keys) - 1)
            worth -= np.where(self.date_keys[at] == key, self.date[at], 0)
        return worth

    def _traded(self, possible: Possible) -> Ints:
        """What a day of each pair is worth when accounts and cap are paid."""
        p = possible
        traded = self.scale - self.account[p.host[p.pair_request]] + self.account[p.home[p.pair_colleague]]
        if len(self.cap):
            traded -= np.where(p.pair_cap >= 0, self.cap[np.maximum(p.pair_cap, 0)], 0)
        return traded

    def tolls(self, possible: Possible) -> Floats | None:
        """What a day of each pair costs by the prices of caps, in days; None where there are no caps."""
        if not len(self.cap):
            return None
        cap = possible.pair_cap
        return np.where(cap >= 0, self.cap[np.maximum(cap, 0)], 0) / self.scale

    def dear(self, possible: Possible, days: float) -> NDArray[np.bool_]:
        """Possible days that lose more than this many days of worth against what their request could
        choose."""
        p, worth = possible, self.worth(possible)
        block = _largest(worth, p.day_pair, p.wanted[p.pair_request], len(p.pair_request))
        best = np.zeros(len(p.wanted), dtype=np.int64)
        np.maximum.at(best, p.pair_request, block)
        loss = (best[p.pair_request] - block)[p.day_pair]
        split = np.flatnonzero(~p.same[p.day_request])
        if len(split):
            request = p.day_request[split]
            order = split[np.lexsort((-worth[split], request))]
            ends = np.searchsorted(p.day_request[order], np.arange(len(p.wanted) + 1))
            last = np.minimum(ends[:-1] + np.maximum(p.wanted, 1), ends[1:]) - 1
            threshold = np.maximum(worth[order][np.maximum(last, 0)], 0)
            loss[split] = threshold[request] - worth[split]
        return np.asarray(loss > days * self.scale)

    def _worth_split(self, possible: Possible) -> Ints:
        """Of each request that may be split: its most valuable dates, as many as it wants."""
        p = possible
        split = np.flatnonzero(~p.same[p.day_request])
        worth, request = self.worth(possible)[split], p.day_request[split]
        order = np.lexsort((-worth, p.day_date[split], request))
        key = (request * len(p.dates) + p.day_date[split])[order]
        best = order[np.concatenate([[True], key[1:] != key[:-1]])] if len(order) else order
        return p.unit * _largest(np.maximum(worth[best], 0), request[best], p.wanted, len(p.wanted))

    def _worth_in_blocks(self, possible: Possible) -> Ints:
        """Of each request with `same_person`: its most valuable colleague, for all days or for none."""
        p = possible
        same = np.flatnonzero(p.same[p.day_request])
        pair = p.day_pair[same]
        worth = _largest(self.worth(possible)[same], pair, p.wanted[p.pair_request], len(p.pair_request))
        worth = p.unit * worth - np.where(p.half[p.pair_request], self._traded(possible), 0)
        most = np.zeros(len(p.wanted), dtype=np.int64)
        np.maximum.at(most, p.pair_request, np.where(p.same[p.pair_request], worth, 0))
        return most

    def document(self, possible: Possible) -> dict[str, Any]:
        """The prices other than 0, by the ids and dates of the instance."""
        i = possible.instance
        dates: dict[str, dict[str, int]] = {}
        for key, price in zip(self.date_keys.tolist(), self.date.tolist(), strict=True):
            if price:
                colleague, day = divmod(key, len(possible.dates))
                dates.setdefault(i.colleagues[colleague].id, {})[possible.dates[day].isoformat()] = price
        caps = [[*possible.cap_names[at], int(self.cap[at])] for at in np.flatnonzero(self.cap)]
        return {
            **({"caps": caps} if caps else {}),
            "scale": self.scale,
            "libraries": {i.libraries[at].id: int(self.account[at]) for at in np.flatnonzero(self.account)},
            "colleagues": {
                i.colleagues[at].id: int(self.colleague[at]) for at in np.flatnonzero(self.colleague)
            },
            "dates": dates,
        }


def _largest(values: Ints, group: Ints, many: Ints, groups: int) -> Ints:
    """Per group, the sum of its `many[group]` largest values."""
    order = np.lexsort((-values, group))
    sorted_group = group[order]
    first = np.searchsorted(sorted_group, np.arange(groups))
    taken = np.arange(len(order)) - first[sorted_group] < many[sorted_group]
    sums = np.zeros(groups, dtype=np.int64)
    np.add.at(sums, sorted_group[taken], values[order][taken])
    return sums


def prices_of(circulation: Circulation, flow: Ints) -> Prices:
    """The prices at which this flow of most days is the best that is possible."""
    c = circulation
    potential = c.network.potentials(c.cost_of_days(), flow)
    libraries, width = len(c.possible.room), max(1, len(c.possible.dates))
    account = potential[c.account_node : c.account_node + libraries]
    colleague = potential[c.colleague_node : c.colleague_node + len(c.possible.home)]
    date = potential[c.date_node : c.date_node + len(c.colleague_dates)]
    return Prices(
        scale=1,
        account=np.maximum(potential[0] - account, 0),
        colleague=np.maximum(colleague - account[c.possible.home], 0),
        date_keys=c.colleague_dates,
        date=np.maximum(date - colleague[c.colleague_dates // width], 0),
        cap=np.zeros(len(c.possible.cap), dtype=np.int64),
    )
