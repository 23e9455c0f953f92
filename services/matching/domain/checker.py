"""Whether a plan keeps the rules of `staff-day-exchange/1`, and whether a bound on its days is proven.

Written from the rules alone. It shares nothing with what computes plans, is short, and has the last word.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from itertools import groupby
from math import atan2, cos, hypot, radians, sin
from typing import Any

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
    return found


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


class CertificateWrong(Exception):
    """The certificate proves nothing: the message says what in it is not a price."""


def proven_bound(instance: Instance, certificate: Mapping[str, Any]) -> int:
    """The most days any feasible plan can serve, which follows from the certificate's prices by adding up.

    `certificate` is `{scale, libraries: {id: price}, colleagues: {id: price}, dates: {id: {date: price}}}`:
    whole prices from 0 in units of 1/scale, of a library's day of credit, a colleague's day, her date; what
    is left out costs 0. Why it is a bound (Lagrange's relaxation): a plan keeps within what there is of all
    three, so its days are at most what all of that costs, plus what each request gains by itself if it pays
    these prices (a day is worth 1; the home library is paid what the host pays). Here each request takes what
    it gains most by, as if there were no others. Any prices prove some bound; good ones prove a low one.

    Refuses: CertificateWrong.
    """
    prices = _Prices(instance, certificate)
    total = sum(
        prices.libraries.get(one.id, 0) * (one.balance_days + one.limit_days) for one in instance.libraries
    )
    total += sum(
        prices.colleagues.get(one.id, 0) * min(one.max_days, len(one.dates)) for one in instance.colleagues
    )
    total += sum(prices.dates.values())
    requests = {one.id: one for one in instance.requests}
    for name, days in groupby(possible_days(instance), key=lambda one: one[1].id):
        request = requests[name]
        gains = [
            (one.id, day, prices.gain(one, request, day))
            for one, _, day in days
            # Who works fewer days than the request wants of one person is nobody's choice for it.
            if not request.same_person or one.max_days >= request.days
        ]
        total += _best_together(request, gains) if request.same_person else _best_apart(request, gains)
    return total // prices.scale


def optimality_faults(
    instance: Instance, plan: Sequence[PlannedDay], certificate: Mapping[str, Any]
) -> list[str]:
    """Why this does not prove that no plan serves more days than this one, in words; empty when it does."""
    found = violations(instance, plan)
    try:
        bound = proven_bound(instance, certificate)
    except CertificateWrong as wrong:
        return [*found, str(wrong)]
    if bound != len(plan):
        found.append(f"the plan serves {len(plan)} days and the certificate proves {bound} only")
    return found


class _Prices:
    """The prices of a certificate, by id. Refuses: CertificateWrong."""

    def __init__(self, instance: Instance, certificate: Mapping[str, Any]) -> None:
        scale = certificate.get("scale")
        if type(scale) is not int or scale < 1:
            raise CertificateWrong(f"scale is {scale!r}, not a whole number from 1")
        self.scale: int = scale
        self._homes = {one.id: one.library for one in instance.colleagues}
        self.libraries = _prices(certificate, "libraries", {one.id for one in instance.libraries})
        self.colleagues = _prices(certificate, "colleagues", self._homes.keys())
        dates = certificate.get("dates", {})
        if not isinstance(dates, dict) or not dates.keys() <= self._homes.keys():
            raise CertificateWrong("dates is not by ids of colleagues")
        self.dates: dict[tuple[str, date], int] = {}
        offered = {one.id: {day.isoformat(): day for day in one.dates} for one in instance.colleagues}
        for colleague in dates:
            for day, price in _prices(dates, colleague, offered[colleague].keys()).items():
                self.dates[colleague, offered[colleague][day]] = price

    def gain(self, colleague: Colleague, request: Wish, day: date) -> int:
        """What is left of a day's worth when everything it uses is paid for."""
        paid = self.colleagues.get(colleague.id, 0) + self.dates.get((colleague.id, day), 0)
        paid += self.libraries.get(request.library, 0) - self.libraries.get(colleague.library, 0)
        return self.scale - paid


def _prices(certificate: Mapping[str, Any], kind: str, known: Set[str]) -> dict[str, int]:
    prices = certificate.get(kind, {})
    if not isinstance(prices, dict) or not prices.keys() <= known:
        raise CertificateWrong(f"{kind} has prices of something that is not in the instance")
    if not all(type(price) is int and price >= 0 for price in prices.values()):
        raise CertificateWrong(f"{kind} has a price that is not a whole number from 0")
    return prices


_Gains = list[tuple[str, date, int]]


def _best_apart(request: Wish, gains: _Gains) -> int:
    """The most that the request can gain by different people: one a date, as many dates as it wants."""
    best: dict[date, int] = {}
    for _, day, gain in gains:
        best[day] = max(gain, best.get(day, 0))
    return sum(sorted(best.values(), reverse=True)[: request.days])


def _best_together(request: Wish, gains: _Gains) -> int:
    """The most that the request can gain by one person for all its days, or for none."""
    people: dict[str, list[int]] = defaultdict(list)
    for name, _, gain in gains:
        people[name].append(gain)
    whole = (sorted(one, reverse=True)[: request.days] for one in people.values() if len(one) >= request.days)
    return max([0, *(sum(one) for one in whole)])


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
        if request.same_person and len(people[name]) > 1:
            yield f"rule 4: request {name} wants the same person and gets {len(people[name])}"
        if request.same_person and count < request.days:
            yield f"rule 4: request {name} wants all {request.days} days or none and gets {count}"


def _library_violations(
    instance: Instance, colleagues: dict[str, Colleague], requests: dict[str, Wish], plan: list[PlannedDay]
) -> Iterator[str]:
    given = Counter(colleagues[one.colleague].library for one in plan)
    received = Counter(requests[one.request].library for one in plan)
    for library in instance.libraries:
        after = library.balance_days + given[library.id] - received[library.id]
        if after < -library.limit_days:
            yield (
                f"rule 5: library {library.id} has {library.balance_days} days, gives {given[library.id]},"
                f" receives {received[library.id]} and ends at {after}, below its limit -{library.limit_days}"
            )


def _named(day: PlannedDay) -> str:
    return f"request {day.request}, colleague {day.colleague}, {day.date}"
