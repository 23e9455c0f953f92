"""Days on which a library is closed: its country's public holidays, and days of its own."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from byttebank.public_holidays import public_holidays

ONE_DAY = timedelta(days=1)


def is_closed(library: dict[str, Any], day: date) -> bool:
    """Whether the `Library` is closed: a public holiday there, a day of its own, or outside its time."""
    text = day.isoformat()
    if text in library["closed_dates"]:
        return True
    if library["opened_on"] and text < library["opened_on"]:
        return True
    if library["closed_on"] and text > library["closed_on"]:
        return True
    return is_holiday(library, day)


def is_holiday(library: dict[str, Any], day: date) -> bool:
    """Whether it is a public holiday where the `Library` is."""
    return bool(library["country"]) and day in public_holidays(library["country"], day.year)


def days_between(first_on: date, last_on: date) -> Iterator[date]:
    """Each day from the first to the last."""
    for number in range((last_on - first_on).days + 1):
        yield first_on + number * ONE_DAY


def open_days(library: dict[str, Any], days: Iterable[date]) -> list[date]:
    """Those of the days on which somebody can come to the library."""
    return [day for day in days if not is_closed(library, day)]
