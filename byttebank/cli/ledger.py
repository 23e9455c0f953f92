"""`byttebank ledger verify`."""

from importlib import import_module
from pathlib import Path

from rich.console import Console

from byttebank.cli.exits import OK, UNHEALTHY, write_json
from byttebank.cli.nodes import configurations
from byttebank.messaging.containers import package_of
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database

LEDGER = "ledger"


def verify_books(state_dir: Path | None, *, as_json: bool) -> int:
    """Every row of each node's book is read; what is wrong is told. The exit code. Changes nothing.

    Refuses: `DatabaseUnusable`, `StateRefused`, `ConfigurationWrong`.
    """
    verify = import_module(f"{package_of(LEDGER)}.operations").verify
    found: dict[str, list[str]] = {}
    for node in configurations(state_dir):
        database = Database(open_engine(node.database_url(LEDGER)), county=node.county, service=LEDGER)
        try:
            with database.reading() as work:
                found[node.county] = verify(work)
        finally:
            database.close()
    if as_json:
        write_json(found)
    else:
        console = Console()
        for county, broken in found.items():
            for rule in broken or ["the book is as it must be"]:
                console.print(f"{county}: {rule}")
    return UNHEALTHY if any(found.values()) else OK
