"""`byttebank rounds solve`: the most days that libraries can exchange, computed from a file.

Nothing of a node is imported here. The seconds of a round are counted from the start of the command, and
what a node needs takes one of them to load.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from byttebank.cli.exits import EXIT_CODES, FAILED, INTERRUPTED, USAGE, fail
from byttebank.language import LANGUAGES, language_of

OBJECTIVES = ("days", "full")
LONGEST_SECONDS = 1_000_000.0


def add_solve_command(rounds_app: typer.Typer) -> None:
    """Add `solve`."""
    rounds_app.command(epilog=EXIT_CODES)(solve)


def app_that_solves() -> typer.Typer:
    """`byttebank` with this command alone."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    rounds_app = typer.Typer()
    add_solve_command(rounds_app)
    app.add_typer(rounds_app, name="rounds")
    return app


def process_began() -> float:
    """When this process began, on the monotonic clock, which is the same in all processes: whoever waits for
    the answer has waited for the start as well. Where the system does not tell, now less the processor time.
    """
    now = time.monotonic()
    try:
        ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        lived = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, AttributeError, ValueError, IndexError):
        lived = 0.0
    return now - max(lived, time.process_time())


def solve(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="An instance, JSON or gzipped JSON (docs/rounds.md).")
    ],
    json: Annotated[
        bool, typer.Option("--json", help="Write the plan, its bound and every reason as JSON.")
    ] = False,
    time_limit: Annotated[
        float | None,
        typer.Option(
            "--time-limit",
            min=0.0,
            help="Seconds; then the best plan so far is the answer. Left out: 60, or 300 for a large round.",
            show_default=False,
        ),
    ] = None,
    objective: Annotated[
        str,
        typer.Option(
            "--objective", help="days: as many as possible. full: then even balances, then short ways."
        ),
    ] = "full",
    language: Annotated[
        str | None,
        typer.Option(
            "--language",
            help="nb, nn or en: the reasons' with --json. Left out: as LC_ALL, LC_MESSAGES or LANG says.",
            show_default=False,
        ),
    ] = None,
    progress: Annotated[
        bool, typer.Option("--progress", help="A line of JSON for each step, on stderr.")
    ] = False,
) -> None:
    """Find the plan that serves the most days, and prove how many are possible at all.

    Ctrl-C ends it with the best plan so far.
    """
    if objective not in OBJECTIVES:
        raise typer.BadParameter(f"must be one of {', '.join(OBJECTIVES)}", param_hint="--objective")
    if language is not None and language not in LANGUAGES:
        raise typer.BadParameter(f"must be one of {', '.join(LANGUAGES)}", param_hint="--language")
    if time_limit is not None and not time_limit <= LONGEST_SECONDS:
        raise typer.BadParameter("must be a number of seconds up to 1000000", param_hint="--time-limit")
    _refuse_no_file(file)
    wishes = ["--objective", objective, "--language", language or language_of(os.environ)]
    wishes += [] if time_limit is None else ["--time-limit", str(time_limit)]
    wishes += ["--json"] if json else []
    wishes += ["--progress"] if progress else []
    wishes += ["--began", str(process_began())]
    stopped: list[int] = []
    processes: list[subprocess.Popen[bytes]] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)
        for process in processes:
            process.terminate()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    # In a process of its own: this one can say why it ended, also where there was too little memory.
    arguments = [sys.executable, "-m", "services.matching.rounds", *wishes, "--", str(file)]
    # Ctrl-C reaches it too; until it can answer that, it leaves it to this process.
    processes.append(subprocess.Popen(arguments, preexec_fn=_ignore_interrupts))
    if stopped:
        processes[0].terminate()
    code = processes[0].wait()
    if stopped and code == -signal.SIGTERM:
        fail("Interrupted.", INTERRUPTED)
    if code < 0:
        fail(f"The computation was ended by signal {-code}; was there too little memory?", FAILED)
    raise typer.Exit(code)


def _refuse_no_file(file: Path) -> None:
    if not file.exists():
        fail(f"There is no file {file}.", USAGE)
    if file.is_dir():
        fail(f"{file} is a directory; name a file in it.", USAGE)
    if not file.is_file():
        fail(f"{file} is no regular file; write what comes through it to one, and name that.", USAGE)


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
