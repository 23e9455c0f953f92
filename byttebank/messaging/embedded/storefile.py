"""Opening the broker's file: its lock, its marks and its tables."""

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import IO

from byttebank.messaging.embedded.errors import StoreRefused

SCHEMA_VERSION = 1
APPLICATION_ID = 0x62797462
"""SQLite's mark of whose file it is: "bytb"."""

_TABLES = """
CREATE TABLE exchange (
    namespace TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, alternate TEXT,
    PRIMARY KEY (namespace, name)
);
CREATE TABLE queue (
    namespace TEXT NOT NULL, name TEXT NOT NULL, arguments TEXT NOT NULL,
    PRIMARY KEY (namespace, name)
);
CREATE TABLE binding (
    namespace TEXT NOT NULL, exchange TEXT NOT NULL, queue TEXT NOT NULL, binding_key TEXT NOT NULL,
    PRIMARY KEY (namespace, exchange, queue, binding_key)
);
CREATE TABLE message (
    id INTEGER PRIMARY KEY, namespace TEXT NOT NULL, queue TEXT NOT NULL,
    exchange TEXT NOT NULL, routing_key TEXT NOT NULL, properties BLOB NOT NULL, body BLOB NOT NULL,
    is_persistent INTEGER NOT NULL, expiration_ms INTEGER, reply_to TEXT, user_id TEXT,
    enqueued_at REAL NOT NULL, expires_at REAL, delivery_count INTEGER NOT NULL
);
CREATE INDEX message_queue ON message (namespace, queue);
"""


def lock_file(path: Path) -> IO[bytes]:
    """A lock that lasts until it is closed or the process dies, on a file beside `path`.

    Refuses: `StoreRefused` when the folder is missing or may not be written, or another process holds the
    lock: two brokers on one file would deliver everything twice.
    """
    if not path.parent.is_dir():
        raise StoreRefused(f"{path.parent} is not a folder. Create it, or keep the broker's file elsewhere.")
    if path.is_dir():
        raise StoreRefused(f"{path} is a folder. The broker's file needs a name of its own inside it.")
    try:
        lock = path.with_name(f"{path.name}.lock").open("ab")
    except OSError as error:
        raise StoreRefused(f"{path.parent} cannot be written ({error.strerror}). {_WRITABLE}") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        text = f"{path} is in use by another broker. Stop that process, or give this one a file of its own."
        raise StoreRefused(text) from error
    return lock


_WRITABLE = "Let this process's user write there, or keep the broker's file elsewhere."


def open_database(path: Path) -> sqlite3.Connection:
    """The database at `path`, created when missing, with this version's tables.

    Refuses: `StoreRefused` when it cannot be written, is not a broker's file, or a newer version wrote it.
    """
    try:
        database = sqlite3.connect(path, isolation_level=None, timeout=0)
        try:
            _prepare(database, path)
        except BaseException:
            database.close()
            raise
    except sqlite3.OperationalError as error:
        raise StoreRefused(f"{path} cannot be written ({error}). {_WRITABLE}") from error
    except sqlite3.DatabaseError as error:
        text = f"{path} cannot be read ({error}). Restore it from a backup, or move it away to begin empty."
        raise StoreRefused(text) from error
    return database


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    application, version = _mark(database, "application_id"), _mark(database, "user_version")
    with closing(database.execute("SELECT count(*) FROM sqlite_master")) as tables:
        is_empty = tables.fetchone()[0] == 0
    if not is_empty and application != APPLICATION_ID:
        raise StoreRefused(f"{path} is another program's file. Give the broker a file of its own.")
    if version > SCHEMA_VERSION:
        text = (
            f"{path} was written by a newer version (file version {version}, known is {SCHEMA_VERSION}). "
            "Start that version again, or restore the backup made before the upgrade."
        )
        raise StoreRefused(text)
    if database.execute("PRAGMA journal_mode = WAL").fetchone()[0] != "wal":
        raise StoreRefused(f"{path} is on a file system without shared memory. Keep it on a local disk.")
    database.execute("PRAGMA synchronous = FULL")
    if is_empty:
        marks = f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
        database.executescript(f"BEGIN IMMEDIATE; {_TABLES} {marks} COMMIT;")
    # A file that can be read but not written would only be noticed by the first publisher.
    database.execute("BEGIN IMMEDIATE")
    database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    database.execute("COMMIT")


def _mark(database: sqlite3.Connection, name: str) -> int:
    return int(database.execute(f"PRAGMA {name}").fetchone()[0])
