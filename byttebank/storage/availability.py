"""Whether a service's database can be used now, later, or not without somebody's help."""

from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from byttebank.config import without_password
from byttebank.storage.engine import DatabaseUnusable, open_engine
from byttebank.storage.migrations import database_version

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


def check_database(url: str, process: str) -> None:
    """The database of a process (`services.ledger`) answers and is of this release's version.

    Refuses: `DatabaseAway` when it may answer later; `DatabaseUnusable` when somebody must do something.
    """
    engine = open_engine(url)
    try:
        _connect(engine, f"The database of {process} at {without_password(url)}")
        version = database_version(engine, process)
    finally:
        engine.dispose()
    if not version.is_newest:
        raise DatabaseUnusable(
            f"The database of {process} ({make_url(url).database}) is of version {version.current or 'none'},"
            f" and this release needs {version.newest}. Run `byttebank migrate`, or the release that made it."
        )


def _connect(engine: Engine, name: str) -> None:
    try:
        engine.connect().close()
    except DBAPIError as error:
        lines = [line.strip() for line in str(error.orig).splitlines() if line.strip()]
        said = lines[0] if lines else type(error.orig).__name__
        if any(phrase in str(error.orig) for phrase in FOR_PEOPLE):
            raise DatabaseUnusable(f"{name} cannot be used: {said}.") from error
        raise DatabaseAway(f"{name} does not answer: {said}") from error
