"""What two counties say arrives once, whole and from whom it says, whatever the wire and the peer do."""

import json
import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import OperationalError
from two_counties import KEYS, NOW, SERVICE, County, exchange, two_counties

from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import NotFound
from byttebank.federation.envelope import (
    MAX_CONTROL_OCTETS,
    Envelope,
    EnvelopeHeader,
    broker_user,
    open_envelope,
    seal,
)
from byttebank.federation.errors import EnvelopeError
from byttebank.federation.jws import payload_of
from byttebank.federation.keyring import Keyring, KnownKey
from byttebank.federation.keys import SigningKey
from byttebank.identifiers import uuid7
from byttebank.messaging.faults import MAX_ATTEMPTS
from byttebank.messaging.sealing import Outgoing
from byttebank.messaging.together import NotTogether
from byttebank.storage import envelopes

IDS = [uuid7(1_700_000_000_000 + n, b"\x00" * 10) for n in range(40)]


@pytest.fixture
def open_pair(tmp_path: Path) -> tuple[County, County]:
    one, two = two_counties(tmp_path)
    exchange(one, two)
    assert (one.state(), two.state()) == ("open", "open")
    return one, two


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


def test_a_message_too_large_to_send_is_parked_here_and_holds_up_nobody(
    open_pair: tuple[County, County],
) -> None:
    one, two = open_pair
    one.accept(IDS[0], "K" * 70_000)
    one.decline(IDS[1])
    exchange(one, two)
    assert two.ids() == [IDS[1]]
    (parked,) = one.parked()
    assert (parked["queue"], parked["reason_code"]) == ("out.akershus", "too_large")


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


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        (b"", "malformed"),
        (b"\xff\xfe not json", "malformed"),
        (b"{}", "malformed"),
        (b"[" * 5000, "malformed"),
        (b"x" * 200_000, "too_large"),
    ],
)
def test_garbage_is_parked_and_stops_nothing(
    open_pair: tuple[County, County], octets: bytes, code: str
) -> None:
    one, two = open_pair
    assert two.hear(Outgoing("akershus", "innlandet.matching", octets)) == "parked"
    (parked,) = two.parked()
    assert (parked["body"], parked["sender"]) == (octets[:MAX_CONTROL_OCTETS], "county-innlandet")
    assert parked["reason_code"] in (code, "too_deep")
    one.decline(IDS[0])
    exchange(one, two)
    assert two.ids() == [IDS[0]]


def test_a_broken_signature_is_parked(open_pair: tuple[County, County]) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    (message,) = one.take_out()
    at = message.octets.index(b'"signature":"') + 20
    other = b"A" if message.octets[at : at + 1] != b"A" else b"B"
    tampered = message.octets[:at] + other + message.octets[at + 1 :]
    assert two.hear(Outgoing("akershus", message.routing_key, tampered)) == "parked"
    assert two.parked()[0]["reason_code"] == "bad_signature"
    assert two.heard == []


def test_a_county_cannot_speak_through_anothers_link(open_pair: tuple[County, County]) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    (message,) = one.take_out()
    assert two.hear(message, stamped_user="county-buskerud") == "parked"
    assert two.parked()[0]["reason_code"] == "wrong_sender"
    assert two.heard == []


def _sealed(
    key: SigningKey, *, seq: int, message_type: str = "EngagementDeclined", version: int = 1
) -> Outgoing:
    header = EnvelopeHeader(
        sender="innlandet",
        recipient="akershus",
        service="matching",
        message_id=IDS[30 + seq],
        type=message_type,
        type_version=version,
        created_at=NOW,
        epoch=1,
        seq=seq,
        prev_hash="0" * 64,
    )
    octets = seal({"engagement_id": IDS[20 + seq]}, header=header, key=key)
    return Outgoing("akershus", "innlandet.matching", octets)


def test_a_message_signed_with_an_unknown_key_waits_for_the_key(open_pair: tuple[County, County]) -> None:
    _, two = open_pair
    new_key = SigningKey.from_seed(b"n" * 32)
    assert two.hear(_sealed(new_key, seq=1)) == "parked"
    two.channels.tick()
    assert (two.heard, len(two.parked())) == ([], 1)
    two.meet(version=2, key=new_key)
    two.channels.tick()
    assert two.ids() == [IDS[21]]
    assert two.parked() == []


@pytest.mark.parametrize(("message_type", "version"), [("EngagementPostponed", 1), ("EngagementDeclined", 2)])
def test_an_unknown_type_or_newer_version_is_parked_and_blocks_nothing(
    open_pair: tuple[County, County], message_type: str, version: int
) -> None:
    _, two = open_pair
    first = _sealed(KEYS["innlandet"], seq=1, message_type=message_type, version=version)
    assert two.hear(first) == "parked"
    assert two.parked()[0]["reason_code"] == "unknown_message"
    assert two.hear(first) == "duplicate"
    assert two.state() == "open"


def test_two_messages_with_one_number_freeze_the_peer_and_both_are_kept(
    open_pair: tuple[County, County],
) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    (message,) = one.take_out()
    assert two.hear(message) == "applied"
    rival = _sealed(KEYS["innlandet"], seq=1)
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


def test_a_fault_that_passes_changes_nothing_and_the_message_is_taken_next_time(
    open_pair: tuple[County, County],
) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    (message,) = one.take_out()

    def database_away(_: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("server closed the connection"))

    two.trouble = database_away
    with pytest.raises(OperationalError):
        two.hear(message)
    two.trouble = lambda _: None
    assert two.hear(message) == "applied"


def test_a_message_the_service_cannot_use_is_parked_after_some_tries_and_blocks_nothing(
    open_pair: tuple[County, County],
) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    one.decline(IDS[1])
    first, second = one.take_out()

    def defect(message: object) -> None:
        raise RuntimeError("a defect")

    two.trouble = defect
    for _ in range(4):
        with pytest.raises(RuntimeError):
            two.hear(first)
    assert two.hear(first) == "parked"
    two.trouble = lambda _: None
    assert two.hear(second) == "applied"
    assert two.ids() == [IDS[1]]


def _commits(county: County) -> list[str]:
    """Told of each commit on the county's database from now on."""
    told: list[str] = []
    event.listen(county.database.engine, "commit", lambda connection: told.append("commit"))
    return told


def test_messages_that_wait_share_one_transaction(open_pair: tuple[County, County]) -> None:
    one, two = open_pair
    for engagement_id in IDS[:10]:
        one.decline(engagement_id)
    waiting = one.take_out()
    commits = _commits(two)
    assert two.hear_together(waiting) == ["applied"] * 10
    assert commits == ["commit"]
    assert two.ids() == IDS[:10]
    assert [two.hear(message) for message in waiting] == ["duplicate"] * 10


def test_messages_taken_together_are_counted_as_one_by_one(open_pair: tuple[County, County]) -> None:
    """Out of order, twice, and some of them known: each has its effect once, the lower number first."""
    one, two = open_pair
    for engagement_id in IDS[:6]:
        one.decline(engagement_id)
    waiting = one.take_out()
    two.hear(waiting[2])
    mixed = [waiting[n] for n in (5, 1, 2, 0, 1, 4, 3)]
    expected = ["applied", "applied", "duplicate", "applied", "duplicate", "applied", "applied"]
    assert two.hear_together(mixed) == expected
    assert two.ids() == [IDS[n] for n in (2, 0, 1, 3, 4, 5)]
    with two.database.reading() as work:
        held = envelopes.received_octets(work.connection, "innlandet", 1, 100)
    assert [octets for _, octets in held][-6:] == [message.octets for message in waiting]


def test_one_that_fails_leaves_nothing_of_the_others(open_pair: tuple[County, County]) -> None:
    one, two = open_pair

    def trouble(message: ReceivedMessage) -> None:
        if message.payload["engagement_id"] == IDS[2]:
            raise NotFound(kind="engagement", id=IDS[2])

    for engagement_id in IDS[:4]:
        one.decline(engagement_id)
    waiting = one.take_out()
    two.trouble = trouble
    for _ in range(MAX_ATTEMPTS + 1):
        with pytest.raises(NotFound):
            two.hear_together(waiting)
    with two.database.reading() as work:
        assert not envelopes.received_around(work.connection, "innlandet", *range(1, 100))
    assert [two.hear(message) for message in waiting] == ["applied", "applied", "parked", "applied"]


@pytest.mark.parametrize("case", ["control", "equivocation", "unknown", "forged", "stranger"])
def test_what_is_a_case_of_its_own_is_not_taken_with_others(
    open_pair: tuple[County, County], case: str
) -> None:
    one, two = open_pair
    one.decline(IDS[0])
    one.decline(IDS[1])
    waiting = one.take_out()
    odd = {
        "control": lambda: _control(one),
        "equivocation": lambda: _other_with_its_number(waiting[1]),
        "unknown": lambda: _next_after(waiting[1], type="Unheard"),
        "forged": lambda: Outgoing("akershus", "", waiting[1].octets[:-9] + b'XXXXXXX"}'),
        "stranger": lambda: waiting[1],
    }[case]()
    if case == "stranger":
        with two.database.work() as work:
            work.connection.execute(text("DELETE FROM channels"))
    with pytest.raises((NotTogether, EnvelopeError, KeyError)):
        two.hear_together([*waiting, odd])
    assert not two.ids()
    with two.database.reading() as work:
        assert not envelopes.received_around(work.connection, "innlandet", *range(1, 100))


def _control(county: County) -> Outgoing:
    county.remind()
    (message,) = (one for one in county.take_out() if one.token is None)
    return message


def _other_with_its_number(message: Outgoing) -> Outgoing:
    """The sender has signed something else with the same number."""
    opened = _opened(message)
    payload = {**opened.payload, "engagement_id": IDS[30]}
    return Outgoing("akershus", "", seal(payload, header=opened.header, key=KEYS["innlandet"]))


def _next_after(message: Outgoing, **changes: Any) -> Outgoing:
    opened = _opened(message)
    header = replace(
        opened.header, seq=(opened.header.seq or 0) + 1, prev_hash=opened.envelope_hash, **changes
    )
    return Outgoing("akershus", "", seal(opened.payload, header=header, key=KEYS["innlandet"]))


def _opened(message: Outgoing) -> Envelope:
    keyring = Keyring([KnownKey("innlandet", KEYS["innlandet"].public_key, NOW)])
    return open_envelope(
        message.octets,
        keyring=keyring,
        expected_to="akershus",
        expected_service=SERVICE,
        stamped_sender=broker_user("innlandet"),
    )


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


@pytest.mark.simulation
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
