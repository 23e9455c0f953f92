"""Days as the bank counts them: whole numbers of half-days, never floats."""

from decimal import Decimal, InvalidOperation

HALF_DAYS_PER_DAY = 2


class NotHalfDays(ValueError):
    """A number of days that is not a whole number of half-days."""


def half_days_from_days(days: int | float | str | Decimal) -> int:
    """Turn days as people write them (`1`, `0.5`, `"1,5"`) into half-days.

    Refuses: `NotHalfDays` when the value is no number or not in steps of 0.5. The sign is kept:
    whether zero or less makes sense is for the caller to say.
    """
    try:
        value = Decimal(str(days).strip().replace(",", "."))
    except InvalidOperation as error:
        raise NotHalfDays(f"{days!r} is not a number of days") from error
    if not value.is_finite():
        raise NotHalfDays(f"{days!r} is not a number of days")
    half_days = value * HALF_DAYS_PER_DAY
    if half_days != half_days.to_integral_value():
        raise NotHalfDays(f"{days!r} is not in steps of half a day")
    return int(half_days)


def days_from_half_days(half_days: int) -> float | int:
    """Half-days as the number of days that the HTTP API shows: 3 becomes 1.5, 4 becomes 2."""
    whole, half = divmod(half_days, HALF_DAYS_PER_DAY)
    return whole + 0.5 if half else whole
