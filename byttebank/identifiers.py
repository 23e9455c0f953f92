"""Identifiers that travel unchanged: UUIDv7 (RFC 9562, 5.7) made by the one who first knows the thing."""

import re
import secrets
import time
import uuid

ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
SLUG_MAX_LENGTH = 40


def uuid7(milliseconds: int, random_bytes: bytes) -> str:
    """The UUIDv7 of a Unix time in milliseconds and ten random bytes, as lower-case text."""
    if len(random_bytes) != 10:
        raise ValueError("uuid7 takes exactly ten random bytes")
    value = (milliseconds & (1 << 48) - 1) << 80 | int.from_bytes(random_bytes, "big")
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return str(uuid.UUID(int=value))


def new_id() -> str:
    """A fresh identifier. For shells only: the domain is handed its ids."""
    return uuid7(time.time_ns() // 1_000_000, secrets.token_bytes(10))


def is_id(text: object) -> bool:
    """Whether the value is a UUID written the way we write it (lower case, with hyphens)."""
    return isinstance(text, str) and ID.fullmatch(text) is not None


def is_slug(text: object) -> bool:
    """Whether the value may be a county's id: lower-case letters, digits and single hyphens."""
    return isinstance(text, str) and len(text) <= SLUG_MAX_LENGTH and SLUG.fullmatch(text) is not None
