"""Whether a service's database can be used now, later, or not without somebody's help."""

from sqlalchemy import Engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from byttebank.config import PREFIX, without_password
from byttebank.storage.engine import DatabaseUnusable, open_engine
from byttebank.storage.migrations import database_version
from byttebank.storage.work import Database

FOR_PEOPLE = (
    "password authentication failed",
    "no password supplied",
    "does not exist",
    "pg_hba.conf",
    "not permitted to log in",
    "permission denied",
)
"""What PostgreSQL says when waiting does not help. In another language it is waited, and logged."""


class DatabaseAway(Exception):
    """The database does not answer now. The message says which, and what was heard."""


def is_away(error: BaseException) -> bool:
    """Whether the fault lies with the database being away, so that waiting cures it.

    Errors that it raises about what it was told (`IntegrityError`, `DataError`, ...) are not.
    """
    if isinstance(error, DBAPIError):
        return isinstance(error, OperationalError | InterfaceError) or error.connection_invalidated
    return isinstance(error, PoolTimeout)


def check_database(url: str, process: str) -> str:
    """The version of the database of a process (`services.ledger`): it answers, and is of this release's.

    Refuses: `DatabaseAway` when it may answer later; `DatabaseUnusable` when somebody must do something.
    """
    engine = open_engine(url)
    variable = f"{PREFIX}{process.rpartition('.')[2].upper()}_DATABASE_URL"
    try:
        _connect(engine, f"The database of {process} at {without_password(url)}", variable)
        version = database_version(engine, process)
    finally:
        engine.dispose()
    if not version.is_newest:
        raise DatabaseUnusable(
            f"The database of {process} ({make_url(url).database}) is of version {version.current or 'none'},"
            f" and this release needs {version.newest}. Run `byttebank migrate`, or the release that made it."
        )
    return str(version.current)


def what_is_wrong(database: Database) -> str:
    """What keeps the database from answering, in words for an operator; empty when it answers."""
    try:
        with database.reading() as work:
            work.connection.execute(text("SELECT 1"))
    except (DBAPIError, PoolTimeout) as error:
        return f"the database does not answer: {_said(error)}"
    return ""


def _connect(engine: Engine, name: str, variable: str) -> None:
    try:
        engine.connect().close()
    except DBAPIError as error:
        if any(phrase in str(error.orig) for phrase in FOR_PEOPLE):
            raise DatabaseUnusable(f"{name} cannot be used: {_said(error)}. See {variable}.") from error
        raise DatabaseAway(f"{name} does not answer: {_said(error)}") from error


def _said(error: DBAPIError | PoolTimeout) -> str:
    """The first line of what the database, or the lack of one, has said."""
    orig = error.orig if isinstance(error, DBAPIError) else error
    lines = [line.strip() for line in str(orig).splitlines() if line.strip()]
    return lines[0] if lines else type(orig).__name__
