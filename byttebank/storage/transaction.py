"""What one transaction has learned, and the rows it has yet to write: each table's in one statement.

Nobody sees a difference but the database's clock: rows that are gathered are written before the transaction
asks or changes anything else, sets or releases a savepoint, or commits; what is undone is forgotten.
"""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Insert, event

OPTION = "byttebank_transaction"


class Memory(Protocol):
    """What a service remembers of its tables within one transaction."""

    def forget(self) -> None:
        """Whatever was read may have changed: the transaction has had to wait for a lock."""
        ...

    def write(self, connection: Connection) -> None:
        """What was changed here and is not in the tables yet is written."""
        ...


Kind = TypeVar("Kind", bound=Memory)


class Transaction:
    """Belongs to one SQLAlchemy connection, which serves one unit of work; empty after its end."""

    def __init__(self) -> None:
        self.memories: dict[type[Any], Any] = {}
        self._rows: dict[Insert, list[dict[str, Any]]] = {}
        self._has_rows = False
        self._is_writing = False

    def gather(self, statement: Insert, row: dict[str, Any]) -> None:
        """The row will be inserted by this statement, after the rows gathered before it."""
        self._rows.setdefault(statement, []).append(row)
        self._has_rows = True

    def memory(self, kind: Callable[[], Kind]) -> Kind:
        """What is remembered of this kind; nothing yet the first time."""
        found: Kind | None = self.memories.get(kind)  # type: ignore[call-overload]
        if found is None:
            found = self.memories[kind] = kind()  # type: ignore[index]
        return found

    def forget(self) -> None:
        """A lock was waited for: whoever remembers reads anew."""
        for memory in self.memories.values():
            memory.forget()

    def write(self, connection: Connection) -> None:
        """Everything is in the tables. Statements are run in the order in which each was first gathered for,
        so a table that refers to another is gathered for after it.
        """
        if self._is_writing:
            return
        self._is_writing = True
        try:
            if self._has_rows:
                gathered, self._rows, self._has_rows = self._rows, {}, False
                for statement, rows in gathered.items():
                    connection.execute(statement, rows)
            for memory in list(self.memories.values()):
                memory.write(connection)
        finally:
            self._is_writing = False

    def undo(self) -> None:
        """Nothing is known and nothing is to be written: the database has gone back."""
        self.memories.clear()
        self._rows, self._has_rows = {}, False


def transaction_of(connection: Connection) -> Transaction:
    """The connection's transaction. Its engine is one of `watch`'s."""
    found: Transaction | None = connection.get_execution_options().get(OPTION)
    if found is None:
        if not event.contains(connection.engine, "commit", _before_commit):
            raise TypeError("the engine was not made by byttebank.storage: nothing gathered would be written")
        found = Transaction()
        connection.execution_options(**{OPTION: found})
    return found


def gather(connection: Connection, statement: Insert, row: dict[str, Any]) -> None:
    """The row is inserted by the statement before this transaction asks for anything, or ends."""
    if not connection.in_transaction():
        # Else there would be nothing to commit.
        connection.begin()
    transaction_of(connection).gather(statement, row)


def watch(engine: Engine) -> None:
    """Transactions of this engine write what they have gathered in time."""
    event.listen(engine, "before_cursor_execute", _before_statement)
    event.listen(engine, "commit", _before_commit)
    event.listen(engine, "rollback", _undo)
    event.listen(engine, "rollback_savepoint", _undo)


def _before_statement(connection: Connection, *_statement: Any) -> None:
    found = connection.get_execution_options().get(OPTION)
    if found is not None:
        found.write(connection)


def _before_commit(connection: Connection) -> None:
    found = connection.get_execution_options().get(OPTION)
    if found is not None:
        found.write(connection)
        found.undo()


def _undo(connection: Connection, *_name: Any) -> None:
    found = connection.get_execution_options().get(OPTION)
    if found is not None:
        found.undo()
