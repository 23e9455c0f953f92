"""Hundreds of whole lives of several counties. A failure names its seed, how to repeat it, and what happened.

`BYTTEBANK_TEST_SEEDS=1000-2000` plays other seeds than the usual ones; `make simulate` plays thousands.
"""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from simulation.many import play, quiet
from simulation.play import Disks, Failure, Figures, Life
from simulation.telling import tell_failure

pytestmark = pytest.mark.simulation

IN_ONE_CASE = 10
ELSEWHERE = (
    "import sys; from simulation.many import hush; from simulation.play import Disks, Life; hush();"
    " life = Life(int(sys.argv[1]), Disks()); life.run(); print('\\n'.join(life.world.events))"
)
KINDS = {
    "clock skew",
    "crash",
    "message corrupted",
    "message delayed",
    "message lost",
    "message misdirected",
    "message repeated",
    "partition",
    "restore",
}


def seeds() -> range:
    """Which lives to play: 300, or those the environment names."""
    first, _, last = os.environ.get("BYTTEBANK_TEST_SEEDS", "0-300").partition("-")
    return range(int(first), int(last))


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    with quiet():
        yield


@pytest.mark.parametrize("first", seeds()[::IN_ONE_CASE], ids=lambda first: f"seeds-from-{first}")
def test_every_rule_holds_at_every_step_and_all_comes_to_rest(first: int) -> None:
    for seed in range(first, min(first + IN_ONE_CASE, seeds().stop)):
        outcome = play(seed)
        if isinstance(outcome, Failure):
            tell_failure(outcome)
            pytest.fail(f"seed {seed} breaks the rule {outcome.rule}: {outcome.sentence}", pytrace=False)
        assert (outcome.lost, outcome.doubled) == (0, 0)


def test_the_lives_do_exercise_what_they_are_for() -> None:
    figures = Figures()
    for seed in range(16):
        outcome = play(seed)
        assert isinstance(outcome, Figures)
        figures.add(outcome)
    assert set(figures.faults) >= KINDS
    assert sum(kind.startswith("lie: ") for kind in figures.faults) >= 8
    assert figures.transfers["between"] > 50
    assert figures.transfers["turned down"] > 0
    assert figures.transfers["cleared"] > 0


def test_a_seed_is_the_same_life_everywhere() -> None:
    life = Life(16, Disks())
    life.run()
    elsewhere = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ELSEWHERE, "16"],
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert list(life.world.events) == elsewhere.splitlines()
