"""`byttebank up`: the demonstration federation in this process, until somebody stops it."""

import os
import signal
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import eventlet
from rich.console import Console

from byttebank import telemetry
from byttebank.cli.exits import FAILED, OK, USAGE, fail, telling
from byttebank.cli.state import StateRefused, holding
from byttebank.messaging.runner import STOP_SECONDS, EmbeddedFederation

LOOK_SECONDS = 0.1

_log = telemetry.logger(__name__)


@dataclass(frozen=True)
class Wishes:
    """What the person asked for. No counties means all of the demonstration."""

    state_dir: Path
    host: str
    port: int
    counties: list[str]
    metrics_port: int | None
    log_level: str


class StopSignal:
    """Ctrl-C and SIGTERM, noticed. The second one ends the process at once, which is safe."""

    def __init__(self) -> None:
        self.has_come = False

    def listen(self) -> None:
        """From now on the signals are noticed here instead of ending the process."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._notice)

    def _notice(self, number: int, _frame: FrameType | None) -> None:
        if self.has_come:
            os._exit(128 + number)
        self.has_come = True


def serve(wishes: Wishes) -> NoReturn:
    """Load the demonstration if need be, serve it until a signal, stop it within five seconds.

    Ends the process, or the command with one line for what a person can mend (`byttebank.cli.exits`).
    """
    telemetry.set_up_logging(wishes.log_level)
    console = Console(stderr=False, highlight=False)
    refused = import_module("demo.marker").StateUnusable
    with telling(refused), holding(wishes.state_dir):
        counties = _counties(wishes.counties)
        _load(wishes.state_dir, console)
        everybody = import_module("demo.federation").sign_ins(wishes.state_dir)
        sign_ins = [one for one in everybody if one["county"] in counties]
        federation = EmbeddedFederation(
            wishes.state_dir,
            list(counties),
            port=wishes.port,
            host=wishes.host,
            metrics_port=wishes.metrics_port,
            is_demo=True,
            root=_front(counties, sign_ins),
        )
        stop = StopSignal()
        federation.start()
        stop.listen()
        _greet(console, federation, wishes.state_dir, sign_ins)
        died = eventlet.spawn(federation.wait_for_death)
        while not stop.has_come and not died.dead:
            eventlet.sleep(LOOK_SECONDS)
        _end(federation, console, FAILED if died.dead else OK)


def _counties(wanted: list[str]) -> dict[str, str]:
    """County to name, in the demonstration's order."""
    known = {slug: county.name for slug, county in import_module("demo.reference").read_counties().items()}
    strange = [slug for slug in wanted if slug not in known]
    if strange:
        fail(f"No county {', '.join(strange)} in the demonstration. There are {', '.join(known)}.", USAGE)
    return {slug: name for slug, name in known.items() if not wanted or slug in wanted}


def _load(state_dir: Path, console: Console) -> None:
    try:
        import_module("demo.federation").load(state_dir, tell=console.print)
    except OSError as error:
        raise StateRefused(
            f"{error.filename or state_dir} cannot be written: {error.strerror}. Make room, give this user"
            " the right to, or choose another folder with --state."
        ) from error


def _front(counties: dict[str, str], sign_ins: list[dict[str, str]]) -> Any:
    """The application of the page before the counties, made by the gateway."""
    settings = import_module("gateway.settings")
    fields = ("county", "library", "name", "role", "email", "password")
    return import_module("gateway.front").create_front(
        [settings.FrontCounty(slug, name, f"/{slug}/") for slug, name in counties.items()],
        is_demo=True,
        sign_ins=[settings.SignIn(**{field: one[field] for field in fields}) for one in sign_ins],
    )


def _greet(
    console: Console, federation: EmbeddedFederation, state_dir: Path, sign_ins: list[dict[str, str]]
) -> None:
    """Who can sign in and where, in lines that are never cut."""
    rows = [(one["county_name"], f"{one['name']}, {one['library']}", one["email"]) for one in sign_ins]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    for row in rows:
        line = "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True))
        console.print(line.rstrip(), soft_wrap=True, markup=False)
    for password in sorted({one["password"] for one in sign_ins}):
        console.print(f"The password is {password}", markup=False)
    console.print(f"\nByttebank is ready at {federation.url}/", style="bold")
    if federation.metrics_port is not None:
        console.print(f"Metrics at http://127.0.0.1:{federation.metrics_port}/metrics")
    console.print(f"Everything is kept in {state_dir}. Ctrl-C stops it.")
    sys.stdout.flush()


def _end(federation: EmbeddedFederation, console: Console, code: int) -> NoReturn:
    """The federation is stopped, or has had its time; the process ends."""
    began = time.monotonic()
    signal.signal(signal.SIGALRM, lambda *_: os._exit(code))
    signal.setitimer(signal.ITIMER_REAL, STOP_SECONDS)
    console.print("Stopping ...")
    if not federation.stop(STOP_SECONDS - 1):
        _log.warning("What did not end in time was cut off", seconds=round(time.monotonic() - began, 1))
    console.print("Stopped.")
    sys.stdout.flush()
    sys.stderr.flush()
    # Everything is closed; taking the interpreter apart object by object would only cost another second.
    os._exit(code)
