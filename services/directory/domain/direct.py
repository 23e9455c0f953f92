"""A request to one library alone: it is told to nobody else, and does not widen, until it is on the board."""

from datetime import date, timedelta
from typing import Any

ANSWER_DAYS = 7
"""As many days as there are to answer a proposal."""


def is_direct(request: dict[str, Any]) -> bool:
    """Whether only the library that is asked sees the request."""
    return request["to_library_id"] is not None and not request["is_open"]


def ask(request: dict[str, Any], today: date) -> dict[str, Any]:
    """The request as it is asked today, with the last day to answer: a week on, or its own last day."""
    last = None
    if is_direct(request):
        last = min((today + timedelta(ANSWER_DAYS)).isoformat(), request["last_on"])
    return {**request, "reply_by_on": last, "direct_answer": None}


def waits_for(request: dict[str, Any]) -> bool:
    """Whether the library that is asked may still say that it cannot."""
    return is_direct(request) and request["state"] == "open" and request["direct_answer"] != "declined"
