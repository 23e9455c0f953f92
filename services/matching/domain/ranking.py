"""Who could help with one request: filter, then order by a score whose parts are shown as reasons.

The storage hands over the options that can do it at all (skills, purpose, reach, not the own library);
here the dates, the journey and the order are decided. The order is total, so it is the same everywhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from services.matching.domain.distance import Point, distance_km
from services.matching.domain.proposal import FULL_DAY

SKILL = 100
"""Every candidate has it; the parts below say who comes first. A score is the sum of its parts."""
CAN_TEACH = 10
ALL_DATES = 20
"""Free on as many dates as are asked for; in proportion for fewer."""
NO_TRAVEL, KM_PER_POINT = 60, 5
"""A visit next door or work at a distance; one point less for each 5 km, nothing from 300 km."""
OWES_PER_HALF_DAY, OWES_MOST = 5, 40
"""Those who have received more than they have given come first (and the others later), to a limit."""
FIRST_VISIT, MONTHS_MOST = 15, 12
"""Libraries that have not helped each other yet; otherwise a point for each month since, up to 12."""
SAME_COUNTY, NEIGHBOUR_COUNTY = 10, 5

MAX_DATES_SHOWN = 20
DAYS_PER_MONTH = 30
WEEKEND = (5, 6)
FAR_KM = 100_000
"""Where an unknown distance sorts: after the known ones."""


@dataclass(frozen=True, slots=True)
class Need:
    """A request as ranking sees it."""

    county: str
    skills: tuple[str, ...]
    first_on: date
    last_on: date
    half_days: int
    place: str
    at: Point | None
    neighbours: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Option:
    """An open offer that reaches the need and has all its skills.

    `dates` are single days; without them every working day from `first_on` to `last_on` (None: no end).
    `given` and `received` are half-days in this county's books, None for a library of another county,
    whose other exchanges we do not see.
    """

    offer_id: str
    county: str
    library_id: str
    library_name: str
    colleague_id: str
    colleague_name: str | None
    dates: tuple[date, ...]
    first_on: date | None
    last_on: date | None
    places: tuple[str, ...]
    max_km: int | None
    at: Point | None
    can_teach: frozenset[str] = frozenset()
    given: int | None = None
    received: int | None = None
    last_visit_on: date | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code of the words with its parameters, and its part of the score."""

    code: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    score: int = 0

    @property
    def is_favourable(self) -> bool:
        return self.score >= 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """An option that is free and near enough, with its dates and reasons."""

    option: Option
    dates: tuple[date, ...]
    distance_km: int | None
    score: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Candidates, best first, and how many libraries were left after each step of the filter."""

    can: int
    free: int
    near: int
    candidates: tuple[Candidate, ...]


def rank(
    need: Need,
    options: Sequence[Option],
    taken: Mapping[str, Mapping[date, int]],
    *,
    today: date,
    limit: int,
) -> Ranking:
    """The best `limit` candidates, one per colleague.

    `taken`: half-days by colleague id and date. Ties are broken by distance, name and offer id.
    """
    need = replace(need, first_on=max(need.first_on, today))
    window = working_days(need.first_on, need.last_on)
    can: set[str] = set()
    free: set[str] = set()
    near: set[str] = set()
    found: list[Candidate] = []
    for option in options:
        can.add(option.library_id)
        dates = free_dates(need, option, window, taken.get(option.colleague_id, {}))
        if not dates:
            continue
        free.add(option.library_id)
        travels, distance = _journey(need, option)
        if not travels:
            continue
        near.add(option.library_id)
        reasons = _reasons(need, option, dates, distance, today)
        score = sum(reason.score for reason in reasons)
        found.append(Candidate(option, dates, distance, score, reasons))
    return Ranking(len(can), len(free), len(near), _best_of_each_colleague(found)[:limit])


def working_days(first_on: date, last_on: date) -> tuple[date, ...]:
    """Monday to Friday in the window; every day of it when it holds a weekend only."""
    days = [first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1)]
    return tuple(day for day in days if day.weekday() not in WEEKEND) or tuple(days)


def free_dates(
    need: Need, option: Option, window: tuple[date, ...], taken: Mapping[date, int]
) -> tuple[date, ...]:
    """Days of the option inside the need's window on which the colleague has room for the need."""
    wanted = min(FULL_DAY, need.half_days)
    if option.dates:
        days = tuple(day for day in option.dates if need.first_on <= day <= need.last_on)
    elif option.first_on is None and option.last_on is None:
        days = window
    else:
        days = tuple(
            day
            for day in window
            if (option.first_on is None or option.first_on <= day)
            and (option.last_on is None or day <= option.last_on)
        )
    if taken:
        days = tuple(day for day in days if taken.get(day, 0) + wanted <= FULL_DAY)
    return days


def _journey(need: Need, option: Option) -> tuple[bool, int | None]:
    """Whether the option goes to the need's place, and how far; the distance only where one travels."""
    if need.place not in option.places:
        return False, None
    if need.place != "host":
        return True, None
    distance = distance_km(need.at, option.at)
    return option.max_km is None or distance is None or distance <= option.max_km, distance


def _reasons(
    need: Need, option: Option, dates: tuple[date, ...], distance: int | None, today: date
) -> tuple[Reason, ...]:
    """The parts of the score in the order in which people ask: what, when, how far, and then fairness."""
    shown = [day.isoformat() for day in dates[:MAX_DATES_SHOWN]]
    asked = (need.half_days + 1) // FULL_DAY
    reasons = [
        *_each("can", need.skills, SKILL),
        *_each("can_teach", [skill for skill in need.skills if skill in option.can_teach], CAN_TEACH),
        Reason("free_on", {"dates": shown}, ALL_DATES * min(len(dates), asked) // asked),
        _travel(need, distance),
        _balance(option),
        _last_visit(option, today),
        _county(need, option),
    ]
    return tuple(reason for reason in reasons if reason is not None)


def _each(code: str, skills: Sequence[str], score: int) -> list[Reason]:
    """A reason for each skill; the part counts once."""
    return [Reason(code, {"skill": skill}, 0 if number else score) for number, skill in enumerate(skills)]


def _travel(need: Need, distance: int | None) -> Reason | None:
    if need.place != "host":
        return Reason("no_travel", {"place": need.place}, NO_TRAVEL)
    if distance is None:
        return None
    return Reason("distance", {"km": distance}, max(0, NO_TRAVEL - distance // KM_PER_POINT))


def _balance(option: Option) -> Reason | None:
    if option.given is None or option.received is None or option.given == option.received:
        return None
    owed = option.received - option.given
    score = min(OWES_MOST, OWES_PER_HALF_DAY * abs(owed))
    if owed > 0:
        return Reason("owes", {"half_days": owed}, score)
    return Reason("gives", {"half_days": -owed}, -score)


def _last_visit(option: Option, today: date) -> Reason:
    if option.last_visit_on is None:
        return Reason("first_visit", {}, FIRST_VISIT)
    months = max(0, (today - option.last_visit_on).days // DAYS_PER_MONTH)
    return Reason("last_visit", {"months": months}, min(months, MONTHS_MOST))


def _county(need: Need, option: Option) -> Reason:
    if option.county == need.county:
        return Reason("same_county", {"county": option.county}, SAME_COUNTY)
    score = NEIGHBOUR_COUNTY if option.county in need.neighbours else 0
    return Reason("other_county", {"county": option.county}, score)


def _best_of_each_colleague(found: list[Candidate]) -> tuple[Candidate, ...]:
    best: dict[str, Candidate] = {}
    for candidate in sorted(found, key=_order):
        best.setdefault(candidate.option.colleague_id, candidate)
    return tuple(best.values())


def _order(candidate: Candidate) -> tuple[int, int, str, str]:
    distance = FAR_KM if candidate.distance_km is None else candidate.distance_km
    return (-candidate.score, distance, candidate.option.library_name, candidate.option.offer_id)
