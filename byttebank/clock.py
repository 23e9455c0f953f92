"""Where the time comes from. Only shells ask; operations and domain are told."""

from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Anything that tells the time in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until a test or the simulator moves it."""

    def __init__(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("a clock needs a time with an offset")
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move_to(self, now: datetime) -> None:
        """Let the clock stand at another time."""
        self._now = now.astimezone(UTC)


def local_date(now: datetime, time_zone: str) -> date:
    """The plain date in a node's time zone at a moment in UTC."""
    return now.astimezone(ZoneInfo(time_zone)).date()


def format_time(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds and `Z`: sorts as text, equal moments are equal texts."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def parse_time(text: str) -> datetime:
    """The moment of an RFC 3339 text. Refuses: `ValueError` without an offset."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no offset from UTC")
    return moment.astimezone(UTC)
