"""`byttebank ledger export`, and `byttebank ledger verify` of what was exported."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from byttebank.cli.exits import EXIT_CODES, OK, UNHEALTHY, telling, write_json
from byttebank.cli.nodes import configurations
from byttebank.cli.state import StateRefused
from byttebank.messaging.containers import package_of
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database

LEDGER = "ledger"


class Format(StrEnum):
    """How the book is written."""

    HLEDGER = "hledger"
    BEANCOUNT = "beancount"
    JSONL = "jsonl"
    CSV = "csv"


def add_evidence_command(ledger_app: typer.Typer) -> None:
    """`ledger export` is among the commands."""
    ledger_app.command("export", epilog=EXIT_CODES)(export_command)


def export_command(
    format_: Annotated[
        Format, typer.Option("--format", help="jsonl holds all that proves the book; others what is posted.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", help="The file to write; left out: standard output.")
    ] = None,
    state: Annotated[
        Path | None, typer.Option("--state", help="State folder; left out: the node of the environment.")
    ] = None,
    county: Annotated[
        str | None, typer.Option("--county", help="The county whose book it is, where there are several.")
    ] = None,
) -> None:
    """Write the book for others to read and check. Changes nothing; the node may run."""
    with telling():
        export_book(format_, out, state, county)


def export_book(format_: Format, out: Path | None, state_dir: Path | None, county: str | None) -> None:
    """The book is in the file, all of it; a file that was there stays until then.

    Refuses: `StateRefused`, `DatabaseUnusable`, `ConfigurationWrong`.
    """
    operations = import_module(f"{package_of(LEDGER)}.operations")
    nodes = [node for node in configurations(state_dir) if county in (None, node.county)]
    if len(nodes) != 1:
        raise StateRefused("Name one county with --county: its book is the one that is written.")
    (node,) = nodes
    database = Database(open_engine(node.database_url(LEDGER)), county=node.county, service=LEDGER)
    try:
        with database.reading() as work:
            lines = operations.export(work, format_.value)
            if out is None:
                sys.stdout.writelines(lines)
                return
            unfinished = out.with_name(f"{out.name}.part")
            with unfinished.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(lines)
            unfinished.replace(out)
    except OSError as error:
        raise StateRefused(f"{out} cannot be written: {error.strerror}") from error
    finally:
        database.close()


def verify_files(files: Sequence[Path], *, as_json: bool) -> int:
    """What is wrong with exported books, alone and together, is told. The exit code. Asks no database.

    Refuses: `StateRefused` for a file that is no whole export.
    """
    operations = import_module(f"{package_of(LEDGER)}.operations")
    try:
        found: list[str] = operations.verify_exports(files)
    except OSError as error:
        raise StateRefused(f"{error.filename} cannot be read: {error.strerror}") from error
    except operations.EvidenceUnreadable as error:
        raise StateRefused(str(error)) from error
    if as_json:
        write_json(found)
    else:
        console = Console()
        for sentence in found or [f"{len(files)} books, alone and together: all is as it must be"]:
            console.print(sentence)
    return UNHEALTHY if found else OK
