"""Bringing a database to the version this release knows. One Alembic history per service."""

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError

from byttebank.storage.engine import DatabaseUnusable


class DatabaseNewer(DatabaseUnusable):
    """The database was written by a newer release; this one must not touch it."""


def migrate(engine: Engine, process: str) -> None:
    """Bring the database of a process (`services.ledger`, `gateway`) to its newest version.

    All steps are one transaction.

    Refuses: `DatabaseNewer` when it is ahead of this release; `DatabaseUnusable` when it cannot be
    opened or written. Nothing is changed then.
    """
    script = _scripts(process)

    def steps(revision: tuple[str, ...], _context: object) -> object:
        try:
            return script._upgrade_revs("head", revision)  # type: ignore[arg-type]
        except CommandError as error:
            raise DatabaseNewer(
                f"The database of {process} ({engine.url.database}) is of version {', '.join(revision)},"
                " which this release does not know. Start the newer release"
                " again, or restore a backup made before it."
            ) from error

    try:
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            with EnvironmentContext(Config(), script, fn=steps) as context:
                context.configure(connection=connection, transaction_per_migration=False)
                context.run_migrations()
            connection.commit()
    except DatabaseError as error:
        raise DatabaseUnusable(
            f"The database of {process} ({engine.url.database}) cannot be opened for writing: {error.orig}."
            " Check the state folder's owner and rights, and that no other federation uses it."
        ) from error


@dataclass(frozen=True)
class DatabaseVersion:
    """`current` is None for a database without tables; `newest` is what this release knows."""

    current: str | None
    newest: str | None

    @property
    def is_newest(self) -> bool:
        return self.current == self.newest


def database_version(engine: Engine, process: str) -> DatabaseVersion:
    """The version a process's database is of, and the newest one. Refuses: `DatabaseUnusable`."""
    try:
        with engine.connect() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
    except DatabaseError as error:
        raise DatabaseUnusable(
            f"The database of {process} ({engine.url.database}) cannot be opened: {error.orig}."
        ) from error
    return DatabaseVersion(current, _scripts(process).get_current_head())


def _scripts(process: str) -> ScriptDirectory:
    folder = Path(str(resources.files(process))) / "migrations"
    return ScriptDirectory(str(folder), version_locations=[str(folder)])
