"""One way to write a value as JSON, so that equal values are equal octets.

RFC 8785 (JCS) for the values we exchange: sorted members, no spaces, UTF-8, integers of at most 53 bits
(RFC 7493). Fractions are for coordinates only and limited to the sizes where every implementation writes
the same digits. NUL is refused because PostgreSQL cannot keep it.
"""

import hashlib
import json
import re
from typing import Any

from byttebank.federation.errors import MalformedEnvelope, TooDeep

MAX_DEPTH = 16
LARGEST_INTEGER = 2**53 - 1
SMALLEST_FRACTION = 1e-4
_STRINGS_AND_BRACKETS = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)


class NotCanonical(ValueError):
    """The value has no canonical form: a kind, number, text or depth that does not travel."""


def encode(value: Any, *, max_depth: int = MAX_DEPTH) -> bytes:
    """The canonical octets of a JSON value. `60.0` is written `60`.

    Refuses: `NotCanonical` for anything that would not arrive as it was sent.
    """
    text = json.dumps(
        _normal(value, max_depth), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise NotCanonical("a text holds half a surrogate pair") from error


def payload_hash(payload: dict[str, Any]) -> str:
    """SHA-256 (64 hexadecimal digits) of the octets that `payload` is signed as: `Envelope.payload_hash`.

    The sender of a payload knows by it which of its messages an answer means. Refuses: `NotCanonical`.
    """
    return hashlib.sha256(encode(payload)).hexdigest()


def decode(octets: bytes, *, max_depth: int = MAX_DEPTH) -> Any:
    """The value of canonical octets: encoding it again gives the same octets.

    Refuses: `TooDeep`; `MalformedEnvelope` for everything else that `encode` would not have written.
    """
    try:
        text = octets.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedEnvelope("not UTF-8") from error
    _check_depth(text, max_depth)
    try:
        # What the parser lets pass (a member twice, NaN, huge integers) does not come out as it went in.
        value = json.loads(text)
        is_canonical = encode(value, max_depth=max_depth) == octets
    except (ValueError, RecursionError) as error:
        raise MalformedEnvelope(f"not canonical JSON: {error}") from error
    if not is_canonical:
        raise MalformedEnvelope("not canonical JSON: written in another way than agreed")
    return value


def _normal(value: Any, depth_left: int) -> Any:
    """The value with whole floats as integers, checked."""
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > LARGEST_INTEGER:
            raise NotCanonical("an integer has more than 53 bits")
        return int(value)
    if isinstance(value, float):
        return _fraction(value)
    if depth_left == 0:
        raise NotCanonical("nested too deep")
    if isinstance(value, dict):
        return {_name(name): _normal(member, depth_left - 1) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_normal(member, depth_left - 1) for member in value]
    raise NotCanonical(f"{type(value).__name__} is not a JSON value")


def _text(text: str) -> str:
    if "\x00" in text:
        raise NotCanonical("a text holds NUL")
    return str(text)


def _name(name: Any) -> str:
    # Above the basic plane, sorting by code point (Python) and by UTF-16 unit (RFC 8785) disagree.
    if not isinstance(name, str) or (name and max(name) > "\uffff"):
        raise NotCanonical("a member's name is not a text of the basic multilingual plane")
    return _text(name)


def _fraction(value: float) -> int | float:
    if abs(value) <= LARGEST_INTEGER and value == int(value):
        return int(value)
    # Outside these sizes Python and ECMAScript write exponents differently.
    if not SMALLEST_FRACTION <= abs(value) <= LARGEST_INTEGER:
        raise NotCanonical(f"the fraction {value!r} is too small, too large or not a number")
    return value


def _check_depth(text: str, max_depth: int) -> None:
    """Before parsing, because the parser recurses: a deep document must not meet the stack's end."""
    depth = 0
    for match in _STRINGS_AND_BRACKETS.finditer(text):
        if match[0] in "[{":
            depth += 1
            if depth > max_depth:
                raise TooDeep(f"nested deeper than {max_depth}")
        elif match[0] in "]}":
            depth -= 1
