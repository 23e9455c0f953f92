"""Who could help with one request: filter, then order by a score whose parts are shown as reasons.

The storage hands over the options that can do it at all (skills, purpose, reach, not the own library);
here the dates, the journey and the order are decided. The order is total, so it is the same everywhere.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, NamedTuple

from services.matching.domain.distance import Journey, Point, distance_km
from services.matching.domain.proposal import FULL_DAY
from services.matching.domain.weights import DEFAULT, Weights

SKILL = 100
"""Every candidate has it; the other parts (`weights.py`) say who comes first. A score is their sum."""
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
    journeys: Mapping[str, Journey] = field(default_factory=dict)
    """By road from other libraries, by their id, where the county's table knows."""
    weights: Weights = DEFAULT
    closed: frozenset[date] = frozenset()
    """Days on which nobody can come: public holidays where the host is, days of its own, and days between
    the single ones that it asks for."""


class Option(NamedTuple):
    """An open offer that reaches the need and has all its skills. A tuple, for thousands of them are made.

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
    """An option that is free and near enough, with its dates, score and reasons."""

    option: Option
    dates: tuple[date, ...]
    distance_km: int | None
    score: int
    reasons: tuple[Reason, ...]
    travel_minutes: int | None = None


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
    window = window_of(need, need.first_on)
    can: set[str] = set()
    free: set[str] = set()
    near: set[str] = set()
    found: list[_Scored] = []
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
        score = sum(_parts(need, option, dates, distance, today).values())
        way = _way(need, option, distance)
        order = (-score, FAR_KM if way is None else way, option.library_name, option.offer_id)
        found.append((order, option, dates, distance))
    best = tuple(
        Candidate(
            option,
            dates,
            distance,
            -order[0],
            _reasons(need, option, dates, distance, today),
            _minutes(need, option),
        )
        for order, option, dates, distance in _best_of_each_colleague(found)[:limit]
    )
    return Ranking(len(can), len(free), len(near), best)


_Scored = tuple[tuple[int, int, str, str], Option, tuple[date, ...], int | None]


def _best_of_each_colleague(found: list[_Scored]) -> list[_Scored]:
    best: dict[str, _Scored] = {}
    for scored in sorted(found, key=lambda one: one[0]):
        best.setdefault(scored[1].colleague_id, scored)
    return list(best.values())


def working_days(first_on: date, last_on: date) -> tuple[date, ...]:
    """Monday to Friday in the window; every day of it when it holds a weekend only."""
    days = [first_on + timedelta(days=number) for number in range((last_on - first_on).days + 1)]
    return tuple(day for day in days if day.weekday() not in WEEKEND) or tuple(days)


def window_of(need: Need, first_on: date) -> tuple[date, ...]:
    """The working days from `first_on` to the need's last on which somebody can come."""
    return tuple(day for day in working_days(first_on, need.last_on) if day not in need.closed)


def free_dates(
    need: Need, option: Option, window: tuple[date, ...], taken: Mapping[date, int]
) -> tuple[date, ...]:
    """Days of the option inside the need's window on which the colleague has room for the need."""
    if option.dates:
        days = tuple(
            day for day in option.dates if need.first_on <= day <= need.last_on and day not in need.closed
        )
    else:
        first = 0 if option.first_on is None else bisect_left(window, option.first_on)
        last = len(window) if option.last_on is None else bisect_right(window, option.last_on)
        days = window[first:last]
    if taken:
        wanted = min(FULL_DAY, need.half_days)
        days = tuple(day for day in days if taken.get(day, 0) + wanted <= FULL_DAY)
    return days


def _journey(need: Need, option: Option) -> tuple[bool, int | None]:
    """Whether the option goes to the need's place, and how far; the distance only where one travels."""
    if need.place not in option.places:
        return False, None
    if need.place != "host":
        return True, None
    distance = distance_km(need.at, option.at)
    journey = need.journeys.get(option.library_id)
    # As `way_km`, which would compute the distance once more.
    km = distance if journey is None or journey.km is None else journey.km
    return option.max_km is None or km is None or km <= option.max_km, distance


def _minutes(need: Need, option: Option) -> int | None:
    """The time of travel, where one travels and the table knows it."""
    journey = need.journeys.get(option.library_id) if need.place == "host" else None
    return None if journey is None else journey.minutes


def _way(need: Need, option: Option, distance: int | None) -> int | None:
    """What counts as the length of the way: a minute as a kilometre, but never less than the crow flies."""
    minutes = _minutes(need, option)
    return distance if minutes is None else max(minutes, distance or 0)


def _parts(
    need: Need, option: Option, dates: tuple[date, ...], distance: int | None, today: date
) -> dict[str, int]:
    """The parts of the score by code, in the order in which people ask: what, when, how far, fairness."""
    points = need.weights
    parts = {"can": SKILL}
    if not option.can_teach.isdisjoint(need.skills):
        parts["can_teach"] = points.can_teach
    asked = (need.half_days + 1) // FULL_DAY
    parts["free_on"] = points.all_dates * min(len(dates), asked) // asked
    if need.place != "host":
        parts["no_travel"] = points.no_travel
    elif (way := _way(need, option, distance)) is not None:
        code = "distance" if _minutes(need, option) is None else "travel_time"
        parts[code] = max(0, points.no_travel - way // points.km_per_point)
    owed = _owed(option)
    if owed > 0:
        parts["owes"] = min(points.owes_most, points.owes_per_half_day * owed)
    elif owed < 0:
        parts["gives"] = max(-points.owes_most, points.owes_per_half_day * owed)
    if option.last_visit_on is None:
        parts["first_visit"] = points.first_visit
    else:
        parts["last_visit"] = min(points.months_most, _months_since(option.last_visit_on, today))
    if option.county == need.county:
        parts["same_county"] = points.same_county
    else:
        parts["other_county"] = points.neighbour_county if option.county in need.neighbours else 0
    return parts


def _owed(option: Option) -> int:
    """Half-days received and not given; 0 where we do not know."""
    if option.given is None or option.received is None:
        return 0
    return option.received - option.given


def _months_since(day: date, today: date) -> int:
    return max(0, (today - day).days // DAYS_PER_MONTH)


def _reasons(
    need: Need, option: Option, dates: tuple[date, ...], distance: int | None, today: date
) -> tuple[Reason, ...]:
    """A reason for each part of the score; a skill in a line of its own, the part with the first of them."""
    taught = [skill for skill in need.skills if skill in option.can_teach]
    parameters: dict[str, list[dict[str, Any]]] = {
        "can": [{"skill": skill} for skill in need.skills] or [{}],
        "can_teach": [{"skill": skill} for skill in taught],
        "free_on": [{"dates": [day.isoformat() for day in dates[:MAX_DATES_SHOWN]]}],
        "no_travel": [{"place": need.place}],
        "distance": [{"km": distance}],
        "travel_time": [{"minutes": _minutes(need, option)}],
        "owes": [{"half_days": _owed(option)}],
        "gives": [{"half_days": -_owed(option)}],
        "last_visit": [{"months": _months_since(option.last_visit_on or today, today)}],
        "first_visit": [{}],
        "same_county": [{"county": option.county}],
        "other_county": [{"county": option.county}],
    }
    return tuple(
        Reason(code, named, 0 if number else score)
        for code, score in _parts(need, option, dates, distance, today).items()
        for number, named in enumerate(parameters[code])
    )
