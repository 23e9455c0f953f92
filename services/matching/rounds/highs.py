"""HiGHS on a programme. Only for worker processes: highspy and ortools cannot be loaded into one process."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.matching.rounds.blocks import Programme
from services.matching.rounds.possible import Bools, Floats

WHOLE = 1e-6
SIMPLEX_COLUMNS, SIMPLEX_ITERATIONS = 400_000, 20_000
"""Columns up to which the simplex method is tried, and for how many iterations more than columns."""
FIRST_ORDER_ITERATIONS = 20_000
"""Of the first-order method; a round of hundreds of libraries needs 2,000."""
MANY_COLUMNS, LARGE, ROUGH = 100_000, 1e-4, 1e-2
"""Columns beyond which its answer may be so far off, which takes half the time and may cost a day of the
bound; and how far where that is asked for, which takes a third of what is left then."""
SIFTING = 0.5
"""Share by which a column may be worth more by chance."""
ALMOST_A_DAY = 0.999
"""Days are whole: who is less than one from the bound is at the best."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Values of the columns (None: nothing found), a bound on the worth, whether it is proven the best, and
    the iterations it took."""

    values: Floats | None
    bound: float
    proven: bool
    iterations: int


@dataclass(frozen=True, slots=True)
class Limits:
    """When a search ends before it is at the best: seconds, nodes, and the share that is `close` enough."""

    seconds: float
    nodes: int
    close: float = 0.0


def best(
    programme: Programme,
    limits: Limits,
    start: Floats | None,
    seed: int,
    on_way: Callable[[float, int, Floats | None], None] | None = None,
) -> Answer:
    """The best solution found within the limits, no worse than `start`, a solution, if there is one. All
    columns are whole.

    `on_way` is told of what is proven and found meanwhile: the bound, nodes, and a better solution.
    """
    import highspy

    solver = _load(programme, limits.seconds, seed)
    solver.setOptionValue("mip_abs_gap", ALMOST_A_DAY)
    solver.setOptionValue("mip_rel_gap", limits.close)
    solver.setOptionValue("mip_max_nodes", limits.nodes)
    kinds = [highspy.HighsVarType.kInteger] * len(programme.whole)
    solver.changeColsIntegrality(len(kinds), programme.whole, np.array(kinds))
    if start is not None:
        known = highspy.HighsSolution()
        known.col_value = start.tolist()
        solver.setSolution(known)
    if on_way is not None:
        _listen(solver, programme, on_way, limits.seconds)
    solver.run()
    info = solver.getInfo()
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    # Where no column need be whole, HiGHS knows no bound beside what it has found.
    bound = float(info.mip_dual_bound) if len(programme.whole) else np.inf
    if proven and not len(programme.whole):
        bound = float(info.objective_function_value)
    if info.primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return Answer(None, bound, False, info.simplex_iteration_count)
    values = _whole(programme, np.array(solver.getSolution().col_value), limits.seconds)
    return Answer(values, bound, proven, info.simplex_iteration_count)


def _listen(
    solver: Any, programme: Programme, on_way: Callable[[float, int, Floats | None], None], seconds: float
) -> None:
    """Tell of bounds that are lower by a day, of nodes when there are twice as many, and of solutions."""
    told = [float("inf"), 0]

    def look(event: Any) -> None:
        bound, nodes = float(event.data_out.mip_dual_bound), int(event.data_out.mip_node_count)
        if bound < told[0] - 1 or nodes > 2 * told[1]:
            told[0], told[1] = min(told[0], bound), max(told[1], nodes)
            on_way(bound, nodes, None)

    def take(event: Any) -> None:
        values = _whole(programme, np.array(event.data_out.mip_solution), seconds)
        bound, nodes = float(event.data_out.mip_dual_bound), int(event.data_out.mip_node_count)
        if values is not None and values.any():
            on_way(bound, nodes, values)

    solver.cbMipInterrupt.subscribe(look)
    solver.cbMipImprovingSolution.subscribe(take)


def sifted(
    programme: Programme, times: int, seed: int, seconds: float, enough: int | None = None
) -> Bools | None:
    """Columns that linear relaxations use, when what each column is worth is changed a little by chance; None
    when there was no time for even one. Fewer relaxations than `times` where `enough` blocks are used before.

    In a few of them together is nearly all that good plans are made of: one in five of the columns or less.
    """
    import highspy

    solver = _load(programme, seconds, seed)
    solver.setOptionValue("solver", "simplex")
    random = np.random.default_rng(seed)
    columns = np.arange(len(programme.worth), dtype=np.int32)
    used = np.zeros(len(columns), dtype=bool)
    for _ in range(times):
        worth = programme.worth * (1 + SIFTING * random.random(len(columns)))
        solver.changeColsCost(len(columns), columns, worth)
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            break
        used |= np.array(solver.getSolution().col_value) > WHOLE
        if enough is not None and used[programme.whole].sum() >= enough:
            break
    return used if used.any() or not len(columns) else None


def relaxation(programme: Programme, seconds: float, rough: bool = False) -> tuple[Floats, Floats] | None:
    """Column values and row prices of the linear relaxation, perhaps not quite optimal, and far from it if
    `rough`; None where the time was over before there was any.

    First by a first-order method (PDLP), which takes a third of the simplex method's time for a round without
    credit, an eighth where some requests may be split, and has something to show when the time is over. Where
    it does not converge, by the simplex method up to a country of thousands of libraries; where that does not
    come to its end, by an interior point.
    """
    import highspy

    began = time.monotonic()
    solver = _load(programme, seconds, 0)
    solver.setOptionValue("solver", "pdlp")
    solver.setOptionValue("pdlp_iteration_limit", FIRST_ORDER_ITERATIONS)
    if rough or len(programme.worth) > MANY_COLUMNS:
        solver.setOptionValue("kkt_tolerance", ROUGH if rough else LARGE)
    # Presolve takes away what the prices of a point that is no vertex would be restored from.
    solver.setOptionValue("presolve", "off")
    solver.run()
    # Unknown: converged, but by its own measure not by the simplex method's. Any prices prove a bound.
    status = highspy.HighsModelStatus
    if solver.getModelStatus() in (status.kOptimal, status.kUnknown, status.kTimeLimit):
        values, prices = _values_and_prices(solver)
        return (values, prices) if len(values) and len(prices) else None
    if rough:
        return None
    solver = _load(programme, seconds - (time.monotonic() - began), 0)
    if len(programme.worth) <= SIMPLEX_COLUMNS:
        solver.setOptionValue("solver", "simplex")
        solver.setOptionValue("simplex_iteration_limit", SIMPLEX_ITERATIONS + len(programme.worth))
        solver.run()
        if solver.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            return _values_and_prices(solver)
        if solver.getModelStatus() == highspy.HighsModelStatus.kTimeLimit:
            return None
        solver.clearSolver()
    solver.setOptionValue("solver", "ipm")
    solver.setOptionValue("run_crossover", "off")
    solver.setOptionValue("presolve", "off")
    solver.run()
    if solver.getModelStatus() not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kUnknown):
        return None
    return _values_and_prices(solver)


def _values_and_prices(solver: Any) -> tuple[Floats, Floats]:
    solution = solver.getSolution()
    return np.array(solution.col_value), np.array(solution.row_dual)


def _whole(programme: Programme, values: Floats, seconds: float) -> Floats | None:
    """The same blocks with whole days. With blocks fixed a vertex has whole days; heuristics find other
    points."""
    if np.abs(values - np.round(values)).max(initial=0.0) < WHOLE:
        return values
    solver = _load(programme, max(seconds, 10.0), 0)
    fixed = np.round(values[programme.whole])
    solver.changeColsBounds(len(fixed), programme.whole, fixed, fixed)
    solver.setOptionValue("solver", "simplex")
    solver.run()
    values = np.array(solver.getSolution().col_value)
    if len(values) != len(programme.worth) or np.abs(values - np.round(values)).max(initial=0.0) > WHOLE:
        return None
    return values


def _load(programme: Programme, seconds: float, seed: int) -> Any:
    import highspy

    solver = highspy.Highs()
    solver.silent()
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("time_limit", max(0.01, seconds))
    solver.setOptionValue("random_seed", seed)
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(programme.worth), len(programme.upper)
    model.sense_ = highspy.ObjSense.kMaximize
    model.col_cost_ = programme.worth
    model.col_lower_, model.col_upper_ = np.zeros(len(programme.worth)), programme.most
    model.row_lower_, model.row_upper_ = programme.lower, programme.upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = programme.start, programme.index
    model.a_matrix_.value_ = programme.value
    solver.passModel(model)
    return solver
