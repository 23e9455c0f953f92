"""Under load messages wait a moment for each other; the first never waits."""

import time
from typing import Any

import pytest
from kombu.entity import Queue

from byttebank.messaging import session
from byttebank.messaging.session import Source

GATHER_SECONDS = 5.0


class Pauses:
    """Instead of sleeping: what happens meanwhile, and how long it was to be."""

    def __init__(self, *meanwhile: Any) -> None:
        self.seconds: list[float] = []
        self._meanwhile = list(meanwhile)

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        if self._meanwhile:
            self._meanwhile.pop(0)()


def source(*waiting: Any) -> Source:
    made = Source(Queue("ledger.local"), lambda messages: None, lanes=4, batch=3)
    made.waiting.extend(waiting)
    return made


def test_the_first_message_is_taken_at_once_and_the_next_wait_for_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taking = source("a")
    pauses = Pauses(lambda: taking.waiting.append("c"))
    monkeypatch.setattr(session.eventlet, "sleep", pauses)
    assert taking.take(GATHER_SECONDS) == ["a"]
    assert pauses.seconds == []
    taking.waiting.append("b")
    assert taking.take(GATHER_SECONDS) == ["b", "c"]
    assert pauses.seconds == [pytest.approx(GATHER_SECONDS, abs=0.5)]


def test_a_whole_batch_waits_for_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = Pauses()
    monkeypatch.setattr(session.eventlet, "sleep", pauses)
    taking = source("a", "b", "c", "d")
    taking.began_at = time.monotonic()
    assert taking.take(GATHER_SECONDS) == ["a", "b", "c"]
    assert pauses.seconds == []


def test_a_lane_whose_messages_another_has_taken_meanwhile_takes_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taking = source("a")
    taking.began_at = time.monotonic()
    monkeypatch.setattr(session.eventlet, "sleep", Pauses(lambda: taking.waiting.clear()))
    assert taking.take(GATHER_SECONDS) == []


def test_a_process_that_gathers_nothing_never_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    pauses = Pauses()
    monkeypatch.setattr(session.eventlet, "sleep", pauses)
    taking = source("a")
    taking.began_at = time.monotonic()
    assert taking.take(0.0) == ["a"]
    assert pauses.seconds == []
