"""Opening a database. SQLite gets the settings that make it safe beside greenlets."""

import time
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InvalidatePoolError

from byttebank.storage.transaction import watch

POOL_SIZE = 12
"""At least the number of workers of a service, so that no worker waits for a connection."""


IDLE_SECONDS = 1.0
"""How long a connection may rest and be taken for alive. What fails on one that died since is tried again."""

USED_AT = "used_at"


class DatabaseUnusable(Exception):
    """The database cannot be opened. The message says which, why, and what to do."""


def open_engine(url: str) -> Engine:
    """An engine for a PostgreSQL or SQLite URL; nothing is connected yet.

    On SQLite the folder is made, the journal is a write-ahead log synced at each commit, and
    `busy_timeout` is 0: writers queue on a lock in `byttebank.storage.work`, never inside SQLite,
    where waiting would freeze every greenlet of the process.
    Refuses: `DatabaseUnusable` for another kind of database or a folder that cannot be made.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            engine = create_engine(url, pool_size=POOL_SIZE, max_overflow=POOL_SIZE)
            _ask_after_a_pause(engine)
            watch(engine)
            return engine
    except (ArgumentError, ImportError) as error:
        # The URL may hold a password, so it is not shown.
        raise DatabaseUnusable(
            "A database URL cannot be used; it should be postgresql+psycopg2://user@host/name or"
            " sqlite:////folder/name.sqlite."
        ) from error
    if parsed.get_backend_name() != "sqlite":
        raise DatabaseUnusable(f"{parsed.get_backend_name()} is not supported; use postgresql or sqlite.")
    if parsed.database and parsed.database != ":memory:":
        folder = Path(parsed.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnusable(
                f"The state folder {folder} cannot be made: {error.strerror}. Choose another with --state."
            ) from error
    engine = create_engine(
        url, pool_size=POOL_SIZE, max_overflow=POOL_SIZE, connect_args={"check_same_thread": False}
    )
    event.listen(engine, "connect", settle_sqlite)
    watch(engine)
    return engine


def _ask_after_a_pause(engine: Engine) -> None:
    """A connection that has not been used for a while is asked whether it still is one, and made anew if not.

    `pool_pre_ping` would ask each time, which is two more statements for every transaction.
    """

    def note(_connection: Any, record: Any) -> None:
        record.info[USED_AT] = time.monotonic()

    def ask(connection: Any, record: Any, _proxy: Any) -> None:
        idle = time.monotonic() - record.info.get(USED_AT, 0.0)
        if idle > IDLE_SECONDS and not _answers(engine, connection):
            raise InvalidatePoolError

    event.listen(engine, "connect", note)
    event.listen(engine, "checkin", note)
    event.listen(engine, "checkout", ask)


def _answers(engine: Engine, connection: Any) -> bool:
    try:
        return bool(engine.dialect.do_ping(connection))
    except engine.dialect.loaded_dbapi.Error:
        return False


def settle_sqlite(connection: Any, _record: Any) -> None:
    """A new connection to SQLite has the settings of `open_engine`."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA busy_timeout = 0")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
