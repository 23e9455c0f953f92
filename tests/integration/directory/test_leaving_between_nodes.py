"""A county ends the exchange while both nodes run: the other is told over the signed channel."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import eventlet
import pytest

from byttebank.clock import FixedClock, format_time
from byttebank.messaging.runner import EmbeddedFederation
from byttebank.storage.messages import list_parked
from services.directory import operations

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ACT = "01a2032c-0000-7000-8000-000000000001"
LIBRARIAN = {"person_id": ACT, "library_id": ACT, "role": "county", "name": "Siri Dahl"}
PATIENCE_SECONDS = 20.0
Document = dict[str, Any]


class Two:
    """Innlandet and Akershus, who exchange."""

    def __init__(self, state: Path) -> None:
        self.running = EmbeddedFederation(
            state, ["innlandet", "akershus"], port=None, clock=FixedClock(NOW), services=["directory"]
        )

    def begin(self) -> "Two":
        self.running.start()
        self.join("innlandet", "akershus")
        self.join("akershus", "innlandet")
        self.running.wait_until_quiet(PATIENCE_SECONDS)
        return self

    def join(self, county: str, other: str) -> None:
        key = self.running.nodes[other].key
        assert key is not None
        known = {
            "key_id": key.key_id,
            "public_key": key.public_key.text,
            "valid_from_at": format_time(NOW - timedelta(days=1)),
        }
        with self.running.nodes[county].database("directory").work() as work:
            operations.add_peer(work, other, other.title(), None, [known], 200)

    def peer(self, county: str) -> Document:
        """How the county sees the other."""
        (found,) = self.running.rpc(county).directory.list_peers()
        peer: Document = found
        return peer

    def wait_for(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline
            eventlet.sleep(0.02)


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Two]:
    counties = Two(tmp_path / "state")
    try:
        yield counties.begin()
    finally:
        counties.running.stop()


def test_the_other_county_is_told_when_one_ends_the_exchange_and_when_it_begins_again(two: Two) -> None:
    leaving = {"id": ACT, "county": "akershus", "what": "leave", "reason": "Vi går hver til vårt."}
    left = two.running.rpc("innlandet").directory.act_on_peer(leaving, LIBRARIAN)
    assert (left["state"], left["ended_on"]) == ("left", None)
    two.wait_for(lambda: two.peer("akershus")["ended_on"] == "2026-11-23")
    assert two.peer("akershus")["state"] == "active", "it decides for itself"
    two.join("innlandet", "akershus")
    two.wait_for(lambda: two.peer("akershus")["ended_on"] is None)
    for node in two.running.nodes.values():
        with node.database("directory").reading() as work:
            assert list_parked(work.connection) == []
