"""The story of `make demo` on a federation that runs as `make run` starts it: start, play, stop, start."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from books import books, wait_for_agreement
from running import RunningFederation

from demo.reference import COUNTIES as ALL

COUNTIES = list(ALL)
STOP_SECONDS = 5.5
"""Five for the federation, and a moment for the interpreter to end."""


@pytest.fixture(scope="module")
def federation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningFederation]:
    running = RunningFederation(tmp_path_factory.mktemp("story") / "state", COUNTIES).start()
    try:
        running.wait_until_ready()
        wait_for_agreement(running.url, COUNTIES)
        yield running
    finally:
        if running.is_running():
            running.kill()


def play(url: str) -> str:
    """What the story prints; it must end well."""
    done = subprocess.run(
        [sys.executable, "-m", "demo.story", "--url", url],
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_story_can_be_played_again_and_again_and_the_books_agree(federation: RunningFederation) -> None:
    before = books(federation.url, COUNTIES)
    for _ in range(3):
        told = play(federation.url)
        assert "candidates" in told.lower() or "score" in told
    after = wait_for_agreement(federation.url, COUNTIES)
    transfers = [sum(book["balance"]["transfers"] for book in found.values()) for found in (before, after)]
    assert transfers[1] - transfers[0] == 6, "three days, each in two books"


def test_the_front_page_lists_the_counties_and_who_may_sign_in(federation: RunningFederation) -> None:
    page = requests.get(federation.url, timeout=10).text
    for county in COUNTIES:
        assert f"/{county}/" in page
    assert "kari.moen@eidskog" in page


def test_every_county_is_alive_and_ready(federation: RunningFederation) -> None:
    for county in COUNTIES:
        assert requests.get(f"{federation.url}/{county}/livez", timeout=5).status_code == 200
        assert requests.get(f"{federation.url}/{county}/readyz", timeout=5).status_code == 200


def test_a_second_start_keeps_the_state_and_ctrl_c_stops_in_time(federation: RunningFederation) -> None:
    before = wait_for_agreement(federation.url, COUNTIES)
    code, seconds = federation.stop()
    assert (code, seconds < STOP_SECONDS) == (0, True), (code, seconds, federation.tail())
    assert "Traceback" not in federation.tail()
    began = time.monotonic()
    federation.start().wait_until_ready()
    assert time.monotonic() - began < 30
    assert wait_for_agreement(federation.url, COUNTIES) == before


def test_sigterm_stops_it_as_cleanly_as_ctrl_c(federation: RunningFederation) -> None:
    code, seconds = federation.stop(signal.SIGTERM)
    assert (code, seconds < STOP_SECONDS) == (0, True), federation.tail()
    federation.start().wait_until_ready()


def test_a_second_federation_on_the_same_folder_or_port_is_told_so(
    federation: RunningFederation, tmp_path: Path
) -> None:
    same_folder = RunningFederation(federation.state, COUNTIES)
    same_port = RunningFederation(tmp_path / "other", COUNTIES, port=federation.port)
    for rival, word in ((same_folder, str(federation.state)), (same_port, str(federation.port))):
        done = subprocess.run(rival.command(), capture_output=True, text=True, timeout=60, check=False)
        said = done.stdout + done.stderr
        assert done.returncode not in (0, None)
        assert word in said.replace("\n", "")
        assert "Traceback" not in said
    wait_for_agreement(federation.url, COUNTIES)


def test_the_demo_says_when_nothing_runs(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo.story", "--url", "http://127.0.0.1:9"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 2
    assert "make run" in done.stdout


def test_the_descriptions_of_the_api_are_served(federation: RunningFederation) -> None:
    described = json.loads(requests.get(f"{federation.url}/akershus/openapi.json", timeout=5).text)
    assert described["openapi"].startswith("3.1")
