"""What a round is computed from, and the plan that comes out: the format `staff-day-exchange` as values.

Values are what `services/matching/rounds/reading.py` lets through: ids are unique per kind, every library,
colleague and request that is named exists, numbers are finite and within bounds, dates are ascending without
repeats.

What the format leaves open is decided here, for the solver and the checker alike:

- `distances_km` goes before coordinates. A pair that is listed in one direction only counts in both.
- A distance that is neither listed nor computable is unknown. A colleague with a `max_km` is not sent over an
  unknown distance, one without is: nobody who has said how far is sent further by guesswork.
- A request for 0 days is served by nothing. A request for more days than it has dates can be served in part,
  and with `same_person` not at all.
- A library may start below its limit. It may give then, and every plan must bring it back to its limit
  (rule 5 knows no exception); where that is impossible, no plan is feasible.
- A request for an odd number of half-days takes as many dates as it begins, the last of them for half a day.
  It is served whole, by one colleague, or not at all. Her half-day takes the whole date and one of her days;
  libraries give and receive half a day for it, and caps count half a day.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

ALL_OF, ANY_OF = "all-of", "any-of"


@dataclass(frozen=True, slots=True)
class Library:
    """A library's account as the round begins, in days; where it lies in degrees, None if not known.

    `more_half_days`: 0 or 1, what it may receive beyond balance and limit. `county`: for caps.
    """

    id: str
    balance_days: int
    limit_days: int
    lat: float | None = None
    lon: float | None = None
    more_half_days: int = 0
    county: str | None = None


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who can work on `max_days` of `dates`, at most `max_km` from home (None: anywhere)."""

    id: str
    library: str
    skills: tuple[str, ...]
    dates: tuple[date, ...]
    max_days: int
    max_km: float | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """A request as a round sees it: `days` of `dates`, by one person for all of them if `same_person`.

    `ends_half`: the last of its days is half a day, so `days` and not less by one person, or nobody.
    """

    id: str
    library: str
    skills: tuple[str, ...]
    dates: tuple[date, ...]
    days: int
    same_person: bool = False
    ends_half: bool = False

    @property
    def is_whole(self) -> bool:
        """One person serves all of it, or nobody does."""
        return self.same_person or self.ends_half

    @property
    def half_days(self) -> int:
        """What it asks for."""
        return 2 * self.days - self.ends_half


@dataclass(frozen=True, slots=True)
class Instance:
    """Everything a round is computed from; each kind ascending by id.

    `compatible` holds (colleague id, request id); None: every pair, as far as the other rules allow it.
    `distances_km` holds both directions, (home library id, host library id). `caps`: by lending and host
    county the half-days that may go from the one to the other.
    """

    name: str
    source: str
    skills_rule: str
    libraries: tuple[Library, ...]
    colleagues: tuple[Colleague, ...]
    requests: tuple[Wish, ...]
    compatible: frozenset[tuple[str, str]] | None
    distances_km: Mapping[tuple[str, str], float]
    caps: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def has_half_days(self) -> bool:
        """A request asks for half a day."""
        return any(one.ends_half for one in self.requests)


@dataclass(frozen=True, slots=True, order=True)
class PlannedDay:
    """One day of a plan: the colleague helps with the request on this date."""

    request: str
    colleague: str
    date: date
