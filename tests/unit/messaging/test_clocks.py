"""What a peer's signed times prove about its clock, and that an operator is told once."""

from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY

from byttebank.messaging import clocks
from byttebank.messaging.clocks import Clocks

NOW = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)


class Told:
    """What the operator reads."""

    def __init__(self) -> None:
        self.warnings: list[int] = []

    def warning(self, _event: str, *, peer_is_ahead_seconds: int, **_ids: str) -> None:
        self.warnings.append(peer_is_ahead_seconds)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    told = Told()
    monkeypatch.setattr(clocks, "_log", told)
    return told


def offset() -> float | None:
    labels = {"county": "innlandet", "service": "ledger", "peer": "akershus"}
    return REGISTRY.get_sample_value("byttebank_peer_clock_offset_seconds", labels)


def test_a_message_from_the_future_proves_that_its_sender_is_ahead(told: Told) -> None:
    seen = Clocks(county="innlandet", service="ledger")
    seen.hear("akershus", NOW + 2 * DAY, NOW, is_answer=False)
    seen.hear("akershus", NOW + 2 * DAY, NOW, is_answer=False)
    assert (offset(), told.warnings) == (172_800, [172_800])


def test_an_old_message_proves_nothing_but_an_answer_older_than_its_question_does(told: Told) -> None:
    seen = Clocks(county="innlandet", service="ledger")
    seen.ask("akershus", NOW)
    seen.hear("akershus", NOW - 2 * DAY, NOW + SECOND, is_answer=False)
    assert (offset(), told.warnings) == (0, [])
    seen.hear("akershus", NOW - 2 * DAY, NOW + SECOND, is_answer=True)
    assert (offset(), told.warnings) == (-172_800, [-172_800])


def test_an_answer_that_was_long_under_way_proves_nothing(told: Told) -> None:
    seen = Clocks(county="innlandet", service="ledger")
    seen.ask("akershus", NOW)
    seen.ask("akershus", NOW + DAY)
    seen.hear("akershus", NOW + MINUTE, NOW + 2 * DAY, is_answer=True)
    assert (offset(), told.warnings) == (0, [])


def test_clocks_that_agree_again_are_told_of_again_when_they_do_not(told: Told) -> None:
    seen = Clocks(county="innlandet", service="ledger")
    seen.hear("akershus", NOW + DAY, NOW, is_answer=False)
    seen.hear("akershus", NOW, NOW, is_answer=False)
    assert offset() == 86_400, "an old message of the same clock would look like this"
    seen.ask("akershus", NOW)
    seen.hear("akershus", NOW + SECOND, NOW + SECOND, is_answer=True)
    assert offset() == 0
    seen.hear("akershus", NOW + DAY, NOW, is_answer=False)
    assert told.warnings == [86_400, 86_400]
