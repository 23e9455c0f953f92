"""How a request widens by itself: the own county, then its neighbours, then all."""

from datetime import date, timedelta
from typing import Any

REACHES = ("county", "neighbours", "all")

WIDENS_AFTER_DAYS = 3
"""Long enough for the nearest to answer, short enough that help is found before the day."""


def begin(request: dict[str, Any], today: date) -> dict[str, Any]:
    """The request as it goes on the board today, with the day on which it widens."""
    if request["reach"] == "all" or not request["is_open"]:
        return {**request, "widens_on": None}
    days = request["widens_after_days"] or WIDENS_AFTER_DAYS
    return {**request, "widens_after_days": days, "widens_on": (today + timedelta(days)).isoformat()}


def widen(request: dict[str, Any], today: date) -> dict[str, Any]:
    """The request with the next reach, and the day on which it widens again."""
    reach = REACHES[min(REACHES.index(request["reach"]) + 1, len(REACHES) - 1)]
    return begin({**request, "reach": reach}, today)


def resumes_on(due_on: date, answered_until: list[date | None]) -> date | None:
    """The day on which a request that is due on a day widens if the answers it has come to nothing.

    `answered_until`: the last day of each answer, None where it does not end by itself, nor does
    the pause then.
    """
    lasting = [day + timedelta(1) for day in answered_until if day is not None]
    return max(due_on, *lasting) if lasting and len(lasting) == len(answered_until) else None


def is_wider(new: str, old: str) -> bool:
    """Whether one reach goes further than another."""
    return REACHES.index(new) > REACHES.index(old)
