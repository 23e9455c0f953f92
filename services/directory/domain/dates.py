"""Which days may be asked for or offered: from today to eighteen months ahead, first before last."""

from calendar import monthrange
from datetime import date

from byttebank.contracts.refusals import DateOrder, DatePast, DateTooFar

MONTHS_AHEAD = 18
"""Beyond a year and a half nobody knows the rota; a date further off is a slip of the hand."""


def add_months(day: date, months: int) -> date:
    """The same day of the month so many months later, or the month's last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def check_day(day: date, today: date) -> None:
    """The day may be asked for. Refuses: DatePast, DateTooFar."""
    if day < today:
        raise DatePast(date=day.isoformat())
    if day > add_months(today, MONTHS_AHEAD):
        raise DateTooFar(date=day.isoformat(), months=MONTHS_AHEAD)


def check_span(first_on: date, last_on: date, today: date) -> None:
    """The days from first to last may be asked for. Refuses: DateOrder, DatePast, DateTooFar."""
    if last_on < first_on:
        raise DateOrder(first_on=first_on.isoformat(), last_on=last_on.isoformat())
    check_day(first_on, today)
    check_day(last_on, today)
