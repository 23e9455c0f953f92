"""A round as one mixed integer programme for plain HiGHS, written from the rules: what ours is compared with.

    python -m bench.milp --seconds 60 < round.json

In a process of its own, for HiGHS and OR-Tools do not bear each other in one.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from typing import Any

from services.matching.domain.checker import possible_days, served_half_days
from services.matching.domain.instance import Instance, PlannedDay
from services.matching.rounds.reading import read_content


class Programme:
    """Columns (one a possible day; with `same_person` one more a pair) and rows, as HiGHS takes them."""

    def __init__(self, instance: Instance) -> None:
        self.days: list[PlannedDay] = []
        self.rows: dict[object, list[tuple[int, float]]] = defaultdict(list)
        self.most: dict[object, float] = {}
        pairs: dict[tuple[str, str], list[int]] = defaultdict(list)
        host = {one.id: one.library for one in instance.requests}
        county = {one.id: one.county for one in instance.libraries}
        caps: dict[tuple[str | None, str | None], float] = {
            two: float(half_days) for two, half_days in instance.caps.items()
        }
        self.worth: list[float] = []
        for colleague, request, day in possible_days(instance):
            column = len(self.days)
            self.days.append(PlannedDay(request.id, colleague.id, day))
            self._put(("date of colleague", colleague.id, day), column, 1, 1)
            self._put(("colleague", colleague.id), column, 1, colleague.max_days)
            self._put(("date of request", request.id, day), column, 1, 1)
            self._put(("library", colleague.library), column, -2, 0)
            self._put(("library", host[request.id]), column, 2, 0)
            self.worth.append(1.0)
            between = county[colleague.library], county[request.library]
            if between in caps:
                self._put(("cap", between), column, 2, caps[between])
            if request.same_person or request.ends_half:
                pairs[request.id, colleague.id].append(column)
            else:
                self._put(("request", request.id), column, 1, request.days)
        self.binaries = len(pairs)
        wanted = {one.id: one.days for one in instance.requests}
        halves = {one.id for one in instance.requests if one.ends_half}
        home = {one.id: one.library for one in instance.colleagues}
        for number, (pair, columns) in enumerate(pairs.items()):
            chosen = len(self.days) + number
            request_id, name = pair
            self.worth.append(-0.5 if request_id in halves else 0.0)
            if request_id in halves:
                # The last day is half a day: what the days count too much, the choice takes back.
                self._put(("library", home[name]), chosen, 1, 0)
                self._put(("library", host[request_id]), chosen, -1, 0)
                between = county[home[name]], county[host[request_id]]
                if between in caps:
                    self._put(("cap", between), chosen, -1, caps[between])
            self._put(("one person", request_id), chosen, 1, 1)
            for column in columns:
                self._put(("only if chosen", column), column, 1, 0)
                self._put(("only if chosen", column), chosen, -1, 0)
                self._put(("all days", pair), column, 1, 0)
            self._put(("all days", pair), chosen, -wanted[request_id], 0)
        for library in instance.libraries:
            room = 2 * (library.balance_days + library.limit_days) + library.more_half_days
            self.most["library", library.id] = room
            self.rows["library", library.id] += []

    def _put(self, row: object, column: int, factor: float, most: float) -> None:
        self.rows[row].append((column, factor))
        self.most[row] = most


def solve(instance: Instance, seconds: float, *, relaxed: bool = False) -> dict[str, Any]:
    """`{days, bound, seconds, status, plan}` of plain HiGHS on one thread; `relaxed`: as linear programme."""
    import highspy
    import numpy as np

    started = time.perf_counter()
    programme = Programme(instance)
    columns = len(programme.days) + programme.binaries
    if not columns:
        is_below = any(most < 0 for most in programme.most.values())
        status = "Infeasible" if is_below else "Empty"
        return {"days": 0, "bound": 0.0, "seconds": 0.0, "status": status, "plan": []}
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, len(programme.rows)
    lp.col_cost_ = -np.array(programme.worth)
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
    exact = [key[0] == "all days" for key in programme.rows]  # type: ignore[index]
    upper = np.array([float(programme.most[key]) for key in programme.rows])
    lp.row_lower_, lp.row_upper_ = np.where(exact, 0.0, -highspy.kHighsInf), upper
    entries = list(programme.rows.values())
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0] + [len(row) for row in entries])
    lp.a_matrix_.index_ = np.array([column for row in entries for column, _ in row], dtype=np.int32)
    lp.a_matrix_.value_ = np.array([factor for row in entries for _, factor in row], dtype=float)
    if not relaxed:
        lp.integrality_ = [highspy.HighsVarType.kInteger] * columns
    highs = highspy.Highs()
    for name, value in (
        ("output_flag", False),
        ("threads", 1),
        ("time_limit", seconds),
        ("mip_rel_gap", 0.0),
    ):
        highs.setOptionValue(name, value)
    highs.passModel(lp)
    highs.run()
    status = highs.modelStatusToString(highs.getModelStatus())
    info = highs.getInfo()
    found = info.primal_solution_status == 2
    values = highs.getSolution().col_value if found else []
    plan = [day for day, value in zip(programme.days, values, strict=False) if value > 0.5]
    bound = info.objective_function_value if relaxed else info.mip_dual_bound
    return {
        "days": served_half_days(instance, plan) / 2 if found and not relaxed else None,
        "bound": -bound,
        "seconds": time.perf_counter() - started,
        "status": status,
        "plan": [] if relaxed else [[one.request, one.colleague, one.date.isoformat()] for one in plan],
    }


def main() -> None:
    """Each line of standard input is an instance, each of standard output what HiGHS made of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.milp", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--relaxed", action="store_true", help="the linear programme: an upper bound")
    chosen = parser.parse_args()
    for line in sys.stdin.buffer:
        instance = read_content(line).instance
        print(json.dumps(solve(instance, chosen.seconds, relaxed=chosen.relaxed)), flush=True)


if __name__ == "__main__":
    main()
