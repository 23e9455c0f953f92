from collections.abc import Iterator
from pathlib import Path

import pytest
from ledger_cast import COUNTIES, Ledger, federation

from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that the migrations have made, to copy: migrating is slow."""
    file = tmp_path_factory.mktemp("template") / "ledger.sqlite"
    engine = open_engine(f"sqlite:///{file}")
    migrate(engine, "services.ledger")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return file


@pytest.fixture(scope="session")
def settled_in(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each county a database that knows every county and library, to copy."""
    folder = tmp_path_factory.mktemp("settled")
    for county in COUNTIES:
        with federation({county: migrated}, folder, county) as (ledger,):
            ledger.settle_in()
            with ledger.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return {county: folder / f"{county}.sqlite" for county in COUNTIES}


@pytest.fixture
def ledgers(settled_in: dict[str, Path], tmp_path: Path) -> Iterator[dict[str, Ledger]]:
    """The three counties, by slug."""
    with federation(settled_in, tmp_path, *COUNTIES) as found:
        yield {ledger.county: ledger for ledger in found}


@pytest.fixture
def innlandet(ledgers: dict[str, Ledger]) -> Ledger:
    return ledgers["innlandet"]


@pytest.fixture
def akershus(ledgers: dict[str, Ledger]) -> Ledger:
    return ledgers["akershus"]


@pytest.fixture
def empty(migrated: Path, tmp_path: Path) -> Iterator[Ledger]:
    """Innlandet before the directory has told it anything."""
    (tmp_path / "empty").mkdir()
    with federation({"innlandet": migrated}, tmp_path / "empty", "innlandet") as (ledger,):
        yield ledger
