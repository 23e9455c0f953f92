"""Everything is killed again and again under load; then anybody may check the books, trusting nobody.

`make chaos SECONDS=600 SEED=7` rages longer; the seed decides what is struck when, and is printed.
"""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from bed import Bed
from books import held_days, lost_messages, settled_books, transfers
from chaos import rage
from load import Load
from postgresql import ROOT
from telling import AnyGateway, told_to

SECONDS = float(os.environ.get("BYTTEBANK_TEST_CHAOS_SECONDS", "25"))
SEED = int(os.environ.get("BYTTEBANK_TEST_SEED", str(random.randrange(10**6))))
CAUGHT_UP_SECONDS = 180.0


def test_after_everything_was_killed_again_and_again_the_exported_books_prove_each_other(
    bed: Bed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bed.start_services(copies=2)
    before = settled_books(bed)
    AnyGateway.failures.clear()
    with told_to(bed.gateways()):
        load = Load(bed).start()
        struck = rage(bed, SECONDS, random.Random(SEED))
        bed.start_services(copies=2)
        load.finish()
        after = settled_books(bed, CAUGHT_UP_SECONDS)
        missing = [line for day in load.days for line in day.missing()]
    told = ", ".join(f"{count} x {victim}" for victim, count in sorted(struck.items()))
    with capsys.disabled():
        print(f"\nin {SECONDS:g} s: {told}; {len(load.settled())} days; seed {SEED}")  # noqa: T201
    assert missing == [], f"seed {SEED}"
    assert transfers(after) - transfers(before) == 2 * len(load.settled()), f"seed {SEED}"
    assert held_days(after) == 0
    assert lost_messages(bed) == [], f"seed {SEED}"
    files = [str(tmp_path / f"{slug}.jsonl") for slug in bed.counties]
    for file, county in zip(files, bed.counties.values(), strict=True):
        county.run("ledger", "export", "--format", "jsonl", "--out", file)
    verified = subprocess.run(
        [sys.executable, "-m", "byttebank", "ledger", "verify", *files],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert verified.returncode == 0, f"seed {SEED}: {verified.stdout}{verified.stderr}"
