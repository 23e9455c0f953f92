"""What happens when nobody answers: until when one may, and which days do not count.

July, 24 December to 1 January, and Palm Sunday to Easter Monday stand still. A last day to answer
is included: the silence has its effect when the day after it has come.
"""

from datetime import date, timedelta

ANSWER_DAYS = 7
"""Days to answer a proposal."""
WORKING_DAYS_BEFORE = 2
"""A proposal ends at the latest so many working days before the first date."""
CONFIRM_DAYS = 14
"""Days after one side's answer to "did it happen?" until the other's silence agrees with it."""
ASK_COUNTY_DAYS = 14
"""Days after the last date, both sides silent, until the county is asked."""
RELEASE_DAYS = 30
"""Days after the last date, both sides silent, until the days are free again."""
DISPUTE_DAYS = 30
"""Days to disagree with an ended engagement."""

ONE_DAY = timedelta(days=1)
SATURDAY = 5


def easter_sunday(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (Meeus, Jones and Butcher's algorithm, 1876)."""
    golden = year % 19
    century, year_of_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leaps, leap_rest = divmod(year_of_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - epact - leap_rest) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def stands_still(day: date) -> bool:
    """Whether the time to answer stands still on this day."""
    if day.month == 7 or (day.month == 12 and day.day >= 24) or (day.month == 1 and day.day == 1):
        return True
    easter = easter_sunday(day.year)
    return easter - 7 * ONE_DAY <= day <= easter + ONE_DAY


def days_after(day: date, count: int) -> date:
    """The day on which `count` days after `day` have passed, not counting those that stand still."""
    while count > 0:
        day += ONE_DAY
        if not stands_still(day):
            count -= 1
    return day


def working_days_after(day: date, count: int) -> date:
    """The day that lies `count` days from Monday to Friday after `day`."""
    while count > 0:
        day += ONE_DAY
        if day.weekday() < SATURDAY:
            count -= 1
    return day


def working_days_before(day: date, count: int) -> date:
    """The day that lies `count` days from Monday to Friday before `day`."""
    while count > 0:
        day -= ONE_DAY
        if day.weekday() < SATURDAY:
            count -= 1
    return day


def reply_by(proposed_on: date, first_on: date) -> date:
    """The last day to answer a proposal for a first date.

    Seven days, or two working days before the date if that is sooner; but never less than the next
    day, or the date itself if that is sooner, so that a proposal for tomorrow can be answered.
    """
    at_the_least = min(proposed_on + ONE_DAY, first_on)
    in_time = working_days_before(first_on, WORKING_DAYS_BEFORE)
    return max(at_the_least, min(days_after(proposed_on, ANSWER_DAYS), in_time))
