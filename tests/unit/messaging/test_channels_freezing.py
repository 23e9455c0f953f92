"""A county that contradicts itself is not heard until somebody has thawed it, and what it said is kept."""

import json

from two_counties import IDS, KEYS, County, exchange, sealed

from byttebank.federation.jws import payload_of
from byttebank.storage import envelopes


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
