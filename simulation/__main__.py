"""`python -m simulation`: plays lives from seeds. `make simulate` and `byttebank bench simulate` run it."""

import argparse
import os
import sys
import time

from simulation.many import play_many
from simulation.play import Failure, Figures
from simulation.telling import LAST_EVENTS, tell_failure, tell_figures

TELL_EVERY_SECONDS = 20.0
FAILURES_TOLD = 5


def main(arguments: list[str] | None = None) -> int:
    """The exit code: 0 when no life went wrong, 1 when one did."""
    wishes = _read(arguments)
    began = told_at = time.monotonic()
    figures, failed = Figures(), 0
    seeds = range(wishes.first, wishes.first + wishes.seeds)
    for outcome in play_many(seeds, min(wishes.processes, wishes.seeds)):
        if isinstance(outcome, Failure):
            failed += 1
            if failed <= FAILURES_TOLD:
                tell_failure(outcome, wishes.events)
        else:
            figures.add(outcome)
        if time.monotonic() - told_at > TELL_EVERY_SECONDS:
            told_at = time.monotonic()
            print(f"{figures.lives + failed:,} of {len(seeds):,} lives, {failed} failed", flush=True)
    tell_figures(figures, failed, time.monotonic() - began)
    return 1 if failed else 0


def _read(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--seeds", type=_at_least_one, default=300, help="how many lives")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=_at_least_one, default=os.cpu_count() or 1)
    parser.add_argument("--events", type=_at_least_one, default=LAST_EVENTS, help="told of a life gone wrong")
    return parser.parse_args(arguments)


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
