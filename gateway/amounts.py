"""Days as people and programs write them, turned into half-days; what is none is refused in words."""

import re
from decimal import Decimal, InvalidOperation
from math import floor
from typing import Any

from byttebank.contracts.fields import MAX_HALF_DAYS
from byttebank.contracts.refusals import BelowHalfDay, Malformed, NotHalfSteps, TooManyDays
from byttebank.days import HALF_DAYS_PER_DAY

AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")
"""Kroner, with øre or without."""


def half_days_from_number(days: Any) -> int:
    """The half-days of a JSON number of days.

    Refuses: BelowHalfDay for zero and less, NotHalfSteps, TooManyDays; Malformed for what is no number.
    """
    if isinstance(days, bool) or not isinstance(days, int | float | Decimal):
        raise Malformed(errors=[{"pointer": "/days", "detail": "Not a valid number."}])
    return _half_days(Decimal(str(days)))


def half_days_from_text(text: str) -> int:
    """The half-days of days as a form sends them: `1`, `0,5`. Refuses: as `half_days_from_number`."""
    try:
        return _half_days(Decimal(text.strip().replace(",", ".")))
    except InvalidOperation as error:
        raise Malformed(errors=[{"pointer": "/days", "detail": "Not a valid number."}]) from error


def ore_from_text(text: str) -> int:
    """The øre of kroner as a form sends them: `1250`, `1 250,50`, `1 250 kr`.

    Refuses: Malformed for what is no amount above zero, or has more than two decimals.
    """
    plain = "".join(text.split()).lower().removesuffix("kr").replace(",", ".")
    if AMOUNT.fullmatch(plain) is None or not Decimal(plain):
        raise _no_amount()
    return int(Decimal(plain) * 100)


def _no_amount() -> Malformed:
    return Malformed(errors=[{"pointer": "/amount_ore", "detail": "Not a valid number."}])


def _half_days(days: Decimal) -> int:
    if not days.is_finite():
        raise Malformed(errors=[{"pointer": "/days", "detail": "Not a valid number."}])
    if days <= 0:
        raise BelowHalfDay()
    if days * HALF_DAYS_PER_DAY > MAX_HALF_DAYS:
        raise TooManyDays(max_half_days=MAX_HALF_DAYS)
    half_days = days * HALF_DAYS_PER_DAY
    if half_days == half_days.to_integral_value():
        return int(half_days)
    lower = floor(half_days)
    if lower < 1:
        raise NotHalfSteps(lower_half_days=1, upper_half_days=2)
    raise NotHalfSteps(lower_half_days=lower, upper_half_days=lower + 1)
