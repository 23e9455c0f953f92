"""Ctrl-C before the command has begun its work."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc to see what is imported")
@pytest.mark.parametrize(
    ("command", "library"), [(["doctor", "--state"], "greenlet"), (["rounds", "solve"], "_json")]
)
def test_ctrl_c_while_the_command_is_still_starting_is_answered_by_one_sentence(
    tmp_path: Path, command: list[str], library: str
) -> None:
    """`library` is one of the first that each of them loads."""
    process = subprocess.Popen(
        [sys.executable, "-m", "byttebank", *command, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    patience = time.monotonic() + 30
    while library not in Path(f"/proc/{process.pid}/maps").read_text() and time.monotonic() < patience:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=30)
    assert (process.returncode, out, errors) == (130, b"", b"byttebank: Interrupted.\n")
