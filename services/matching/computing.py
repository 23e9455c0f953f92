"""A round computed in a process of its own, so that nothing here waits for it: started, looked at, stopped.

The process is `python -m services.matching.rounds`. It writes the outcome to one file and its progress, a
line of JSON each, to another; both are looked at now and then. It ends when this process does, or, where
this one is killed, by its time limit.
"""

import atexit
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from byttebank import telemetry

TIME_LIMIT_SECONDS = 60
PROJECT = Path(__file__).resolve().parents[2]
MODULE = "services.matching.rounds"
TOO_LARGE = 2
"""The exit code with which the input is refused."""

Document = dict[str, Any]
_log = telemetry.logger(__name__)


class Computation:
    """One attempt to compute one round."""

    def __init__(
        self, round_id: str, run: int, instance: str, time_limit_seconds: int = TIME_LIMIT_SECONDS
    ) -> None:
        self.round_id, self.run = round_id, run
        self._folder = TemporaryDirectory(prefix="byttebank-round-")
        self.folder = folder = Path(self._folder.name)
        given, self._outcome, self._progress = (folder / name for name in ("input", "outcome", "progress"))
        given.write_text(instance, encoding="utf-8")
        command = [sys.executable, "-m", MODULE, str(given), "--json", "--progress"]
        command += ["--time-limit", str(time_limit_seconds)]
        with self._outcome.open("wb") as outcome, self._progress.open("wb") as progress:
            self._process = subprocess.Popen(
                command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=outcome, stderr=progress
            )
        atexit.register(self.close)

    def stop(self) -> None:
        """It is asked to end with the best plan so far."""
        if self._process.poll() is None:
            self._process.terminate()

    def progress(self) -> tuple[int, int] | None:
        """Days of the best plan so far and what no plan exceeds, where it has said so."""
        for line in reversed(self._progress.read_text(encoding="utf-8", errors="replace").splitlines()):
            try:
                said = json.loads(line)
                return int(said["days"]), int(said["bound"])
            except (ValueError, KeyError, TypeError):
                continue
        return None

    @property
    def is_over(self) -> bool:
        """It has ended, well or not."""
        return self._process.poll() is not None

    def outcome(self) -> Document | None:
        """What `byttebank rounds solve --json` writes, once it has ended well; None when it has not.

        Refuses: ValueError, when the input is refused, with what the process says.
        """
        code = self._process.poll()
        said = self._progress.read_text(encoding="utf-8", errors="replace")
        if code == TOO_LARGE:
            raise ValueError(said.strip().splitlines()[-1] if said.strip() else "refused")
        if code != 0:
            _log.error("A round's computation died", round_id=self.round_id, code=code, said=said[-2000:])
            return None
        found: Document = json.loads(self._outcome.read_text(encoding="utf-8"))
        return found

    def close(self) -> None:
        """The process is gone, and its files are."""
        atexit.unregister(self.close)
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._folder.cleanup()
