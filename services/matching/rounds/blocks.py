"""A part of a round, with its blocks, as a mixed integer programme.

A block is a request with `same_person` together with one colleague, for all its days or for none. Columns:
whether a block is taken (0 or 1), and each possible day (0 to 1). Given which blocks are taken, the rest is a
network flow, so only those need to be integers, and days under a cap, which no flow knows; and all days where
there are half-days, for half a day to receive is of no use to a whole one. In a block without spare dates the
days are the block itself. Accounts, caps and worth count in units (`Possible.unit`).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.matching.rounds.network import Ints
from services.matching.rounds.possible import Bools, Floats, Possible

SHORT = 1_000.0
"""What a day costs by which a library stays below its limit."""


@dataclass(frozen=True, slots=True)
class Resources:
    """What is left for a part of a round: room of accounts, days of colleagues, days that requests still
    want, and what caps leave."""

    room: Ints
    most: Ints
    wanted: Ints
    cap: Ints


@dataclass(frozen=True, slots=True)
class Programme:
    """Maximise `worth` · x with `lower` ≤ A x ≤ `upper` and 0 ≤ x ≤ `most`, A stored by columns.

    The first columns are the blocks (`pairs`); then a column for each of `own`, possible days; then what
    libraries stay short. `whole` are the columns that must be integers. `day_column[i]` is the column by
    which `days[i]` is decided, `day_block[i]` its block or -1. Rows begin with the accounts, the colleagues
    and the colleagues' dates, as many as there are of each here, and end with the `caps`.
    """

    worth: Floats
    most: Floats
    lower: Floats
    upper: Floats
    start: NDArray[np.int32]
    index: NDArray[np.int32]
    value: Floats
    pairs: Ints
    own: Ints
    days: Ints
    day_column: Ints
    day_block: Ints
    accounts: Ints
    colleagues: Ints
    colleague_dates: Ints
    whole: NDArray[np.int32]
    caps: Ints

    def solution(self, used: Ints) -> Floats:
        """The columns' values for a plan that uses these possible days, all among `days`."""
        values = np.zeros(len(self.worth))
        here = np.isin(self.days, used)
        values[self.day_column[here]] = 1.0
        values[self.day_block[here & (self.day_block >= 0)]] = 1.0
        return values

    def used(self, values: Floats) -> Ints:
        """The possible days that a solution uses; its days must be whole."""
        return self.days[values[self.day_column] > 0.5]


class _Rows:
    """Entries of the matrix, collected one kind of row at a time."""

    def __init__(self) -> None:
        self.entries: list[tuple[Ints, Ints, Floats]] = []
        self.lower: list[Floats] = []
        self.upper: list[Floats] = []
        self.count = 0

    def kind(self, upper: Floats | Ints, lower: Floats | None = None) -> int:
        """More rows; the number of the first."""
        first, self.count = self.count, self.count + len(upper)
        self.upper.append(np.asarray(upper, dtype=float))
        self.lower.append(np.full(len(upper), -np.inf) if lower is None else lower)
        return first

    def put(self, row: Ints, column: Ints, value: Floats | float) -> None:
        """Values at rows and columns."""
        self.entries.append((row, column, np.broadcast_to(np.asarray(value, dtype=float), row.shape)))


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where each block and each possible day is decided."""

    pairs: Ints
    size: Ints
    spare: Bools
    own: Ints
    own_block: Ints
    """For each of `own` its block, -1 where its request may be split."""


def programme(possible: Possible, days: Ints, left: Resources) -> Programme:
    """The best use of these possible days (ascending) within what is left.

    Of a request with `same_person` a block is offered wherever enough of its days are among them.
    """
    p = possible
    days, columns = _columns(p, days, left)
    pairs, own, blocks = columns.pairs, columns.own, len(columns.pairs)
    at_own = np.searchsorted(own, days)
    at_own = np.where(at_own < len(own), at_own, 0)
    is_own = own[at_own] == days if len(own) else np.zeros(len(days), dtype=bool)
    day_block = np.where(p.same[p.day_request[days]], _position(pairs, p.day_pair[days]), -1)
    day_column = np.where(is_own, blocks + at_own, day_block)

    rows = _Rows()
    who = np.concatenate([p.pair_colleague[pairs], p.day_colleague[own]])
    asks = np.concatenate([p.pair_request[pairs], p.day_request[own]])
    amount = np.concatenate([np.where(columns.spare, 0, columns.size), np.ones(len(own), dtype=np.int64)])
    counted = np.flatnonzero(amount)
    # The half-day that the last day of a block lacks is the block's.
    worth = p.unit * amount - np.concatenate([p.half[asks[:blocks]], np.zeros(len(own), dtype=bool)])
    traded = np.flatnonzero(worth)
    home, host = p.home[who[traded]], p.host[asks[traded]]
    accounts = np.unique(np.concatenate([home, host]))
    rows.kind(left.room[accounts])
    rows.put(np.searchsorted(accounts, host), traded, worth[traded].astype(float))
    rows.put(np.searchsorted(accounts, home), traded, -worth[traded].astype(float))
    short = np.flatnonzero(left.room[accounts] < 0) if (p.room < 0).any() else np.zeros(0, dtype=np.int64)
    rows.put(short, blocks + len(own) + np.arange(len(short)), -1.0)

    colleagues, at = np.unique(who[counted], return_inverse=True)
    rows.put(rows.kind(left.most[colleagues]) + at, counted, amount[counted].astype(float))
    dates, at = np.unique(
        p.day_colleague[days] * max(1, len(p.dates)) + p.day_date[days], return_inverse=True
    )
    rows.put(rows.kind(np.ones(len(dates))) + at, day_column, 1.0)
    _requests(p, rows, columns, left)
    cap = np.concatenate([p.pair_cap[pairs], p.pair_cap[p.day_pair[own]]])
    capped = np.flatnonzero((cap >= 0) & (worth != 0))
    caps, at = np.unique(cap[capped], return_inverse=True)
    rows.put(rows.kind(left.cap[caps]) + at, capped, worth[capped].astype(float))

    row, column, value = (np.concatenate(one) for one in zip(*rows.entries, strict=True))
    order = np.lexsort((row, column))
    alone = blocks + np.flatnonzero(((cap[blocks:] >= 0) & (columns.own_block < 0)) | (p.unit > 1))
    count = blocks + len(own) + len(short)
    return Programme(
        worth=np.concatenate([worth.astype(float), np.full(len(short), -SHORT)]),
        most=np.concatenate([np.ones(blocks + len(own)), -left.room[accounts[short]].astype(float)]),
        lower=np.concatenate(rows.lower),
        upper=np.concatenate(rows.upper),
        start=np.searchsorted(column[order], np.arange(count + 1)).astype(np.int32),
        index=row[order].astype(np.int32),
        value=value[order],
        pairs=pairs,
        own=own,
        days=days,
        day_column=day_column,
        day_block=day_block,
        accounts=accounts,
        colleagues=colleagues,
        colleague_dates=dates,
        whole=np.concatenate([np.arange(blocks), alone]).astype(np.int32),
        caps=caps,
    )


def _columns(p: Possible, days: Ints, left: Resources) -> tuple[Ints, _Columns]:
    """The days that can be used, and the columns for them."""
    same = p.same[p.day_request[days]]
    pair, many = np.unique(p.day_pair[days[same]], return_counts=True)
    size = p.wanted[p.pair_request[pair]]
    fits = (many >= size) & (left.most[p.pair_colleague[pair]] >= size)
    pair, size, spare = pair[fits], size[fits], many[fits] > size[fits]
    at = _position(pair, p.day_pair[days])
    block = np.where(same, at, -1)
    usable = ~same | (block >= 0)
    days, block = days[usable], block[usable]
    alone = block < 0
    own = alone | spare[np.maximum(block, 0)] if len(pair) else alone
    return days, _Columns(pair, size, spare, days[own], block[own])


def _position(sorted_values: Ints, values: Ints) -> Ints:
    """Where each value is in the sorted ones; -1 where it is not."""
    if not len(sorted_values):
        return np.full(len(values), -1)
    at = np.minimum(np.searchsorted(sorted_values, values), len(sorted_values) - 1)
    return np.where(sorted_values[at] == values, at, -1)


def _requests(p: Possible, rows: _Rows, columns: _Columns, left: Resources) -> None:
    """One block a request, all its days; of a split request at most its days, one person a date."""
    pairs, own, blocks = columns.pairs, columns.own, len(columns.pairs)
    requests, at = np.unique(p.pair_request[pairs], return_inverse=True)
    rows.put(rows.kind(np.ones(len(requests))) + at, np.arange(blocks), 1.0)

    loose = np.flatnonzero(columns.spare)
    inside = np.flatnonzero(columns.own_block >= 0)
    block = columns.own_block[inside]
    first = rows.kind(np.zeros(len(loose)), np.zeros(len(loose)))
    rows.put(first + np.searchsorted(loose, block), blocks + inside, 1.0)
    rows.put(first + np.arange(len(loose)), loose, -columns.size[loose].astype(float))
    first = rows.kind(np.zeros(len(inside)))
    rows.put(first + np.arange(len(inside)), blocks + inside, 1.0)
    rows.put(first + np.arange(len(inside)), block, -1.0)

    split = np.flatnonzero(columns.own_block < 0)
    requests, at = np.unique(p.day_request[own[split]], return_inverse=True)
    rows.put(rows.kind(left.wanted[requests]) + at, blocks + split, 1.0)
    several = split[left.wanted[p.day_request[own[split]]] > 1]
    key = p.day_request[own[several]] * max(1, len(p.dates)) + p.day_date[own[several]]
    dates, at = np.unique(key, return_inverse=True)
    rows.put(rows.kind(np.ones(len(dates))) + at, blocks + several, 1.0)
