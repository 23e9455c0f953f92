"""A year of weekly rounds in a small country: who is helped, how long they wait, and what fairness costs.

People fall ill: some of the agreed days do not take place, the same people on the same dates whatever the
plan. What a request has not got waits for the next week, four weeks at most. A library that is below its
limit because its own colleague fell ill may not sink further.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

from bench.instances import country
from bench.rivals import gini
from services.matching.domain.checker import violations
from services.matching.domain.instance import Colleague, Instance, Library, PlannedDay, Wish

WEEKS = 52
PATIENCE = 4
ILL = 0.08
OFFERING = 0.6
NEW_REQUESTS = 25
LIMIT = 2

Planner = Callable[[Instance], list[PlannedDay]]


@dataclass(frozen=True, slots=True)
class Year:
    """What became of a year's requests. Days, but for `longest_wait_weeks` and the measures from 0 to 1."""

    asked: int
    served: int
    cancelled: int
    expired: int
    longest_wait_weeks: int
    mean_wait_weeks: float
    gini: float


def year(plan: Planner, seed: int = 1, weeks: int = WEEKS) -> Year:
    """A year in which `plan` makes each week's round. Refuses: ValueError, when a plan breaks a rule."""
    random = Random(f"a year {seed}")
    made = country("XS", "split", LIMIT, seed=seed)
    libraries = tuple(Library(one["id"], 0, LIMIT, one["lat"], one["lon"]) for one in made["libraries"])
    waiting: list[tuple[int, Wish]] = []
    counts: Counter[str] = Counter()
    waits: list[int] = []
    for week in range(weeks):
        monday = date(2027, 1, 4) + timedelta(weeks=week)
        days = tuple(monday + timedelta(days=number) for number in range(5))
        waiting += [(week, one) for one in _new_requests(random, made["requests"], week)]
        colleagues = _offers(random, made["colleagues"], days)
        now = tuple(sorted((replace(one, dates=days) for _, one in waiting), key=lambda one: one.id))
        instance = Instance(f"week {week}", "bench.weeks", "all-of", libraries, colleagues, now, None, {})
        planned = plan(instance)
        if broken := violations(instance, planned):
            raise ValueError(broken[0])
        done = [one for one in planned if Random(f"{one.colleague} {one.date}").random() >= ILL]
        counts.update(served=len(done), cancelled=len(planned) - len(done))
        libraries = _booked(instance, done)
        waiting = _still_waiting(waiting, Counter(one.request for one in done), week, counts, waits)
    counts["expired"] += sum(one.days for _, one in waiting)
    last = Instance("", "", "all-of", libraries, (), (), None, {})
    return Year(
        counts["served"] + counts["expired"],
        counts["served"],
        counts["cancelled"],
        counts["expired"],
        max(waits, default=0),
        sum(waits) / max(1, len(waits)),
        gini(last, []),
    )


def _new_requests(random: Random, made: list[dict[str, Any]], week: int) -> list[Wish]:
    chosen = random.sample(made, NEW_REQUESTS)
    return [
        Wish(f"{week:02} {one['id']}", one["library"], tuple(one["skills"]), (), min(one["days"], 3))
        for one in chosen
    ]


def _offers(random: Random, made: list[dict[str, Any]], days: tuple[date, ...]) -> tuple[Colleague, ...]:
    found = []
    for one in made:
        if random.random() < OFFERING:
            dates = tuple(sorted(random.sample(days, random.randint(1, 3))))
            skills = tuple(one["skills"])
            found.append(
                Colleague(one["id"], one["library"], skills, dates, min(2, len(dates)), one["max_km"])
            )
    return tuple(found)


def _booked(instance: Instance, done: list[PlannedDay]) -> tuple[Library, ...]:
    home = {one.id: one.library for one in instance.colleagues}
    host = {one.id: one.library for one in instance.requests}
    change = Counter(home[one.colleague] for one in done)
    change.subtract(host[one.request] for one in done)
    after = {one.id: one.balance_days + change[one.id] for one in instance.libraries}
    return tuple(
        replace(one, balance_days=after[one.id], limit_days=max(LIMIT, -after[one.id]))
        for one in instance.libraries
    )


def _still_waiting(
    waiting: list[tuple[int, Wish]], got: Counter[str], week: int, counts: Counter[str], waits: list[int]
) -> list[tuple[int, Wish]]:
    left = []
    for since, request in waiting:
        days = request.days - got[request.id]
        if not days:
            waits.append(week - since)
        elif week - since + 1 >= PATIENCE:
            counts["expired"] += days
        else:
            left.append((since, replace(request, days=days)))
    return left
