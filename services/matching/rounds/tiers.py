"""Flows that are best by one cost, of those by a second one, and so on.

One flow after the other finds them, each in the network of all flows that are as cheap as the last one. That
takes as many flows as there are costs, and those with few different costs take longest. So all costs become
one first, each weighing more than all that follow can make up for in a ring of exchanges. Nobody knows how
long such rings are, so what comes out is proven, cost by cost, by potentials; where the weights were too
small, the flows are found one after the other.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from services.matching.rounds.network import FlowWrong, Ints, Network

MOST_BITS = 60
"""Of the largest cost times the number of nodes, which the flow library computes with in 64 bits."""
LEAST_SPARE_BITS = 3
"""Between two costs; fewer make up for nothing."""


def weighed(network: Network, costs: Sequence[Ints]) -> Ints | None:
    """All costs as one, the first weighing most; None where they do not fit into 64 bits together."""
    open_ = network.capacity > 0
    bits = [int(np.abs(cost[open_]).max(initial=0)).bit_length() for cost in costs]
    spare = MOST_BITS - (network.nodes + 1).bit_length() - sum(bits)
    steps = len(costs) - 1
    if not steps:
        return costs[0]
    if spare < LEAST_SPARE_BITS * steps:
        return None
    total = np.zeros(len(network.tail), dtype=np.int64)
    for cost, own, follows in zip(costs, bits, range(steps, -1, -1), strict=True):
        # Shifting makes room for the costs that were not added yet.
        total += np.where(open_, cost, 0)
        if follows:
            total <<= bits[len(costs) - follows] + spare // steps
    return total


def proven(network: Network, costs: Sequence[Ints], flow: Ints) -> int:
    """By how many of the costs, from the first on, the flow is proven to be best."""
    arcs = np.arange(len(network.tail))
    for number, cost in enumerate(costs):
        try:
            network, free = network.tight(cost[arcs], flow[arcs], looks=network.looks)
        except FlowWrong:
            return number
        arcs = arcs[free]
    return len(costs)


def one_by_one(network: Network, costs: Sequence[Ints]) -> Iterator[Ints]:
    """Flows that are best by the first cost, by the first two, and so on."""
    arcs, flow = np.arange(len(network.tail)), network.least_cost(costs[0])
    yield flow
    for before, cost in zip(costs, costs[1:], strict=False):
        network, free = network.tight(before[arcs], flow[arcs])
        arcs = arcs[free]
        flow = flow.copy()
        flow[arcs] = network.least_cost(cost[arcs])
        yield flow
