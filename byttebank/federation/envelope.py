"""The signed message between two counties: sealed once, sent and stored as the same octets for ever."""

from dataclasses import dataclass
from typing import Any

from byttebank.federation import canonical, jws
from byttebank.federation.errors import (
    MalformedEnvelope,
    TooLarge,
    UnknownKey,
    WrongRecipient,
    WrongSender,
    WrongService,
)
from byttebank.federation.header import EnvelopeHeader, from_protected, to_protected
from byttebank.federation.keyring import Keyring
from byttebank.federation.keys import SigningKey

MAX_OCTETS = 64 * 1024
"""Of a numbered envelope."""

MAX_CONTROL_OCTETS = 128 * 1024
"""Of a control message: it must be able to hold a whole numbered envelope, which grows by a third inside."""

SENDER_PREFIX = "county-"


@dataclass(frozen=True)
class Envelope:
    """A message that was really signed by `header.sender`. Hashes are SHA-256 as hexadecimal digits."""

    header: EnvelopeHeader
    payload: dict[str, Any]
    payload_hash: str
    envelope_hash: str
    key_id: str
    octets: bytes


def broker_user(county: str) -> str:
    """The broker user a county's link signs in with; the broker stamps it on each message as `user_id`."""
    return SENDER_PREFIX + county


def seal(payload: dict[str, Any], *, header: EnvelopeHeader, key: SigningKey) -> bytes:
    """The octets of the signed envelope. Equal arguments give equal octets.

    Refuses: `MalformedEnvelope` for a header or payload that no peer would read, `TooLarge`.
    """
    if not isinstance(payload, dict):
        raise MalformedEnvelope("the payload is not an object")
    try:
        body = canonical.encode(payload)
    except canonical.NotCanonical as error:
        raise MalformedEnvelope(f"the payload cannot be sealed: {error}") from error
    octets = jws.sign(to_protected(header), body, key)
    if len(octets) > _largest(header):
        raise TooLarge(f"{header.type} takes {len(octets)} octets; at most {_largest(header)} are allowed")
    return octets


def open_envelope(
    octets: bytes,
    *,
    keyring: Keyring,
    expected_to: str,
    expected_service: str,
    stamped_sender: str | None,
) -> Envelope:
    """The envelope, when it is signed by the county it comes from and meant for this county and service.

    `stamped_sender` is the `user_id` of the message, which the broker vouches for (`county-<slug>`).
    Refuses: subclasses of `EnvelopeError` and nothing else, whatever the octets are.
    """
    signed = jws.take_apart(octets, max_octets=MAX_CONTROL_OCTETS)
    header = from_protected(signed.protected)
    if len(octets) > _largest(header):
        raise TooLarge(f"{len(octets)} octets where at most {_largest(header)} are allowed")
    if stamped_sender != broker_user(header.sender):
        raise WrongSender(f"says it is from {header.sender}, but came through {stamped_sender}")
    if header.recipient != expected_to:
        raise WrongRecipient(f"meant for {header.recipient}, not for {expected_to}")
    if header.service != expected_service:
        raise WrongService(f"meant for {header.service}, not for {expected_service}")
    public_key = keyring.find(header.sender, signed.key_id)
    if public_key is None:
        raise UnknownKey(f"no key {signed.key_id} of {header.sender} here yet")
    jws.verify(signed, public_key)
    payload = canonical.decode(signed.payload)
    if not isinstance(payload, dict):
        raise MalformedEnvelope("the payload is not an object")
    return Envelope(
        header=header,
        payload=payload,
        payload_hash=jws.sha256(signed.payload),
        envelope_hash=jws.sha256(octets),
        key_id=signed.key_id,
        octets=octets,
    )


def _largest(header: EnvelopeHeader) -> int:
    return MAX_CONTROL_OCTETS if header.is_control else MAX_OCTETS
