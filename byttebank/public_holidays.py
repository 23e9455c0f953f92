"""A country's public holidays, as a program of many countries knows them."""

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=500)
def public_holidays(country: str, year: int) -> frozenset[date]:
    """The country's public holidays in a year (package `holidays`); none where it knows none."""
    try:
        return frozenset(holidays.country_holidays(country, years=year))
    except NotImplementedError:
        return frozenset()
