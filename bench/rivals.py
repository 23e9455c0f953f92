"""What a round is compared with: first come, first served; and NetworkX's network simplex."""

import math
from collections import Counter, defaultdict
from datetime import date

from services.matching.domain.checker import possible_days
from services.matching.domain.instance import Colleague, Instance, PlannedDay, Wish


def first_come(instance: Instance) -> list[PlannedDay]:
    """Requests in the order of their ids take what is left, for as long as anything changes.

    A request takes the colleagues with the fewest possible days first; with `same_person` the first who
    can do all. A library is helped while it has a day of credit at that moment.
    """
    options: dict[str, dict[str, tuple[Colleague, set[date]]]] = defaultdict(dict)
    rare: Counter[str] = Counter()
    for colleague, request, day in possible_days(instance):
        options[request.id].setdefault(colleague.id, (colleague, set()))[1].add(day)
        rare[colleague.id] += 1
    credit = {one.id: one.balance_days + one.limit_days for one in instance.libraries}
    left = {one.id: one.max_days for one in instance.colleagues}
    busy: set[tuple[str, date]] = set()
    plan: list[PlannedDay] = []
    served: Counter[str] = Counter()
    dates_of: dict[str, set[date]] = defaultdict(set)
    while True:
        before = len(plan)
        for request in instance.requests:
            for colleague, day in _taken(
                request, options[request.id], rare, credit, left, busy, served, dates_of
            ):
                plan.append(PlannedDay(request.id, colleague.id, day))
                busy.add((colleague.id, day))
                dates_of[request.id].add(day)
                left[colleague.id] -= 1
                served[request.id] += 1
                credit[request.library] -= 1
                credit[colleague.library] += 1
        if len(plan) == before:
            return plan


def _taken(
    request: Wish,
    options: dict[str, tuple[Colleague, set[date]]],
    rare: Counter[str],
    credit: dict[str, int],
    left: dict[str, int],
    busy: set[tuple[str, date]],
    served: Counter[str],
    dates_of: dict[str, set[date]],
) -> list[tuple[Colleague, date]]:
    wanted = request.days - served[request.id]
    able = sorted(options.values(), key=lambda one: (rare[one[0].id], one[0].id))
    if wanted <= 0 or credit[request.library] < (wanted if request.same_person else 1):
        return []
    if request.same_person:
        for colleague, days in able:
            free = sorted(day for day in days if (colleague.id, day) not in busy)
            if len(free) >= wanted <= left[colleague.id]:
                return [(colleague, day) for day in free[:wanted]]
        return []
    chosen: list[tuple[Colleague, date]] = []
    most = min(wanted, credit[request.library])
    used: Counter[str] = Counter()
    taken = set(dates_of[request.id])
    for colleague, days in able:
        for day in sorted(days - taken):
            if len(chosen) == most:
                return chosen
            if (colleague.id, day) not in busy and used[colleague.id] < left[colleague.id]:
                chosen.append((colleague, day))
                taken.add(day)
                used[colleague.id] += 1
    return chosen


def network_simplex(instance: Instance) -> int:
    """The most days of a round whose requests may be split, by NetworkX; others are split, too."""
    import networkx

    graph = networkx.DiGraph()
    for library in instance.libraries:
        room = library.balance_days + library.limit_days
        if room < 0:
            raise ValueError("a library starts below its limit; this network knows no such thing")
        graph.add_edge(("library", library.id), "bank", capacity=room, weight=0)
        graph.add_edge("bank", ("library", library.id), weight=0)
    for colleague, request, day in possible_days(instance):
        who, when = ("colleague", colleague.id), ("date", colleague.id, day)
        asked, wish = ("asked", request.id, day), ("request", request.id)
        graph.add_edge(("library", colleague.library), who, capacity=colleague.max_days, weight=0)
        graph.add_edge(who, when, capacity=1, weight=0)
        graph.add_edge(when, asked, capacity=1, weight=0)
        graph.add_edge(asked, wish, capacity=1, weight=0)
        graph.add_edge(wish, ("library", request.library), capacity=request.days, weight=-1)
    if not graph:
        return 0
    cost, _ = networkx.network_simplex(graph)
    return -int(cost)


def gini(instance: Instance, plan: list[PlannedDay]) -> float:
    """How unequal balances are after the plan: 0 all the same; mean difference over twice the mean size.

    Balances have both signs, so their size is in the denominator (Raffinetti, Siletti, Vernizzi 2015).
    """
    home = {one.id: one.library for one in instance.colleagues}
    host = {one.id: one.library for one in instance.requests}
    balance = {one.id: one.balance_days for one in instance.libraries}
    for day in plan:
        balance[home[day.colleague]] += 1
        balance[host[day.request]] -= 1
    values = sorted(balance.values())
    count, size = len(values), sum(abs(value) for value in values)
    if not size:
        return 0.0
    differences = sum((2 * number - count + 1) * value for number, value in enumerate(values))
    return differences / (count * size)


def share(part: float, whole: float) -> str:
    """A ratio as people read it; a bound of 0 is reached."""
    return "100.00 %" if not whole else f"{math.floor(10_000 * part / whole) / 100:.2f} %"
