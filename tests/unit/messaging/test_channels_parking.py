"""What cannot be used is parked with its reason and stops nothing; forgeries are not heard."""

import pytest
from sqlalchemy.exc import OperationalError
from two_counties import IDS, KEYS, County, exchange, sealed

from byttebank.federation.envelope import MAX_CONTROL_OCTETS
from byttebank.federation.keys import SigningKey
from byttebank.messaging.sealing import Outgoing

pytestmark = pytest.mark.simulation
"""Takes seconds: stores of two counties, and what they send each other."""


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


def test_a_message_signed_with_an_unknown_key_waits_for_the_key(open_pair: tuple[County, County]) -> None:
    _, two = open_pair
    new_key = SigningKey.from_seed(b"n" * 32)
    assert two.hear(sealed(new_key, seq=1)) == "parked"
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
    first = sealed(KEYS["innlandet"], seq=1, message_type=message_type, version=version)
    assert two.hear(first) == "parked"
    assert two.parked()[0]["reason_code"] == "unknown_message"
    assert two.hear(first) == "duplicate"
    assert two.state() == "open"


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
