"""What two counties say arrives once, whole and from whom it says, whatever the wire and the peer do."""

import random
from pathlib import Path

import pytest
from two_counties import IDS, KEYS, County, exchange, two_counties

from byttebank.federation.keys import SigningKey
from byttebank.messaging.sealing import Outgoing
from byttebank.storage import envelopes

pytestmark = pytest.mark.simulation
"""Takes seconds: stores of two counties, and what they send each other."""


def test_nothing_is_sealed_before_the_peer_has_answered(tmp_path: Path) -> None:
    one, _ = two_counties(tmp_path)
    one.decline(IDS[0])
    assert [message.token for message in one.take_out()] == [None]
    assert one.state() == "recovering"


def test_what_is_said_while_recovering_arrives_when_the_channel_opens(tmp_path: Path) -> None:
    one, two = two_counties(tmp_path)
    one.decline(IDS[0])
    exchange(one, two)
    assert two.ids() == [IDS[0]]


def test_a_message_that_comes_twice_has_its_effect_once(open_pair: tuple[County, County]) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    (message,) = one.take_out()
    assert [two.hear(message), two.hear(message)] == ["applied", "duplicate"]
    assert two.ids() == [IDS[0]]


def test_messages_in_any_order_all_arrive(open_pair: tuple[County, County]) -> None:
    one, two = open_pair
    for engagement_id in IDS[:10]:
        one.decline(engagement_id)
    batch = one.take_out()
    random.Random(7).shuffle(batch)
    assert {two.hear(message) for message in batch} == {"applied"}
    assert sorted(two.ids()) == IDS[:10]


def test_a_message_lost_on_the_wire_is_fetched_when_the_other_side_says_what_it_sent(
    open_pair: tuple[County, County],
) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    one.take_out()
    one.decline(IDS[1])
    exchange(one, two)
    assert two.ids() == [IDS[1]]
    one.restart()
    exchange(one, two)
    assert sorted(two.ids()) == IDS[:2]


def test_names_travel_beside_the_signed_bytes(open_pair: tuple[County, County]) -> None:
    one, two = open_pair
    one.accept(IDS[0], "Kari Moen")
    (message,) = one.take_out()
    assert b"Kari" not in message.octets
    assert two.hear(message) == "applied"
    assert two.heard[0].detached["colleague_name"] == "Kari Moen"


def test_names_that_are_not_the_signed_ones_are_refused_and_changed_nothing(
    open_pair: tuple[County, County],
) -> None:
    one, two = open_pair
    one.accept(IDS[0], "Kari Moen")
    (message,) = one.take_out()
    forged = message.headers["detached"].replace("Kari", "Mari")
    assert (
        two.hear(Outgoing(message.peer, message.routing_key, message.octets, {"detached": forged}))
        == "parked"
    )
    assert two.heard == []
    assert two.hear(message) == "applied"


def test_erased_names_leave_the_message_valid(open_pair: tuple[County, County]) -> None:
    one, two = open_pair
    one.accept(IDS[0], "Kari Moen")
    (message,) = one.take_out()
    assert two.hear(Outgoing(message.peer, message.routing_key, message.octets)) == "applied"
    assert two.heard[0].detached == {}


def test_a_node_restored_from_an_old_backup_fetches_its_own_messages_and_uses_no_number_twice(
    open_pair: tuple[County, County], tmp_path: Path
) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    exchange(one, two)
    with one.database.engine.connect() as connection:
        connection.exec_driver_sql(f"VACUUM INTO '{tmp_path / 'backup.sqlite'}'")
    for engagement_id in IDS[1:4]:
        one.decline(engagement_id)
    exchange(one, two)
    restored = County("innlandet", "akershus", tmp_path / "backup.sqlite")
    restored.decline(IDS[4])
    exchange(restored, two)
    assert restored.state() == "open"
    assert sorted(two.ids()) == IDS[:5]
    with restored.database.reading() as work:
        mine = envelopes.sent_hashes(work.connection, "akershus", 1, 99)
    with two.database.reading() as work:
        theirs = dict(envelopes.received_octets(work.connection, "innlandet", 1, 99))
    assert sorted(mine) == sorted(theirs) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("seed", range(25))
def test_whatever_the_wire_does_everything_said_is_heard_once(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    one, two = two_counties(tmp_path)
    wire: list[tuple[County, Outgoing]] = []
    said = {one.name: 0, two.name: 0}
    for _ in range(60):
        speaker, hearer = chance.choice([(one, two), (two, one)])
        what = chance.random()
        if what < 0.25 and said[speaker.name] < 15:
            speaker.decline(IDS[said[speaker.name]])
            said[speaker.name] += 1
        elif what < 0.3:
            speaker.restart()
        else:
            for message in speaker.take_out():
                if chance.random() < 0.8:
                    wire.extend([(hearer, message)] * chance.choice([1, 1, 2]))
        chance.shuffle(wire)
        for _ in range(chance.randrange(4)):
            if wire:
                receiver, message = wire.pop()
                receiver.hear(message)
    for receiver, message in wire:
        receiver.hear(message)
    for county in (one, two):
        county.restart()
    exchange(one, two)
    for county, other in ((one, two), (two, one)):
        assert county.state() == "open"
        assert sorted(county.ids()) == IDS[: said[other.name]]


def test_a_county_goes_over_to_a_key_that_its_peer_has_accepted(
    open_pair: tuple[County, County], monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    exchange(one, two)
    next_key = SigningKey.from_seed(b"n" * 32)
    two.meet(version=2, key=next_key)
    monkeypatch.setitem(KEYS, "innlandet", next_key)
    one.restart()
    one.decline(IDS[1])
    two.decline(IDS[2])
    exchange(one, two)
    assert (two.ids(), one.ids()) == ([IDS[0], IDS[1]], [IDS[2]])
    assert two.parked() == one.parked() == []
