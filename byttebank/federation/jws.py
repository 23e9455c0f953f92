"""Signed octets: JWS flattened JSON (RFC 7515, 7.2.2) with Ed25519 (RFC 8032, RFC 9864), in one spelling.

`{"payload": ..., "protected": ..., "signature": ...}` in canonical JSON, nothing unprotected, so nobody
between two counties can change an octet without breaking the signature or the form. That is what makes
two hashes under one number a proof against the signer and against nobody else.
"""

import base64
import binascii
import hashlib
import json
import re
from dataclasses import dataclass
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from byttebank.federation import canonical
from byttebank.federation.errors import (
    BadSignature,
    MalformedEnvelope,
    NewerVersion,
    TooLarge,
    UnknownCriticalHeader,
    WrongAlgorithm,
)
from byttebank.federation.keys import PublicKey, SigningKey

VERSION = 1
ALGORITHM = "Ed25519"
"""The fully specified name: RFC 9864 deprecates `EdDSA`, which leaves the curve open."""

HASH_OF_NOTHING = "0" * 64
MAX_HEADER_OCTETS = 4_096
_SIGNATURE_OCTETS = 64
_MEMBERS = {"payload", "protected", "signature"}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
_KEY_ID = re.compile(r"[0-9a-f]{16}")
# Members that tell a JOSE library to fetch a key, trust an enclosed one or read the payload otherwise.
_REFUSED_HEADERS = {"jku", "jwk", "x5u", "x5c", "x5t", "x5t#S256", "b64", "cty", "enc", "zip"}


class _Registry(jws.JWSRegistry):
    """The library's limits are too small for us; ours are checked before it is asked."""

    max_header_length = 2 * MAX_HEADER_OCTETS
    max_payload_length = 1_000_000


_REGISTRY = _Registry(algorithms=[ALGORITHM], strict_check_header=False)


@dataclass(frozen=True)
class SignedOctets:
    """Octets taken apart. Nothing in it is proven until `verify` has passed."""

    octets: bytes
    protected: dict[str, Any]
    payload: bytes
    members: dict[str, str]

    @property
    def key_id(self) -> str:
        """The id of the key it claims to be signed with."""
        return str(self.protected["kid"])


def sha256(octets: bytes) -> str:
    """SHA-256 as 64 hexadecimal digits."""
    return hashlib.sha256(octets).hexdigest()


def is_hash(value: object) -> bool:
    """Whether the value is written as `sha256` writes."""
    return isinstance(value, str) and re.fullmatch(r"[0-9a-f]{64}", value) is not None


def sign(header: dict[str, Any], payload: bytes, key: SigningKey) -> bytes:
    """The signed octets. Adds version, algorithm and key id to the protected header (ASCII values)."""
    protected = _protected(header, key.key_id)
    return canonical.encode(
        jws.serialize_json({"protected": protected}, payload, key.jwk, registry=_REGISTRY)
    )


def join(header: dict[str, Any], payload: bytes, key_id: str, signature: str) -> bytes:
    """The octets that `sign` made with the key of that id, when that was its signature (base64url).

    Refuses: `NotCanonical`.
    """
    protected = canonical.encode(_protected(header, key_id))
    parts = {"payload": _base64url(payload), "protected": _base64url(protected), "signature": signature}
    return canonical.encode(parts)


def take_apart(octets: bytes, *, max_octets: int) -> SignedOctets:
    """The parts of signed octets, of a version and algorithm this node knows.

    Refuses: `TooLarge`, `TooDeep`, `MalformedEnvelope`, `NewerVersion`, `UnknownCriticalHeader`,
    `WrongAlgorithm`.
    """
    if len(octets) > max_octets:
        raise TooLarge(f"{len(octets)} octets where at most {max_octets} are allowed")
    members = canonical.decode(octets)
    if not isinstance(members, dict) or set(members) != _MEMBERS:
        raise MalformedEnvelope("not a flattened JWS with a protected header alone")
    header = _from_base64url(members["protected"], "protected header")
    if len(header) > MAX_HEADER_OCTETS:
        raise TooLarge("the protected header is too large")
    protected = canonical.decode(header)
    if not isinstance(protected, dict):
        raise MalformedEnvelope("the protected header is not an object")
    _check_header(protected)
    payload = _from_base64url(members["payload"], "payload")
    if len(_from_base64url(members["signature"], "signature")) != _SIGNATURE_OCTETS:
        raise MalformedEnvelope("the signature does not have 64 octets")
    return SignedOctets(octets, protected, payload, members)


def payload_of(octets: bytes) -> bytes:
    """The payload's octets in an envelope of our own storage, which was verified when it came."""
    text: str = json.loads(octets)["payload"]
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify(signed: SignedOctets, public_key: PublicKey) -> None:
    """Returns when the key's owner signed exactly these octets. Refuses: `BadSignature`."""
    members: Any = signed.members
    try:
        jws.deserialize_json(members, public_key.jwk, registry=_REGISTRY)
    except (JoseError, ValueError) as error:
        raise BadSignature(f"the signature is not that of key {public_key.key_id}") from error


def _protected(header: dict[str, Any], key_id: str) -> dict[str, Any]:
    members = {**header, "v": VERSION, "alg": ALGORITHM, "kid": key_id}
    return {name: members[name] for name in sorted(members)}


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode("ascii")


def _check_header(protected: dict[str, Any]) -> None:
    version = protected.get("v")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise MalformedEnvelope("the version is missing or not a positive integer")
    if version > VERSION:
        raise NewerVersion(f"version {version}; this node reads up to {VERSION}. Upgrade, then redrive")
    if "crit" in protected:
        raise UnknownCriticalHeader(f"must understand {protected['crit']!r}, and does not")
    if protected.get("alg") != ALGORITHM:
        raise WrongAlgorithm(f"signed with {protected.get('alg')!r}; only {ALGORITHM} counts")
    if refused := _REFUSED_HEADERS & set(protected):
        raise MalformedEnvelope(f"the protected header has {', '.join(sorted(refused))}")
    for name, pattern in (("kid", _KEY_ID), ("typ", None)):
        value = protected.get(name)
        if not isinstance(value, str) or (pattern and not pattern.fullmatch(value)):
            raise MalformedEnvelope(f"{name} is missing or not as agreed")


def _from_base64url(text: Any, what: str) -> bytes:
    """RFC 7515, 2, in its only spelling: no padding, no unused bits."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text):
        raise MalformedEnvelope(f"the {what} is not base64url")
    try:
        octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error as error:
        raise MalformedEnvelope(f"the {what} is not base64url") from error
    if _base64url(octets) != text:
        raise MalformedEnvelope(f"the {what} is base64url in another spelling")
    return octets
