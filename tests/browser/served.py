"""The demonstration federation, served for browsers by a process of its own, on a Monday morning."""

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests

# The programs of the tests are found, started and ended in one way, wherever they are used.
sys.path.append(str(Path(__file__).parents[1] / "federation"))

from programs import Child, free_port, wait_for

from demo.reference import COUNTIES

MONDAY_MORNING = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)
"""Monday 23 November 2026, 08.14 in Norway: a working day, whenever the tests are run."""
READY_SECONDS = 90.0


class Served:
    """`byttebank up` with all six counties, of the real code."""

    def __init__(self, folder: Path, *, now: datetime = MONDAY_MORNING) -> None:
        """`folder` must be there. What is kept goes into it."""
        self._clock_file = folder / "clock"
        self.set_clock(now)
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        script = Path(__file__).with_name("clocked_up.py")
        command = [sys.executable, str(script), str(self._clock_file), "up", "--state", str(folder / "state")]
        self._child = Child(
            [*command, "--port", str(self.port), "--metrics-port", "0"],
            log=folder / "log",
            environment={**os.environ, "NO_COLOR": "1"},
        )

    def set_clock(self, now: datetime) -> None:
        """It is now so late there, and time goes on from then."""
        new = self._clock_file.with_suffix(".new")
        new.write_text(f"{(now - datetime.now(UTC)).total_seconds():.6f}", encoding="ascii")
        new.replace(self._clock_file)

    def now(self) -> datetime:
        """What time it is there."""
        return datetime.now(UTC) + timedelta(seconds=float(self._clock_file.read_text(encoding="ascii")))

    def start(self) -> None:
        """Every county answers."""
        self._child.start()
        for county in COUNTIES:
            wait_for(lambda county=county: self._is_ready(county), READY_SECONDS, self.tail)

    def _is_ready(self, county: str) -> bool:
        if not self._child.is_running:
            raise AssertionError(f"the federation ended: {self.tail()}")
        try:
            return requests.get(f"{self.url}/{county}/readyz", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def tail(self) -> str:
        """The end of what it printed."""
        return self._child.tail()

    def end(self) -> None:
        """It is gone, with everything it started."""
        self._child.stop(5)
        self._child.end()


def until(question, *, seconds: float = 30.0, what: str = ""):  # type: ignore[no-untyped-def]
    """The first answer that is true. Fails when there is none in time."""
    began = time.monotonic()
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() - began < seconds, f"not after {seconds:g} s: {what}"
        time.sleep(0.1)
