"""Dates as people type them into one field."""

import re
from datetime import date

from gateway import speech

ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
WRITTEN = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4})?)?")
BETWEEN = re.compile(r"[,;\s]+")


def dates_from_text(text: str, today: date) -> list[str] | None:
    """The dates, in order and each once: `7.12.2026, 9.12.` or `2026-12-07`; without a year, the next such
    day. None when one of them is no date.
    """
    found = [_date(part, today) for part in BETWEEN.split(text.strip()) if part]
    days = [day for day in found if day is not None]
    return sorted({day.isoformat() for day in days}) if len(days) == len(found) else None


def dates_to_text(days: list[str]) -> str:
    """The dates as somebody would type them: `7.12.2026, 9.12.2026`."""
    return ", ".join(f"{day.day}.{day.month}.{day.year}" for day in map(speech.as_date, days))


def _date(text: str, today: date) -> date | None:
    try:
        if match := ISO.fullmatch(text):
            year, month, day = (int(part) for part in match.groups())
            return date(year, month, day)
        if match := WRITTEN.fullmatch(text):
            day, month = int(match[1]), int(match[2])
            if match[3]:
                return date(int(match[3]), month, day)
            this_year = date(today.year, month, day)
            return this_year if this_year >= today else date(today.year + 1, month, day)
    except ValueError:
        return None
    return None
