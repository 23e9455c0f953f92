"""The fuzzer of `make fuzz` finds nothing in some seconds, where atheris is installed."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

FUZZER = Path(__file__).resolve().parents[2] / "fuzz" / "envelope.py"
RUNS = 20_000


@pytest.mark.simulation
@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed; `make fuzz` installs it"
)
def test_whatever_atheris_thinks_of_only_envelope_errors_come_out(tmp_path: Path) -> None:
    command = [sys.executable, str(FUZZER), f"-runs={RUNS}", "-seed=1"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert f"Done {RUNS} runs" in done.stderr
