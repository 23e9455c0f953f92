"""`byttebank bench`: what the software can be held to, tried on this machine."""

import subprocess
import sys
from importlib.util import find_spec
from typing import Annotated

import typer

from byttebank.cli.exits import EXIT_CODES, FAILED, fail

bench_app = typer.Typer(help="Try what this software promises, on this machine.", no_args_is_help=True)


@bench_app.command(epilog=EXIT_CODES)
def simulate(
    seeds: Annotated[int, typer.Option("--seeds", min=1, help="How many lives.")] = 300,
    first: Annotated[int, typer.Option("--from", min=0, help="The first seed.")] = 0,
    processes: Annotated[int, typer.Option("--processes", min=0, help="0: one per processor.")] = 0,
    events: Annotated[int, typer.Option("--events", min=1, help="Told of a life that went wrong.")] = 40,
) -> None:
    """Play lives of several counties in virtual time, with every fault there is, and check every rule.

    Ends with 1 when a rule was broken, and says how to repeat that life.
    """
    if find_spec("simulation") is None:
        fail("The simulator is not installed. Run this from the project's folder.", FAILED)
    wishes = ["--seeds", str(seeds), "--from", str(first), "--events", str(events)]
    if processes:
        wishes += ["--processes", str(processes)]
    # In a process of its own: here eventlet has replaced what processes and their pipes are made of.
    raise typer.Exit(subprocess.call([sys.executable, "-W", "ignore", "-m", "simulation", *wishes]))
