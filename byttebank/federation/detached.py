"""Names, contacts and people's own words travel beside the envelope, never in it.

The signed payload holds a reference: SHA-256 over a secret salt and the content. Deleting content and
salt leaves a reference that tells nothing, and every signature, hash and number as it was. The salt keeps
anybody from guessing a name and hashing it.
"""

import hashlib
import hmac
import re
from typing import Any

from byttebank.federation import canonical
from byttebank.federation.errors import MalformedEnvelope, TooLarge

SALT_BYTES = 32
MAX_OCTETS = 64 * 1024
_SALT = re.compile(r"[0-9a-f]{64}")
_PREFIX = b"byttebank/detached/1"


def bind(content: dict[str, Any], salt: bytes) -> dict[str, str]:
    """The reference to put into the payload: `{"sha256": <64 hexadecimal digits>}`.

    Refuses: `ValueError` for a salt that is not 32 bytes, `NotCanonical` for content that does not travel.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt is {SALT_BYTES} random bytes, fresh for each content")
    return {"sha256": hashlib.sha256(_PREFIX + salt + canonical.encode(content)).hexdigest()}


def check(content: dict[str, Any], salt: bytes, reference: Any) -> bool:
    """Whether this is the content that the reference was made for. Never raises, whatever comes in."""
    if not isinstance(reference, dict) or not isinstance(reference.get("sha256"), str):
        return False
    try:
        expected = bind(content, salt)["sha256"]
    except ValueError:
        return False
    return hmac.compare_digest(expected.encode(), reference["sha256"].encode("utf-8", "replace"))


def pack(content: dict[str, Any], salt: bytes) -> bytes:
    """The octets that carry content and salt to the peer, in a message of their own.

    Refuses: as `bind`; `TooLarge`.
    """
    bind(content, salt)
    octets = canonical.encode({"content": content, "salt": salt.hex()}, max_depth=canonical.MAX_DEPTH + 1)
    if len(octets) > MAX_OCTETS:
        raise TooLarge(f"the detached part takes {len(octets)} octets; at most {MAX_OCTETS} are allowed")
    return octets


def unpack(octets: bytes) -> tuple[dict[str, Any], bytes]:
    """Content and salt, as yet unproven: `check` them against the signed reference.

    Refuses: `TooLarge`, `TooDeep`, `MalformedEnvelope` and nothing else, whatever the octets are.
    """
    if len(octets) > MAX_OCTETS:
        raise TooLarge(f"{len(octets)} octets where at most {MAX_OCTETS} are allowed")
    parts = canonical.decode(octets, max_depth=canonical.MAX_DEPTH + 1)
    if not isinstance(parts, dict) or not isinstance(parts.get("content"), dict):
        raise MalformedEnvelope("a detached part has content and salt")
    salt = parts.get("salt")
    if not isinstance(salt, str) or not _SALT.fullmatch(salt):
        raise MalformedEnvelope("a detached part has a salt of 32 bytes in hexadecimal digits")
    return parts["content"], bytes.fromhex(salt)
