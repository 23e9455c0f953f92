"""Cursors of lists: the sort values of the last item, opaque to the reader."""

import base64
import json
from datetime import date
from typing import Any

from byttebank.contracts.refusals import Malformed
from services.directory.domain.texts import unstorable

MAX_LIMIT = 200
MAX_NUMBER = 2**53


def write_cursor(*values: str | int) -> str:
    """An opaque text for the place after the item with these sort values."""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, *kinds: type) -> list[Any] | None:
    """The sort values of a cursor (`str`, `int` or `date`), or None at the beginning of the list.

    Refuses: Malformed for a made-up cursor.
    """
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        if not isinstance(values, list) or len(values) != len(kinds) or unstorable(values):
            raise _no_cursor()
        return [_value(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        raise _no_cursor() from error


def _value(value: Any, kind: type) -> Any:
    if kind is date and isinstance(value, str):
        return date.fromisoformat(value)
    is_ours = type(value) is kind
    if not is_ours or (isinstance(value, int) and abs(value) > MAX_NUMBER):
        raise ValueError("not a value of this list")
    return value


def check_limit(limit: int) -> int:
    """The number of items on a page. Refuses: Malformed outside 1 to 200."""
    if isinstance(limit, bool) or not isinstance(limit, int) or not 1 <= limit <= MAX_LIMIT:
        raise Malformed(errors=[{"pointer": "/limit", "detail": f"A whole number from 1 to {MAX_LIMIT}."}])
    return limit


def _no_cursor() -> Malformed:
    return Malformed(errors=[{"pointer": "/cursor", "detail": "Not a cursor from this list. Begin again."}])
