"""Days on which the libraries of the demo are open."""

from datetime import date, timedelta

from byttebank.public_holidays import public_holidays

COUNTRY = "NO"
ONE_DAY = timedelta(days=1)
SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Monday to Friday, and no public holiday."""
    return day.weekday() < SATURDAY and day not in public_holidays(COUNTRY, day.year)


def working_day_from(day: date) -> date:
    """The day, or the first working day after it."""
    while not is_working_day(day):
        day += ONE_DAY
    return day


def working_day_until(day: date) -> date:
    """The day, or the last working day before it."""
    while not is_working_day(day):
        day -= ONE_DAY
    return day


def working_day(start: date, days: int) -> date:
    """The day that lies so many working days after `start`, or before it."""
    step = ONE_DAY if days > 0 else -ONE_DAY
    day, left = start, abs(days)
    while left > 0:
        day += step
        if is_working_day(day):
            left -= 1
    return day
