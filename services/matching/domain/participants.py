"""Who takes part in a round: libraries' accounts, open requests, offers."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Standing:
    """A library's days as the ledger reports them, in half-days: `available` is what it may still receive."""

    balance: int
    available: int


@dataclass(frozen=True)
class Wanted:
    """An open request: `half_days` that nobody helps with yet, and the dates on which somebody could."""

    request_id: str
    library_id: str
    skills: tuple[str, ...]
    dates: tuple[date, ...]
    half_days: int
    same_person: bool
    place: str
    county: str = ""


@dataclass(frozen=True)
class Helping:
    """An open offer that reaches the county, and the dates on which its colleague has the whole day.

    `reaches`: the counties it may be matched in; None: everywhere.
    """

    offer_id: str
    county: str
    library_id: str
    colleague_id: str
    skills: frozenset[str]
    dates: frozenset[date]
    places: tuple[str, ...]
    max_km: int | None
    reaches: frozenset[str] | None = None
