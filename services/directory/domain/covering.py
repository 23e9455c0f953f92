"""When an engagement answers a request."""

from collections.abc import Mapping
from datetime import date
from typing import Any

COVERING_STATES = frozenset({"agreed", "carried_out", "confirmed", "settled", "disputed", "unanswered"})
"""From the agreement on, for as long as the help is coming or was given. What was declined, expired, refused
or cancelled, and what came to nothing, leaves the need open."""

ASKED_STATES = frozenset({"proposed", "reserving"})
"""Somebody has been asked and has not answered, or the days are being set aside."""

ANSWERING_STATES = COVERING_STATES | ASKED_STATES
"""Somebody has answered: as long as it is so, the request is not told to more counties."""


def covering_half_days(engagement: Mapping[str, Any]) -> int:
    """What an `Engagement` gives the request. Where one is asked instead of another who had said yes, the
    request waits for the answer before it is open to everybody again.
    """
    is_asked_instead = engagement.get("replaces") is not None and engagement["state"] in ASKED_STATES
    is_covering = engagement["state"] in COVERING_STATES or is_asked_instead
    return int(engagement["half_days"]) if is_covering else 0


def answered_until(engagement: Mapping[str, Any]) -> date | None:
    """The last day on which the answer can still come to something, while it is only asked; else None."""
    day = engagement.get("reply_by_on") if engagement["state"] in ASKED_STATES else None
    return date.fromisoformat(day) if day else None
