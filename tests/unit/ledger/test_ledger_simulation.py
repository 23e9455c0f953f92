"""Hundreds of seeded runs of two ledgers over a bad wire. A failure names its seed and tells its story.

`BYTTEBANK_TEST_SEEDS=1000-2000` plays other seeds than the usual ones.
"""

import os
from pathlib import Path

import pytest
from ledger_wire import two_counties

pytestmark = pytest.mark.simulation

STEPS = 50
IN_ONE_CASE = 20


def seeds() -> range:
    """Which runs to play: 200, or those the environment names."""
    first, _, last = os.environ.get("BYTTEBANK_TEST_SEEDS", "1000-1200").partition("-")
    return range(int(first), int(last))


@pytest.mark.parametrize("first", seeds()[::IN_ONE_CASE])
def test_both_books_agree_whatever_the_wire_does(
    settled_in: dict[str, Path], tmp_path: Path, first: int
) -> None:
    with two_counties(settled_in, tmp_path) as play:
        for seed in range(first, min(first + IN_ONE_CASE, seeds().stop)):
            try:
                play(seed, STEPS)
            except Exception as fault:
                raise AssertionError(f"seed {seed}") from fault
