"""An SQLite database in the memory of this process, for the simulator: copied and put back at will.

It runs the same SQL as a file, with one connection; what is not committed when an operation breaks off is
rolled back, as when the process dies.
"""

import sqlite3
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.pool import StaticPool

from byttebank.storage.engine import settle_sqlite
from byttebank.storage.transaction import watch


class MemoryDatabase:
    """One database. Between transactions its whole content can be taken and replaced."""

    def __init__(self) -> None:
        self.engine = create_engine(
            "sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False}
        )
        event.listen(self.engine, "connect", settle_sqlite)
        watch(self.engine)
        with self.engine.connect() as connection:
            driver: Any = connection.connection.driver_connection
        self._connection: sqlite3.Connection = driver

    def copy(self) -> bytes:
        """The whole content, as a backup of the file would be."""
        return self._connection.serialize()

    def put_back(self, copy: bytes) -> None:
        """The content is that of the copy; what was written since is gone."""
        self._connection.deserialize(copy)

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """The rows of a query, as SQLite has them."""
        return self._connection.execute(sql, parameters).fetchall()

    @property
    def changes(self) -> int:
        """Grows with each row that is written, also when that is rolled back."""
        return self._connection.total_changes

    def close(self) -> None:
        """The memory is given back."""
        self.engine.dispose()
