"""Whether the prices of a certificate prove that no plan serves more days than a plan does.

Like the checker, written from the rules alone: it shares nothing with what computes plans and prices.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from datetime import date
from itertools import groupby
from typing import Any

from services.matching.domain.checker import possible_days, served_half_days, violations
from services.matching.domain.instance import Colleague, Instance, Library, PlannedDay, Wish


class CertificateWrong(Exception):
    """The certificate proves nothing: the message says what in it is not a price."""


def proven_bound(instance: Instance, certificate: Mapping[str, Any]) -> float:
    """The most days any feasible plan can serve, by adding up the certificate's prices; a multiple of 0.5,
    whole where no request asks for half a day.

    `certificate` is `{scale, libraries: {id: price}, colleagues: {id: price}, dates: {id: {date: price}},
    caps: [[lending county, host county, price], ...]}`: whole prices from 0 in units of 1/scale, of a
    library's day of credit, a colleague's day, her date, a day under a cap; what is left out costs 0. Why it
    is a bound (Lagrange's relaxation): a plan keeps within what there is of all four, so its days are at most
    what all of that costs, plus what each request gains by itself if it pays these prices (a day is worth 1;
    the home library is paid what the host pays; half a day pays half for credit and cap, but all of the
    colleague's day and date). Here each request takes what it gains most by, as if there were no others. Any
    prices prove some bound; good ones prove a low one.

    Refuses: CertificateWrong.
    """
    prices = _Prices(instance, certificate)
    # Of a day, all is added up twice: so half of what a day costs is whole.
    total = sum(prices.libraries.get(one.id, 0) * _room(instance, one) for one in instance.libraries)
    total += 2 * sum(
        prices.colleagues.get(one.id, 0) * min(one.max_days, len(one.dates)) for one in instance.colleagues
    )
    total += 2 * sum(prices.dates.values())
    for pair, price in prices.caps.items():
        total += price * _as_asked(instance, instance.caps[pair])  # type: ignore[index]
    requests = {one.id: one for one in instance.requests}
    for name, days in groupby(possible_days(instance), key=lambda one: one[1].id):
        request = requests[name]
        together = request.same_person or request.ends_half
        gains = [
            (one.id, day, 2 * prices.gain(one, request, day), prices.traded(one, request))
            for one, _, day in days
            # Who works fewer days than the request wants of one person is nobody's choice for it.
            if not together or one.max_days >= request.days
        ]
        total += _best_together(request, gains) if together else _best_apart(request, gains)
    bound = total // prices.scale
    return bound / 2 if instance.has_half_days else bound // 2


def optimality_faults(
    instance: Instance, plan: Sequence[PlannedDay], certificate: Mapping[str, Any]
) -> list[str]:
    """Why this does not prove that no plan serves more days than this one, in words; empty when it does."""
    found = violations(instance, plan)
    try:
        bound = proven_bound(instance, certificate)
    except CertificateWrong as wrong:
        return [*found, str(wrong)]
    served = served_half_days(instance, plan) / 2
    if bound != served:
        found.append(f"the plan serves {served:g} days and the certificate proves {bound:g} only")
    return found


class _Prices:
    """The prices of a certificate, by id. Refuses: CertificateWrong."""

    def __init__(self, instance: Instance, certificate: Mapping[str, Any]) -> None:
        scale = certificate.get("scale")
        if type(scale) is not int or scale < 1:
            raise CertificateWrong(f"scale is {scale!r}, not a whole number from 1")
        self.scale: int = scale
        self._homes = {one.id: one.library for one in instance.colleagues}
        self._county = {one.id: one.county for one in instance.libraries}
        self.caps = _cap_prices(instance, certificate)
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
        return self.traded(colleague, request) - paid

    def traded(self, colleague: Colleague, request: Wish) -> int:
        """What is left of a day's worth when the libraries and the cap are paid for."""
        pair = (self._county[colleague.library], self._county[request.library])
        paid = self.libraries.get(request.library, 0) - self.libraries.get(colleague.library, 0)
        return self.scale - paid - self.caps.get(pair, 0)


def _cap_prices(
    instance: Instance, certificate: Mapping[str, Any]
) -> dict[tuple[str | None, str | None], int]:
    found: dict[tuple[str | None, str | None], int] = {}
    for one in certificate.get("caps", []):
        is_price = isinstance(one, list) and len(one) == 3 and type(one[2]) is int and one[2] >= 0
        if not is_price or (one[0], one[1]) not in instance.caps or (one[0], one[1]) in found:
            raise CertificateWrong("caps has something that is no price of a cap, or is a second one")
        found[one[0], one[1]] = one[2]
    return found


def _prices(certificate: Mapping[str, Any], kind: str, known: Set[str]) -> dict[str, int]:
    prices = certificate.get(kind, {})
    if not isinstance(prices, dict) or not prices.keys() <= known:
        raise CertificateWrong(f"{kind} has prices of something that is not in the instance")
    if not all(type(price) is int and price >= 0 for price in prices.values()):
        raise CertificateWrong(f"{kind} has a price that is not a whole number from 0")
    return prices


_Gains = list[tuple[str, date, int, int]]


def _best_apart(request: Wish, gains: _Gains) -> int:
    """The most that the request can gain by different people: one a date, as many dates as it wants."""
    best: dict[date, int] = {}
    for _, day, gain, _ in gains:
        best[day] = max(gain, best.get(day, 0))
    return sum(sorted(best.values(), reverse=True)[: request.days])


def _best_together(request: Wish, gains: _Gains) -> int:
    """The most that the request can gain by one person for all its days, or for none."""
    people: dict[str, list[int]] = defaultdict(list)
    half: dict[str, int] = {}
    for name, _, gain, traded in gains:
        people[name].append(gain)
        half[name] = traded if request.ends_half else 0
    best = 0
    for name, one in people.items():
        if len(one) >= request.days:
            best = max(best, sum(sorted(one, reverse=True)[: request.days]) - half[name])
    return best


def _room(instance: Instance, library: Library) -> int:
    return _as_asked(instance, 2 * (library.balance_days + library.limit_days) + library.more_half_days)


def _as_asked(instance: Instance, half_days: int) -> int:
    """Where only whole days are asked for, no half is of use."""
    return half_days if instance.has_half_days else half_days // 2 * 2
