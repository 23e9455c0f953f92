"""`byttebank up` as a person meets it: a process with a terminal's signals, lines and exit codes."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests

TOY = Path(__file__).with_name("toy_command.py")
READY_SECONDS = 30


class Command:
    """One run of `byttebank up`."""

    def __init__(self, state: Path, *arguments: str, **environment: str) -> None:
        self.out = state.parent / f"{state.name}-{time.monotonic_ns()}.out"
        self.err = self.out.with_suffix(".err")
        command = [sys.executable, str(TOY), "up", "--state", str(state), *arguments]
        with self.out.open("wb") as out, self.err.open("wb") as err:
            settings = {**os.environ, "NO_COLOR": "1", **environment}
            self.process = subprocess.Popen(command, stdout=out, stderr=err, env=settings)

    def url(self) -> str:
        """The address, once it is printed."""
        return self.wait_for(r"ready at (http://localhost:\d+)/").group(1)

    def wait_for(self, pattern: str) -> re.Match[str]:
        deadline = time.monotonic() + READY_SECONDS
        while (found := re.search(pattern, self.printed())) is None:
            assert self.process.poll() is None, self.complaint()
            assert time.monotonic() < deadline, self.printed() + self.complaint()
            time.sleep(0.02)
        return found

    def printed(self) -> str:
        return self.out.read_text()

    def complaint(self) -> str:
        """What it wrote to stderr, log lines left out."""
        lines = self.err.read_text().splitlines()
        return "\n".join(line for line in lines if not line.startswith("{"))

    def end(self, how: signal.Signals | None = None) -> tuple[int, float]:
        """The exit code, and the seconds it took."""
        began = time.monotonic()
        if how is not None:
            self.process.send_signal(how)
        return self.process.wait(READY_SECONDS), time.monotonic() - began


@pytest.fixture
def up(tmp_path: Path) -> Iterator[Callable[..., Command]]:
    """Runs the command on one state folder; kills what is left."""
    running: list[Command] = []

    def begin(*arguments: str, **environment: str) -> Command:
        port = () if "--port" in arguments else ("--port", "0")
        running.append(Command(tmp_path / "state", *port, *arguments, **environment))
        return running[-1]

    yield begin
    for command in running:
        command.process.kill()
        command.process.wait()


def test_it_prints_where_it_is_and_who_can_sign_in_and_stops_on_ctrl_c(up: Callable[..., Command]) -> None:
    command = up()
    url = command.url()
    assert requests.get(f"{url}/", timeout=5).text == "hello"
    assert requests.get(f"{url}/innlandet/", timeout=5).text == "hello"
    metrics = command.wait_for(r"Metrics at (\S+)").group(1)
    assert "byttebank_http_requests_total" in requests.get(metrics, timeout=5).text
    code, seconds = command.end(signal.SIGINT)
    assert code == 0
    assert seconds < 5
    assert "Innlandet  Kari, Library  kari@innlandet.example\n" in command.printed()
    assert "The password is secret\n" in command.printed()
    assert command.printed().endswith("Stopping ...\nStopped.\n")
    assert command.complaint() == ""
    logged = command.err.read_text()
    assert '"event": "Started"' in logged
    assert '"event": "Stopped"' in logged


def test_sigterm_stops_it_too_and_the_next_start_finds_its_state(up: Callable[..., Command]) -> None:
    first = up()
    first.url()
    assert first.end(signal.SIGTERM)[0] == 0
    second = up()
    second.url()
    assert second.end(signal.SIGTERM)[0] == 0


def test_it_can_be_killed_and_started_again(up: Callable[..., Command]) -> None:
    command = up()
    command.url()
    command.end(signal.SIGKILL)
    again = up()
    assert requests.get(f"{again.url()}/oslo/", timeout=5).text == "hello"


def test_a_service_that_never_stops_is_cut_off_within_five_seconds(up: Callable[..., Command]) -> None:
    command = up(TOY_SERVICE="hang")
    command.url()
    code, seconds = command.end(signal.SIGINT)
    assert (code, seconds < 5.5) == (0, True)
    assert "cut off" in command.err.read_text()


def test_a_second_ctrl_c_ends_it_at_once(up: Callable[..., Command]) -> None:
    command = up(TOY_SERVICE="hang")
    command.url()
    command.process.send_signal(signal.SIGINT)
    command.wait_for("Stopping")
    code, seconds = command.end(signal.SIGINT)
    assert (code, seconds < 1) == (130, True)


def test_ctrl_c_while_it_loads_ends_it_with_a_word(up: Callable[..., Command]) -> None:
    command = up(TOY_LOAD="slow")
    command.wait_for("loading")
    code, seconds = command.end(signal.SIGINT)
    assert (code, seconds < 2) == (130, True)
    assert command.complaint() == "byttebank: Interrupted."


def test_a_second_process_on_the_same_folder_is_refused(up: Callable[..., Command]) -> None:
    first = up()
    url = first.url()
    second = up()
    assert second.end()[0] == 3
    assert re.fullmatch(
        rf"byttebank: \S+/state is in use by process {first.process.pid}\. Stop that one, or choose another"
        r" folder with --state\.",
        second.complaint(),
    )
    assert requests.get(f"{url}/", timeout=5).status_code == 200


def test_a_port_in_use_is_refused(up: Callable[..., Command]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        command = up("--port", port)
        assert command.end()[0] == 2
    assert command.complaint() == f"byttebank: Port {port} is in use; choose another with --port."


def test_a_metrics_port_in_use_names_its_own_option(up: Callable[..., Command]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = up("--metrics-port", str(taken.getsockname()[1]))
        assert command.end()[0] == 2
    assert command.complaint().endswith("is in use; choose another with --metrics-port.")


def test_a_newer_database_is_refused(up: Callable[..., Command], tmp_path: Path) -> None:
    first = up("--metrics-port", "-1")
    first.url()
    assert "Metrics" not in first.printed()
    first.end(signal.SIGINT)
    with sqlite3.connect(tmp_path / "state" / "oslo" / "ledger.sqlite") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    command = up()
    assert command.end()[0] == 3
    assert "is of version 9999, which this release does not know" in command.complaint()
    assert command.complaint().count("\n") == 0


@pytest.mark.parametrize(
    ("load", "said"),
    [("fail", "No space left on device"), ("odd", "The folder is odd. Delete it.")],
)
def test_a_loading_that_fails_says_why_in_one_line(up: Callable[..., Command], load: str, said: str) -> None:
    command = up(TOY_LOAD=load)
    assert command.end()[0] == 3
    assert said in command.complaint()
    assert command.complaint().count("\n") == 0


def test_counties_are_chosen_by_name(up: Callable[..., Command]) -> None:
    command = up("--county", "oslo")
    url = command.url()
    assert requests.get(f"{url}/oslo/", timeout=5).text == "hello"
    assert "kari@innlandet" not in command.printed()
    command.end(signal.SIGINT)
    strange = up("--county", "atlantis,oslo")
    assert strange.end()[0] == 2
    assert strange.complaint() == (
        "byttebank: No county atlantis in the demonstration. There are innlandet, oslo."
    )
