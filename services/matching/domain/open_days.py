"""Days on which somebody can help: what was offered or asked for, and an open door where one must come in."""

from collections.abc import Iterable, Iterator
from datetime import date

from byttebank.public_holidays import public_holidays
from services.matching.domain.ranking import working_days

HOST = "host"


def is_closed(day: date, country: str | None, closed_dates: frozenset[date]) -> bool:
    """Whether a library is closed: a public holiday in its country, or a day of its own."""
    return day in closed_dates or bool(country and day in public_holidays(country, day.year))


def closed_to_help(
    place: str, days: Iterable[date], country: str | None, closed_dates: frozenset[date]
) -> frozenset[date]:
    """Those of the days on which nobody can help a library of this country, for it is closed.

    Help from home or online needs no open door. The library that helps need not be open.
    """
    if place != HOST:
        return frozenset()
    return frozenset(day for day in days if is_closed(day, country, closed_dates))


def days_between(first_on: date, last_on: date) -> Iterator[date]:
    """Each day from the first to the last."""
    return map(date.fromordinal, range(first_on.toordinal(), last_on.toordinal() + 1))


def days_within(
    first_on: date,
    last_on: date,
    *,
    dates: tuple[date, ...] = (),
    since: date | None = None,
    until: date | None = None,
    weekdays: frozenset[int] = frozenset(),
) -> tuple[date, ...]:
    """The days of an offer or request from `first_on` to `last_on`.

    `dates`, where given; otherwise from `since` to `until`, on these `weekdays` (1 Monday to 7 Sunday) or,
    where none are named, on working days.
    """
    if dates:
        return tuple(day for day in dates if first_on <= day <= last_on)
    first = first_on if since is None else max(first_on, since)
    last = last_on if until is None else min(last_on, until)
    if first > last:
        return ()
    if not weekdays:
        return working_days(first, last)
    return tuple(day for day in days_between(first, last) if day.isoweekday() in weekdays)
