"""A round with blocks as a mixed integer programme.

A block is a request with `same_person` together with one colleague, for all its days or for none. Columns: `taken`
of each pair that could be a block (0 or 1), and each possible day (0 to 1). Given which blocks are taken, the rest is
a network flow, so only those need to be integers. In a block without spare dates the days are the block itself.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.matching.rounds.network import Ints
from services.matching.rounds.possible import Possible

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Programme:
    """Maximise `worth` · x with A x ≤ `upper` (and ≥ `lower`), A in columns; the first `integers` columns 0 or 1.

    `pairs`: the pair of each integer column; `days`: the possible day of each other column.
    Rows are accounts, then colleagues, then colleagues' dates (`row_names` counts them); then the requests' own.
    """

    worth: Floats
    most: Floats
    lower: Floats
    upper: Floats
    start: Ints
    index: Ints
    value: Floats
    pairs: Ints
    days: Ints
    accounts: Ints
    colleagues: Ints
    colleague_dates: Ints


class _Rows:
    """Entries of the matrix, collected row kind by row kind."""

    def __init__(self) -> None:
        self.entries: list[tuple[Ints, Ints, Floats]] = []
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []
        self.count = 0

    def kind(self, upper: Floats, lower: Floats | None = None) -> int:
        """More rows; the number of the first."""
        first, self.count = self.count, self.count + len(upper)
        self.upper.append(np.asarray(upper, dtype=float))
        self.lower.append(np.full(len(upper), -np.inf) if lower is None else np.asarray(lower, dtype=float))
        return first

    def put(self, row: Ints, column: Ints, value: Floats | float) -> None:
        """Values at rows and columns."""
        self.entries.append((row, column, np.broadcast_to(np.asarray(value, dtype=float), row.shape)))


def programme(possible: Possible, pairs: Ints, days: Ints, room: Ints, most: Ints) -> Programme:
    """The round restricted to these `pairs` that may be blocks and these `days` of requests that may be split.

    `room` and `most` are what is left of accounts' room and colleagues' days.
    """
    p = possible
    per_pair = np.bincount(p.day_pair, minlength=len(p.pair_request))
    size = p.wanted[p.pair_request[pairs]]
    spare = per_pair[pairs] > size
    at_pair = np.full(len(p.pair_request), -1)
    at_pair[pairs] = np.arange(len(pairs))
    block_days = np.flatnonzero(at_pair[p.day_pair] >= 0)
    loose = spare[at_pair[p.day_pair[block_days]]]
    own = np.concatenate([block_days[loose], days])
    blocks, columns = len(pairs), len(pairs) + len(own)
    # Where each possible day is decided: by its block, or by a column of its own.
    day = np.concatenate([block_days[~loose], own])
    column = np.concatenate([at_pair[p.day_pair[block_days[~loose]]], blocks + np.arange(len(own))])

    rows = _Rows()
    rows.kind(room)
    day_room = np.concatenate([np.arange(blocks), blocks + np.arange(len(own))])
    amount = np.concatenate([np.where(spare, 0, size), np.ones(len(own), dtype=np.int64)]).astype(float)
    who = np.concatenate([p.pair_colleague[pairs], p.day_colleague[own]])
    asks = np.concatenate([p.pair_request[pairs], p.day_request[own]])
    counted = amount > 0
    rows.put(p.host[asks][counted], day_room[counted], amount[counted])
    rows.put(p.home[who][counted], day_room[counted], -amount[counted])

    colleagues, at = np.unique(who[counted], return_inverse=True)
    first = rows.kind(most[colleagues])
    rows.put(first + at, day_room[counted], amount[counted])

    width = max(1, len(p.dates))
    dates, at = np.unique(p.day_colleague[day] * width + p.day_date[day], return_inverse=True)
    first = rows.kind(np.ones(len(dates)))
    rows.put(first + at, column, 1.0)

    _requests(p, rows, pairs, spare, size, own, blocks)
    row, col, value = (np.concatenate(one) for one in zip(*rows.entries, strict=True))
    order = np.lexsort((row, col))
    return Programme(
        worth=np.concatenate([np.where(spare, 0, size), np.ones(len(own))]).astype(float),
        most=np.ones(columns),
        lower=np.concatenate(rows.lower),
        upper=np.concatenate(rows.upper),
        start=np.searchsorted(col[order], np.arange(columns + 1)),
        index=row[order],
        value=value[order],
        pairs=pairs,
        days=own,
        accounts=np.arange(len(room)),
        colleagues=colleagues,
        colleague_dates=dates,
    )


def _requests(p: Possible, rows: _Rows, pairs: Ints, spare: NDArray[np.bool_], size: Ints, own: Ints, blocks: int) -> None:
    """One block a request, all its days; of a split request at most its days, one person a date."""
    requests, at = np.unique(p.pair_request[pairs], return_inverse=True)
    first = rows.kind(np.ones(len(requests)))
    rows.put(first + at, np.arange(blocks), 1.0)

    in_block = np.flatnonzero(p.same[p.day_request[own]])
    loose = np.flatnonzero(spare)
    at_pair = np.full(len(p.pair_request), -1)
    at_pair[pairs[loose]] = np.arange(len(loose))
    whose = at_pair[p.day_pair[own[in_block]]]
    first = rows.kind(np.zeros(len(loose)), np.zeros(len(loose)))
    rows.put(first + whose, blocks + in_block, 1.0)
    rows.put(first + np.arange(len(loose)), loose, -size[loose].astype(float))
    first = rows.kind(np.zeros(len(in_block)))
    rows.put(first + np.arange(len(in_block)), blocks + in_block, 1.0)
    rows.put(first + np.arange(len(in_block)), loose[whose], -1.0)

    split = np.flatnonzero(~p.same[p.day_request[own]])
    requests, at = np.unique(p.day_request[own[split]], return_inverse=True)
    first = rows.kind(p.wanted[requests])
    rows.put(first + at, blocks + split, 1.0)
    several = np.flatnonzero(p.wanted[p.day_request[own[split]]] > 1)
    key = p.day_request[own[split[several]]] * max(1, len(p.dates)) + p.day_date[own[split[several]]]
    dates, at = np.unique(key, return_inverse=True)
    first = rows.kind(np.ones(len(dates)))
    rows.put(first + at, blocks + split[several], 1.0)
