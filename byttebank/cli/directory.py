"""`byttebank directory import`: libraries from a CSV file or from the national register."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from byttebank.cli.exits import EXIT_CODES, OK, UNHEALTHY, telling, write_json
from byttebank.cli.mapping import mapping_command
from byttebank.cli.nodes import configurations
from byttebank.cli.state import StateRefused
from byttebank.messaging.containers import package_of
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database, Work

DIRECTORY = "directory"
SHOWN = 100

directory_app = typer.Typer(help="Libraries and who they are.", no_args_is_help=True)


directory_app.command("mapping", epilog=EXIT_CODES)(mapping_command)


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


class _DryRun(Exception):
    """All is shown, and nothing is kept."""


def import_libraries(
    file: Path, state_dir: Path | None, county: str | None, *, is_dry_run: bool, as_json: bool
) -> int:
    """The file's libraries are the county's. The exit code: 4 when records were broken.

    Refuses: `DatabaseUnusable`, `StateRefused`, also for a file that is no register, `ConfigurationWrong`.
    """
    nodes = [node for node in configurations(state_dir) if county in (None, node.county)]
    if len(nodes) != 1:
        raise StateRefused("Name one county with --county: its libraries are the ones that are brought in.")
    (node,) = nodes
    database = Database(open_engine(node.database_url(DIRECTORY)), county=node.county, service=DIRECTORY)
    imported: Any = None
    try:
        with database.work() as work:
            imported = _import(work, file)
            if is_dry_run:
                raise _DryRun
    except _DryRun:
        pass
    finally:
        database.close()
    _tell(imported, is_dry_run=is_dry_run, as_json=as_json)
    return UNHEALTHY if imported.broken else OK


def _import(work: Work, file: Path) -> Any:
    package = package_of(DIRECTORY)
    operations = import_module(f"{package}.operations")
    registers: Callable[[Path, Any], Any] = import_module(f"{package}.registers.files").read_register
    refused = import_module(f"{package}.registers.record").RegisterRefused
    try:
        return operations.import_libraries(work, registers(file, work.today))
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
    counts = ("new", "changed", "closed", "same", "elsewhere", "broken")
    console.print(", ".join(f"{getattr(imported, name)} {name}" for name in counts))
    console.print("Nothing was changed: this was a dry run." if is_dry_run else "Done.")


def _line(entry: dict[str, Any]) -> str:
    about = (
        f"{entry['what']}: {entry['where']}, {entry['number'] or 'no number'}, {entry.get('name', 'no name')}"
    )
    if "reason" in entry:
        return f"{about}: {entry['reason']}"
    changes = (f"{key} {old!r} -> {new!r}" for key, (old, new) in entry.get("changes", {}).items())
    return ": ".join(part for part in (about, ", ".join(changes)) if part)
