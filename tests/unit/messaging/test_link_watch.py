"""A link is down when messages have lain in the queue to the peer all the time for a while."""

from datetime import UTC, datetime, timedelta

import pytest

from byttebank.clock import FixedClock
from byttebank.contracts.refusals import ServiceUnavailable
from byttebank.messaging import links
from byttebank.messaging.links import PATIENCE, LinkWatch

START = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)


class Watch(LinkWatch):
    """A watch over counts that the test sets."""

    def __init__(self) -> None:
        self.clock = FixedClock(START)
        self.counts: dict[str, int] | Exception = {}
        super().__init__("embedded://innlandet/", "innlandet", self.clock, list)

    def _count(self, peers: object) -> dict[str, int]:
        if isinstance(self.counts, Exception):
            raise self.counts
        return self.counts

    def look_after(self, seconds: float, counts: dict[str, int] | Exception) -> None:
        self.clock.move_to(self.clock.now() + timedelta(seconds=seconds))
        self.counts = counts
        self.look()


def test_what_lies_there_for_a_moment_is_on_its_way() -> None:
    watch = Watch()
    watch.look_after(0, {"akershus": 3})
    assert watch.waiting() == {}
    watch.look_after(PATIENCE.total_seconds(), {"akershus": 0})
    watch.look_after(1, {"akershus": 3})
    assert watch.waiting() == {}


def test_what_lies_there_all_the_time_waits_since_it_was_first_seen() -> None:
    watch = Watch()
    watch.look_after(0, {"akershus": 3, "trondelag": 0})
    watch.look_after(PATIENCE.total_seconds(), {"akershus": 1, "trondelag": 1})
    assert watch.waiting() == {"akershus": START}
    watch.look_after(1, {"akershus": 0, "trondelag": 0})
    assert watch.waiting() == {}


@pytest.mark.parametrize("fault", [ConnectionRefusedError(), ServiceUnavailable(service="directory")])
def test_a_broker_that_is_away_changes_nothing(fault: Exception) -> None:
    watch = Watch()
    watch.look_after(0, {"akershus": 3})
    watch.look_after(PATIENCE.total_seconds(), fault)
    assert watch.waiting() == {"akershus": START}


def test_it_ends_when_it_is_told_to() -> None:
    watch = Watch()
    watch.stop()
    watch.run()
    assert PATIENCE.total_seconds() > links.LOOK_SECONDS
