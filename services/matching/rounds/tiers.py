"""Flows that are best by one cost, of those by a second one, and so on.

One flow after the other finds them, each in the network of all flows that are as cheap as the last one. That
takes as many flows as there are costs, and those with few different costs take longest. So all costs become
one first, each weighing more than all that follow can make up for in a ring of exchanges. Nobody knows how
long such rings are, so what comes out is proven, cost by cost, by potentials; where the weights were too
small, the flows are found one after the other.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from services.matching.rounds.network import FlowWrong, Ints, Network

MOST_BITS = 58
"""Of the largest cost times the number of nodes; the flow library computes with sums of them in 64 bits."""
LEAST_SPARE_BITS, MOST_SPARE_BITS = 2, 8
"""Between two costs: rings of exchanges as long as that are outweighed. More take longer."""
LOOKS, FREE_LOOKS = 30, 10_000_000
"""How often each arc is looked at for a proof, on average, and looks beside that; a flow that is not best has
no proof, and that must not take long to find."""


def weighed(network: Network, costs: Sequence[Ints]) -> Ints | None:
    """All costs as one, the first weighing most; None where they do not fit into 64 bits together."""
    steps, open_ = len(costs) - 1, network.capacity > 0
    if not steps:
        return costs[0]
    bits = [int(np.abs(cost[open_]).max(initial=0)).bit_length() for cost in costs]
    spare = min(MOST_SPARE_BITS, (MOST_BITS - network.nodes.bit_length() - sum(bits)) // steps)
    if spare < LEAST_SPARE_BITS:
        return None
    total = np.zeros(len(network.tail), dtype=np.int64)
    for cost, room in zip(costs, [*(own + spare for own in bits[1:]), 0], strict=True):
        total = (total + np.where(open_, cost, 0)) << room
    return total


def solved(network: Network, costs: Sequence[Ints]) -> Ints:
    """The flow that is best by all costs, the first being the most important."""
    cost = weighed(network, costs)
    if cost is not None:
        try:
            flow = network.least_cost(cost)
            if proven(network, costs, flow) == len(costs):
                return flow
        except FlowWrong:
            # The flow library found the costs too large on its way.
            pass
    *_, flow = one_by_one(network, costs)
    return flow


def proven(network: Network, costs: Sequence[Ints], flow: Ints) -> int:
    """By how many costs, from the first on, a flow of least weighed cost is proven to be best.

    Where that holds for all but the last, it holds for the last: flows that are as good by the others differ
    in what they weigh by the last alone.
    """
    arcs, most_looks = np.arange(len(network.tail)), LOOKS * len(network.tail) + FREE_LOOKS
    for number, cost in enumerate(costs[:-1]):
        try:
            network, free = network.tight(cost[arcs], flow[arcs], most_looks)
        except FlowWrong:
            return number
        arcs = arcs[free]
    return len(costs)


def one_by_one(network: Network, costs: Sequence[Ints]) -> Iterator[Ints]:
    """Flows that are best by the first cost, by the first two, and so on."""
    arcs, flow = np.arange(len(network.tail)), network.least_cost(costs[0])
    yield flow
    for before, cost in pairwise(costs):
        network, free = network.tight(before[arcs], flow[arcs])
        arcs = arcs[free]
        flow = flow.copy()
        flow[arcs] = network.least_cost(cost[arcs])
        yield flow
