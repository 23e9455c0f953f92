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

from services.matching.domain.checker import possible_days
from services.matching.domain.instance import Instance, PlannedDay
from services.matching.rounds.reading import read_content


class Programme:
    """Columns (one a possible day; with `same_person` one more a pair) and rows, as HiGHS takes them."""

    def __init__(self, instance: Instance) -> None:
        self.days: list[PlannedDay] = []
        self.rows: dict[object, list[tuple[int, float]]] = defaultdict(list)
        self.most: dict[object, float] = {}
        pairs: dict[object, list[int]] = defaultdict(list)
        host = {one.id: one.library for one in instance.requests}
        for colleague, request, day in possible_days(instance):
            column = len(self.days)
            self.days.append(PlannedDay(request.id, colleague.id, day))
            self._put(("date of colleague", colleague.id, day), column, 1, 1)
            self._put(("colleague", colleague.id), column, 1, colleague.max_days)
            self._put(("date of request", request.id, day), column, 1, 1)
            self._put(("library", colleague.library), column, -1, 0)
            self._put(("library", host[request.id]), column, 1, 0)
            if request.same_person:
                pairs[request.id, colleague.id].append(column)
            else:
                self._put(("request", request.id), column, 1, request.days)
        self.binaries = len(pairs)
        wanted = {one.id: one.days for one in instance.requests}
        for number, (pair, columns) in enumerate(pairs.items()):
            chosen = len(self.days) + number
            request_id = pair[0]  # type: ignore[index]
            self._put(("one person", request_id), chosen, 1, 1)
            for column in columns:
                self._put(("only if chosen", column), column, 1, 0)
                self._put(("only if chosen", column), chosen, -1, 0)
                self._put(("all days", pair), column, 1, 0)
            self._put(("all days", pair), chosen, -wanted[request_id], 0)
        for library in instance.libraries:
            self.most["library", library.id] = library.balance_days + library.limit_days
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
        is_below = any(one.balance_days + one.limit_days < 0 for one in instance.libraries)
        status = "Infeasible" if is_below else "Empty"
        return {"days": 0, "bound": 0.0, "seconds": 0.0, "status": status, "plan": []}
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = columns, len(programme.rows)
    lp.col_cost_ = np.array([-1.0] * len(programme.days) + [0.0] * programme.binaries)
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
        "days": len(plan) if found and not relaxed else None,
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
