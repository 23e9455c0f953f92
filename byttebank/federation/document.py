"""A signed document that stands alone and can be shown to a third party: key rotations, clearing rounds.

The same signed octets as an envelope, with an audience instead of a recipient. The audience has a slash
(`clearing/<round>`) and a service has none, so neither can be taken for the other.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from byttebank.clock import format_time
from byttebank.federation import canonical, jws
from byttebank.federation.errors import MalformedEnvelope, TooLarge, UnknownKey, WrongContext
from byttebank.federation.header import CONTEXT_PREFIX, moment
from byttebank.federation.keyring import Keyring
from byttebank.federation.keys import SigningKey
from byttebank.identifiers import is_slug

MAX_OCTETS = 32 * 1024
"""So that a document fits into an envelope."""

_AUDIENCE = re.compile(r"[a-z][a-z0-9-]*/[A-Za-z0-9._-]{1,60}")


@dataclass(frozen=True)
class Document:
    """A body that `signer` has really signed for this audience. The hash is SHA-256 of the octets."""

    signer: str
    audience: str
    created_at: datetime
    body: dict[str, Any]
    key_id: str
    document_hash: str
    octets: bytes


def sign_document(
    body: dict[str, Any], *, audience: str, signer: str, created_at: datetime, key: SigningKey
) -> bytes:
    """The octets of the signed document. Refuses: `MalformedEnvelope`, `TooLarge`."""
    if not _AUDIENCE.fullmatch(audience) or not is_slug(signer) or created_at.utcoffset() is None:
        raise MalformedEnvelope("a document needs an audience such as clearing/<round>, a county, a UTC time")
    try:
        payload = canonical.encode(body)
    except canonical.NotCanonical as error:
        raise MalformedEnvelope(f"the document cannot be signed: {error}") from error
    header = {"typ": CONTEXT_PREFIX + audience, "from": signer, "created_at": format_time(created_at)}
    octets = jws.sign(header, payload, key)
    if len(octets) > MAX_OCTETS:
        raise TooLarge(f"the document takes {len(octets)} octets; at most {MAX_OCTETS} are allowed")
    return octets


def signature_parts(octets: bytes) -> tuple[str, str, str]:
    """(created_at, key id, signature): what `assemble` needs besides body, audience and signer.

    Refuses: `EnvelopeError` for octets that are no document.
    """
    signed = jws.take_apart(octets, max_octets=MAX_OCTETS)
    return str(signed.protected.get("created_at")), signed.key_id, signed.members["signature"]


def assemble(
    body: dict[str, Any], *, audience: str, signer: str, created_at: str, key_id: str, signature: str
) -> bytes:
    """The octets of a document that `signer` has signed, from its parts. Nothing is proven by that.

    So a document that many sign with the same body takes little room. Refuses: `MalformedEnvelope`.
    """
    header = {"typ": CONTEXT_PREFIX + audience, "from": signer, "created_at": created_at}
    try:
        return jws.join(header, canonical.encode(body), key_id, signature)
    except canonical.NotCanonical as error:
        raise MalformedEnvelope(f"the document cannot be put together: {error}") from error


def open_document(octets: bytes, *, audience: str, keyring: Keyring) -> Document:
    """The document, when it is signed for this audience with a key we know of the county it names.

    Refuses: subclasses of `EnvelopeError` and nothing else, whatever the octets are.
    """
    signed = jws.take_apart(octets, max_octets=MAX_OCTETS)
    signer = signed.protected.get("from")
    if not isinstance(signer, str) or not is_slug(signer):
        raise MalformedEnvelope("the document does not name the county that signs")
    if signed.protected["typ"] != CONTEXT_PREFIX + audience:
        raise WrongContext(f"signed for {signed.protected['typ']!r}, not for {audience}")
    created_at = moment(signed.protected.get("created_at"))
    public_key = keyring.find(signer, signed.key_id)
    if public_key is None:
        raise UnknownKey(f"no key {signed.key_id} of {signer} here yet")
    jws.verify(signed, public_key)
    body = canonical.decode(signed.payload)
    if not isinstance(body, dict):
        raise MalformedEnvelope("the document's body is not an object")
    return Document(signer, audience, created_at, body, signed.key_id, jws.sha256(octets), octets)
