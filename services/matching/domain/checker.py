"""Whether a plan keeps the rules of `staff-day-exchange`.

Written from the rules alone. It shares nothing with what computes plans, is short, and has the last word.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from math import atan2, cos, hypot, radians, sin

from services.matching.domain.instance import ANY_OF, Colleague, Instance, Library, PlannedDay, Wish

EARTH_RADIUS_KM = 6371.0
TOLERANCE_KM = 1e-6
"""A millimetre: what two ways of computing the same distance may differ by."""


def violations(instance: Instance, plan: Sequence[PlannedDay]) -> list[str]:
    """Every rule that the plan breaks, in words; none when it is feasible. Numbers are the format's."""
    requests = {one.id: one for one in instance.requests}
    colleagues = {one.id: one for one in instance.colleagues}
    found = []
    sound = []
    for day in plan:
        if day.request not in requests or day.colleague not in colleagues:
            found.append(f"{_named(day)}: there is no such request or no such colleague")
        else:
            sound.append(day)
    pairs = _Pairs(instance)
    for day in sound:
        for why in pairs.objections(colleagues[day.colleague], requests[day.request], day.date):
            found.append(f"{_named(day)}: {why}")
    found += _colleague_violations(colleagues, sound)
    found += _request_violations(requests, sound)
    found += _library_violations(instance, colleagues, requests, sound)
    found += _cap_violations(instance, colleagues, requests, sound)
    return found


def served_half_days(instance: Instance, plan: Sequence[PlannedDay]) -> int:
    """What the plan serves: two half-days a day, and one on the last day of a request that ends so."""
    requests = {one.id: one for one in instance.requests}
    return sum(half_days for _, half_days in _half_days(requests, plan))


def possible_days(instance: Instance) -> Iterator[tuple[Colleague, Wish, date]]:
    """Every day that rules 1 and 2 allow, by request; there may be millions."""
    pairs = _Pairs(instance)
    by_skill: dict[str, list[Colleague]] = defaultdict(list)
    for colleague in instance.colleagues:
        for skill in colleague.skills:
            by_skill[skill].append(colleague)
    for request in instance.requests:
        lists = [by_skill[skill] for skill in request.skills]
        some: Iterable[Colleague] = instance.colleagues
        if lists and instance.skills_rule == ANY_OF:
            some = {one.id: one for able in lists for one in able}.values()
        elif lists:
            some = sorted(lists, key=len)[0]
        for colleague in some:
            if not pairs.pair_objections(colleague, request):
                for day in sorted(set(colleague.dates) & set(request.dates)):
                    yield colleague, request, day


class _Pairs:
    """Rules 1 and 2: whether this colleague can help with this request."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._places = {one.id: _place(one) for one in instance.libraries}
        self._skills = {one.id: set(one.skills) for one in instance.colleagues}

    def objections(self, colleague: Colleague, request: Wish, day: date) -> list[str]:
        """Why they cannot meet on this day."""
        found = self.pair_objections(colleague, request)
        if day not in colleague.dates:
            found.append("rule 2: the colleague does not offer the date")
        if day not in request.dates:
            found.append("rule 2: the request does not accept the date")
        return found

    def pair_objections(self, colleague: Colleague, request: Wish) -> list[str]:
        """Why they cannot meet on any day."""
        found = []
        if colleague.library == request.library:
            found.append("rule 1: the colleague's home is the host library")
        asked = set(request.skills)
        shared = asked & self._skills[colleague.id]
        if asked and (not shared if self._instance.skills_rule == ANY_OF else shared != asked):
            found.append("rule 2: the colleague lacks a skill")
        compatible = self._instance.compatible
        if compatible is not None and (colleague.id, request.id) not in compatible:
            found.append("rule 2: the pair is not compatible")
        if colleague.max_km is not None:
            km = self._km(colleague.library, request.library)
            if km is None:
                found.append("rule 2: the colleague has a max_km and the distance is not known")
            elif km > colleague.max_km + TOLERANCE_KM:
                found.append(f"rule 2: {km:.1f} km is more than the colleague's max_km {colleague.max_km:g}")
        return found

    def _km(self, home: str, host: str) -> float | None:
        listed = self._instance.distances_km.get((home, host))
        one, other = self._places[home], self._places[host]
        if listed is not None or one is None or other is None:
            return listed
        across = (
            one[1] * other[2] - one[2] * other[1],
            one[2] * other[0] - one[0] * other[2],
            one[0] * other[1] - one[1] * other[0],
        )
        along = one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
        return EARTH_RADIUS_KM * atan2(hypot(*across), along)


def _place(library: Library) -> tuple[float, float, float] | None:
    """The library's place as a unit vector; the angle of two is atan2 of cross and dot product."""
    if library.lat is None or library.lon is None:
        return None
    lat, lon = radians(library.lat), radians(library.lon)
    return cos(lat) * cos(lon), cos(lat) * sin(lon), sin(lat)


def _colleague_violations(colleagues: dict[str, Colleague], plan: list[PlannedDay]) -> Iterator[str]:
    for (name, day), count in Counter((one.colleague, one.date) for one in plan).items():
        if count > 1:
            yield f"rule 3: colleague {name} is in {count} places on {day}"
    for name, count in Counter(one.colleague for one in plan).items():
        if count > colleagues[name].max_days:
            yield f"rule 3: colleague {name} works {count} days, max_days is {colleagues[name].max_days}"


def _request_violations(requests: dict[str, Wish], plan: list[PlannedDay]) -> Iterator[str]:
    for (name, day), count in Counter((one.request, one.date) for one in plan).items():
        if count > 1:
            yield f"rule 4: request {name} gets {count} people on {day}"
    people: dict[str, set[str]] = defaultdict(set)
    for one in plan:
        people[one.request].add(one.colleague)
    for name, count in Counter(one.request for one in plan).items():
        request = requests[name]
        if count > request.days:
            yield f"rule 4: request {name} gets {count} days and wants {request.days}"
        if (request.same_person or request.ends_half) and len(people[name]) > 1:
            yield f"rule 4: request {name} wants the same person and gets {len(people[name])}"
        if (request.same_person or request.ends_half) and count < request.days:
            yield f"rule 4: request {name} wants all {request.days} days or none and gets {count}"


def _library_violations(
    instance: Instance, colleagues: dict[str, Colleague], requests: dict[str, Wish], plan: list[PlannedDay]
) -> Iterator[str]:
    given, received = Counter[str](), Counter[str]()
    for day, half_days in _half_days(requests, plan):
        given[colleagues[day.colleague].library] += half_days
        received[requests[day.request].library] += half_days
    for library in instance.libraries:
        room = _room(instance, library)
        if received[library.id] - given[library.id] > room:
            gives, gets = given[library.id] / 2, received[library.id] / 2
            after = library.balance_days + gives - gets
            yield (
                f"rule 5: library {library.id} has {library.balance_days} days, gives {gives:g},"
                f" receives {gets:g} and ends at {after:g}, below its limit -{library.limit_days}"
            )


def _cap_violations(
    instance: Instance, colleagues: dict[str, Colleague], requests: dict[str, Wish], plan: list[PlannedDay]
) -> Iterator[str]:
    county = {one.id: one.county for one in instance.libraries}
    gone = Counter[tuple[str | None, str | None]]()
    for day, half_days in _half_days(requests, plan):
        lender, host = colleagues[day.colleague].library, requests[day.request].library
        gone[county[lender], county[host]] += half_days
    for pair, most in instance.caps.items():
        if gone[pair] > most:
            yield f"rule 6: {gone[pair] / 2:g} days go from {pair[0]} to {pair[1]}, the cap is {most / 2:g}"


def _half_days(requests: dict[str, Wish], plan: Sequence[PlannedDay]) -> list[tuple[PlannedDay, int]]:
    """Two for each day of the plan, one for the last day of a request that ends so."""
    last: dict[str, date] = {}
    for one in plan:
        last[one.request] = max(one.date, last.get(one.request, one.date))
    return [
        (one, 1 if requests[one.request].ends_half and one.date == last[one.request] else 2) for one in plan
    ]


def _room(instance: Instance, library: Library) -> int:
    """Half-days that the library may receive beyond what it gives."""
    return 2 * (library.balance_days + library.limit_days) + library.more_half_days


def _named(day: PlannedDay) -> str:
    return f"request {day.request}, colleague {day.colleague}, {day.date}"
