"""`byttebank directory import`: libraries from a register, and travel times from a table."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from byttebank.cli.exits import EXIT_CODES, OK, UNHEALTHY, telling, write_json
from byttebank.cli.mapping import mapping_command
from byttebank.cli.nodes import configurations
from byttebank.cli.settings import settings_command
from byttebank.cli.state import StateRefused
from byttebank.messaging.containers import package_of
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database, Work

DIRECTORY = "directory"
COUNTED = ("new", "changed", "removed", "closed", "same", "elsewhere", "broken")
"""What an import may say how many there are of."""
SHOWN = 100

directory_app = typer.Typer(help="Libraries and who they are.", no_args_is_help=True)


directory_app.command("mapping", epilog=EXIT_CODES)(mapping_command)
directory_app.command("settings", epilog=EXIT_CODES)(settings_command)


@directory_app.command("import", epilog=EXIT_CODES)
def import_command(
    file: Annotated[
        Path, typer.Argument(help="CSV with a heading (name;kind;number;...), or Base Bibliotek's XML.")
    ],
    state: Annotated[
        Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
    ] = None,
    county: Annotated[
        str | None,
        typer.Option("--county", help="The county whose libraries they are, where there are several."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show every difference, change nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Write the result as JSON.")] = False,
) -> None:
    """Bring the county's own libraries up to a register. What is broken is named and left out, the rest comes
    in; brought in again nothing changes. The node may run; on SQLite it waits meanwhile.
    """
    with telling():
        raise typer.Exit(import_libraries(file, state, county, is_dry_run=dry_run, as_json=json))


@directory_app.command("import-travel-times", epilog=EXIT_CODES)
def import_times_command(
    file: Annotated[
        Path, typer.Argument(help="CSV with a heading (from;to;minutes, and km if known), by number or id.")
    ],
    state: Annotated[
        Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
    ] = None,
    county: Annotated[
        str | None, typer.Option("--county", help="The county that goes by the table, of several.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show every difference, change nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Write the result as JSON.")] = False,
) -> None:
    """Say how long it takes from library to library, there and back. What the table does not say stays; a row
    without numbers removes a pair, which is then judged as the crow flies. Broken rows are named and left
    out; brought in again nothing changes.
    """
    with telling():
        raise typer.Exit(import_travel_times(file, state, county, is_dry_run=dry_run, as_json=json))


class _DryRun(Exception):
    """All is shown, and nothing is kept."""


def import_libraries(
    file: Path, state_dir: Path | None, county: str | None, *, is_dry_run: bool, as_json: bool
) -> int:
    """The file's libraries are the county's. The exit code: 4 when records were broken.

    Refuses: `DatabaseUnusable`, `StateRefused`, also for a file that is no register, `ConfigurationWrong`.
    """
    return _bring_in(_libraries, file, state_dir, county, is_dry_run=is_dry_run, as_json=as_json)


def import_travel_times(
    file: Path, state_dir: Path | None, county: str | None, *, is_dry_run: bool, as_json: bool
) -> int:
    """The county goes by the file's times. The exit code, and what is refused: as `import_libraries`."""
    return _bring_in(_travel_times, file, state_dir, county, is_dry_run=is_dry_run, as_json=as_json)


def _bring_in(
    bring: Callable[[Work, Path], Any],
    file: Path,
    state_dir: Path | None,
    county: str | None,
    *,
    is_dry_run: bool,
    as_json: bool,
) -> int:
    nodes = [node for node in configurations(state_dir) if county in (None, node.county)]
    if len(nodes) != 1:
        raise StateRefused("Name one county with --county: it is the one that the file is brought into.")
    (node,) = nodes
    database = Database(open_engine(node.database_url(DIRECTORY)), county=node.county, service=DIRECTORY)
    imported: Any = None
    try:
        with database.work() as work:
            imported = _read(bring, work, file)
            if is_dry_run:
                raise _DryRun
    except _DryRun:
        pass
    finally:
        database.close()
    _tell(imported, is_dry_run=is_dry_run, as_json=as_json)
    return UNHEALTHY if imported.broken else OK


def _libraries(work: Work, file: Path) -> Any:
    records = _module("registers.files").read_register(file, work.today)
    return _module("operations").import_libraries(work, records)


def _travel_times(work: Work, file: Path) -> Any:
    records = _module("registers.travel_times").read_travel_times(file)
    return _module("operations").import_travel_times(work, records)


def _module(name: str) -> Any:
    return import_module(f"{package_of(DIRECTORY)}.{name}")


def _read(bring: Callable[[Work, Path], Any], work: Work, file: Path) -> Any:
    refused = _module("registers.record").RegisterRefused
    try:
        return bring(work, file)
    except refused as error:
        raise StateRefused(f"{file}: {error} Nothing was changed.") from error
    except OSError as error:
        raise StateRefused(f"{file} cannot be read: {error.strerror}. Nothing was changed.") from error


def _tell(imported: Any, *, is_dry_run: bool, as_json: bool) -> None:
    if as_json:
        write_json({**vars(imported), "is_kept": not is_dry_run})
        return
    console = Console(highlight=False, soft_wrap=True)
    told = [entry for entry in imported.entries if entry["what"] != "elsewhere"]
    entries = sorted(told, key=lambda entry: entry["what"] != "broken")
    for entry in entries[:SHOWN]:
        console.print(_line(entry), markup=False)
    if len(entries) > SHOWN:
        console.print(f"... and {len(entries) - SHOWN} more; --json shows all.")
    counts = [one for one in COUNTED if hasattr(imported, one)]
    console.print(", ".join(f"{getattr(imported, name)} {name}" for name in counts))
    console.print("Nothing was changed: this was a dry run." if is_dry_run else "Done.")


def _line(entry: dict[str, Any]) -> str:
    about = f"{entry['what']}: {entry['where']}, {entry['number'] or 'no number'}"
    if "name" in entry:
        about += f", {entry['name']}"
    if "reason" in entry:
        return f"{about}: {entry['reason']}"
    changes = (f"{key} {old!r} -> {new!r}" for key, (old, new) in entry.get("changes", {}).items())
    return ": ".join(part for part in (about, ", ".join(changes)) if part)
