"""What an offer and a request must say before they go on the board."""

from datetime import date
from typing import Any

from byttebank.contracts.refusals import BelowHalfDay, FieldMissing, Malformed, TooManyDays
from services.directory.domain.dates import check_day, check_span

MAX_REQUEST_HALF_DAYS = 40
"""Twenty days in one request: more is a vacancy, not a swap."""

MAX_OFFER_DATES = 366


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


def check_request_dates(request: dict[str, Any], today: date) -> None:
    """The window of a request. Refuses: DateOrder, DatePast, DateTooFar."""
    check_span(date.fromisoformat(request["first_on"]), date.fromisoformat(request["last_on"]), today)


def settle_offer_dates(offer: dict[str, Any], today: date) -> dict[str, Any]:
    """The offer with its dates in order: on dates, in a span, or standing.

    A span with no first day begins today.
    Refuses: DateOrder, DatePast, DateTooFar; Malformed for dates and a span in one, or a span without end.
    """
    dates, first_on, last_on = offer["dates"], offer["first_on"], offer["last_on"]
    if dates and (first_on or last_on):
        raise Malformed(errors=[{"pointer": "/dates", "detail": "Give dates or a span, not both."}])
    if len(dates) > MAX_OFFER_DATES:
        raise Malformed(errors=[{"pointer": "/dates", "detail": f"At most {MAX_OFFER_DATES} dates."}])
    if first_on and not last_on:
        raise Malformed(errors=[{"pointer": "/last_on", "detail": "A span needs its last day too."}])
    for day in dates:
        check_day(date.fromisoformat(day), today)
    if last_on:
        first_on = first_on or min(today.isoformat(), last_on)
        check_span(date.fromisoformat(first_on), date.fromisoformat(last_on), today)
    return {**offer, "dates": sorted(set(dates)), "first_on": first_on, "last_on": last_on}


def offer_ends_on(offer: dict[str, Any]) -> str | None:
    """The last day on which the offer can be used; None while it is standing."""
    return max(offer["dates"]) if offer["dates"] else offer["last_on"]
