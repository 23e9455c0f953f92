"""Empty and furnished directories to test with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from directory_cast import NOW, a_colleague, a_county, a_library

from byttebank.clock import FixedClock
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database
from services.directory import operations


def _database(path: Path, county: str, clock: FixedClock) -> Database:
    return Database(open_engine(f"sqlite:///{path}"), county=county, service="directory", clock=clock)


def _settle(database: Database) -> None:
    """The file alone holds everything, so that it can be copied."""
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


@pytest.fixture(scope="session")
def seeded_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated directory with the vocabulary, to copy: migrating takes longer than a test."""
    path = tmp_path_factory.mktemp("directory") / "seeded.sqlite"
    database = _database(path, "innlandet", FixedClock(NOW))
    migrate(database.engine, "services.directory")
    with database.work() as work:
        operations.seed_skills(work)
    _settle(database)
    return path


@pytest.fixture(scope="session")
def furnished_file(tmp_path_factory: pytest.TempPathFactory, seeded_file: Path) -> Path:
    """Eidskog with Kari (manager, shares with all) and Jonas (shares with nobody), Grue with Siri."""
    path = tmp_path_factory.mktemp("directory") / "furnished.sqlite"
    path.write_bytes(seeded_file.read_bytes())
    database = _database(path, "innlandet", FixedClock(NOW))
    with database.work() as work:
        operations.set_county(work, a_county("innlandet"))
        operations.register_library(work, a_library("Eidskog", 60.0, 12.0))
        operations.register_library(work, a_library("Grue", 60.45, 12.05))
        for colleague in (
            a_colleague("Kari", "Eidskog", is_manager=True, sharing="all", can=["dissemination"]),
            a_colleague(
                "Jonas", "Eidskog", sharing="library", can=["weeding"], email="jonas@eidskog.example"
            ),
            a_colleague("Siri", "Grue", is_manager=True, sharing="county", can_teach=["weeding"]),
        ):
            operations.add_colleague(work, colleague)
    _settle(database)
    return path


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def new_directory(
    tmp_path: Path, seeded_file: Path, clock: FixedClock
) -> Iterator[Callable[[str], Database]]:
    """An empty directory of a county, its vocabulary seeded."""
    made = []

    def make(county: str) -> Database:
        path = tmp_path / f"{county}.sqlite"
        path.write_bytes(seeded_file.read_bytes())
        made.append(_database(path, county, clock))
        return made[-1]

    yield make
    for database in made:
        database.close()


@pytest.fixture
def innlandet(tmp_path: Path, furnished_file: Path, clock: FixedClock) -> Iterator[Database]:
    """A directory with Eidskog and Grue and their people."""
    path = tmp_path / "innlandet.sqlite"
    path.write_bytes(furnished_file.read_bytes())
    database = _database(path, "innlandet", clock)
    yield database
    database.close()
