"""Vandring: every library visits one other and is visited by one. What is allowed, and swapping by hand.

A plan is found in `services/matching/rounds/vandring.py`; here is what it, and whoever changes it, must keep.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from services.matching.domain.distance import Point, distance_km

ANY_SIZE, SAME_SIZE, OTHER_SIZE = "any", "same", "different"
SIZE_FACTOR = 2
"""Libraries are of the same size when the larger has at most twice as many people as the smaller."""

OWN_LIBRARY, VISITED_BEFORE, TOO_FAR = "own_library", "visited_before", "too_far"
WRONG_SIZE, NO_COMMON_WEEK = "wrong_size", "no_common_week"


@dataclass(frozen=True, slots=True)
class Participant:
    """A library that takes part, with `size` people (at least 1).

    `weeks`: Mondays of the weeks in which it can visit and be visited; no closed weeks, no school holidays.
    """

    id: str
    at: Point | None
    size: int
    weeks: frozenset[date]


@dataclass(frozen=True, slots=True)
class Rules:
    """What one vandring allows. `earlier`: (visitor, host) of earlier ones, which are not repeated.

    `max_km`: None for any distance; with a number, libraries whose place is not known cannot take part.
    `sizes`: ANY_SIZE, SAME_SIZE or OTHER_SIZE.
    """

    earlier: frozenset[tuple[str, str]] = frozenset()
    max_km: int | None = None
    sizes: str = ANY_SIZE


@dataclass(frozen=True, slots=True, order=True)
class Visit:
    """The visitor goes to the host in the week that begins on this Monday."""

    visitor: str
    host: str
    week: date


class SwapRefused(Exception):
    """The two cannot swap; `objections` are (visitor, host, why)."""

    def __init__(self, objections: list[tuple[str, str, str]]) -> None:
        super().__init__("; ".join(f"{visitor} to {host}: {why}" for visitor, host, why in objections))
        self.objections = objections


def objections(rules: Rules, visitor: Participant, host: Participant) -> list[str]:
    """Every reason why the visitor may not go to the host, as a code; none when it may."""
    found = []
    if visitor.id == host.id:
        found.append(OWN_LIBRARY)
    if (visitor.id, host.id) in rules.earlier:
        found.append(VISITED_BEFORE)
    if rules.max_km is not None:
        distance = distance_km(visitor.at, host.at)
        if distance is None or distance > rules.max_km:
            found.append(TOO_FAR)
    small, large = sorted((visitor.size, host.size))
    is_same = large <= SIZE_FACTOR * small
    if (rules.sizes == SAME_SIZE and not is_same) or (rules.sizes == OTHER_SIZE and is_same):
        found.append(WRONG_SIZE)
    if visitor.weeks.isdisjoint(host.weeks):
        found.append(NO_COMMON_WEEK)
    return found


def dated(pairs: Iterable[tuple[Participant, Participant]], fixed: Sequence[Visit] = ()) -> list[Visit]:
    """A week for each (visitor, host): the first in common in which neither is away or visited already.

    Where there is none such, the first in common: a library can host while a colleague of it is away.
    """
    busy: Counter[tuple[str, date]] = Counter()
    visits = list(fixed)
    for visit in fixed:
        busy.update([(visit.visitor, visit.week), (visit.host, visit.week)])
    # Those with the fewest weeks in common choose first.
    for common, visitor, host in sorted(
        ((sorted(one.weeks & other.weeks), one, other) for one, other in pairs),
        key=lambda pair: (len(pair[0]), pair[1].id),
    ):
        week = min(common, key=lambda monday: (busy[visitor.id, monday] + busy[host.id, monday], monday))
        busy.update([(visitor.id, week), (host.id, week)])
        visits.append(Visit(visitor.id, host.id, week))
    return sorted(visits)


def faults(rules: Rules, participants: Sequence[Participant], visits: Sequence[Visit]) -> list[str]:
    """Every rule that the plan breaks, in words; none when all visit and host at most once, as allowed."""
    known = {one.id: one for one in participants}
    found = []
    for name, count in Counter(one.visitor for one in visits).items():
        if count > 1:
            found.append(f"{name} visits {count} libraries")
    for name, count in Counter(one.host for one in visits).items():
        if count > 1:
            found.append(f"{name} is visited by {count} libraries")
    for visit in visits:
        if visit.visitor not in known or visit.host not in known:
            found.append(f"{visit.visitor} to {visit.host}: somebody does not take part")
            continue
        visitor, host = known[visit.visitor], known[visit.host]
        found += [f"{visit.visitor} to {visit.host}: {why}" for why in objections(rules, visitor, host)]
        if visit.week not in visitor.weeks & host.weeks:
            found.append(f"{visit.visitor} to {visit.host}: not in a week of both")
    return found


def swapped(
    rules: Rules, participants: Sequence[Participant], visits: Sequence[Visit], one: str, other: str
) -> list[Visit]:
    """The plan after the visitors `one` and `other` have exchanged their hosts, with new weeks for these two.

    Refuses: SwapRefused, with every rule it would break; KeyError for a library that visits nobody.
    """
    known = {participant.id: participant for participant in participants}
    host_of = {visit.visitor: visit.host for visit in visits}
    pairs = [(known[one], known[host_of[other]]), (known[other], known[host_of[one]])]
    broken = [
        (visitor.id, host.id, why) for visitor, host in pairs for why in objections(rules, visitor, host)
    ]
    if broken:
        raise SwapRefused(broken)
    return dated(pairs, [visit for visit in visits if visit.visitor not in (one, other)])
