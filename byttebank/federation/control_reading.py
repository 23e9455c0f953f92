"""Reading control messages: whatever a peer has signed is either exactly as agreed or refused."""

from itertools import pairwise
from typing import Any

from byttebank.federation.channel import MAX_SPANS, MAX_VOID_RANGES, Spans
from byttebank.federation.control import (
    MAX_MISSING_RANGES,
    TYPE_VERSION,
    Control,
    Copy,
    Hello,
    Resend,
    Sent,
    Statement,
)
from byttebank.federation.envelope import Envelope, broker_user, open_envelope
from byttebank.federation.errors import MalformedEnvelope
from byttebank.federation.header import is_nonce, is_number
from byttebank.federation.jws import HASH_OF_NOTHING, is_hash
from byttebank.federation.keyring import Keyring
from byttebank.federation.ranges import Ranges


def read_control(envelope: Envelope, *, keyring: Keyring) -> Control:
    """The control message in an opened envelope; envelopes inside it are opened with the reader's own keys.

    Refuses: `EnvelopeError`s only: `MalformedEnvelope` for another shape, and whatever an enclosed
    envelope is refused for.
    """
    nonce = envelope.header.nonce
    if nonce is None or envelope.header.type_version != TYPE_VERSION:
        raise MalformedEnvelope("not a control message of version 1")
    body = envelope.payload
    kind = envelope.header.type
    if kind == "HELLO":
        return Hello(nonce, _challenge(body), _number(body, "epoch", least=0), _sent(body))
    if kind == "STATEMENT":
        return _read_statement(envelope, nonce, keyring)
    if kind == "RESEND":
        sender = body.get("sender")
        if sender not in (envelope.header.sender, envelope.header.recipient):
            raise MalformedEnvelope("RESEND names a county that is no end of this channel")
        return Resend(nonce, str(sender), *_bounds(body))
    if kind == "COPY":
        return _read_copy(envelope, nonce, keyring)
    raise MalformedEnvelope(f"{kind} is no control message")


def _read_statement(envelope: Envelope, nonce: str, keyring: Keyring) -> Statement:
    body = envelope.payload
    received = _object(body, "received")
    received_seq, received_hash = _head(received)
    octets = None
    if received_seq:
        own = _open_own(received.get("envelope"), envelope, keyring)
        if (own.header.seq, own.envelope_hash) != (received_seq, received_hash):
            raise MalformedEnvelope("the enclosed envelope is not the one that is stated")
        octets = own.octets
    return Statement(
        nonce=nonce,
        is_grant=_boolean(body, "is_grant"),
        epoch=_number(body, "epoch", least=0),
        challenge=_challenge(body),
        received_seq=received_seq,
        received_hash=received_hash,
        received_octets=octets,
        missing=_ranges(received, "missing", MAX_MISSING_RANGES),
        sent=_sent(body),
    )


def _read_copy(envelope: Envelope, nonce: str, keyring: Keyring) -> Copy:
    first, last = _bounds(envelope.payload)
    texts = envelope.payload.get("envelopes")
    if not isinstance(texts, list):
        raise MalformedEnvelope("COPY has a list of envelopes")
    envelopes = tuple(_open_own(text, envelope, keyring) for text in texts)
    numbers = [own.header.seq or 0 for own in envelopes]
    if numbers != sorted(set(numbers)) or (numbers and not first <= numbers[0] <= numbers[-1] <= last):
        raise MalformedEnvelope("the envelopes of a COPY are not ascending within its range")
    return Copy(nonce, first, last, envelopes)


def _open_own(text: Any, outer: Envelope, keyring: Keyring) -> Envelope:
    """An envelope that the reader itself has signed and sent to the county that now returns it."""
    if not isinstance(text, str):
        raise MalformedEnvelope("an enclosed envelope is missing")
    reader, peer = outer.header.recipient, outer.header.sender
    own = open_envelope(
        text.encode("utf-8"),
        keyring=keyring,
        expected_to=peer,
        expected_service=outer.header.service,
        stamped_sender=broker_user(reader),
    )
    if own.header.seq is None:
        raise MalformedEnvelope("an enclosed envelope has no number")
    return own


def _sent(body: dict[str, Any]) -> Sent:
    sent = _object(body, "sent")
    seq, head_hash = _head(sent)
    return Sent(
        seq=seq,
        hash=head_hash,
        is_recovered=_boolean(sent, "is_recovered"),
        spans=_spans(sent),
        void=_ranges(sent, "void", MAX_VOID_RANGES),
    )


def _object(body: dict[str, Any], name: str) -> dict[str, Any]:
    value = body.get(name)
    if not isinstance(value, dict):
        raise MalformedEnvelope(f"{name} is not an object")
    return value


def _number(body: dict[str, Any], name: str, *, least: int = 1) -> int:
    value = body.get(name)
    if not is_number(value, least=least):
        raise MalformedEnvelope(f"{name} is not a number from {least}")
    return int(value)  # type: ignore[arg-type]


def _challenge(body: dict[str, Any]) -> str | None:
    value = body.get("challenge")
    if value is not None and not is_nonce(value):
        raise MalformedEnvelope("challenge is not a nonce")
    return value


def _boolean(body: dict[str, Any], name: str) -> bool:
    value = body.get(name)
    if not isinstance(value, bool):
        raise MalformedEnvelope(f"{name} is not true or false")
    return value


def _head(body: dict[str, Any]) -> tuple[int, str]:
    seq, head = _number(body, "seq", least=0), body.get("hash")
    if not isinstance(head, str) or not is_hash(head) or (seq == 0 and head != HASH_OF_NOTHING):
        raise MalformedEnvelope("hash is not that of a message")
    return seq, head


def _bounds(body: dict[str, Any]) -> tuple[int, int]:
    first, last = _number(body, "first"), _number(body, "last")
    if first > last:
        raise MalformedEnvelope("first comes after last")
    return first, last


def _ranges(body: dict[str, Any], name: str, most: int) -> Ranges:
    pairs = _number_pairs(body, name, most)
    ranges = Ranges.from_pairs(pairs)
    if ranges.pairs != tuple(pairs):
        raise MalformedEnvelope(f"{name} is not a list of ascending, separate ranges")
    return ranges


def _spans(body: dict[str, Any]) -> Spans:
    pairs = _number_pairs(body, "spans", MAX_SPANS)
    for before, after in pairwise(pairs):
        if before[0] >= after[0] or before[1] >= after[1]:
            raise MalformedEnvelope("spans do not ascend")
    return tuple(pairs)


def _number_pairs(body: dict[str, Any], name: str, most: int) -> list[tuple[int, int]]:
    value = body.get(name)
    if not isinstance(value, list) or len(value) > most:
        raise MalformedEnvelope(f"{name} is not a list of at most {most} pairs")
    for pair in value:
        if not isinstance(pair, list) or len(pair) != 2 or not all(is_number(each) for each in pair):
            raise MalformedEnvelope(f"{name} has something else than pairs of numbers")
    return [(pair[0], pair[1]) for pair in value]
