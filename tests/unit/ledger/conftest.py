from collections.abc import Iterator
from pathlib import Path

import pytest
from clearing_cast import Three, ring
from ledger_cast import COUNTIES, Ledger, Scenes, federation, migrated_template, settled_templates


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that the migrations have made, to copy: migrating is slow."""
    return migrated_template(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def settled_in(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """For each county a database that knows every county and library, to copy."""
    return settled_templates(migrated, tmp_path_factory.mktemp("settled"))


@pytest.fixture(scope="session")
def scenes(settled_in: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scenes]:
    """The three counties, put back between tests and not made anew."""
    folder = tmp_path_factory.mktemp("scenes")
    with federation(settled_in, folder, *COUNTIES) as found:
        yield Scenes(found, settled_in, folder)


@pytest.fixture
def ledgers(scenes: Scenes) -> dict[str, Ledger]:
    """The three counties, by slug, as if they had just settled in."""
    return scenes.begin()


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


@pytest.fixture
def three(scenes: Scenes) -> Three:
    """Three counties that owe in a ring and know each other's keys."""
    return scenes.after(ring)
