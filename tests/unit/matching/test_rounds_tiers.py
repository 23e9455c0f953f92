"""The best flow by several costs at once, however much they weigh, and in a process of its own."""

import json
from dataclasses import replace

import numpy as np
import pytest

from bench.instances import country
from services.matching.rounds import flowing, tiers
from services.matching.rounds.circulation import FULL, Circulation, circulation
from services.matching.rounds.flowing import Flow, best_flow
from services.matching.rounds.network import FlowWrong, Ints, Network
from services.matching.rounds.places import Places, chord
from services.matching.rounds.possible import Possible, possible_days
from services.matching.rounds.reading import read_content
from services.matching.rounds.tiers import one_by_one, proven, solved, weighed

pytestmark = pytest.mark.simulation
"""Takes seconds: processes that compute."""

LONG = 600
"""Arcs on a way; more than what a day is worth when it is weighed."""


def round_of(size: str = "XS", limit: int = 2, seed: int = 1) -> Possible:
    document = country(size, "split", limit, "tight", seed)
    return possible_days(read_content(json.dumps(document).encode()).instance)


def spent(network: Circulation, flow: Ints) -> list[int]:
    return [int((cost * flow).sum()) for cost in network.costs()]


def two_ways() -> tuple[Network, Ints, Ints]:
    """One thing goes from node 0 to the last: by a long way, each arc of which costs 1 of the second cost, or
    by an arc that costs 1 of the first."""
    tail = np.array([*range(LONG), 0])
    head = np.array([*range(1, LONG + 1), LONG])
    supply = np.zeros(LONG + 1, dtype=np.int64)
    supply[0], supply[LONG] = 1, -1
    first = (tail == 0) & (head == LONG)
    network = Network(LONG + 1, tail, head, np.ones(LONG + 1, dtype=np.int64), supply, np.arange(LONG + 1))
    return network, first.astype(np.int64), (~first).astype(np.int64)


@pytest.mark.parametrize("limit", [0, 2])
def test_one_flow_by_all_costs_is_as_good_as_one_flow_after_the_other(limit: int) -> None:
    for seed in (1, 2):
        network = circulation(round_of(limit=limit, seed=seed), None, FULL)
        cost = weighed(network.network, network.costs())
        assert cost is not None
        flow = network.network.least_cost(cost)
        assert proven(network.network, network.costs(), flow) == 3
        *_, other = one_by_one(network.network, network.costs())
        assert spent(network, flow) == spent(network, other) == spent(network, network.solve())


def test_where_the_weights_are_too_small_that_is_seen_and_the_flow_is_the_best_all_the_same() -> None:
    network, first, second = two_ways()
    cost = weighed(network, (first, second))
    assert cost is not None
    wrong = network.least_cost(cost)
    assert (int((first * wrong).sum()), proven(network, (first, second), wrong)) == (1, 0)
    nothing = np.zeros_like(first)
    assert proven(network, (nothing, first, second), wrong) == 1
    for costs in ((first, second), (nothing, first, second)):
        flow = solved(network, costs)
        assert (int((first * flow).sum()), int((second * flow).sum())) == (0, LONG)


def test_costs_that_do_not_fit_into_64_bits_together_are_taken_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    network, first, second = two_ways()
    dear = first << 45
    assert weighed(network, (dear, second)) is None
    assert int((second * solved(network, (dear, second))).sum()) == LONG
    # The library may find that they are too large only while it computes.
    monkeypatch.setattr(tiers, "MOST_BITS", 80)
    monkeypatch.setattr(tiers, "MOST_SPARE_BITS", 20)
    cost = weighed(network, (first << 35, second))
    assert cost is not None
    with pytest.raises(FlowWrong):
        network.least_cost(cost)
    assert int((second * solved(network, (first << 35, second))).sum()) == LONG


def test_a_proof_gives_up_before_it_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    network, first, second = two_ways()
    *_, best = one_by_one(network, (first, second))
    assert proven(network, (first, second), best) == 2
    monkeypatch.setattr(tiers, "LOOKS", 0)
    monkeypatch.setattr(tiers, "FREE_LOOKS", 0)
    monkeypatch.setattr(tiers, "MOST_SPARE_BITS", 1)
    assert proven(network, (second, first), best) == 0


def test_another_process_finds_the_same_flow() -> None:
    possible = round_of()
    here = circulation(possible, None, FULL)
    found = best_flow(possible, Flow(None, FULL), lambda: False)
    assert found is not None
    assert found[1].tolist() == here.solve().tolist()
    assert best_flow(possible, Flow(None, FULL), lambda: True) is None


def test_a_process_whose_flow_is_not_proven_is_asked_for_one_cost_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    possible = round_of()
    here = circulation(possible, None, FULL)
    *_, best = one_by_one(here.network, here.costs())
    asked: list[Flow] = []
    elsewhere = flowing._elsewhere

    def wrong_first(round_: Possible, job: Flow, is_over: object) -> flowing.Flown | None:
        asked.append(job)
        if job.by_cost:
            return elsewhere(round_, job, lambda: False)
        return flowing.Flown(np.zeros_like(best)) if len(asked) == 1 else flowing.Flown(None)

    monkeypatch.setattr(flowing, "_elsewhere", wrong_first)
    for _ in range(2):
        found = best_flow(possible, Flow(None, FULL), lambda: False)
        assert found is not None
        assert spent(here, found[1]) == spent(here, best)
    assert [job.by_cost for job in asked] == [False, True, False, True]


def test_a_look_along_the_axes_leaves_out_nobody_who_is_near_enough() -> None:
    document = country("XS", "split", 2, "tight", 3)
    one = read_content(json.dumps(document).encode()).instance
    places = Places(one, {library.id: at for at, library in enumerate(one.libraries)})
    count = len(one.libraries)
    home, host = (each.ravel() for each in np.meshgrid(np.arange(count), np.arange(count)))
    km = places.km(home, host)
    for limit in (0.0, 30.0, 300.0, np.inf):
        near = places.near(home, host, chord(np.full(len(home), limit)))
        assert set(np.flatnonzero(km <= limit)) <= set(near)
        # A cube around a sphere is not much larger.
        assert len(near) <= 3 * max(count, np.count_nonzero(km <= limit))
    listed = replace(one, distances_km={(one.libraries[0].id, one.libraries[1].id): 1.0})
    places = Places(listed, {library.id: at for at, library in enumerate(one.libraries)})
    assert len(places.near(home, host, chord(np.zeros(len(home))))) == len(home)
