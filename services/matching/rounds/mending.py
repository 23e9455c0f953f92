"""A plan of flows, which know neither half-days nor caps, is made to keep them: something is left out."""

from dataclasses import replace

import numpy as np

from services.matching.rounds.network import Ints
from services.matching.rounds.parts import Ground, guided
from services.matching.rounds.possible import Bools, Floats


def mended(ground: Ground, used: Ints, worth: Floats) -> Ints:
    """What is left of a plan when nothing in it breaks a rule, and what fits beside that by `worth` of pairs.

    Of the plan, only blocks may be in part, limits and caps may be exceeded. A library that begins below its
    limit may stay there.
    """
    p = ground.possible
    while True:
        served = np.bincount(p.day_request[used], minlength=len(p.wanted))
        partly = p.same & (served > 0) & (served < p.wanted)
        used = used[~partly[p.day_request[used]]]
        left = ground.left(used)
        under = p.pair_cap[p.day_pair[used]]
        gone = _surplus(ground, used, under, left.cap, worth)
        if not gone.any():
            gone = _surplus(ground, used, ground.day_host[used], left.room - np.minimum(p.room, 0), worth)
        if not gone.any():
            return guided(ground, worth, used)
        used = used[~gone]


def _surplus(ground: Ground, used: Ints, group: Ints, left: Ints, worth: Floats) -> Bools:
    """Days to leave out, so that no group (-1: none) has less than 0 left: those of the least worth first.

    A block goes as a whole: when its first day goes, the others follow as what is left in part.
    """
    p = ground.possible
    gone = np.zeros(len(used), dtype=bool)
    here = np.flatnonzero((group >= 0) & (left[np.maximum(group, 0)] < 0)) if len(left) else gone.nonzero()[0]
    here = here[np.lexsort((used[here], worth[p.day_pair[used[here]]], group[here]))]
    for name in np.unique(group[here]).tolist():
        # A half-day is half of what is missing, and the rest goes with the next look.
        many = -(int(left[name]) // p.unit)
        gone[here[group[here] == name][:many]] = True
    return gone


def in_no_time(on: Ground) -> Ints:
    """A plan for when there is no time for a good one: what fits if accounts do not count, less what then is
    too much."""
    p = on.possible
    worth = p.pair_worth.astype(float)
    boundless = replace(on, possible=replace(p, room=p.room + p.unit * int(p.wanted.sum())))
    return mended(on, guided(boundless, worth), worth)
