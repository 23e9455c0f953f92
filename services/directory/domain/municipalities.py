"""Municipalities and their codes over time. A code is valid between dates, and may have become another."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Municipality:
    """One code of one municipality; empty dates are open. `county_code`: that of the time."""

    code: str
    name: str
    county_code: str
    latitude: float | None
    longitude: float | None
    valid_from: date | None
    valid_until: date | None
    became: str | None


def municipality_on(known: Mapping[str, Municipality], code: str, day: date) -> Municipality | None:
    """What the code's municipality is on the day: itself, or what it has become; None for an unknown code.

    Registers keep a record's code of the time when it was written.
    """
    found = known.get(code)
    for _ in known:
        if found is None or found.became is None:
            break
        if found.valid_until is not None and day <= found.valid_until:
            break
        found = known.get(found.became)
    return found
