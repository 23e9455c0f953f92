"""`byttebank ledger import-opening`: days from before, from a CSV or JSONL file."""

import csv
import json as json_format
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from byttebank.cli.exits import EXIT_CODES, OK, UNHEALTHY, telling, write_json
from byttebank.cli.nodes import configurations
from byttebank.cli.state import StateRefused
from byttebank.messaging.containers import package_of
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database

LEDGER = "ledger"
NumberedRow = tuple[int, dict[str, Any]]


def add_opening_command(ledger_app: typer.Typer) -> None:
    """`ledger import-opening` is among the commands."""
    ledger_app.command("import-opening", epilog=EXIT_CODES)(import_opening_command)


def import_opening_command(
    file: Annotated[
        Path,
        typer.Argument(help="CSV with a heading (library;days;date;note) or .jsonl. Below zero: received."),
    ],
    state: Annotated[
        Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
    ] = None,
    county: Annotated[
        str | None, typer.Option("--county", help="The county whose book it is, where there are several.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read and check everything, keep nothing.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Write the result as JSON.")] = False,
) -> None:
    """Bring in days from before: every row or none. Bad rows are named by line; a row counts once however
    often it is brought in. The node may run; on SQLite it waits meanwhile.
    """
    with telling():
        raise typer.Exit(import_opening(file, state, county, is_dry_run=dry_run, as_json=json))


class _DryRun(Exception):
    """All is well, and nothing is kept."""


class FileRefused(StateRefused):
    """The file cannot be read as one of opening balances."""


def import_opening(
    file: Path, state_dir: Path | None, county: str | None, *, is_dry_run: bool, as_json: bool
) -> int:
    """The file's days are in the county's book, all of them or none. The exit code.

    Refuses: `FileRefused`, `DatabaseUnusable`, `StateRefused`, `ConfigurationWrong`.
    """
    operations = import_module(f"{package_of(LEDGER)}.operations")
    nodes = [node for node in configurations(state_dir) if county in (None, node.county)]
    if len(nodes) != 1:
        raise StateRefused("Name one county with --county: its book is the one the days are brought into.")
    (node,) = nodes
    database = Database(open_engine(node.database_url(LEDGER)), county=node.county, service=LEDGER)
    found: Any = None
    try:
        with database.work() as work:
            found = operations.import_opening(work, read_rows(file))
            if is_dry_run:
                raise _DryRun
    except _DryRun:
        pass
    except operations.ImportRefused as refusal:
        found = refusal.imported
    finally:
        database.close()
    _tell(found, is_dry_run=is_dry_run, as_json=as_json)
    return UNHEALTHY if found.bad else OK


def read_rows(file: Path) -> Iterator[NumberedRow]:
    """(line, row) of a CSV file with a heading, or of JSON lines, one at a time.

    Refuses: `FileRefused` for a file that cannot be opened, is no UTF-8 or has no heading.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            if file.suffix in (".jsonl", ".ndjson"):
                yield from _json_rows(lines)
            else:
                yield from _csv_rows(lines)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FileRefused(
            f"{file} cannot be read: {error}. Save it as CSV in UTF-8, or as JSON lines."
        ) from error


def _csv_rows(lines: Any) -> Iterator[NumberedRow]:
    heading = lines.readline()
    if not heading.strip():
        raise FileRefused("The file is empty. Its first line names the columns: library;days;date;note.")
    delimiter = ";" if ";" in heading else ","
    names = [name.strip().casefold() for name in next(csv.reader([heading], delimiter=delimiter))]
    if not {"library", "days", "date"} <= set(names):
        raise FileRefused("The first line must name the columns library, days and date.")
    reader = csv.reader(lines, delimiter=delimiter)
    for cells in reader:
        if any(cell.strip() for cell in cells):
            row: dict[str, Any] = dict(zip(names, cells, strict=False))
            if len(cells) > len(names):
                row["(more cells than columns)"] = cells[len(names)]
            yield reader.line_num + 1, row


def _json_rows(lines: Any) -> Iterator[NumberedRow]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json_format.loads(line)
        except (ValueError, RecursionError):
            row = None
        yield number, row if isinstance(row, dict) else {"(not a JSON object)": line[:40]}


def _tell(found: Any, *, is_dry_run: bool, as_json: bool) -> None:
    is_kept = not (is_dry_run or found.bad)
    if as_json:
        write_json({**vars(found), "is_kept": is_kept})
        return
    console = Console(highlight=False, soft_wrap=True)
    for fault in found.faults:
        console.print(fault, markup=False)
    if found.bad:
        console.print(f"{found.bad} of {found.rows} rows cannot be brought in. Nothing was changed.")
        return
    what = "would be brought in" if is_dry_run else "are brought in"
    console.print(f"{found.new} rows {what}, {found.known} were there before.")
