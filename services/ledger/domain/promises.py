"""Promises: days a library will give in return. What is still open of them follows from the entries.

A deposit is a credit for help given, net of what was taken back of it. Each deposit after a promise was
made fills promises by (due_on, id) until it is used up; what a promise still lacks is open. The sum of
what is open *covers*: it lifts the limit once, so that giving a promised day changes nothing but the
promise itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from byttebank.contracts.book_refusals import PromiseEnded, PromiseInUse, PromisesTooMany
from byttebank.contracts.refusals import (
    DatePast,
    DateTooFar,
    TooManyDays,
)
from services.ledger.domain.accounts import Limit
from services.ledger.domain.transfers import check_amount

HORIZON_MONTHS = 12
"""A promise without a date is late after so long."""
REMINDED_BEFORE = timedelta(days=14)
"""So long before the day a library is reminded of its promise."""
MAX_OPEN_HALF_DAYS = 40
"""Nobody promises more than twenty days: beyond that the county library is to be asked."""


@dataclass(frozen=True)
class Promise:
    """A promise as it was made and what people have decided about it since.

    `after_entry_id`: the last entry of the book when it was made; deposits count that come after it.
    `ended_half_days`: so much was forgiven, taken back, or went to another library.
    """

    id: str
    library_id: str
    half_days: int
    made_on: date
    horizon_on: date
    after_entry_id: int
    dated_on: date | None = None
    ended_half_days: int = 0

    @property
    def due_on(self) -> date:
        """The day somebody has asked for; until then the horizon."""
        return self.dated_on or self.horizon_on

    @property
    def place(self) -> tuple[date, str]:
        """Where the promise stands among those that wait to be kept."""
        return self.due_on, self.id


@dataclass(frozen=True)
class Deposit:
    """A posted credit for help given, in half-days, net of what was taken back."""

    entry_id: int
    half_days: int


def open_half_days(promises: Sequence[Promise], deposits: Sequence[Deposit]) -> dict[str, int]:
    """What is still open of each promise, by id."""
    still_open = {promise.id: promise.half_days - promise.ended_half_days for promise in promises}
    in_line = sorted(promises, key=lambda promise: promise.place)
    for deposit in sorted(deposits, key=lambda deposit: deposit.entry_id):
        left = deposit.half_days
        for promise in in_line:
            if left and promise.after_entry_id < deposit.entry_id:
                filled = min(left, still_open[promise.id])
                still_open[promise.id] -= filled
                left -= filled
    return still_open


def cover(still_open: Mapping[str, int]) -> int:
    """The sum of what is open, in half-days."""
    return sum(still_open.values())


def lifted(limit: Limit, covered: int) -> Limit:
    """The limit with the cover of the library's promises, added once."""
    return Limit(limit.half_days + covered, limit.is_hard)


def is_late(promise: Promise, open_now: int, today: date) -> bool:
    """Whether the promise has waited longer than it should."""
    return open_now > 0 and today > promise.due_on


def is_near(due_on: date, today: date) -> bool:
    """Whether the day is so near that the library is reminded of it."""
    return timedelta(0) <= due_on - today <= REMINDED_BEFORE


def state_of(promise: Promise, open_now: int) -> str:
    """`open`, `kept` by deposits, or `ended`: forgiven, taken back or gone to another library."""
    if open_now > 0:
        return "open"
    return "ended" if promise.ended_half_days >= promise.half_days else "kept"


def horizon(made_on: date) -> date:
    """The last day before a promise without a date is late."""
    return months_after(made_on, HORIZON_MONTHS)


def months_after(day: date, months: int) -> date:
    """The same day so many months on; the 28th for a day which that month does not have."""
    years, month = divmod(day.month - 1 + months, 12)
    try:
        return day.replace(year=day.year + years, month=month + 1)
    except ValueError:
        return date(day.year + years, month + 1, 28)


def check_promise(half_days: int, open_before: int) -> None:
    """So much may be promised beside what is open. Refuses: Malformed, BelowHalfDay, PromisesTooMany."""
    check_amount(half_days)
    if open_before + half_days > MAX_OPEN_HALF_DAYS:
        raise PromisesTooMany(open_half_days=open_before, max_half_days=MAX_OPEN_HALF_DAYS)


def check_date(dated_on: date, today: date) -> None:
    """The promise may be asked for on that day. Refuses: DatePast, DateTooFar."""
    if dated_on < today:
        raise DatePast(date=dated_on.isoformat())
    if dated_on > months_after(today, HORIZON_MONTHS):
        raise DateTooFar(date=dated_on.isoformat(), months=HORIZON_MONTHS)


def part_to_end(open_now: int, wanted: int | None) -> int:
    """How much of the promise ends: what is wanted, or all of it when nobody says.

    Refuses: PromiseEnded when nothing is open; TooManyDays beyond that; Malformed, BelowHalfDay.
    """
    if open_now <= 0:
        raise PromiseEnded()
    if wanted is None:
        return open_now
    check_amount(wanted)
    if wanted > open_now:
        raise TooManyDays(max_half_days=open_now)
    return wanted


def to_forgive(part: int, days_to_use: int) -> int:
    """How many half-days the county gives with it: nobody is lifted above zero by forgiveness."""
    return min(part, max(-days_to_use, 0))


def check_withdrawal(open_now: int, available: int) -> int:
    """How much the library may take back: all that is open, if nothing was asked for against it.

    `available`: what the library may still ask for, the cover included.
    Refuses: PromiseEnded; PromiseInUse.
    """
    part = part_to_end(open_now, None)
    if available < part:
        raise PromiseInUse(half_days=part - max(available, 0))
    return part
