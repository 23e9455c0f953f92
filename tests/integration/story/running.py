"""A federation in a process of its own, as `make run` starts it, that tests may kill and start again."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import requests

START_SECONDS = 90


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class RunningFederation:
    """`byttebank up` on a state folder. The port stays the same over restarts."""

    def __init__(self, state: Path, counties: Sequence[str], port: int | None = None) -> None:
        self.state = state
        self.counties = list(counties)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = state.parent / f"{state.name}.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._log_file: IO[bytes] | None = None

    def command(self) -> list[str]:
        """What `make run` runs, for these counties."""
        command = [sys.executable, "-m", "byttebank", "up", "--state", str(self.state)]
        command += ["--port", str(self.port), "--metrics-port", "0"]
        for county in self.counties:
            command += ["--county", county]
        return command

    def start(self) -> "RunningFederation":
        """Start it; does not wait."""
        self._log_file = self.log.open("ab")
        self._process = subprocess.Popen(
            self.command(),
            stdout=self._log_file,
            stderr=subprocess.STDOUT,
            env={**os.environ, "NO_COLOR": "1"},
        )
        return self

    def wait_until_ready(self, timeout: float = START_SECONDS) -> float:
        """Seconds until every county answers `/readyz` with 200."""
        began = time.monotonic()
        waiting = list(self.counties)
        while waiting:
            if self._process is not None and self._process.poll() is not None:
                raise AssertionError(f"stopped with {self._process.returncode}: {self.tail()}")
            try:
                if requests.get(f"{self.url}/{waiting[0]}/readyz", timeout=5).status_code == 200:
                    waiting.pop(0)
                    continue
            except requests.RequestException:
                pass
            if time.monotonic() - began > timeout:
                raise AssertionError(f"{waiting} not ready after {timeout} s: {self.tail()}")
            time.sleep(0.05)
        return time.monotonic() - began

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """SIGKILL: no goodbye, no flush."""
        self._end(signal.SIGKILL)

    def stop(self, how: signal.Signals = signal.SIGINT) -> tuple[int, float]:
        """Ctrl-C, or another signal; exit code and seconds it took."""
        began = time.monotonic()
        return self._end(how), time.monotonic() - began

    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def tail(self) -> str:
        """The end of what it printed."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]

    def _end(self, how: signal.Signals, timeout: float = 15) -> int:
        assert self._process is not None
        self._process.send_signal(how)
        code = self._process.wait(timeout)
        self._process = None
        if self._log_file is not None:
            self._log_file.close()
        return code
