"""What a peer's broker user may send us, and what becomes of it: parked whole, and everybody else goes on."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import amqp
import pytest
from amqp.exceptions import AccessRefused, AMQPError
from bed import Bed
from books import held_days, lost_messages, settled_books, transfers
from programs import wait_for
from telling import told_to

from byttebank.federation import jws
from byttebank.federation.envelope import MAX_CONTROL_OCTETS, broker_user
from byttebank.federation.keys import SigningKey, generate_signing_key, load_signing_key
from byttebank.identifiers import new_id
from demo import story

ONE, PEER, THIRD = "innlandet", "akershus", "trondelag"
SERVICE = "ledger"
SEEN_SECONDS = 30.0

Send = Callable[..., None]


@pytest.fixture
def send(bed: Bed) -> Iterator[Send]:
    """Publishes at our broker as the peer's user, under its own name unless told otherwise."""
    connection = amqp.Connection(
        f"127.0.0.1:{bed.counties[ONE].broker.port}",
        broker_user(PEER),
        f"{PEER}-at-{ONE}",
        virtual_host=ONE,
        confirm_publish=True,
    )
    connection.connect()

    def publish(octets: bytes, *, routing_key: str = f"{PEER}.{SERVICE}", **properties: Any) -> None:
        given = {"user_id": broker_user(PEER), "content_type": "application/jose+json", **properties}
        message = amqp.Message(octets, **{name: value for name, value in given.items() if value is not None})
        connection.channel().basic_publish_confirm(message, "bank.in", routing_key)

    yield publish
    with suppress(AMQPError, OSError):
        connection.close()


@pytest.fixture(autouse=True)
def nothing_is_left_parked(bed: Bed) -> Iterator[None]:
    settled_books(bed)
    yield
    bed.counties[ONE].cluster.change(SERVICE, "DELETE FROM parked_messages")


def parked(bed: Bed) -> list[tuple[Any, ...]]:
    """(sender, code, octets) of what is parked at our ledger, in order."""
    rows = bed.counties[ONE].cluster.ask(
        SERVICE, "SELECT sender, reason_code, length(body) FROM parked_messages ORDER BY id"
    )
    return [tuple(row) for row in rows]


def key_of(bed: Bed, county: str) -> SigningKey:
    """The county's own signing key."""
    return load_signing_key(bed.counties[county].state / "signing-key.pem")


def hello(key: SigningKey, *, sender: str = PEER, payload: Any = None, **header: Any) -> bytes:
    """A control message signed with the key, its header as true as it is not told otherwise."""
    protected = {
        "typ": f"byttebank/{SERVICE}",
        "from": sender,
        "to": ONE,
        "service": SERVICE,
        "jti": new_id(),
        "type": "HELLO",
        "type_version": 1,
        "created_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "nonce": "0" * 32,
        **header,
    }
    return jws.sign(protected, json.dumps(payload or {"x": 1}, separators=(",", ":")).encode(), key)


def disguised_as(other: SigningKey) -> SigningKey:
    """Another key that goes under the id of this one."""
    key = generate_signing_key()
    vars(key.public_key)["key_id"] = other.key_id
    return key


GARBAGE = {
    "nothing": b"",
    "words": b"Hei, Innlandet!",
    "octets": bytes(range(256)),
    "no object": b"[1,2,3]",
    "another object": b'{"payload":"","protected":""}',
    "deep": b"[" * 50_000 + b"]" * 50_000,
    "a number without end": b'{"payload":' + b"9" * 60_000 + b"}",
    "half": b'{"payload":"e30","protected":"e30","signature":"',
}


def test_octets_that_are_no_message_are_parked_and_the_service_goes_on(bed: Bed, send: Send) -> None:
    before = settled_books(bed)
    for octets in GARBAGE.values():
        send(octets)
    send(b"cos\nsystem\n(S'true'\ntR.", content_type="application/x-python-serialize")
    send(b"\xff\xfe", content_type="application/json", content_encoding="utf-16")
    send(b"x", content_encoding="no such encoding", content_type="text/" + "x" * 200)
    send(b"x", application_headers={"detached": {"a": ["b", {"c": 1}]}, "request_id": 7})
    count = len(GARBAGE) + 4
    wait_for(lambda: len(parked(bed)) == count, SEEN_SECONDS, lambda: str(parked(bed)))
    assert {(sender, code) for sender, code, _ in parked(bed)} <= {
        (broker_user(PEER), "malformed"),
        (broker_user(PEER), "too_deep"),
    }
    with told_to(bed.gateways()):
        story.play("http://unused")
    after = settled_books(bed)
    assert transfers(after) - transfers(before) == 2
    assert held_days(after) == 0


def test_messages_that_are_too_large_are_refused_and_not_kept_whole(bed: Bed, send: Send) -> None:
    send(b"x" * (MAX_CONTROL_OCTETS + 1))
    send(b"x" * 20_000_000)
    wait_for(lambda: len(parked(bed)) == 2, SEEN_SECONDS, lambda: str(parked(bed)))
    assert [code for _, code, _ in parked(bed)] == ["too_large", "too_large"]
    assert all(octets <= MAX_CONTROL_OCTETS for _, _, octets in parked(bed))


@pytest.mark.parametrize(
    ("header", "payload", "code"),
    [
        ({}, {"nonsense": True}, "malformed"),
        ({"type": "GREETING"}, {}, "malformed"),
        ({"to": THIRD}, {}, "wrong_recipient"),
        ({"service": "matching", "typ": "byttebank/matching"}, {}, "wrong_service"),
        ({"typ": "byttebank/matching"}, {}, "wrong_context"),
        ({"nonce": "short"}, {}, "malformed"),
        ({"created_at": "yesterday"}, {}, "malformed"),
    ],
)
def test_what_the_peer_has_really_signed_is_judged_by_its_form(
    bed: Bed, send: Send, header: dict[str, Any], payload: dict[str, Any], code: str
) -> None:
    send(hello(key_of(bed, PEER), payload=payload, **header))
    wait_for(lambda: parked(bed), SEEN_SECONDS, lambda: "nothing was parked")
    assert [(sender, found) for sender, found, _ in parked(bed)] == [(broker_user(PEER), code)]


def test_the_broker_refuses_a_peer_who_speaks_under_anothers_routing_key(bed: Bed, send: Send) -> None:
    signed_by_third = hello(key_of(bed, THIRD), sender=THIRD)
    with pytest.raises(AccessRefused):
        send(signed_by_third, routing_key=f"{THIRD}.{SERVICE}")
    assert parked(bed) == []


def test_what_another_county_really_signed_does_not_count_through_this_peers_link(
    bed: Bed, send: Send
) -> None:
    """As after a leak of envelopes, or of a key: the broker's stamp is another county's."""
    send(hello(key_of(bed, THIRD), sender=THIRD))
    wait_for(lambda: parked(bed), SEEN_SECONDS, lambda: "nothing was parked")
    assert [(sender, code) for sender, code, _ in parked(bed)] == [(broker_user(PEER), "wrong_sender")]


def test_without_the_brokers_stamp_nothing_counts(bed: Bed, send: Send) -> None:
    send(hello(key_of(bed, PEER)), user_id=None)
    wait_for(lambda: parked(bed), SEEN_SECONDS, lambda: "nothing was parked")
    assert [(sender, code) for sender, code, _ in parked(bed)] == [(None, "wrong_sender")]


def test_signatures_decide_when_the_broker_is_on_the_forgers_side(bed: Bed) -> None:
    """The broker's stamp says the third county: somebody has its password there, but not its key."""
    forged = [
        (hello(generate_signing_key(), sender=THIRD), "unknown_key"),
        (hello(disguised_as(key_of(bed, THIRD)), sender=THIRD), "bad_signature"),
        (hello(key_of(bed, PEER), sender=THIRD), "unknown_key"),
    ]
    address = f"127.0.0.1:{bed.counties[ONE].broker.port}"
    login = broker_user(THIRD), f"{THIRD}-at-{ONE}"
    with amqp.Connection(address, *login, virtual_host=ONE, confirm_publish=True) as connection:
        channel = connection.channel()
        for octets, _ in forged:
            message = amqp.Message(octets, user_id=broker_user(THIRD))
            channel.basic_publish_confirm(message, "bank.in", f"{THIRD}.{SERVICE}")
    wait_for(lambda: len(parked(bed)) == len(forged), SEEN_SECONDS, lambda: str(parked(bed)))
    assert sorted(code for _, code, _ in parked(bed)) == sorted(code for _, code in forged)


def test_in_the_end_nothing_else_was_lost(bed: Bed) -> None:
    assert lost_messages(bed) == []
