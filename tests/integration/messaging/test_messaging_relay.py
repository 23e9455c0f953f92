"""From the outbox to the broker, here and to peers."""

from collections.abc import Callable
from typing import Any

import eventlet
import pytest
from amqp.exceptions import RecoverableConnectionError
from toys import TRANSFER, noted, release

from byttebank.messaging import faults, relay
from byttebank.messaging.embedded import EmbeddedBroker, Outcome, Publication
from byttebank.messaging.runner import EmbeddedFederation
from byttebank.storage.messages import outbox

Start = Callable[..., EmbeddedFederation]
FULFIL = {"transfer_id": TRANSFER, "prepare_hash": "ab" * 32}


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between attempts are short."""
    monkeypatch.setattr(faults, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(faults, "LONGEST_WAIT_SECONDS", 0.05)


def released(federation: EmbeddedFederation) -> list[str]:
    return noted(federation.nodes["innlandet"].database("matching"), "released")


def fulfilled(federation: EmbeddedFederation, county: str) -> list[str]:
    return noted(federation.nodes[county].database("ledger"), "fulfilled")


def introduce(federation: EmbeddedFederation, county: str, peer: str) -> None:
    """The county's directory makes a peer known to its services."""
    body = {"county": peer, "name": peer, "state": "active", "fuse_half_days": 200, "keys": [], "version": 1}
    with federation.nodes[county].database("directory").work() as work:
        work.emit("PeerChanged", body)


def send(federation: EmbeddedFederation, county: str, peer: str, times: int = 1) -> None:
    with federation.nodes[county].database("ledger").work() as work:
        for _ in range(times):
            work.send(peer, "FULFIL", FULFIL)


def published(monkeypatch: pytest.MonkeyPatch) -> list[Publication]:
    """What is handed to the broker from now on."""
    seen: list[Publication] = []
    publish_many = EmbeddedBroker.publish_many

    def watch(self: Any, namespace: str, publications: Any) -> Any:
        seen.extend(publications)
        return publish_many(self, namespace, publications)

    monkeypatch.setattr(EmbeddedBroker, "publish_many", watch)
    return seen


def unpublished(federation: EmbeddedFederation) -> int:
    with federation.nodes["innlandet"].database("ledger").reading() as work:
        rows = work.connection.execute(outbox.select().where(outbox.c.published_at.is_(None)))
        return len(rows.all())


def test_a_crash_between_publishing_and_marking_publishes_again_and_has_one_effect(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = published(monkeypatch)
    mark, crashes = relay.mark_published, [OSError("crash"), OSError("crash")]

    def crash_first(*args: Any) -> None:
        if crashes:
            raise crashes.pop()
        mark(*args)

    monkeypatch.setattr(relay, "mark_published", crash_first)
    federation = start()
    release(federation, times=3)
    while unpublished(federation):
        eventlet.sleep(0.01)
    federation.wait_until_quiet(5)
    assert len([one for one in seen if one.exchange == "bank.local"]) == 9
    assert released(federation) == ["released"] * 3


def test_messages_are_published_in_the_order_of_their_commits(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = published(monkeypatch)
    federation = start()
    for _ in range(5):
        release(federation, times=60)
    federation.wait_until_quiet(10)
    with federation.nodes["innlandet"].database("ledger").reading() as work:
        ids = work.connection.exec_driver_sql("SELECT message_id FROM outbox ORDER BY id").scalars().all()
    assert [one.properties["message_id"] for one in seen if one.exchange == "bank.local"] == ids
    assert len(ids) == 300


def test_a_broker_that_fails_or_refuses_delays_and_loses_nothing(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_many = EmbeddedBroker.publish_many
    failures = [1, 2, 3, 4]

    def fail_first(self: Any, namespace: str, publications: Any) -> Any:
        if publications and failures:
            if failures.pop() % 2:
                raise RecoverableConnectionError("gone")
            return [Outcome("nacked", "full")] * len(publications)
        return publish_many(self, namespace, publications)

    federation = start()
    monkeypatch.setattr(EmbeddedBroker, "publish_many", fail_first)
    release(federation, times=2)
    while unpublished(federation):
        eventlet.sleep(0.01)
    federation.wait_until_quiet(5)
    assert released(federation) == ["released"] * 2
    assert failures == []


def test_what_a_stopped_relay_left_is_published_by_the_next(start: Start) -> None:
    federation = start()
    federation.stop()
    release(federation, times=2)
    again = start()
    again.wait_until_quiet(5)
    assert released(again) == ["released"] * 2


def test_a_peer_that_becomes_known_is_heard_and_spoken_to_without_a_restart(start: Start) -> None:
    federation = start("innlandet", "rogaland")
    send(federation, "innlandet", "rogaland", times=3)
    federation.wait_until_quiet(5)
    assert fulfilled(federation, "rogaland") == []
    introduce(federation, "rogaland", "innlandet")
    with eventlet.Timeout(30):
        while len(fulfilled(federation, "rogaland")) < 3:
            eventlet.sleep(0.05)
    assert fulfilled(federation, "rogaland") == ["innlandet"] * 3


def test_messages_between_counties_pass_a_healed_link(start: Start) -> None:
    federation = start("innlandet", "rogaland")
    introduce(federation, "rogaland", "innlandet")
    federation.wait_until_quiet(5)
    federation.broker.cut("innlandet", "rogaland")
    send(federation, "innlandet", "rogaland", times=2)
    federation.wait_until_quiet(5)
    assert fulfilled(federation, "rogaland") == []
    federation.broker.heal("innlandet", "rogaland")
    federation.wait_until_quiet(5)
    assert fulfilled(federation, "rogaland") == ["innlandet"] * 2


def test_known_peers_are_read_from_the_start(start: Start) -> None:
    federation = start("innlandet", "rogaland")
    introduce(federation, "rogaland", "innlandet")
    federation.wait_until_quiet(5)
    federation.stop()
    again = start("innlandet", "rogaland")
    send(again, "innlandet", "rogaland")
    again.wait_until_quiet(5)
    assert fulfilled(again, "rogaland") == ["innlandet"]
