"""Rounds beside their rivals: days, bounds, time, memory and fairness, each plan checked by other code.

    python -m bench.matching                       S, and the cases made to be hard: some minutes
    python -m bench.matching --size M --seconds 300 [--simplex] [--highs-seconds 600]

Ours is `byttebank rounds solve` as anybody runs it; the plan, the bound and the certificate that it prints
are checked by `services/matching/domain/checker.py`. A wrong number ends with exit code 1; slowness does not.
`MB` is the most that one of its processes had, `gini` how unequal the balances are after the plan.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bench.instances import CASES, SIZES, country, hard_case
from bench.rivals import first_come, gini, network_simplex, share
from bench.weeks import Year, year
from services.matching.domain.certificate import CertificateWrong, proven_bound
from services.matching.domain.checker import violations
from services.matching.domain.instance import Instance, PlannedDay
from services.matching.rounds.reading import read_instance

Document = dict[str, Any]
MEMORY_OF_CHILDREN = (
    "import resource, subprocess, sys\n"
    "code = subprocess.call(sys.argv[2:])\n"
    "open(sys.argv[1], 'w').write(str(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss))\n"
    "sys.exit(code)"
)
"""Runs a command from a small process, for a process begins with the memory of the one that started it."""
HEADER = f"{'':28}{'days':>8}{'bound':>8}{'of bound':>10}{'seconds':>9}{'MB':>6}{'gini':>6}  "


@dataclass(frozen=True, slots=True)
class Run:
    """What a command answered, how long it took and the most memory its own process had."""

    answer: Document | None
    seconds: float
    megabytes: int


class Bench:
    """One run of the benchmark: prints lines, and remembers what was wrong."""

    def __init__(self, chosen: argparse.Namespace, folder: Path) -> None:
        self._chosen = chosen
        self._folder = folder
        self.faults: list[str] = []

    def measure(self, made: Document, *, seconds: float, slow_rivals: bool) -> None:
        """Ours with both objectives and every rival on one instance."""
        path = self._folder / "round.json"
        path.write_text(json.dumps(made), encoding="utf-8")
        instance = read_instance(path).instance
        asked = sum(one.days for one in instance.requests)
        print(f"\n{made['name']}: {len(instance.requests)} requests for {asked} days\n{HEADER}")
        ours = {name: self._ours(instance, path, name, seconds) for name in ("full", "days")}
        days = max(one for one, _ in ours.values())
        bound = min(one for _, one in ours.values())
        if ours["days"][0] > ours["full"][0]:
            print(f"  fairness and short ways cost {ours['days'][0] - ours['full'][0]} days")
        began = time.perf_counter()
        plan = first_come(instance)
        self._line(
            "first come, first served", len(plan), bound, time.perf_counter() - began, None, instance, plan
        )
        self._check(f"first come on {instance.name}", violations(instance, plan))
        if len(plan) > days:
            print(f"  BELOW first come by {len(plan) - days} days: give ours more --seconds")
        if slow_rivals and self._chosen.highs_seconds > 0:
            self._highs(instance, path, days, bound)
        if slow_rivals and not any(one.same_person for one in instance.requests) and self._chosen.simplex:
            self._simplex(instance, days, bound)

    def _ours(self, instance: Instance, path: Path, objective: str, seconds: float) -> tuple[int, int]:
        """Days and bound of ours, checked."""
        command = [sys.executable, "-m", "services.matching.rounds", "--json", "--objective", objective]
        run = self._run([*command, "--time-limit", str(seconds), str(path)], None)
        name = f"ours ({objective}) on {instance.name}"
        if run.answer is None:
            self._check(name, ["it ended without an answer"])
            return 0, 10**9
        answer = run.answer
        plan = [
            PlannedDay(one["request"], one["colleague"], date.fromisoformat(one["date"]))
            for one in answer["plan"]
        ]
        days, bound = answer["days_served"], answer["bound"]
        self._check(name, violations(instance, plan))
        self._check(name, [f"prints {days} days, plans {len(plan)}"] if days != len(plan) else [])
        self._check(name, [f"{days} days are above the bound {bound}"] if days > bound else [])
        is_wrong = (answer["status"] == "optimal") != (days == bound)
        self._check(name, [f"status {answer['status']} at {days} of {bound}"] if is_wrong else [])
        self._line(f"ours, objective {objective}", days, bound, run.seconds, run.megabytes, instance, plan)
        self._proof(name, instance, answer)
        return days, bound

    def _proof(self, name: str, instance: Instance, answer: Document) -> None:
        if answer["certificate"].get("kind") != "prices":
            print("  no certificate")
            return
        began = time.perf_counter()
        try:
            proven = proven_bound(instance, answer["certificate"])
        except CertificateWrong as wrong:
            self._check(name, [str(wrong)])
            return
        took = time.perf_counter() - began
        print(f"  {answer['status']}; the certificate proves {proven}, checked in {took:.1f} s")
        self._check(
            name, [f"certificate proves {proven}, below its days"] if proven < answer["days_served"] else []
        )

    def _highs(self, instance: Instance, path: Path, days: int, bound: int) -> None:
        command = [sys.executable, "-m", "bench.milp", "--seconds", str(self._chosen.highs_seconds)]
        run = self._run(command, path)
        if run.answer is None or run.answer["days"] is None:
            print(f"  plain HiGHS: no plan in {run.seconds:.0f} s")
            return
        plan = [PlannedDay(one, who, date.fromisoformat(day)) for one, who, day in run.answer["plan"]]
        self._line("plain HiGHS", len(plan), bound, run.seconds, run.megabytes, instance, plan)
        print(f"  {run.answer['status']}; its own bound {run.answer['bound']:.0f}")
        wrong = violations(instance, plan)
        self._check(f"HiGHS on {instance.name}", wrong)
        if not wrong and len(plan) > bound:
            self._check(f"ours on {instance.name}", [f"bound {bound}, HiGHS has {len(plan)} days"])
        if run.answer["bound"] + 1e-6 < days:
            self._check(f"ours on {instance.name}", [f"{days} days, HiGHS proves {run.answer['bound']}"])

    def _simplex(self, instance: Instance, days: int, bound: int) -> None:
        began = time.perf_counter()
        most = network_simplex(instance)
        self._line("NetworkX network simplex", most, bound, time.perf_counter() - began, None, None, [])
        self._check(f"ours on {instance.name}", [f"{days} days, NetworkX {most}"] if days != most else [])

    def _line(
        self,
        name: str,
        days: int,
        bound: int,
        seconds: float,
        megabytes: int | None,
        instance: Instance | None,
        plan: list[PlannedDay],
    ) -> None:
        memory = "" if megabytes is None else str(megabytes)
        fair = "" if instance is None else f"{gini(instance, plan):.2f}"
        print(
            f"{name:28}{days:8}{bound:8}{share(days, bound):>10}{seconds:9.2f}{memory:>6}{fair:>6}",
            flush=True,
        )

    def _check(self, name: str, wrong: list[str]) -> None:
        for one in wrong[:3]:
            print(f"  WRONG: {one}")
            self.faults.append(f"{name}: {one}")

    def _run(self, command: list[str], given: Path | None) -> Run:
        memory = self._folder / "memory"
        complaints = self._folder / "complaints"
        with (
            tempfile.TemporaryFile() as answer,
            open(given or os.devnull, "rb") as source,
            complaints.open("wb") as errors,
        ):
            began = time.perf_counter()
            wrapped = [sys.executable, "-c", MEMORY_OF_CHILDREN, str(memory), *command]
            code = subprocess.call(wrapped, stdin=source, stdout=answer, stderr=errors)
            took = time.perf_counter() - began
            answer.seek(0)
            text = answer.read()
        if b"Traceback" in complaints.read_bytes():
            self._check(" ".join(command[1:3]), [complaints.read_text().strip().splitlines()[-1]])
        found = json.loads(text) if code == 0 and text else None
        return Run(found, took, int(memory.read_text()) // 1024)


def _ours_in_process(objective: str) -> Callable[[Instance], list[PlannedDay]]:
    from services.matching.rounds.solving import solve

    return lambda instance: list(solve(instance, objective, 30.0).plan)


def _year() -> None:
    print("\nA year of weekly rounds, 36 libraries, limit 2; people fall ill")
    print(
        f"{'':28}{'days':>8}{'asked':>8}{'served':>10}{'ill':>6}{'gini':>6}"
        f"{'wait, weeks: mean':>20}{'longest':>9}"
    )
    plans: dict[str, Callable[[Instance], list[PlannedDay]]] = {
        "ours, objective full": _ours_in_process("full"),
        "ours, objective days": _ours_in_process("days"),
        "first come, first served": first_come,
    }
    found: dict[str, Year] = {}
    for name, plan in plans.items():
        one = found[name] = year(plan)
        print(
            f"{name:28}{one.served:8}{one.asked:8}{share(one.served, one.asked):>10}{one.cancelled:6}"
            f"{one.gini:6.2f}{one.mean_wait_weeks:20.2f}{one.longest_wait_weeks:9}",
            flush=True,
        )
    fair, most = found["ours, objective full"].served, found["ours, objective days"].served
    print(f"  price of even balances over the year: {(most - fair) / max(1, most):.2%} of the days")


def main() -> int:
    """Prints the tables; 1 when a plan, a bound or a certificate was wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.matching", description=__doc__)
    parser.add_argument("--size", choices=SIZES, default="S")
    parser.add_argument("--kinds", nargs="*", default=["split", "same-person"])
    parser.add_argument("--limits", nargs="*", type=int, default=[0, 2, 4])
    parser.add_argument("--supply", default="tight", choices=["tight", "loose"])
    parser.add_argument("--seconds", type=float, default=10.0, help="time limit of ours, for each plan")
    parser.add_argument(
        "--highs-seconds", type=float, default=30.0, help="time limit of plain HiGHS; 0: without"
    )
    parser.add_argument(
        "--simplex", action=argparse.BooleanOptionalAction, default=None, help="also NetworkX"
    )
    parser.add_argument(
        "--cases", action=argparse.BooleanOptionalAction, default=None, help="hard cases, and a year"
    )
    chosen = parser.parse_args()
    is_default = chosen.size in ("XXS", "XS", "S")
    chosen.simplex = is_default if chosen.simplex is None else chosen.simplex
    chosen.cases = is_default if chosen.cases is None else chosen.cases
    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(chosen, Path(folder))
        for kind in chosen.kinds:
            for limit in chosen.limits:
                # The slow ones at the middle limit only, so that the whole takes minutes.
                slow = limit == chosen.limits[len(chosen.limits) // 2]
                made = country(chosen.size, kind, limit, chosen.supply)
                bench.measure(made, seconds=chosen.seconds, slow_rivals=slow)
        if chosen.cases:
            for name in CASES:
                bench.measure(hard_case(name), seconds=chosen.seconds, slow_rivals=name != "all-alike")
            _year()
    for fault in bench.faults:
        print(f"WRONG: {fault}", file=sys.stderr)
    print(f"\n{len(bench.faults)} faults in plans, bounds and certificates")
    return 1 if bench.faults else 0


if __name__ == "__main__":
    sys.exit(main())
