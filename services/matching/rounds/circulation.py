"""A round without whole blocks as a circulation of staff-days, which is solved exactly.

    bank → account → colleague → colleague's date → request's date → request → account of the host → bank

A day served flows through its request. What a library receives beyond what it gives flows on from its account
to the bank, at most balance plus limit; what it saves comes from the bank. Days earned in the round count in
the round, in any order. A block is a request with `same_person` and the colleague that has been chosen for
it: all its days must flow, on dates that are still open. Half a day flows as a day; where its block is
fixed, its libraries' rooms make up for that, so what is left is whole days again. Caps are not known here.
"""

from dataclasses import dataclass

import numpy as np

from services.matching.rounds.network import Ints, Network
from services.matching.rounds.possible import Bools, Possible
from services.matching.rounds.tiers import solved

DAYS, FULL = "days", "full"
OBJECTIVES = (DAYS, FULL)

STEPS = 8
"""Steps of one day in which a balance counts; beyond, steps double (the squares of balances in pieces)."""
MOST_BALANCE = 500
"""Balances beyond this count as this one where fairness is weighed."""
KM_UNITS = 1_024
"""Units of a kilometre. Up to one kilometre breaks ties, differently for every day, the same on every
machine."""
FARTHEST_KM = 20_015


@dataclass(frozen=True, slots=True)
class Circulation:
    """The network of a round, with the places in it of what a plan and its proof are read from.

    `days`: positions in the arrays of possible days that are in this network; the arcs `day_arcs` are theirs.
    `gain` is 1 on the arcs of days served, `slope` the change of the balances' squares, `far` the distance.
    `short`: arcs from accounts to the bank that stand for a limit that is not kept; no flow where a plan
    exists. `colleague_dates`: colleague times number of dates plus date, of each node of a colleague's date.
    """

    possible: Possible
    network: Network
    days: Ints
    day_arcs: slice
    short: slice
    gain: Ints
    slope: Ints
    far: Ints
    account_node: int
    colleague_node: int
    date_node: int
    colleague_dates: Ints
    request_node: int
    objective: str

    def solve(self) -> Ints:
        """The flow of a best plan: most days; if `full`, then most equal balances, and then the shortest
        ways."""
        return solved(self.network, self.costs())

    def costs(self) -> tuple[Ints, ...]:
        """What a flow of a best plan costs least of, the most important first."""
        days = self.cost_of_days()
        return (days,) if self.objective == DAYS else (days, self.slope, self.far)

    def cost_of_days(self) -> Ints:
        """-1 for each day served. A limit that is not kept costs more than all days together."""
        cost = -self.gain
        cost[self.short] = int(self.possible.wanted.sum()) + 1
        return cost

    def plan(self, flow: Ints) -> Ints:
        """Positions of the possible days that the flow uses."""
        return self.days[flow[self.day_arcs] > 0]

    def short_days(self, flow: Ints) -> int:
        """Days by which libraries stay below their limits, whatever is done; 0 where a plan exists."""
        return int(flow[self.short].sum())


def circulation(
    possible: Possible,
    blocks: Ints | None = None,
    objective: str = DAYS,
    trial: Ints | None = None,
    without: Bools | None = None,
) -> Circulation:
    """The network of a round, for this objective.

    Without `blocks`, requests with `same_person` are split like the others, which bounds what can be reached.
    With them (positions of pairs, at most one a request) those are served in full and the other such requests
    not, save by the pairs on `trial`, which may be served in part as well.
    Possible days in `without` are left out.
    """
    return _Building(possible, blocks, objective, trial, without).circulation()


class _Building:
    def __init__(
        self,
        possible: Possible,
        blocks: Ints | None,
        objective: str,
        trial: Ints | None,
        without: Bools | None,
    ) -> None:
        self.possible = possible
        self.objective = objective
        self.blocks = blocks
        self.parts: list[tuple[Ints, ...]] = []
        self.count = 0
        self.in_block = np.zeros(len(possible.wanted), dtype=bool)
        used = np.ones(len(possible.day_pair), dtype=bool)
        if blocks is not None:
            self.in_block[possible.pair_request[blocks]] = True
            chosen = ~possible.same[possible.pair_request]
            chosen[blocks] = True
            if trial is not None:
                chosen[trial] = True
            used = chosen[possible.day_pair]
        if without is not None:
            used &= ~without
        self.days = np.flatnonzero(used)

    def add(
        self,
        tail: Ints | int,
        head: Ints | int,
        capacity: Ints | int,
        gain: Ints | int = 0,
        slope: Ints | int = 0,
        far: Ints | int = 0,
    ) -> slice:
        """More arcs, side by side; where they are."""
        given = (tail, head, capacity, gain, slope, far)
        part = np.broadcast_arrays(*(np.asarray(one, dtype=np.int64) for one in given))
        self.parts.append(tuple(one.ravel() for one in part))
        start, self.count = self.count, self.count + part[0].size
        return slice(start, self.count)

    def circulation(self) -> Circulation:
        p = self.possible
        account, colleague = 1, 1 + len(p.room)
        request = colleague + len(p.home)
        offered, tails, date = self._ends(p.day_colleague, p.most, colleague, request + len(p.host))
        asked, heads, request_date = self._ends(p.day_request, p.wanted, request, date + len(offered))
        nodes = request_date + len(asked)
        supply = np.zeros(nodes, dtype=np.int64)
        limit = int(p.wanted.sum()) + int(p.most.sum()) + 1
        room = np.clip(self._room(), -limit, limit)
        supply[account:colleague] += np.maximum(-room, 0)
        supply[0] -= int(np.maximum(-room, 0).sum())

        width = max(1, len(p.dates))
        libraries = np.arange(len(p.room))
        self._bank(account + libraries, room)
        short = self.add(account + libraries, 0, np.maximum(-room, 0))
        self.add(account + p.home, colleague + np.arange(len(p.home)), p.most)
        self.add(colleague + offered // width, date + np.arange(len(offered)), 1)
        km = np.nan_to_num(p.pair_km[p.day_pair[self.days]], nan=np.nanmax(p.pair_km, initial=0.0))
        far = (np.minimum(km, FARTHEST_KM) * KM_UNITS).astype(np.int64) + tie(self.days)
        day_arcs = self.add(tails, heads, 1, far=far)
        self.add(request_date + np.arange(len(asked)), request + asked // width, 1)
        fixed = np.where(self.in_block, p.wanted, 0)
        self.add(request + np.arange(len(p.host)), account + p.host, p.wanted - fixed, gain=1)
        supply[request : request + len(p.host)] -= fixed
        np.add.at(supply, account + p.host, fixed)
        near = np.zeros(nodes, dtype=np.int64)
        near[account:request_date] = np.concatenate([libraries, p.home, p.host, p.home[offered // width]])
        near[request_date:] = p.host[asked // width]
        tail, head, capacity, gain, slope, far = (
            np.concatenate(one) for one in zip(*self.parts, strict=True)
        )
        return Circulation(
            possible=p,
            network=Network(nodes, tail, head, capacity, supply, _rank(nodes, near)),
            days=self.days,
            day_arcs=day_arcs,
            short=short,
            gain=gain,
            slope=slope,
            far=far,
            account_node=account,
            colleague_node=colleague,
            date_node=date,
            colleague_dates=offered,
            request_node=request,
            objective=self.objective,
        )

    def _ends(self, whose: Ints, most: Ints, first: int, nodes: int) -> tuple[Ints, Ints, int]:
        """Where the possible days begin or end: at a node of somebody's date, if it can hold anything back.

        It cannot where only one day is possible at all, or only one on that date: then it is the node of
        whose day it is. Returns the dates that have nodes (whose times width plus date), each day's node, and
        the first node.
        """
        width = max(1, len(self.possible.dates))
        who = whose[self.days]
        dates, at, many = np.unique(
            who * width + self.possible.day_date[self.days], return_inverse=True, return_counts=True
        )
        needed = (many > 1) & (most[dates // width] > 1)
        node = np.cumsum(needed) - 1 + nodes
        return dates[needed], np.where(needed[at], node[at], first + who), nodes

    def _room(self) -> Ints:
        """Rooms in whole days, when the blocks that are fixed have their half-days."""
        p = self.possible
        if p.unit == 1:
            return p.room
        room = p.room.copy()
        if self.blocks is not None:
            half = self.blocks[p.half[p.pair_request[self.blocks]]]
            np.add.at(room, p.host[p.pair_request[half]], 1)
            np.subtract.at(room, p.home[p.pair_colleague[half]], 1)
        return room // p.unit

    def _bank(self, accounts: Ints, room: Ints) -> None:
        """Arcs between accounts and the bank, in steps that cost as the square of the balance rises."""
        p = self.possible
        balance = np.clip(p.balance, -MOST_BALANCE, MOST_BALANCE)
        most_given = np.bincount(p.home, weights=p.most, minlength=len(room)).astype(np.int64)
        most_received = np.bincount(p.host, weights=p.wanted, minlength=len(room)).astype(np.int64)
        # One more than can be given, so that saving never stops anything: no price of an account is below 0.
        saved, used = most_given + np.maximum(-room, 0) + 1, np.minimum(np.maximum(room, 0), most_received)
        longest = int(max(saved.max(initial=0), used.max(initial=0)))
        for done, step in _steps(longest) if self.objective == FULL else [(0, longest)]:
            for way, most in ((1, saved), (-1, used)):
                here = np.flatnonzero(most > done)
                capacity = np.minimum(most[here] - done, step)
                slope = 2 * way * balance[here] + 2 * min(done, 2 * MOST_BALANCE) + min(step, MOST_BALANCE)
                tail, head = (0, accounts[here]) if way > 0 else (accounts[here], 0)
                self.add(tail, head, capacity, slope=slope)


def _rank(nodes: int, near: Ints) -> Ints:
    """Places in memory: the bank, then what regards a library beside its account. Libraries lie as in the
    instance, where neighbours mostly follow each other."""
    rank = np.empty(nodes, dtype=np.int64)
    rank[np.argsort(near, kind="stable")] = np.arange(nodes)
    return rank


def _steps(most: int) -> list[tuple[int, int]]:
    """Where each step begins, and how long it is, up to `most`."""
    steps, done = [], 0
    while done < most:
        step = 1 if done < STEPS else done
        steps.append((done, step))
        done += step
    return steps


def tie(days: Ints) -> Ints:
    """0..1023 for each position, scattered (the finaliser of SplitMix64)."""
    mixed = days.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((mixed ^ (mixed >> np.uint64(31))) & np.uint64(KM_UNITS - 1)).astype(np.int64)
