"""What a proposal must hold before it is put to anybody."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from byttebank.contracts.refusals import (
    BelowHalfDay,
    ColleagueBusy,
    DatePast,
    DateTooFar,
    OwnLibrary,
    TooManyDays,
)
from services.matching.domain.engagement import OPEN, TAKEN, Engagement

MAX_HALF_DAYS = 40
"""Four weeks: more in one go is surely a slip of the hand, or another kind of agreement."""
MAX_MONTHS_AHEAD = 18
FULL_DAY = 2
"""Half-days in one date of one person."""


def check_proposal(
    *, host_library_id: str, lender_library_id: str, dates: Sequence[date], half_days: int, today: date
) -> None:
    """The proposal is possible for anybody at all.

    Refuses: OwnLibrary, BelowHalfDay, TooManyDays, DatePast (today is allowed), DateTooFar.
    """
    if host_library_id == lender_library_id:
        raise OwnLibrary(library_id=host_library_id)
    if half_days < 1:
        raise BelowHalfDay()
    if half_days > MAX_HALF_DAYS:
        raise TooManyDays(max_half_days=MAX_HALF_DAYS)
    furthest = months_after(today, MAX_MONTHS_AHEAD)
    for day in dates:
        if day < today:
            raise DatePast(date=day.isoformat())
        if day > furthest:
            raise DateTooFar(date=day.isoformat(), months=MAX_MONTHS_AHEAD)


def months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or the month's last day where it has none."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, last)
        except ValueError:
            continue
    raise ValueError(f"{day} has no day {months} months later")


def spread(half_days: int, dates: Sequence[date]) -> dict[date, int]:
    """The half-days on each date: as evenly as they go, the earlier dates first, a full day at most."""
    each, rest = divmod(half_days, len(dates))
    return {day: min(FULL_DAY, each + (1 if number < rest else 0)) for number, day in enumerate(dates)}


def takes_time(engagement: Engagement) -> bool:
    """Whether the engagement takes the colleague's time: agreed or about to be, or accepted by her."""
    return engagement.state in TAKEN or (engagement.state in OPEN and "colleague" in engagement.consents)


def add_up(parts: Iterable[tuple[int, Sequence[date]]]) -> dict[date, int]:
    """Half-days by date over several engagements, each its half-days and dates."""
    taken: dict[date, int] = {}
    for half_days, dates in parts:
        for day, load in spread(half_days, dates).items():
            taken[day] = taken.get(day, 0) + load
    return taken


def check_colleague_is_free(
    colleague_id: str, dates: Sequence[date], half_days: int, taken: Mapping[date, int]
) -> None:
    """Nothing on these dates makes more than a full day. Refuses: ColleagueBusy with the first such date."""
    for day, wanted in spread(half_days, dates).items():
        if taken.get(day, 0) + wanted > FULL_DAY:
            raise ColleagueBusy(date=day.isoformat(), colleague_id=colleague_id)


def covered_half_days(engagements: Sequence[Engagement]) -> int:
    """Half-days that a request's engagements give it, agreed or about to be."""
    return sum(engagement.half_days for engagement in engagements if engagement.state in TAKEN)


def is_same_proposal(engagement: Engagement, proposal: Mapping[str, Any]) -> bool:
    """Whether the engagement came of this proposal. What the proposal left open may have been filled in."""
    fields = ("request_id", "offer_id", "host_library_id", "lender_library_id", "colleague_id", "skill")
    return (
        all(proposal[name] in (None, getattr(engagement, name)) for name in fields)
        and proposal["purpose"] == engagement.purpose
        and proposal["place"] == engagement.place
        and proposal["own_words"] == engagement.own_words
        and proposal["half_days"] == engagement.half_days
        and tuple(sorted(set(proposal["dates"]))) == tuple(day.isoformat() for day in engagement.dates)
    )
