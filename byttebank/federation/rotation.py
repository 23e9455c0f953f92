"""A county changes its key: the newest key signs for the next, and nobody has to call anybody."""

from dataclasses import dataclass
from datetime import datetime

from byttebank.clock import format_time
from byttebank.federation.document import open_document, sign_document
from byttebank.federation.errors import MalformedEnvelope, RotationRefused
from byttebank.federation.header import moment
from byttebank.federation.keyring import KeyConflict, Keyring
from byttebank.federation.keys import PublicKey, SigningKey

AUDIENCE = "keys/rotation"


@dataclass(frozen=True)
class KeyRotation:
    """From `valid_from` (UTC) the county signs with `new_key`. What the old key signed stays signed."""

    county: str
    old_key_id: str
    new_key: PublicKey
    valid_from: datetime


def sign_rotation(
    county: str, *, old_key: SigningKey, new_key: PublicKey, valid_from: datetime, created_at: datetime
) -> bytes:
    """The statement that peers believe: the octets of a document signed by the old key.

    Refuses: `MalformedEnvelope`.
    """
    if valid_from.utcoffset() is None:
        raise MalformedEnvelope("valid_from needs an offset from UTC")
    body = {"new_key": new_key.text, "valid_from": format_time(valid_from)}
    return sign_document(body, audience=AUDIENCE, signer=county, created_at=created_at, key=old_key)


def read_rotation(octets: bytes, *, keyring: Keyring) -> KeyRotation:
    """The rotation, when a key we know of that county has signed it. Refuses: `EnvelopeError`s."""
    document = open_document(octets, audience=AUDIENCE, keyring=keyring)
    try:
        new_key = PublicKey.from_text(document.body.get("new_key"))  # type: ignore[arg-type]
    except ValueError as error:
        raise MalformedEnvelope(f"the new key is none: {error}") from error
    return KeyRotation(document.signer, document.key_id, new_key, moment(document.body.get("valid_from")))


def rotate(keyring: Keyring, octets: bytes) -> Keyring:
    """A keyring that knows the new key too. The same statement again changes nothing.

    Refuses: `RotationRefused` when another than the county's newest key has signed (a stolen old key
    must not open a second line of keys), or the new key or its date does not follow; `EnvelopeError`s.
    """
    rotation = read_rotation(octets, keyring=keyring)
    known = keyring.get((rotation.county, rotation.new_key.key_id))
    if known and (known.public_key, known.valid_from) == (rotation.new_key, rotation.valid_from):
        return keyring
    newest = keyring.newest(rotation.county)
    if newest is None or newest.public_key.key_id != rotation.old_key_id:
        raise RotationRefused(f"{rotation.county} has a newer key than the one that signed this rotation")
    if rotation.valid_from <= newest.valid_from:
        raise RotationRefused(f"the new key of {rotation.county} would be older than its present key")
    try:
        return keyring.with_key(rotation.county, rotation.new_key, rotation.valid_from)
    except KeyConflict as error:
        raise RotationRefused(str(error)) from error
