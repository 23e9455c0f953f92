"""Whatever the network and the disks do, no number is used twice, nobody contradicts itself, all is known."""

import random
from collections.abc import Iterator

import pytest
from simulated_world import COUNTIES, World
from two_ends import signing, without_signatures

pytestmark = pytest.mark.simulation


@pytest.fixture
def fast() -> Iterator[None]:
    with without_signatures():
        yield


ACTS = {
    "deliver": 30,
    "agree": 6,
    "decide": 30,
    "drop": 4,
    "repeat": 4,
    "remind": 6,
    "restart": 3,
    "back_up": 6,
    "restore": 5,
}

MOST_UNDER_WAY = 60
"""A full network drops something."""


def play(seed: int, *, steps: int = 60, world: World | None = None) -> World:
    """A random life, then peace. Each life has faults of its own (swarm testing, Groce et al. 2012)."""
    chance = random.Random(seed)
    weights = [
        often * chance.choice((0, 1, 1, 3)) if act != "deliver" else often for act, often in ACTS.items()
    ]
    is_orderly = chance.random() < 0.5
    world = world or World()
    for step in range(steps):
        act = chance.choices(list(ACTS), weights=weights)[0]
        _one(world, act, chance, step, is_orderly=is_orderly)
        while len(world.under_way) > MOST_UNDER_WAY:
            world.under_way.pop(chance.randrange(len(world.under_way)))
    world.heal()
    return world


def _one(world: World, act: str, chance: random.Random, step: int, *, is_orderly: bool) -> None:
    name = chance.choice(COUNTIES)
    if act == "decide":
        world.decide(name, f"matter {chance.randrange(12)}", f"verdict {step}")
    elif act == "remind":
        world.ends[name].remind()
    elif act == "restart":
        world.ends[name].start()
    elif act == "back_up":
        world.back_up(name)
    elif act == "restore":
        world.restore(name, chance.randrange(len(world.backups[name])))
    elif act == "agree":
        world.agree_without_numbered_messages()
    elif world.under_way:
        index = 0 if is_orderly and chance.random() < 0.7 else chance.randrange(len(world.under_way))
        if act == "deliver":
            world.deliver(index)
        elif act == "drop":
            world.under_way.pop(index)
        else:
            world.under_way.append(world.under_way[index])


@pytest.mark.usefixtures("fast")
@pytest.mark.parametrize("block", range(8))
def test_two_ends_come_together_after_any_loss_repeat_reordering_and_restore(block: int) -> None:
    for seed in range(block * 100, block * 100 + 100):
        try:
            play(seed)
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error


def test_the_same_holds_with_real_signatures() -> None:
    for seed in range(40):
        make, keyring = signing({name: number for number, name in enumerate(COUNTIES)})
        play(seed, world=World(make, keyring))


@pytest.mark.usefixtures("fast")
def test_a_return_to_a_life_that_was_given_up_is_noticed() -> None:
    """One backup is restored, work goes on, then a later backup of the life before: no rule can mend that."""
    world = World()
    world.heal()
    lender, host = (world.ends[name] for name in COUNTIES)
    early = lender.disk.copy()
    world.decide(lender.name, "the matter", "yes")
    world.under_way.clear()
    given_up = lender.disk.copy()
    lender.disk = early
    lender.start()
    world.heal()
    world.decide(lender.name, "the matter", "no")
    world.heal()
    lender.disk = given_up
    lender.start()
    with pytest.raises(AssertionError, match="honest end"):
        world.heal()
    assert [each.reason for each in host.frozen] == ["equivocation"]
    assert [each.payload["verdict"] for each in host.accepted] == ["no"]
