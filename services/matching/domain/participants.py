"""Who takes part in a round: libraries' accounts, open requests, offers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.matching.domain.distance import Journey
from services.matching.domain.round import pseudonym

Roads = Mapping[str, Mapping[str, Journey]]
"""By host and home library what the county's table of travel times says."""


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


@dataclass
class Free:
    """A colleague on those dates on which the same offers of hers stand. `fits`: offer by request."""

    id: str
    offers: tuple[Helping, ...]
    dates: tuple[date, ...]
    max_days: int
    fits: dict[str, str] = field(default_factory=dict)


def parts_of(helping: Sequence[Helping], salt: str, days_each: int) -> list[Free]:
    """Colleagues by the offers that stand on a date, so that nobody is matched beside what she has offered.

    The days of one colleague are shared out to her parts, the longest first: never more than `days_each`.
    """
    of_colleague: dict[str, list[Helping]] = {}
    for one in sorted(helping, key=lambda one: one.offer_id):
        of_colleague.setdefault(one.colleague_id, []).append(one)
    found = []
    for colleague_id, offers in sorted(of_colleague.items()):
        left = days_each
        for ids, dates in _by_offers(offers):
            most = min(left, len(dates))
            left -= most
            if most:
                standing = tuple(one for one in offers if one.offer_id in ids)
                name = pseudonym(salt, "colleague", colleague_id, *ids)
                found.append(Free(name, standing, tuple(dates), most))
    return found


def _by_offers(offers: list[Helping]) -> list[tuple[tuple[str, ...], list[date]]]:
    if len(offers) == 1:
        return [((offers[0].offer_id,), sorted(offers[0].dates))]
    parts: dict[tuple[str, ...], list[date]] = {}
    for day in sorted({day for one in offers for day in one.dates}):
        parts.setdefault(tuple(one.offer_id for one in offers if day in one.dates), []).append(day)
    return sorted(parts.items(), key=lambda part: (-len(part[1]), part[0]))
