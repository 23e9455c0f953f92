"""HELLO, STATEMENT, RESEND and COPY are read as they were written, or refused."""

from dataclasses import replace
from typing import Any

import pytest
from envelope_cast import CONTROL, KEY, KEYRING, NUMBERED, PEER_KEY, opened, sealed
from hypothesis import given
from hypothesis import strategies as st

from byttebank.federation import errors
from byttebank.federation.canonical import LARGEST_INTEGER
from byttebank.federation.channel import MAX_SPANS, MAX_VOID_RANGES
from byttebank.federation.control import (
    MAX_COPY_OCTETS,
    MAX_MISSING_RANGES,
    Control,
    Copy,
    Hello,
    Resend,
    Sent,
    Statement,
    copy_body,
)
from byttebank.federation.control_reading import read_control
from byttebank.federation.envelope import MAX_OCTETS, Envelope
from byttebank.federation.header import EnvelopeHeader
from byttebank.federation.jws import HASH_OF_NOTHING, sha256
from byttebank.federation.ranges import NO_NUMBERS, Ranges

NONCE = CONTROL.nonce or ""
SENT = Sent(12, "a" * 64, True, ((1, 1), (6, 9)), Ranges.from_numbers([5]))


def own(seq: int = 44, *, size: int = 0, **changes: Any) -> bytes:
    """An envelope that Vestland has sent to Innlandet."""
    header = replace(
        NUMBERED,
        sender="vestland",
        recipient="innlandet",
        seq=seq,
        prev_hash=HASH_OF_NOTHING if seq == 1 else "b" * 64,
    )
    return sealed({"a": "a" * size}, header=replace(header, **changes), key=PEER_KEY)


def statement(octets: bytes | None = None, **changes: Any) -> Statement:
    octets = octets or own()
    values: dict[str, Any] = {
        "nonce": NONCE,
        "is_grant": True,
        "epoch": 7,
        "challenge": None,
        "received_seq": 44,
        "received_hash": sha256(octets),
        "received_octets": octets,
        "missing": Ranges.from_numbers([39]),
        "sent": SENT,
    }
    return Statement(**{**values, **changes})


def arrived(type_: str, body: dict[str, Any], header: EnvelopeHeader = CONTROL) -> Envelope:
    """The control message as Vestland has opened it."""
    return opened(sealed(body, header=replace(header, type=type_)))


def read(type_: str, body: dict[str, Any]) -> Control:
    return read_control(arrived(type_, body), keyring=KEYRING)


def changed(body: Any, path: str, value: Any) -> Any:
    """The body with another value at a path such as `sent.seq`; `...` takes the member out."""
    name, _, rest = path.partition(".")
    inner = changed(body[name], rest, value) if rest else value
    rest_of_it = {key: member for key, member in body.items() if key != name}
    return rest_of_it if inner is ... else {**rest_of_it, name: inner}


@pytest.mark.parametrize(
    "message",
    [
        Hello(NONCE, None, 0, Sent(0, HASH_OF_NOTHING, False, (), NO_NUMBERS)),
        Hello(NONCE, "c" * 32, 6, SENT),
    ],
)
def test_a_hello_is_read_as_it_was_written(message: Hello) -> None:
    assert read("HELLO", message.body()) == message


@pytest.mark.parametrize(
    "message",
    [
        statement(),
        statement(is_grant=False, challenge="c" * 32, epoch=0),
        statement(received_seq=0, received_hash=HASH_OF_NOTHING, received_octets=None),
    ],
)
def test_a_statement_is_read_as_it_was_written(message: Statement) -> None:
    if not message.received_seq:
        message = replace(message, received_octets=None)
    assert read("STATEMENT", message.body()) == message


def test_a_resend_is_read_as_it_was_written() -> None:
    for sender in ("innlandet", "vestland"):
        message = Resend(NONCE, sender, 3, 9)
        assert read("RESEND", message.body()) == message


def test_a_copy_is_read_with_its_envelopes_opened() -> None:
    body = copy_body(42, 45, [(42, own(42)), (44, own(44))])
    message = read("COPY", body)
    assert isinstance(message, Copy)
    assert (message.nonce, message.first, message.last) == (NONCE, 42, 45)
    assert [each.octets for each in message.envelopes] == [own(42), own(44)]


def test_an_empty_copy_says_that_nothing_is_held() -> None:
    assert read("COPY", copy_body(42, 45, [])) == Copy(NONCE, 42, 45, ())


def test_a_copy_ends_before_what_does_not_fit() -> None:
    held = [(seq, own(seq, size=20_000)) for seq in (42, 44, 47, 48)]
    assert 2 * len(held[0][1]) <= MAX_COPY_OCTETS < 3 * len(held[0][1])
    body = copy_body(41, 50, held)
    assert (body["first"], body["last"], len(body["envelopes"])) == (41, 46, 2)


def test_the_largest_envelope_fits_into_a_copy_and_a_statement_with_everything_else() -> None:
    room = (MAX_OCTETS - len(own(LARGEST_INTEGER))) * 3 // 4 - 4
    octets = own(LARGEST_INTEGER, size=room)
    assert MAX_OCTETS - 8 <= len(octets) <= MAX_OCTETS
    last = LARGEST_INTEGER
    full = statement(
        octets,
        epoch=last,
        challenge="c" * 32,
        received_seq=last,
        missing=Ranges.from_numbers(range(last - 2 * MAX_MISSING_RANGES, last, 2)),
        sent=Sent(
            last,
            "a" * 64,
            True,
            tuple((last - MAX_SPANS + each, last - MAX_SPANS + each) for each in range(MAX_SPANS)),
            Ranges.from_numbers(range(last - 2 * MAX_VOID_RANGES, last, 2)),
        ),
    )
    assert read("STATEMENT", full.body()) == full
    copied = read("COPY", copy_body(1, last, [(last, octets)]))
    assert isinstance(copied, Copy)
    assert len(copied.envelopes) == 1


def test_more_holes_than_fit_are_left_for_the_next_statement() -> None:
    many = statement(missing=Ranges.from_numbers(range(1, 1000, 2)))
    message = read("STATEMENT", many.body())
    assert isinstance(message, Statement)
    assert message.missing == many.missing.first_ranges(MAX_MISSING_RANGES)


HELLO = Hello(NONCE, None, 6, SENT).body()
STATEMENT = statement().body()
RESEND = Resend(NONCE, "vestland", 3, 9).body()
COPY = copy_body(42, 45, [(42, own(42)), (44, own(44))])


@pytest.mark.parametrize(
    ("type_", "body"),
    [
        ("PREPARE", {}),
        ("HELLO", {}),
        ("HELLO", changed(HELLO, "epoch", ...)),
        ("HELLO", changed(HELLO, "epoch", -1)),
        ("HELLO", changed(HELLO, "epoch", True)),
        ("HELLO", changed(HELLO, "challenge", "c")),
        ("HELLO", changed(HELLO, "challenge", 5)),
        ("HELLO", changed(HELLO, "sent", [])),
        ("HELLO", changed(HELLO, "sent.seq", "12")),
        ("HELLO", changed(HELLO, "sent.seq", 0)),
        ("HELLO", changed(HELLO, "sent.hash", "A" * 64)),
        ("HELLO", changed(HELLO, "sent.is_recovered", 1)),
        ("HELLO", changed(HELLO, "sent.spans", [[1, 1], [1, 2]])),
        ("HELLO", changed(HELLO, "sent.spans", [[1, 5], [2, 5]])),
        ("HELLO", changed(HELLO, "sent.spans", [[0, 1]])),
        ("HELLO", changed(HELLO, "sent.spans", [[1, 1, 1]])),
        ("HELLO", changed(HELLO, "sent.spans", [[each, each] for each in range(1, MAX_SPANS + 2)])),
        ("HELLO", changed(HELLO, "sent.void", [[5, 4]])),
        ("HELLO", changed(HELLO, "sent.void", [[1, 2], [3, 4]])),
        ("HELLO", changed(HELLO, "sent.void", [[7, 8], [3, 4]])),
        ("HELLO", changed(HELLO, "sent.void", {"5": 5})),
        ("HELLO", changed(HELLO, "sent.void", [[each, each] for each in range(1, 300, 2)])),
        ("STATEMENT", changed(STATEMENT, "is_grant", ...)),
        ("STATEMENT", changed(STATEMENT, "is_grant", None)),
        ("STATEMENT", changed(STATEMENT, "epoch", 1.5)),
        ("STATEMENT", changed(STATEMENT, "received", None)),
        ("STATEMENT", changed(STATEMENT, "received.seq", 43)),
        ("STATEMENT", changed(STATEMENT, "received.hash", "c" * 64)),
        ("STATEMENT", changed(STATEMENT, "received.envelope", None)),
        ("STATEMENT", changed(STATEMENT, "received.envelope", "{}")),
        ("STATEMENT", changed(STATEMENT, "received.envelope", {"payload": ""})),
        ("STATEMENT", changed(STATEMENT, "received.missing", [[1, 1]] * 2)),
        ("STATEMENT", changed(STATEMENT, "received.missing", [[1, None]])),
        ("STATEMENT", changed(STATEMENT, "sent", ...)),
        ("RESEND", changed(RESEND, "sender", "rogaland")),
        ("RESEND", changed(RESEND, "sender", None)),
        ("RESEND", changed(RESEND, "first", 0)),
        ("RESEND", changed(RESEND, "first", 10)),
        ("RESEND", changed(RESEND, "last", ...)),
        ("COPY", changed(COPY, "envelopes", None)),
        ("COPY", changed(COPY, "envelopes", [5])),
        ("COPY", changed(COPY, "envelopes", list(reversed(COPY["envelopes"])))),
        ("COPY", changed(COPY, "envelopes", COPY["envelopes"][:1] * 2)),
        ("COPY", changed(COPY, "first", 43)),
        ("COPY", changed(COPY, "last", 43)),
    ],
)
def test_a_control_message_of_another_shape_is_refused(type_: str, body: dict[str, Any]) -> None:
    with pytest.raises(errors.MalformedEnvelope):
        read(type_, body)


def test_only_what_the_reader_itself_has_signed_is_taken_for_its_own() -> None:
    other_key = sealed(
        {},
        header=replace(NUMBERED, sender="vestland", recipient="innlandet", seq=44, prev_hash="b" * 64),
        key=KEY,
    )
    cases = [
        (other_key, errors.UnknownKey),
        (own(44, recipient="rogaland"), errors.WrongRecipient),
        (own(44, service="matching"), errors.WrongService),
        (sealed({}, header=replace(NUMBERED, seq=44, prev_hash="b" * 64)), errors.WrongSender),
        (own(44)[:-1], errors.MalformedEnvelope),
    ]
    for octets, error in cases:
        with pytest.raises(error):
            read("COPY", {"first": 44, "last": 44, "envelopes": [octets.decode()]})


def test_a_control_message_is_not_returned_as_a_numbered_one() -> None:
    control = sealed({}, header=replace(CONTROL, sender="vestland", recipient="innlandet"), key=PEER_KEY)
    with pytest.raises(errors.MalformedEnvelope):
        read("COPY", {"first": 1, "last": 9, "envelopes": [control.decode()]})


def test_a_numbered_envelope_is_no_control_message() -> None:
    with pytest.raises(errors.MalformedEnvelope):
        read_control(arrived("HELLO", HELLO, NUMBERED), keyring=KEYRING)


def test_a_control_message_of_another_version_is_refused() -> None:
    with pytest.raises(errors.MalformedEnvelope):
        read_control(arrived("HELLO", HELLO, replace(CONTROL, type_version=2)), keyring=KEYRING)


def test_members_that_are_not_known_yet_are_ignored() -> None:
    for type_, body in (("HELLO", HELLO), ("STATEMENT", STATEMENT), ("RESEND", RESEND), ("COPY", COPY)):
        assert read(type_, {**body, "tone": "friendly"}) == read(type_, body)


BODIES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, LARGEST_INTEGER)
    | st.sampled_from(["a" * 64, NONCE, "vestland", own().decode()]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*HELLO, *STATEMENT, *RESEND, *COPY, *HELLO["sent"], *STATEMENT["received"]]),
            inner,
            max_size=6,
        )
    ),
    max_leaves=12,
)


@given(st.sampled_from(["HELLO", "STATEMENT", "RESEND", "COPY"]), BODIES)
def test_whatever_a_peer_signs_only_envelope_errors_come_out(type_: str, body: Any) -> None:
    envelope = replace(arrived(type_, {}), payload=body if isinstance(body, dict) else {"sent": body})
    try:
        read_control(envelope, keyring=KEYRING)
    except errors.EnvelopeError:
        return
