"""The maximum circulation: how much of what counties owe each other in rings can be struck out.

Each county's net stays as it is, no amount grows and nobody gets a new counterparty. What is left after
clearing is a flow of least sum from those who owe on the whole to those who are owed on the whole: a
minimum-cost flow in which every half-day costs the same (Ahuja, Magnanti and Orlin, *Network Flows*, 1993,
chapters 9 and 10; primal-dual with blocking flows, so polynomial whatever the amounts are).

Several circulations may have the greatest sum. Ours is the one whose amounts, read in the order of debtor
and creditor, are greatest at the first place where two differ. That says which one it is without any
program, so every county finds the same, with every release, Python and machine: integers, lists and sorted
names only.
"""

from collections import deque
from collections.abc import Mapping

Edges = Mapping[tuple[str, str], int]
"""(debtor, creditor) to half-days owed, net: at most one direction of each pair."""


def maximum_circulation(owed: Edges) -> dict[tuple[str, str], int]:
    """What is struck out of each position, the positions in order, those with nothing left out.

    Refuses: `ValueError` for amounts that are not positive integers, a county that owes itself, and a pair
    that owes in both directions.
    """
    _check(owed)
    names = sorted({name for pair in owed for name in pair})
    place = {name: number for number, name in enumerate(names)}
    pairs = sorted(owed)
    network = _Network(len(names), [(place[one], place[other], owed[one, other]) for one, other in pairs])
    network.send_what_must_stay()
    network.prefer_the_first()
    cleared = {pair: owed[pair] - left for pair, left in zip(pairs, network.flows(), strict=True)}
    return {pair: amount for pair, amount in cleared.items() if amount}


def rings(circulation: Edges) -> list[tuple[int, list[str]]]:
    """The circulation taken apart into rings, each with its half-days: `(4, [a, b, c])` is a owes b owes c
    owes a. Each starts at its first name; the same circulation gives the same rings.

    Refuses: `ValueError` for amounts that do not circulate.
    """
    left = {pair: amount for pair, amount in sorted(circulation.items()) if amount}
    found = []
    while left:
        ring = _ring(left, next(iter(left))[0])
        pairs = list(zip(ring, ring[1:] + ring[:1], strict=True))
        amount = min(left[pair] for pair in pairs)
        for pair in pairs:
            left[pair] -= amount
            if not left[pair]:
                del left[pair]
        first = ring.index(min(ring))
        found.append((amount, ring[first:] + ring[:first]))
    return found


def _ring(left: Edges, start: str) -> list[str]:
    """Counties in a ring, found by going on to the first creditor until a county comes again."""
    creditor: dict[str, str] = {}
    for one, other in left:
        creditor.setdefault(one, other)
    path = [start]
    while True:
        if path[-1] not in creditor:
            raise ValueError(f"what comes to {path[-1]} does not go on")
        following = creditor[path[-1]]
        if following in path:
            return path[path.index(following) :]
        path.append(following)


def _check(owed: Edges) -> None:
    for (debtor, creditor), amount in owed.items():
        if isinstance(amount, bool) or not isinstance(amount, int) or amount < 1:
            raise ValueError(f"{debtor} owes {creditor} {amount!r}: not a positive whole number")
        if debtor == creditor or (creditor, debtor) in owed:
            raise ValueError(f"{debtor} and {creditor}: a net position has one direction")


class _Network:
    """What stays of each position. Arc 2n sends along position n, arc 2n + 1 takes back."""

    def __init__(self, size: int, positions: list[tuple[int, int, int]]) -> None:
        self.size = size
        self.head: list[int] = []
        self.room: list[int] = []
        self.cost: list[int] = []
        self.arcs: list[list[int]] = [[] for _ in range(size)]
        self.to_send = [0] * size
        self.potential = [0] * size
        self.is_fixed = [False] * (2 * len(positions))
        for debtor, creditor, amount in positions:
            for tail, head, room, cost in ((debtor, creditor, amount, 1), (creditor, debtor, 0, -1)):
                self.arcs[tail].append(len(self.head))
                self.head.append(head)
                self.room.append(room)
                self.cost.append(cost)
            self.to_send[debtor] += amount
            self.to_send[creditor] -= amount

    def flows(self) -> list[int]:
        """What stays of each position."""
        return self.room[1::2]

    def send_what_must_stay(self) -> None:
        """Every county's net is met by as few half-days as can be."""
        while any(amount > 0 for amount in self.to_send):
            far = 2 * self.size + 1
            self._set_potentials([0 if amount > 0 else far for amount in self.to_send])
            while self._send_along_levels(self._levels()):
                pass

    def prefer_the_first(self) -> None:
        """Of all ways to do so, as little as can be stays of the first position, then of the second, ..."""
        self._set_potentials([0] * self.size)
        for arc in range(0, len(self.head), 2):
            self.is_fixed[arc] = self.is_fixed[arc + 1] = True
            if not self._is_tight(arc):
                continue
            tail, head = self.head[arc + 1], self.head[arc]
            while self.room[arc + 1] and (path := self._detour(tail, head)):
                amount = min(self.room[arc + 1], min(self.room[one] for one in path))
                self._send(arc, -amount)
                for one in path:
                    self._send(one, amount)

    def _send(self, arc: int, amount: int) -> None:
        self.room[arc] -= amount
        self.room[arc ^ 1] += amount

    def _is_tight(self, arc: int) -> bool:
        """Whether sending along it keeps the sum least."""
        return self.cost[arc] + self.potential[self.head[arc ^ 1]] == self.potential[self.head[arc]]

    def _set_potentials(self, distance: list[int]) -> None:
        """Potentials become the least distances from these beginnings (Bellman and Ford)."""
        waiting = deque(node for node in range(self.size) if distance[node] == 0)
        is_waiting = [distance[node] == 0 for node in range(self.size)]
        while waiting:
            node = waiting.popleft()
            is_waiting[node] = False
            for arc in self.arcs[node]:
                head, length = self.head[arc], distance[node] + self.cost[arc]
                if self.room[arc] and length < distance[head]:
                    distance[head] = length
                    if not is_waiting[head]:
                        is_waiting[head] = True
                        waiting.append(head)
        self.potential = distance

    def _levels(self) -> list[int]:
        """Steps from the senders over tight arcs with room; -1 where none leads."""
        level = [0 if amount > 0 else -1 for amount in self.to_send]
        waiting = deque(node for node in range(self.size) if level[node] == 0)
        while waiting:
            node = waiting.popleft()
            for arc in self.arcs[node]:
                head = self.head[arc]
                if self.room[arc] and level[head] < 0 and self._is_tight(arc):
                    level[head] = level[node] + 1
                    waiting.append(head)
        return level

    def _send_along_levels(self, level: list[int]) -> bool:
        """Whether anything was sent; a blocking flow over the tight arcs (Dinic)."""
        following = [0] * self.size
        has_sent = False
        for sender in range(self.size):
            while self.to_send[sender] > 0 and (path := self._path(sender, level, following)):
                receiver = self.head[path[-1]]
                amount = min(
                    self.to_send[sender], -self.to_send[receiver], min(self.room[arc] for arc in path)
                )
                for arc in path:
                    self._send(arc, amount)
                self.to_send[sender] -= amount
                self.to_send[receiver] += amount
                has_sent = True
        return has_sent

    def _path(self, sender: int, level: list[int], following: list[int]) -> list[int]:
        """Tight arcs with room from the sender, level by level, to one who still receives; or nothing."""
        path: list[int] = []
        node = sender
        while self.to_send[node] >= 0:
            arcs = self.arcs[node]
            while following[node] < len(arcs):
                arc = arcs[following[node]]
                head = self.head[arc]
                if self.room[arc] and level[head] == level[node] + 1 and self._is_tight(arc):
                    break
                following[node] += 1
            else:
                if not path:
                    return []
                node = self.head[path.pop() ^ 1]
                following[node] += 1
                continue
            path.append(arc)
            node = head
        return path

    def _detour(self, tail: int, head: int) -> list[int]:
        """Tight arcs with room that are not fixed, from tail to head; nothing where there are none."""
        reached_by: list[int | None] = [None] * self.size
        waiting = deque([tail])
        while waiting:
            node = waiting.popleft()
            for arc in self.arcs[node]:
                following = self.head[arc]
                if (
                    self.room[arc]
                    and not self.is_fixed[arc]
                    and reached_by[following] is None
                    and following != tail
                    and self._is_tight(arc)
                ):
                    reached_by[following] = arc
                    if following == head:
                        return self._way_back(reached_by, tail, head)
                    waiting.append(following)
        return []

    def _way_back(self, reached_by: list[int | None], tail: int, head: int) -> list[int]:
        path = []
        while head != tail:
            arc = reached_by[head]
            assert arc is not None
            path.append(arc)
            head = self.head[arc ^ 1]
        return path
