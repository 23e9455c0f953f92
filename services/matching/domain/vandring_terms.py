"""What a county library asks for in a vandring round, when libraries can travel, and why one sits out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from byttebank.contracts.refusals import DateOrder, DatePast, DateTooFar, FieldMissing
from byttebank.contracts.vandring_refusals import VandringTooLong
from services.matching.domain.open_days import is_closed
from services.matching.domain.proposal import MAX_MONTHS_AHEAD, months_after
from services.matching.domain.vandring import NO_COMMON_WEEK, Participant, Rules, objections

LEAST_LIBRARIES = 3
"""Two libraries that want to visit each other need no round."""
MAX_MONTHS = 12
SIZES = {"small": 1, "medium": 4, "large": 16}
"""Sizes that are the same within a class and different between two (`vandring.SIZE_FACTOR`)."""
UNKNOWN_SIZE = 1
"""Of a library without a class: it takes part where size is no rule, and never where it is one."""

FULL, SEVERAL, ALWAYS_CLOSED, SIZE_UNKNOWN = "no_place", "several", "always_closed", "size_unknown"
PLACE_UNKNOWN = "place_unknown"


@dataclass(frozen=True)
class VandringTerms:
    """The weeks of a round, until when is answered, how far one travels, and days on which nobody does."""

    name: str
    first_on: date
    last_on: date
    reply_by_on: date
    max_km: int | None
    sizes: str
    closed: frozenset[date]


def check_vandring(terms: VandringTerms, today: date) -> None:
    """The round can be asked for today: a name, days to come in order, time to answer before the last.

    Refuses: FieldMissing (name), DateOrder, DatePast, DateTooFar, VandringTooLong.
    """
    if not terms.name.strip():
        raise FieldMissing(field="name")
    for first, last in ((terms.first_on, terms.last_on), (terms.reply_by_on, terms.last_on)):
        if first > last:
            raise DateOrder(first_on=first.isoformat(), last_on=last.isoformat())
    for day in (terms.first_on, terms.reply_by_on):
        if day < today:
            raise DatePast(date=day.isoformat())
    if terms.last_on > months_after(today, MAX_MONTHS_AHEAD):
        raise DateTooFar(date=terms.last_on.isoformat(), months=MAX_MONTHS_AHEAD)
    latest = months_after(terms.first_on, MAX_MONTHS)
    if terms.last_on > latest:
        raise VandringTooLong(date=latest.isoformat())


def travel_days(terms: VandringTerms, country: str | None, closed_dates: frozenset[date]) -> tuple[date, ...]:
    """Days of the round, Monday to Friday, on which the library can visit and be visited."""
    ordinals = range(terms.first_on.toordinal(), terms.last_on.toordinal() + 1)
    return tuple(
        day
        for day in map(date.fromordinal, ordinals)
        if day.isoweekday() <= 5 and day not in terms.closed and not is_closed(day, country, closed_dates)
    )


def weeks_of(days: Iterable[date]) -> frozenset[date]:
    """The Mondays of the weeks of these days."""
    return frozenset(monday_of(day) for day in days)


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def size_of(size_class: str | None) -> int:
    """The size the rules reckon with."""
    return UNKNOWN_SIZE if size_class is None else SIZES[size_class]


def why_out(rules: Rules, one: Participant, others: Sequence[Participant]) -> str:
    """The code of why a library visits nobody: what keeps it from every other one, or that none is left."""
    if not one.weeks:
        return ALWAYS_CLOSED
    if rules.max_km is not None and one.at is None:
        return PLACE_UNKNOWN
    found: set[str] = set()
    for other in others:
        if other.id != one.id and other.weeks:
            why = objections(rules, one, other)
            if not why:
                return FULL
            found.update(why)
    return found.pop() if len(found) == 1 else SEVERAL if found else NO_COMMON_WEEK
