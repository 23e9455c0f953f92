"""Notify's database to test with, furnished with the cast or empty."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from notify_cast import NOW, furnish

from byttebank.clock import FixedClock
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database without rows, to copy: migrating takes longer than a test."""
    path = tmp_path_factory.mktemp("notify") / "empty.sqlite"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine, "services.notify")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def new_notify(tmp_path: Path, empty_file: Path) -> Iterator[Callable[[str], Database]]:
    """An empty notify of a county."""
    made: list[Database] = []

    def make(county: str) -> Database:
        path = tmp_path / f"{county}-{len(made)}.sqlite"
        path.write_bytes(empty_file.read_bytes())
        engine = open_engine(f"sqlite:///{path}")
        made.append(Database(engine, county=county, service="notify", clock=FixedClock(NOW)))
        return made[-1]

    yield make
    for database in made:
        database.close()


@pytest.fixture
def notify(new_notify: Callable[[str], Database]) -> Database:
    """Innlandet's notify, which knows everybody."""
    database = new_notify("innlandet")
    furnish(database)
    return database
