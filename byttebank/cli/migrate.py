"""`byttebank migrate`."""

from contextlib import nullcontext
from pathlib import Path

from rich.console import Console
from rich.table import Table

from byttebank.cli.exits import write_json
from byttebank.cli.nodes import configurations
from byttebank.cli.state import holding
from byttebank.config import SERVICES_WITH_DATABASE
from byttebank.messaging.containers import package_of
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import database_version, migrate


def migrate_all(state_dir: Path | None, *, as_json: bool) -> None:
    """Every database of the nodes is of this release's version; says what each was and is.

    Refuses: `DatabaseUnusable`, `DatabaseNewer`, `StateRefused`, `ConfigurationWrong`.
    """
    nodes = configurations(state_dir)
    done = []
    with nullcontext() if state_dir is None else holding(state_dir):
        for node in nodes:
            for service in SERVICES_WITH_DATABASE:
                engine = open_engine(node.database_url(service))
                try:
                    was = database_version(engine, package_of(service)).current
                    migrate(engine, package_of(service))
                    now = database_version(engine, package_of(service)).current
                finally:
                    engine.dispose()
                done.append({"county": node.county, "service": service, "was": was, "is": now})
    if as_json:
        write_json(done)
        return
    table = Table("county", "service", "was", "is")
    for row in done:
        table.add_row(row["county"], row["service"], row["was"] or "new", row["is"])
    Console().print(table)
