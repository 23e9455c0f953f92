"""Every order in which a few messages can arrive, repeat or be lost around a restore. No chance involved."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from simulated_world import COUNTIES, World
from two_ends import without_signatures

LENDER, HOST = COUNTIES


@pytest.fixture(autouse=True)
def fast() -> Iterator[None]:
    with without_signatures():
        yield


@dataclass(frozen=True)
class Scope:
    """How much may still happen besides arrivals: a restore, and each of the faults."""

    forgetful: str
    speaker: str
    matters: int = 2
    drops: int = 0
    repeats: int = 0
    restarts: int = 0
    restores: int = 1


def agreed() -> World:
    """Both ends open, nothing said yet, and a backup of that moment."""
    world = World()
    world.heal()
    for name in world.ends:
        world.back_up(name)
    return world


def worlds_after(world: World, scope: Scope) -> Iterator[tuple[World, Scope]]:
    """Each world that one more event can lead to, and what may still happen in it."""
    for index in range(len(world.under_way)):
        arrived = world.clone()
        arrived.deliver(index)
        yield arrived, scope
        if scope.drops:
            lost = world.clone()
            lost.under_way.pop(index)
            yield lost, replace(scope, drops=scope.drops - 1)
        if scope.repeats:
            twice = world.clone()
            twice.under_way.append(twice.under_way[index])
            yield twice, replace(scope, repeats=scope.repeats - 1)
    if scope.restores:
        restored = world.clone()
        if restored.restore(scope.forgetful, 1):
            yield restored, replace(scope, restores=scope.restores - 1)
    if scope.restarts:
        for name in COUNTIES:
            restarted = world.clone()
            restarted.ends[name].start()
            yield restarted, replace(scope, restarts=scope.restarts - 1)
    for matter in range(scope.matters):
        said = world.clone()
        # After a restore the end would come to another verdict: it must not contradict itself.
        if said.decide(scope.speaker, f"matter {matter}", f"with {scope.restores} restores to come"):
            yield said, scope


@pytest.mark.simulation
@pytest.mark.parametrize(
    "scope",
    [
        Scope(LENDER, LENDER, drops=1),
        Scope(LENDER, LENDER, matters=1, repeats=1),
        Scope(LENDER, LENDER, matters=1, restores=2),
        Scope(HOST, LENDER, matters=1, restarts=1),
        Scope(HOST, LENDER, drops=1),
    ],
)
def test_in_no_order_of_events_does_an_end_contradict_itself_or_stay_apart(scope: Scope) -> None:
    waiting = [(agreed(), scope)]
    seen: set[object] = set()
    lives = 0
    while waiting:
        world, left = waiting.pop()
        following = list(worlds_after(world, left))
        if not following:
            lives += 1
            world.heal()
        for one, rest in following:
            place = (one.fingerprint(), rest)
            if place not in seen:
                seen.add(place)
                waiting.append((one, rest))
    assert lives > 0
    assert len(seen) > 100
