"""The programs that the tests need: found or installed; and children that never outlive the tests.

python tests/federation/programs.py     installs what is missing, or says what to install
"""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PACKAGES = {
    "rabbitmq-server": "rabbitmq-server",
    "initdb": "postgresql",
    "chromium": "chromium",
    "promtool": "prometheus",
    "hledger": "hledger",
    "faketime": "faketime",
}
"""A program that must be there, and the Debian package that brings it."""

INSTALL_SECONDS = 600
STOP_SECONDS = 15.0
PR_SET_PDEATHSIG = 1


class Missing(Exception):
    """A program is missing and may not be installed. The message says what to do."""


def find_program(name: str) -> Path | None:
    """Where a program is: where Debian keeps those of RabbitMQ and PostgreSQL, or on the path.

    Debian's wrappers in /usr/sbin change the user; the programs behind them do not.
    """
    homes = [Path("/usr/lib/rabbitmq/bin"), *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]
    found = next((str(home / name) for home in homes if (home / name).exists()), shutil.which(name))
    return Path(found) if found else None


def program(name: str) -> str:
    """The program's path. Refuses: `Missing`."""
    path = find_program(name)
    if path is None:
        raise Missing(f"{name} is not installed.")
    return str(path)


def install_missing(*names: str) -> None:
    """The named programs are installed, or all of `PACKAGES`; a server that this has installed does not run.

    Refuses: `Missing`, saying what to install.
    """
    wanted = sorted({PACKAGES[name] for name in names or PACKAGES if find_program(name) is None})
    if not wanted:
        return
    advice = f"The tests need Debian's {', '.join(wanted)}: apt-get install {' '.join(wanted)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise Missing(f"{advice} (as root; the packaged services need not run).")
    # Debian asks this program whether a service may start. It must be said before the installation.
    policy = Path("/usr/sbin/policy-rc.d")
    had_policy = policy.exists()
    if not had_policy:
        policy.write_text("#!/bin/sh\nexit 101\n", encoding="utf-8")
        policy.chmod(0o755)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        for command in (
            ["apt-get", "update"],
            ["apt-get", "install", "-y", "--no-install-recommends", *wanted],
        ):
            done = subprocess.run(
                command, env=environment, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
            )
            if done.returncode:
                raise Missing(f"{advice}. It was tried, and {' '.join(command)} said: {done.stderr[-500:]}")
    finally:
        if not had_policy:
            policy.unlink()


class Child:
    """A process in a group of its own, killed with all its children, at the latest when this process ends."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log: Path,
        environment: Mapping[str, str],
        folder: Path | None = None,
        user: str | None = None,
    ) -> None:
        """`user` runs it, when it may not run as root. The command must not hand over to a child of its own:
        that would outlive us.
        """
        self.command = list(command)
        self.log = log
        self._environment = dict(environment)
        self._folder = folder
        self._user = user
        self._is_over = False
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """It runs; a running one goes on running, and one that was ended stays so."""
        if self.is_running or self._is_over:
            return
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._environment,
                cwd=self._folder,
                start_new_session=True,
                user=self._user,
                group=self._user,
                extra_groups=[] if self._user else None,
                preexec_fn=_die_with_parent,
            )

    def change(self, **settings: str | None) -> None:
        """From its next start these settings hold; None takes one away."""
        self._environment.update({name: value for name, value in settings.items() if value is not None})
        for name in [name for name, value in settings.items() if value is None]:
            self._environment.pop(name, None)

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def stop(self, seconds: float = STOP_SECONDS, how: signal.Signals = signal.SIGTERM) -> int | None:
        """It has ended, by itself if it could in so many seconds; its exit code."""
        if self._process is None:
            return None
        if self._process.poll() is None:
            self._process.send_signal(how)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
        return self.kill()

    def kill(self) -> int | None:
        """SIGKILL to it and all its children: no goodbye, no flush."""
        if self._process is None:
            return None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        code = self._process.wait(STOP_SECONDS)
        self._process = None
        return code

    def end(self) -> None:
        """As `kill`, and nobody starts it again."""
        self._is_over = True
        self.kill()

    def tail(self, characters: int = 3000) -> str:
        """The end of what it printed."""
        if not self.log.exists():
            return ""
        return self.log.read_text(encoding="utf-8", errors="replace")[-characters:]


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(question: Callable[[], object], seconds: float, what: Callable[[], str]) -> float:
    """Seconds until the answer was true. Fails with `what()` when it is not in time."""
    began = time.monotonic()
    while not question():
        if time.monotonic() - began > seconds:
            raise AssertionError(f"not after {seconds:g} s: {what()}")
        time.sleep(0.05)
    return time.monotonic() - began


def main() -> int:
    """What the tests need is installed; 1 and a line that says what to do when it cannot be."""
    try:
        install_missing()
    except Missing as missing:
        sys.stderr.write(f"{missing}\n")
        return 1
    return 0


def _die_with_parent() -> None:
    # Linux only, as Debian is: whatever ends the tests, also SIGKILL, ends what they have started.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())
