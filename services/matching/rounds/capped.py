"""Requests that lack days for a cap alone: somebody is free, the library can pay, and the cap is used up."""

import numpy as np

from services.matching.rounds.network import Ints
from services.matching.rounds.parts import Ground


def stopped_by_cap(ground: Ground, used: Ints) -> dict[int, tuple[int, int]]:
    """By request that lacks days the cap in the way, and how many units more of it would do.

    More by one day, or all days of a request that takes one colleague for all: nothing else in the plan would
    have to change, so this is proven, whether the plan is the best or not. The cap that lacks least is named.
    """
    p, left = ground.possible, ground.left(used)
    busy = np.zeros(ground.colleague_date.max(initial=-1) + 1, dtype=bool)
    busy[ground.colleague_date[used]] = True
    served = np.zeros(ground.request_date.max(initial=-1) + 1, dtype=bool)
    served[ground.request_date[used]] = True
    free = (p.pair_cap[p.day_pair] >= 0) & ~busy[ground.colleague_date] & ~served[ground.request_date]
    days = np.bincount(p.day_pair[free], minlength=len(p.pair_request))
    request, same = p.pair_request, p.same[p.pair_request]
    size = np.where(same, p.wanted[request], 1)
    worth = np.where(same, p.pair_worth, p.unit)
    fits = (days >= size) & (left.most[p.pair_colleague] >= size) & (left.wanted[request] >= size)
    fits &= left.room[p.host[request]] >= worth
    found: dict[int, tuple[int, int]] = {}
    for pair in np.flatnonzero(fits).tolist():
        cap, at = int(p.pair_cap[pair]), int(request[pair])
        lacks = int(worth[pair] - left.cap[cap])
        if lacks > 0 and (at not in found or lacks < found[at][1]):
            found[at] = cap, lacks
    return found
