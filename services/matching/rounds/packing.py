"""How many blocks fit into one colleague's days: rows that hold for every plan and cut off much of what is
half taken.

A colleague with 5 days can serve two blocks of 2 days, and not two and a half. Divided by d and rounded down
(Chvátal and Gomory), `Σ ⌊size / d⌋ · x ≤ ⌊days / d⌋` says so for each d.
"""

from dataclasses import replace

import numpy as np

from services.matching.rounds.blocks import Programme
from services.matching.rounds.network import Ints
from services.matching.rounds.possible import Possible


def packed(programme: Programme, possible: Possible) -> Programme:
    """The same programme with those rows at its end. No plan is lost."""
    p, one = possible, programme
    if not len(one.pairs):
        return one
    who = np.searchsorted(one.colleagues, p.pair_colleague[one.pairs])
    size = p.wanted[p.pair_request[one.pairs]]
    days = _days(one, p)
    rows, columns, values, upper = [one.index.astype(np.int64)], [_columns(one)], [one.value], [one.upper]
    count = len(one.upper)
    for divisor in range(2, int(size.max()) + 1):
        share, most = size // divisor, days // divisor
        # With the same right side as the divisor before, it says less.
        says = (np.bincount(who, weights=share, minlength=len(days)) > most) & (most < days // (divisor - 1))
        here = np.flatnonzero(says)
        at = np.flatnonzero(says[who] & (share > 0))
        rows.append(count + np.searchsorted(here, who[at]))
        columns.append(at)
        values.append(share[at].astype(float))
        upper.append(most[here].astype(float))
        count += len(here)
    row, column = np.concatenate(rows), np.concatenate(columns)
    order = np.lexsort((row, column))
    return replace(
        one,
        lower=np.concatenate([one.lower, np.full(count - len(one.lower), -np.inf)]),
        upper=np.concatenate(upper),
        start=np.searchsorted(column[order], np.arange(len(one.worth) + 1)).astype(np.int32),
        index=row[order].astype(np.int32),
        value=np.concatenate(values)[order],
    )


def _days(programme: Programme, possible: Possible) -> Ints:
    """How many days each of the programme's colleagues can work here."""
    first = len(programme.accounts)
    most = programme.upper[first : first + len(programme.colleagues)].astype(np.int64)
    whose = programme.colleague_dates // max(1, len(possible.dates))
    dates = np.bincount(np.searchsorted(programme.colleagues, whose), minlength=len(most))
    return np.minimum(most, dates)


def _columns(programme: Programme) -> Ints:
    return np.repeat(np.arange(len(programme.worth)), np.diff(programme.start))
