"""Who visits whom in a vandring: a linear assignment, in which sitting out is dearer than any distance.

Everybody visits one and is visited by one, or sits out; as few as possible sit out, and then the ways are as
short as possible in total. Solved by OR-Tools' cost-scaling assignment in integers; ties are broken the same
way on every machine. With thousands of libraries and no narrow `max_km` only near pairs are looked at, and
all pairs of those who would sit out otherwise; then the ways are short, and not proven to be the shortest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.vandring import (
    OTHER_SIZE,
    SAME_SIZE,
    SIZE_FACTOR,
    Participant,
    Rules,
    Visit,
    dated,
)

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0
HALF_ROUND_KM = 20_016
"""No two places are further apart."""
MOST_PAIRS = 2_000_000
"""All pairs of 1,400 libraries. Where there are more, NEAR of each are, and WIDER if somebody sits out."""
NEAR, WIDER = 25, 4
MOST_WEEKS = 62
TIES = 64
"""Units of a kilometre; less than one kilometre decides between ways of the same length."""


class VandringWrong(AssertionError):
    """The assignment library answered something that is no assignment. A mistake of the programme."""


@dataclass(frozen=True, slots=True)
class Vandring:
    """A plan. `sits_out` neither visit nor are visited; in a repaired plan some do only one of the two.

    `is_shortest`: all pairs that the rules allow were looked at: no plan has fewer left over or shorter ways.
    """

    visits: tuple[Visit, ...]
    without_host: tuple[str, ...]
    without_visitor: tuple[str, ...]
    is_shortest: bool = True

    @property
    def sits_out(self) -> tuple[str, ...]:
        return tuple(one for one in self.without_host if one in set(self.without_visitor))


def assign(participants: Sequence[Participant], rules: Rules) -> Vandring:
    """A plan in which everybody visits and hosts once, or sits out. Refuses: ValueError, see `_Arcs`."""
    arcs = _Arcs(sorted(participants, key=lambda one: one.id), rules)
    count = len(arcs.participants)
    is_narrow = rules.max_km is not None or count * count <= MOST_PAIRS
    most = MOST_PAIRS if is_narrow else NEAR * count
    while True:
        visitor, host = arcs.near(most)
        chosen = _everyone(arcs, visitor, host)
        out = np.flatnonzero(chosen == np.arange(count))
        if not arcs.is_cut or not len(out) or most > MOST_PAIRS:
            break
        most *= WIDER
    if arcs.is_cut and len(out):
        chosen = _everyone(arcs, *arcs.with_all_of(visitor, host, out))
    who = np.flatnonzero(chosen != np.arange(count))
    return replace(_plan(arcs.participants, who, chosen[who], ()), is_shortest=not arcs.is_cut)


def _everyone(arcs: "_Arcs", visitor: Ints, host: Ints) -> Ints:
    """The host of each, by these pairs; whoever sits out is its own."""
    everyone = np.arange(len(arcs.participants))
    cost = arcs.cost(visitor, host)
    sitting = np.full(len(everyone), _sitting_out(cost, len(everyone)))
    tail, head = np.concatenate([visitor, everyone]), np.concatenate([host, everyone])
    return _assignment(tail, head, np.concatenate([cost, sitting]), len(everyone))


def repaired(
    participants: Sequence[Participant],
    rules: Rules,
    visits: Sequence[Visit],
    gone: str,
    done: Sequence[Visit] = (),
) -> Vandring:
    """The plan after `gone` has dropped out: all other visits stay as they are, and those that are `done`.

    Whoever has lost a host or a visitor is put together with one another, or with libraries that sat out, as
    far as the rules allow it: most of them, then the nearest. Refuses: ValueError, see `_Arcs`.
    """
    left = sorted((one for one in participants if one.id != gone), key=lambda one: one.id)
    kept = [one for one in visits if one in done or gone not in (one.visitor, one.host)]
    visiting, hosting = {one.visitor for one in kept}, {one.host for one in kept}
    arcs = _Arcs(left, rules)
    free_visitors = np.flatnonzero([one.id not in visiting for one in left])
    free_hosts = np.flatnonzero([one.id not in hosting for one in left])
    visitor = np.repeat(free_visitors, len(free_hosts))
    host = np.tile(free_hosts, len(free_visitors))
    allowed = arcs.allowed(visitor, host)
    visitor, host = visitor[allowed], host[allowed]
    cost, count = arcs.cost(visitor, host), len(left)
    everyone = np.arange(count)
    # Nobody need be matched: each visitor may stay at home (a host of its own), each host alone (a visitor of
    # its own), and these stand-ins are matched with one another where the real ones are.
    tail = np.concatenate([visitor, everyone, count + everyone, count + host])
    head = np.concatenate([host, count + everyone, everyone, count + visitor])
    alone = np.full(count, _sitting_out(cost, count))
    none = np.zeros(count, dtype=np.int64)
    costs = np.concatenate([cost, alone, none, np.zeros(len(cost), dtype=np.int64)])
    chosen = _assignment(tail, head, costs, 2 * count)[:count]
    who = everyone[chosen < count]
    return _plan(left, who, chosen[who], kept)


def _plan(left: list[Participant], who: Ints, hosts: Ints, kept: Sequence[Visit]) -> Vandring:
    pairs = [(left[one], left[other]) for one, other in zip(who.tolist(), hosts.tolist(), strict=True)]
    visits = dated(pairs, kept)
    visiting, hosting = {one.visitor for one in visits}, {one.host for one in visits}
    return Vandring(
        tuple(visits),
        tuple(one.id for one in left if one.id not in visiting),
        tuple(one.id for one in left if one.id not in hosting),
    )


def _sitting_out(cost: Ints, count: int) -> int:
    """Dearer than all ways of a plan together."""
    return int(cost.max(initial=0)) * (count + 1) + 1


def _assignment(tail: Ints, head: Ints, cost: Ints, count: int) -> Ints:
    """The head of each tail 0..count-1 in the perfect assignment of least cost; one must exist."""
    # Imported here: a service that plans no vandring must not carry the library.
    from ortools.graph.python.linear_sum_assignment import SimpleLinearSumAssignment

    if not count:
        return np.zeros(0, dtype=np.int64)
    solver = SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(tail, head, cost)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise VandringWrong(f"the assignment solver ended with {status.name}")
    return np.array([solver.right_mate(one) for one in range(count)], dtype=np.int64)


class _Arcs:
    """Pairs of visitors and hosts that the rules allow, and what they cost.

    Refuses: ValueError for ids that stand twice, sizes below 1 and more than MOST_WEEKS different weeks.
    """

    def __init__(self, participants: list[Participant], rules: Rules) -> None:
        self.participants = participants
        self.is_cut = False
        self._rules = rules
        at = {one.id: number for number, one in enumerate(participants)}
        if len(at) != len(participants):
            raise ValueError("a library takes part twice; leave it out once")
        if any(one.size < 1 for one in participants):
            raise ValueError("a library has no people; give it a size of at least 1")
        weeks = sorted({week for one in participants for week in one.weeks})
        if len(weeks) > MOST_WEEKS:
            raise ValueError(f"{len(weeks)} different weeks; a vandring has at most {MOST_WEEKS}")
        bit = {week: 1 << number for number, week in enumerate(weeks)}
        self._weeks = np.array([sum(bit[week] for week in one.weeks) for one in participants], dtype=np.int64)
        self._size = np.array([one.size for one in participants], dtype=np.int64)
        self._known = np.array([one.at is not None for one in participants], dtype=bool)
        degrees = np.array([one.at or (0.0, 0.0) for one in participants], dtype=float).reshape(-1, 2)
        lat, lon = np.radians(degrees).T
        self._unit = np.array([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)]).T
        if self._known.any():
            # Where a place is not known it counts as the middle of all, neither near nor far.
            self._unit[~self._known] = self._unit[self._known].mean(axis=0)
        count = len(participants)
        earlier = [(at[one], at[other]) for one, other in rules.earlier if one in at and other in at]
        self._earlier = np.array(sorted(one * count + other for one, other in earlier), dtype=np.int64)

    def km(self, visitor: Ints, host: Ints) -> Floats:
        """Great-circle distance of each pair."""
        chord = np.linalg.norm(self._unit[visitor] - self._unit[host], axis=1)
        return 2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, chord / 2))

    def cost(self, visitor: Ints, host: Ints) -> Ints:
        """Whole kilometres, and less than one that is different for pairs of the same distance."""
        mixed = visitor.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + host.astype(np.uint64)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        tie = (mixed >> np.uint64(58)).astype(np.int64)
        return np.rint(self.km(visitor, host)).astype(np.int64) * TIES + tie

    def allowed(self, visitor: Ints, host: Ints) -> Bools:
        """Which pairs the rules allow; the same as `objections` finding none."""
        fits = (visitor != host) & ((self._weeks[visitor] & self._weeks[host]) != 0)
        small = np.minimum(self._size[visitor], self._size[host])
        is_same = np.maximum(self._size[visitor], self._size[host]) <= SIZE_FACTOR * small
        if self._rules.sizes == SAME_SIZE:
            fits &= is_same
        elif self._rules.sizes == OTHER_SIZE:
            fits &= ~is_same
        if self._rules.max_km is not None:
            fits &= self._known[visitor] & self._known[host]
            fits &= np.rint(self.km(visitor, host)) <= self._rules.max_km
        if len(self._earlier):
            key = visitor * len(self.participants) + host
            at = np.minimum(np.searchsorted(self._earlier, key), len(self._earlier) - 1)
            fits &= self._earlier[at] != key
        return fits

    def near(self, most: int) -> tuple[Ints, Ints]:
        """Allowed pairs: all, or the nearer ones where all are more than `most` (then `is_cut`)."""
        reach = float(HALF_ROUND_KM if self._rules.max_km is None else self._rules.max_km + 1)
        self.is_cut = False
        while True:
            cells = _Cells(self._unit, 2 * np.sin(min(np.pi, reach / EARTH_RADIUS_KM) / 2))
            count = cells.count_pairs()
            if count <= most or reach < 1:
                break
            # Pairs grow with the square of the reach, where libraries are spread evenly.
            reach, self.is_cut = reach * max(0.3, min(0.9, (most / count) ** 0.5)), True
        visitor, host = cells.pairs()
        fits = self.allowed(visitor, host)
        return visitor[fits], host[fits]

    def with_all_of(self, visitor: Ints, host: Ints, out: Ints) -> tuple[Ints, Ints]:
        """The pairs, and all others of those who sat out, or of as many of them as MOST_PAIRS allows."""
        count = len(self.participants)
        out = out[: max(1, MOST_PAIRS // count)]
        everyone = np.tile(np.arange(count), len(out))
        these = np.repeat(out, count)
        more_visitors, more_hosts = np.concatenate([these, everyone]), np.concatenate([everyone, these])
        fits = self.allowed(more_visitors, more_hosts)
        keys = np.concatenate([visitor * count + host, (more_visitors * count + more_hosts)[fits]])
        keys = np.unique(keys)
        return keys // count, keys % count


class _Cells:
    """Points in cubes of a given width, so that points nearer than that are in cubes that touch."""

    def __init__(self, unit: Floats, width: float) -> None:
        self._side = int(2 / max(width, 1e-7)) + 3
        cell = np.floor((unit + 1) / max(width, 1e-7)).astype(np.int64) + 1
        self._cell = (cell[:, 0] * self._side + cell[:, 1]) * self._side + cell[:, 2]
        self._order = np.argsort(self._cell, kind="stable")
        self._sorted = self._cell[self._order]
        steps = np.array([-1, 0, 1])
        self._steps = ((steps[:, None, None] * self._side + steps[:, None]) * self._side + steps).ravel()

    def count_pairs(self) -> int:
        """How many pairs `pairs` would give."""
        return int(sum(self._many(step)[1].sum() for step in self._steps))

    def pairs(self) -> tuple[Ints, Ints]:
        """Ordered pairs of points in the same cube or in ones that touch, ascending."""
        ones, others = [], []
        for step in self._steps:
            first, many = self._many(step)
            ones.append(np.repeat(np.arange(len(many)), many))
            start = np.cumsum(many) - many
            others.append(self._order[np.arange(int(many.sum())) - np.repeat(start - first, many)])
        one, other = np.concatenate(ones), np.concatenate(others)
        order = np.lexsort((other, one))
        return one[order], other[order]

    def _many(self, step: int) -> tuple[Ints, Ints]:
        first = np.searchsorted(self._sorted, self._cell + step, side="left")
        return first, np.searchsorted(self._sorted, self._cell + step, side="right") - first
