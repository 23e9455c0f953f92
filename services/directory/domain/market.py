"""What an offer and a request must say before they go on the board."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from byttebank.contracts.market_refusals import (
    NoOpenDay,
    OfferClosed,
    OfferOverlaps,
    SkillRetired,
    TooFewAtHome,
)
from byttebank.contracts.refusals import BelowHalfDay, DateOrder, FieldMissing, Malformed, TooManyDays
from services.directory.domain.closed_days import days_between, is_holiday, open_days
from services.directory.domain.dates import add_months, check_day, check_span

MAX_REQUEST_HALF_DAYS = 40
"""Twenty days in one request: more is a vacancy, not a swap."""

MAX_OFFER_DATES = 366

WORKING_WEEKDAYS = (1, 2, 3, 4, 5)

STANDING_MONTHS = 6
"""A standing offer ends by itself after half a year unless it is renewed: old promises fill no board."""


def check_half_days(half_days: object, maximum: int | None = None) -> None:
    """At least half a day and not above the maximum. What is no whole number is left to the schema.

    Refuses: BelowHalfDay, TooManyDays.
    """
    if isinstance(half_days, bool) or not isinstance(half_days, int):
        return
    if half_days < 1:
        raise BelowHalfDay()
    if maximum is not None and half_days > maximum:
        raise TooManyDays(max_half_days=maximum)


def check_skills(skills: list[str], known: set[str]) -> None:
    """At least one skill, all of the vocabulary, none twice. Refuses: FieldMissing, Malformed."""
    if not skills:
        raise FieldMissing(field="skills")
    check_vocabulary(skills, known, "/skills")


def check_vocabulary(codes: list[str], known: set[str], pointer: str) -> None:
    """Every code is in the vocabulary and written once. Refuses: Malformed, pointing at each that is not."""
    errors = [
        {"pointer": f"{pointer}/{index}", "detail": f"{code!r} is not a skill we know, or stands here twice."}
        for index, code in enumerate(codes)
        if code not in known or code in codes[:index]
    ]
    if errors:
        raise Malformed(errors=errors)


def check_in_use(codes: Iterable[str], retired: set[str], kept: Iterable[str], field: str) -> None:
    """Nothing retired is taken up anew: only those `kept` may stay.

    Refuses: SkillRetired, with the first such.
    """
    refused = retired.difference(kept)
    for code in codes:
        if code in refused:
            raise SkillRetired(skill=code, field=field)


def settle_request_dates(request: dict[str, Any], library: dict[str, Any], today: date) -> dict[str, Any]:
    """The request with its dates in order; the window is from the first of its `dates` to the last.

    Refuses: DateOrder, DatePast, DateTooFar; NoOpenDay when the library is closed on all of them, or on so
    many that one person cannot do the days.
    """
    dates = sorted(set(request["dates"]))
    if dates:
        request = {**request, "first_on": dates[0], "last_on": dates[-1]}
    first_on, last_on = date.fromisoformat(request["first_on"]), date.fromisoformat(request["last_on"])
    check_span(first_on, last_on, today)
    days: Iterable[date] = map(date.fromisoformat, dates) if dates else days_between(first_on, last_on)
    if request["place"] == "host":
        days = open_days(library, days)
    needed = (request["half_days"] + 1) // 2 if request["same_person"] else 1
    found = len(list(days))
    if found < needed:
        raise NoOpenDay(first_on=request["first_on"], last_on=request["last_on"], days=found, needed=needed)
    return {**request, "dates": dates}


def settle_offer_dates(offer: dict[str, Any], today: date) -> dict[str, Any]:
    """The offer with its dates in order: on dates, in a span, or standing.

    A span with no first day begins today; a standing offer that names no end gets one.
    Refuses: DateOrder, also for one that ends by itself before its first day; DatePast, DateTooFar; Malformed
    for dates and a span or weekdays in one, a span without end, and weekdays of which the span has none.
    """
    offer = {"weekdays": [], "expires_on": None, **offer}
    dates, first_on, last_on = offer["dates"], offer["first_on"], offer["last_on"]
    if dates and (first_on or last_on):
        raise Malformed(errors=[{"pointer": "/dates", "detail": "Give dates or a span, not both."}])
    if len(dates) > MAX_OFFER_DATES:
        raise Malformed(errors=[{"pointer": "/dates", "detail": f"At most {MAX_OFFER_DATES} dates."}])
    if first_on and not last_on:
        raise Malformed(errors=[{"pointer": "/last_on", "detail": "A span needs its last day too."}])
    if dates and offer["weekdays"]:
        raise Malformed(errors=[{"pointer": "/weekdays", "detail": "Give dates or weekdays, not both."}])
    for day in dates:
        check_day(date.fromisoformat(day), today)
    if last_on:
        first_on = first_on or min(today.isoformat(), last_on)
        check_span(date.fromisoformat(first_on), date.fromisoformat(last_on), today)
    weekdays = sorted(set(offer["weekdays"]))
    if weekdays and last_on and not _weekdays_between(weekdays, first_on, last_on):
        raise Malformed(errors=[{"pointer": "/weekdays", "detail": "The span has none of these weekdays."}])
    expires_on = offer["expires_on"]
    if expires_on is not None:
        check_day(date.fromisoformat(expires_on), today)
        begins_on = min(dates) if dates else first_on
        if begins_on is not None and expires_on < begins_on:
            raise DateOrder(first_on=begins_on, last_on=expires_on)
    elif not dates and not last_on:
        expires_on = renewed_until(today)
    settled = {"dates": sorted(set(dates)), "first_on": first_on, "last_on": last_on, "weekdays": weekdays}
    return {**offer, **settled, "expires_on": expires_on}


def check_open_days(offer: dict[str, Any], library: dict[str, Any]) -> None:
    """Who is offered to come to others can do so on some day; a standing offer always finds one.

    On a public holiday all are closed, as far as is known before somebody asks. A day on which only the own
    library is closed is a good one to help elsewhere, and what may be done from home or online needs no open
    door. Refuses: OfferClosed, with the days.
    """
    if offer["places"] != ["host"]:
        return
    days = _offered_days(offer)
    if days and all(is_holiday(library, day) for day in days):
        raise OfferClosed(dates=[day.isoformat() for day in days])


def _offered_days(offer: dict[str, Any]) -> list[date]:
    """The days of an offer that names them or has an end; of a span the working days, or a weekend."""
    if offer["dates"]:
        return [date.fromisoformat(day) for day in offer["dates"]]
    if not (offer["first_on"] and offer["last_on"]):
        return []
    ends_on = min(filter(None, (offer["last_on"], offer["expires_on"])))
    span = list(days_between(date.fromisoformat(offer["first_on"]), date.fromisoformat(ends_on)))
    weekdays = offer["weekdays"] or WORKING_WEEKDAYS
    return [day for day in span if day.isoweekday() in weekdays] or span


def renewed_until(today: date) -> str:
    """The last day of an offer that is renewed today."""
    return add_months(today, STANDING_MONTHS).isoformat()


def check_staffing(offer: dict[str, Any], colleagues: int) -> None:
    """So many stay at home while the colleague is away. Refuses: TooFewAtHome."""
    if offer["min_at_home"] is not None and colleagues - 1 < offer["min_at_home"]:
        raise TooFewAtHome(min_at_home=offer["min_at_home"], colleagues=colleagues)


def check_no_overlap(offer: dict[str, Any], others: Iterable[dict[str, Any]]) -> None:
    """Her recurring offers are for different days: one day is offered once. Refuses: OfferOverlaps."""
    for other in others:
        shared = set(offer["weekdays"]) & set(other["weekdays"])
        if not shared or other["state"] != "open" or other["id"] == offer["id"]:
            continue
        first_on = max(offer["first_on"] or "", other["first_on"] or "")
        ends = [one for one in (offer_ends_on(offer), offer_ends_on(other)) if one]
        if not ends or first_on <= min(ends):
            raise OfferOverlaps(offer_id=other["id"], weekdays=sorted(shared))


def offer_ends_on(offer: dict[str, Any]) -> str | None:
    """The last day on which the offer can be used; None for one that has no end."""
    last = max(offer["dates"]) if offer["dates"] else offer["last_on"]
    return min((day for day in (last, offer["expires_on"]) if day), default=None)


def _weekdays_between(weekdays: list[int], first_on: str, last_on: str) -> bool:
    days = days_between(date.fromisoformat(first_on), date.fromisoformat(last_on))
    return any(day.isoweekday() in weekdays for day in days)
