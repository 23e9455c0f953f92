import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from byttebank.storage.engine import DatabaseUnusable, open_engine
from byttebank.storage.migrations import DatabaseNewer, migrate

FIRST = """
from alembic import op
from byttebank.storage.messages import create_message_tables
revision = "0001"
down_revision = None
def upgrade():
    create_message_tables(op.get_bind())
"""
BROKEN = """
from alembic import op
revision = "0002"
down_revision = "0001"
def upgrade():
    op.execute("CREATE TABLE half (id INTEGER)")
    op.execute("CREATE TABLE half (id INTEGER)")
"""


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "toy_process"
    (folder / "migrations").mkdir(parents=True)
    (folder / "__init__.py").touch()
    (folder / "migrations" / "0001_first.py").write_text(FIRST)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield folder
    sys.modules.pop("toy_process", None)


def test_a_database_is_brought_up_and_a_second_time_changes_nothing(process: Path, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/toy.sqlite")
    migrate(engine, "toy_process")
    migrate(engine, "toy_process")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "0001"
        assert connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar_one() == 0


def test_a_database_of_a_newer_release_is_left_alone(process: Path, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/toy.sqlite")
    migrate(engine, "toy_process")
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(DatabaseNewer, match="0999"):
        migrate(engine, "toy_process")
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "0999"


def test_a_migration_that_breaks_in_the_middle_leaves_nothing_half_done(
    process: Path, tmp_path: Path
) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/toy.sqlite")
    migrate(engine, "toy_process")
    (process / "migrations" / "0002_broken.py").write_text(BROKEN)
    with pytest.raises(DatabaseUnusable, match="half"):
        migrate(engine, "toy_process")
    with engine.connect() as connection:
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master").scalars().all()
        assert "half" not in tables
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == "0001"


def test_a_database_that_cannot_be_written_is_named(process: Path, tmp_path: Path) -> None:
    (tmp_path / "toy.sqlite").mkdir()
    with pytest.raises(DatabaseUnusable, match=r"toy\.sqlite"):
        migrate(open_engine(f"sqlite:///{tmp_path}/toy.sqlite"), "toy_process")
