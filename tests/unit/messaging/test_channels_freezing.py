"""A county that contradicts itself is not heard until somebody has thawed it, and what it said is kept."""

import json
from pathlib import Path

import pytest
import two_counties
from two_counties import IDS, KEYS, County, exchange, sealed

from byttebank.federation.jws import payload_of
from byttebank.storage import envelopes

pytestmark = pytest.mark.simulation
"""Takes seconds: stores of two counties, and what they send each other."""


def test_two_messages_with_one_number_freeze_the_peer_and_both_are_kept(
    open_pair: tuple[County, County],
) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    (message,) = one.take_out()
    assert two.hear(message) == "applied"
    rival = sealed(KEYS["innlandet"], seq=1)
    assert two.hear(rival) == "frozen"
    assert two.state() == "frozen"
    assert two.parked()[0]["body"] == rival.octets
    with two.database.reading() as work:
        assert envelopes.received_octets(work.connection, "innlandet", 1, 1) == [(1, message.octets)]
        from byttebank.storage.messages import waiting_outbox

        (alarm,) = waiting_outbox(work.connection, limit=9, is_local=True)
        assert alarm.name == "PeerEquivocated"
    two.decline(IDS[5])
    assert two.take_out() == []


def test_a_question_that_denies_what_we_hold_freezes_the_peer_and_is_kept(
    open_pair: tuple[County, County],
) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    exchange(one, two)
    with one.database.engine.begin() as connection:
        row = connection.exec_driver_sql("SELECT channel FROM channels").scalar_one()
        last_hash = json.loads(row)["outgoing"]["last_hash"]
        forged = row.replace(last_hash, "f" * 64)
        connection.exec_driver_sql("UPDATE channels SET channel = ?", (forged,))
    one.restart()
    for _ in range(3):
        for message in one.take_out():
            two.hear(message)
        for message in two.take_out():
            one.hear(message)
    assert two.state() == "frozen"
    (parked,) = two.parked()
    assert parked["reason_code"] == "equivocation"
    assert json.loads(payload_of(parked["body"]))["sent"]["hash"] == "f" * 64
    with two.database.reading() as work:
        from byttebank.storage.messages import waiting_outbox

        (alarm,) = waiting_outbox(work.connection, limit=9, is_local=True)
        assert alarm.name == "PeerEquivocated"


def test_a_frozen_peer_is_heard_again_after_the_thaw(open_pair: tuple[County, County]) -> None:
    one, two = open_pair
    two.meet(version=2, state="frozen")
    one.decline(IDS[0])
    for message in one.take_out():
        assert two.hear(message) == "held"
    assert two.heard == []
    two.meet(version=3)
    exchange(one, two)
    assert two.ids() == [IDS[0]]


@pytest.fixture
def directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[County, County]:
    """The open channel of two counties' directories."""
    monkeypatch.setattr(two_counties, "SERVICE", "directory")
    one, two = two_counties.two_counties(tmp_path)
    exchange(one, two)
    return one, two


def farewell(county: County) -> None:
    with county.database.work() as work:
        said = {"is_ended": True, "changed_on": "2026-11-22", "version": 2}
        work.send(county.peer, "PartnershipChanged", said)


def test_a_peer_that_leaves_is_told_so_before_its_channel_is_frozen(
    directories: tuple[County, County],
) -> None:
    one, two = directories
    farewell(one)
    one.meet(version=2, state="left")
    assert one.is_frozen
    (message,) = one.take_out()
    assert two.hear(message) == "applied"
    assert [message.payload["is_ended"] for message in two.heard] == [True]
    farewell(one)
    assert one.take_out() == [], "nothing more is said"


def test_what_could_not_be_said_before_the_end_is_said_when_the_exchange_begins_again(
    directories: tuple[County, County],
) -> None:
    one, two = directories
    one.meet(version=2, state="frozen")
    farewell(one)
    one.meet(version=3, state="left")
    assert one.take_out() == []
    one.meet(version=4)
    exchange(one, two)
    assert len(two.heard) == 1


def test_a_day_that_was_promised_as_the_peer_left_waits(open_pair: tuple[County, County]) -> None:
    one, _ = open_pair
    one.decline(IDS[0])
    one.meet(version=2, state="left")
    assert one.take_out() == []
