"""Days on which somebody can be sent out or come: what was offered or asked for, and both libraries open."""

from datetime import date

from byttebank.public_holidays import public_holidays
from services.matching.domain.ranking import working_days


def is_closed(day: date, country: str | None, closed_dates: frozenset[date]) -> bool:
    """Whether a library is closed: a public holiday in its country, or a day of its own."""
    return day in closed_dates or bool(country and day in public_holidays(country, day.year))


def closed_within(
    first_on: date, last_on: date, country: str | None, closed_dates: frozenset[date]
) -> frozenset[date]:
    """The days from the first to the last on which the library is closed."""
    days = map(date.fromordinal, range(first_on.toordinal(), last_on.toordinal() + 1))
    return frozenset(day for day in days if is_closed(day, country, closed_dates))


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
    ordinals = range(first.toordinal(), last.toordinal() + 1)
    return tuple(day for day in map(date.fromordinal, ordinals) if day.isoweekday() in weekdays)
