"""`python -m services.matching.rounds FILE`: a round from a file, in a process of its own.

`byttebank rounds solve` and the service start it. The outcome goes to standard output, warnings and errors to
standard error; with `--progress` also a line of JSON for each step there. SIGTERM ends it with the best plan
so far.
"""

import argparse
import io
import json
import signal
import sys
import time
from pathlib import Path
from types import FrameType

from services.matching.rounds.circulation import FULL, OBJECTIVES
from services.matching.rounds.memory import give_back_at_once
from services.matching.rounds.possible import RoundTooLarge
from services.matching.rounds.reading import InstanceRefused, read_instance
from services.matching.rounds.solving import solve
from services.matching.rounds.words import LANGUAGES, SOURCE_LANGUAGE
from services.matching.rounds.writing import document, summary

DONE, FAILED, REFUSED = 0, 1, 2


def main() -> int:
    """Solve the round of the arguments; the exit code of the process."""
    now = time.monotonic()
    wishes = _arguments()
    give_back_at_once()
    # The clock is the same in all processes of a machine.
    began = now if wishes.began is None else min(now, wishes.began)
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)

    def tell(step: str, days: int, bound: int) -> None:
        if wishes.progress:
            warn(json.dumps({"step": step, "days": days, "bound": bound}))

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    try:
        reading = read_instance(wishes.file)
        for warning in reading.warnings:
            warn(f"byttebank: {warning}")
        left = None if wishes.time_limit is None else wishes.time_limit - (time.monotonic() - began)
        outcome = solve(reading.instance, wishes.objective, left, tell, lambda: bool(stopped))
    except (InstanceRefused, RoundTooLarge) as refused:
        warn(f"byttebank: {refused}")
        return REFUSED
    except MemoryError:
        warn("byttebank: The round does not fit into memory. Divide it by weeks, skills or regions.")
        return FAILED
    # A round is not lost because a pipe or an old terminal knows fewer characters than names have.
    if isinstance(sys.stdout, io.TextIOWrapper):
        encoding = "utf-8" if wishes.json else sys.stdout.encoding
        sys.stdout.reconfigure(encoding=encoding, errors="backslashreplace")
    if wishes.json:
        said = document(outcome, time.monotonic() - began, wishes.language)
        sys.stdout.write(json.dumps(said, ensure_ascii=False))
        sys.stdout.write("\n")
    else:
        sys.stdout.write(summary(reading.instance, outcome, time.monotonic() - began))
    return DONE


def warn(line: str) -> None:
    """A line on standard error."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="byttebank rounds solve", description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--progress", action="store_true")
    parser.add_argument("--time-limit", type=float)
    parser.add_argument("--began", type=float, help="Monotonic clock from which the time limit counts.")
    parser.add_argument("--language", choices=LANGUAGES, default=SOURCE_LANGUAGE)
    parser.add_argument("--objective", choices=OBJECTIVES, default=FULL)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
