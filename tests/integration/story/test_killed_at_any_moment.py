"""SIGKILL at random moments of the story, started again until it is told: no day lost, none counted twice.

The seed decides when; it is printed, and BYTTEBANK_TEST_SEED repeats it. BYTTEBANK_TEST_KILLS asks for more.
"""

import os
import random
import threading
from pathlib import Path

import pytest
from books import wait_for_agreement
from persistent_client import PersistentClient
from running import RunningFederation

from demo import parties, story
from demo.reference import COUNTIES as ALL

COUNTIES = list(ALL)
KILLS = int(os.environ.get("BYTTEBANK_TEST_KILLS", "6"))
SEED = int(os.environ.get("BYTTEBANK_TEST_SEED", str(random.randrange(10**6))))
STORY_SECONDS = 300


def test_the_books_agree_whenever_the_process_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(parties, "Client", PersistentClient)
    monkeypatch.setattr(story, "PATIENCE_SECONDS", 120.0)
    chance = random.Random(SEED)
    federation = RunningFederation(tmp_path / "state", COUNTIES).start()
    kills, stories, deadline_hit = 0, 0, []
    try:
        federation.wait_until_ready()
        before = wait_for_agreement(federation.url, COUNTIES)
        while kills < KILLS:
            telling = Telling(federation.url)
            telling.start()
            while telling.is_alive():
                telling.join(chance.uniform(0.2, 3.0))
                if not telling.is_alive() or kills >= KILLS:
                    telling.join(STORY_SECONDS)
                    break
                federation.kill()
                kills += 1
                federation.start()
                if chance.random() < 0.7:
                    federation.wait_until_ready()
            deadline_hit.append(telling.is_alive())
            assert telling.error is None, f"seed {SEED}: {telling.error!r}"
            stories += 1
        assert not any(deadline_hit), f"seed {SEED}: a story was not told in {STORY_SECONDS} s"
        federation.wait_until_ready()
        after = wait_for_agreement(federation.url, COUNTIES)
        transfers = [
            sum(book["balance"]["transfers"] for book in found.values()) for found in (before, after)
        ]
        assert transfers[1] - transfers[0] == 2 * stories, f"seed {SEED}"
    finally:
        if federation.is_running():
            federation.kill()
        with capsys.disabled():
            print(f"\nkilled {kills} times in {stories} stories, seed {SEED}")


def test_killed_while_the_demonstration_is_loaded_it_goes_on_where_it_was(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    federation = RunningFederation(tmp_path / "state", COUNTIES)
    for _ in range(4):
        federation.start()
        threading.Event().wait(chance.uniform(0.5, 4.0))
        federation.kill()
    federation.start()
    try:
        federation.wait_until_ready()
        found = wait_for_agreement(federation.url, COUNTIES)
        assert all(book["balance"]["transfers"] > 0 for book in found.values())
    finally:
        federation.kill()


class Telling(threading.Thread):
    """The story, told by somebody who does not give up."""

    def __init__(self, url: str) -> None:
        super().__init__(daemon=True)
        self._url = url
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            story.play(self._url)
        except BaseException as error:
            self.error = error
