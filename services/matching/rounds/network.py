"""Flows of least cost in a network, exactly, and the potentials that prove them.

Ford and Fulkerson's optimality: a flow has least cost if and only if there are potentials at which no arc of
the residual network has a negative reduced cost. The flow comes from OR-Tools; the potentials are computed
here from the residual network, so a wrong flow would be found.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

_MOST_COST = 2**62


class FlowWrong(AssertionError):
    """The flow library answered something that is no optimal flow. A mistake of the programme, never of the
    input."""


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes 0..`nodes`-1, arcs as parallel arrays; `supply[v]` is what node v must send on (below 0: take
    in). `rank[v]` is the node's place in memory while it is solved: a country is solved in two thirds of the
    time where neighbours lie together."""

    nodes: int
    tail: Ints
    head: Ints
    capacity: Ints
    supply: Ints
    rank: Ints

    def least_cost(self, cost: Ints) -> Ints:
        """The flow on each arc, integral, of least cost. The network must have one that keeps all
        supplies."""
        return self.task(cost)()

    def task(self, cost: Ints) -> Callable[[], Ints]:
        """What `least_cost` computes when it is called. It holds no array of this network, so that whoever
        lets go of it has the memory while a country is solved."""
        # Imported here: a service that holds no round must not carry the library.
        from ortools.graph.python.min_cost_flow import SimpleMinCostFlow

        if len(cost) and int(np.abs(cost).max()) * (self.nodes + 1) > _MOST_COST:
            raise FlowWrong("costs are too large for 64 bits")
        solver = SimpleMinCostFlow()
        arcs = solver.add_arcs_with_capacity_and_unit_cost(
            self.rank[self.tail], self.rank[self.head], self.capacity, cost
        )
        solver.set_nodes_supplies(self.rank, self.supply)

        def solve() -> Ints:
            status = solver.solve()
            # Reading flows after anything but OPTIMAL can crash the process.
            if status != solver.OPTIMAL:
                raise FlowWrong(f"the flow solver ended with {status.name}")
            return np.asarray(solver.flows(arcs), dtype=np.int64)

        return solve

    def potentials(self, cost: Ints, flow: Ints, most_looks: int | None = None) -> Ints:
        """Potentials with cost + potential[tail] - potential[head] ≥ 0 on every residual arc; so the flow is
        optimal.

        They are distances from an extra node with an arc of cost 0 to every node (Bellman and Ford's
        algorithm, all changed nodes at once). Refuses: FlowWrong, where there are none, or where they were
        not found by looking at so many arcs.
        """
        start, target, length = self._residual(cost, flow)
        distance = np.zeros(self.nodes, dtype=np.int64)
        arcs, looks = np.flatnonzero(length < 0), 0
        for _ in range(self.nodes + 1):
            reached = distance[start[arcs]] + length[arcs]
            nearer = reached < distance[target[arcs]]
            changed, reached = target[arcs[nearer]], reached[nearer]
            if not len(changed):
                return distance
            looks += len(arcs)
            if most_looks is not None and looks > most_looks:
                break
            np.minimum.at(distance, changed, reached)
            arcs = _leaving(start, np.unique(changed), self.nodes)
        raise FlowWrong("the flow is not of least cost")

    def tight(
        self, cost: Ints, flow: Ints, most_looks: int | None = None
    ) -> tuple["Network", NDArray[np.bool_]]:
        """The network of all flows that cost as little as this one, and which arcs are still free in it.

        An arc with a reduced cost other than 0 has the same flow in all of them (complementary slackness).
        Refuses as `potentials` does.
        """
        potential = self.potentials(cost, flow, most_looks)
        free = cost + potential[self.tail] - potential[self.head] == 0
        supply = self.supply.copy()
        np.subtract.at(supply, self.tail[~free], flow[~free])
        np.add.at(supply, self.head[~free], flow[~free])
        tail, head, capacity = self.tail[free], self.head[free], self.capacity[free]
        return Network(self.nodes, tail, head, capacity, supply, self.rank), free

    def _residual(self, cost: Ints, flow: Ints) -> tuple[Ints, Ints, Ints]:
        """Start, target and cost of each residual arc, ascending by start."""
        onward, back = flow < self.capacity, flow > 0
        start = np.concatenate([self.tail[onward], self.head[back]])
        target = np.concatenate([self.head[onward], self.tail[back]])
        length = np.concatenate([cost[onward], -cost[back]])
        order = np.argsort(start, kind="stable")
        return start[order], target[order], length[order]


def _leaving(start: Ints, nodes: Ints, count: int) -> Ints:
    """Positions of the arcs that leave one of `nodes`; `start` is ascending."""
    first = np.searchsorted(start, nodes, side="left")
    many = np.searchsorted(start, nodes, side="right") - first
    return np.repeat(first - np.concatenate([[0], np.cumsum(many)[:-1]]), many) + np.arange(many.sum())
