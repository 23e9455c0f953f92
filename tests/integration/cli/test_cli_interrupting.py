"""Ctrl-C before the command has begun its work."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc to see what is imported")
def test_ctrl_c_while_the_command_is_still_starting_is_answered_by_one_sentence(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "byttebank", "doctor", "--state", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    patience = time.monotonic() + 30
    # The first library of the second that the start takes.
    while "greenlet" not in Path(f"/proc/{process.pid}/maps").read_text() and time.monotonic() < patience:
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=30)
    assert (process.returncode, out, errors) == (130, b"", b"byttebank: Interrupted.\n")
