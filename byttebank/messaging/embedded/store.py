"""What the broker keeps across a crash: one SQLite file, written by group commit.

Changes wait in memory, in order, and reach the file together: at the hub's next turn when a publisher waits
for its confirm, a moment later when only acknowledgements wait. A message acknowledged before its turn came
is never written. The file is in WAL mode with synchronous=FULL, so that what was confirmed survives SIGKILL
and loss of power.
"""

import logging
import sqlite3
from contextlib import closing
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from eventlet.event import Event

from byttebank.messaging.embedded.errors import StoreRefused
from byttebank.messaging.embedded.messages import QueuedMessage
from byttebank.messaging.embedded.storefile import lock_file, open_database
from byttebank.messaging.embedded.timers import Timer, call_later

_log = logging.getLogger(__name__)

ACKNOWLEDGEMENTS_WAIT_SECONDS = 0.02
RETRY_SECONDS = 1.0

_INSERT = (
    "INSERT INTO message (id, namespace, queue, exchange, routing_key, properties, body, is_persistent,"
    " expiration_ms, reply_to, user_id, enqueued_at, expires_at, delivery_count)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_RECOUNT = "UPDATE message SET delivery_count = ? WHERE id = ?"
_DELETE = "DELETE FROM message WHERE id = ?"

Row = tuple[Any, ...]


class StoreFailed(Exception):
    """The last commit failed; nothing of it is in the file, and all of it is tried again."""


class Store:
    """The file of one broker. Every change is remembered at once and written by the next commit."""

    def __init__(self, path: Path) -> None:
        """The file is open and locked against a second broker.

        Refuses: `StoreRefused` when it cannot be, or is a newer version's, or is not a broker's at all.
        """
        self.path = path
        self._lock = lock_file(path)
        try:
            self._database = open_database(path)
        except BaseException:
            self._lock.close()
            raise
        self._pending: dict[Any, tuple[str, Row]] = {}
        self._changes = 0
        self._timer: Timer | None = None
        self._is_urgent = False
        self._committed = Event()
        self.is_closed = False

    def rows(self, table: str, columns: str) -> list[Row]:
        """The rows of a table in the order they were written, those columns of it."""
        return self._database.execute(f"SELECT {columns} FROM {table} ORDER BY rowid").fetchall()

    def insert(self, namespace: str, queue: str, queued: QueuedMessage) -> None:
        """The message is to be in the file."""
        message = queued.message
        row = (
            queued.id,
            namespace,
            queue,
            message.exchange,
            message.routing_key,
            message.properties,
            message.body,
            message.is_persistent,
            message.expiration_ms,
            message.reply_to,
            message.user_id,
            queued.enqueued_at,
            queued.expires_at,
            queued.delivery_count,
        )
        self._remember(queued.id, _INSERT, row)

    def recount(self, queued: QueuedMessage) -> None:
        """The file is to know how often the message was delivered."""
        waiting = self._pending.get(queued.id)
        if waiting is not None:
            self._pending[queued.id] = (waiting[0], (*waiting[1][:-1], queued.delivery_count))
        else:
            self._remember(("count", queued.id), _RECOUNT, (queued.delivery_count, queued.id))

    def delete(self, queued: QueuedMessage) -> None:
        """The message is to be gone from the file, or never to get there."""
        if self._pending.pop(queued.id, None) is None:
            self._pending.pop(("count", queued.id), None)
            self._remember(("delete", queued.id), _DELETE, (queued.id,))

    def write(self, statement: str, row: Row) -> None:
        """Any other change, in its place among the others."""
        self._changes += 1
        self._remember(("change", self._changes), statement, row)

    def confirm(self) -> Event:
        """The event that is sent when all changes so far are in the file, or fails with `StoreFailed`."""
        self._schedule(is_urgent=True)
        return self._committed

    @property
    def has_pending(self) -> bool:
        """Something is not in the file yet."""
        return bool(self._pending)

    def commit(self) -> None:
        """Everything remembered is in the file, or everything is still remembered and tried again later."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._is_urgent = None, False
        committed, self._committed = self._committed, Event()
        try:
            self._write_pending()
        except sqlite3.Error as error:
            _log.error(
                "The embedded broker could not write %s (%s); it tries again every %g s, and publishers are"
                " told that their messages are not safe. Make room on the disk, or let the file be written.",
                self.path,
                error,
                RETRY_SECONDS,
            )
            self._timer = call_later(RETRY_SECONDS, self.commit)
            committed.send_exception(StoreFailed(f"{self.path}: {error}"))
        else:
            committed.send(True)

    def copy_to(self, path: Path) -> None:
        """A consistent copy of the file, everything confirmed included, is at `path`. Refuses:
        `StoreRefused`."""
        if path.resolve() == self.path.resolve():
            raise StoreRefused(f"{path} is the broker's own file. Give the backup a file of its own.")
        self.commit()
        try:
            with closing(sqlite3.connect(path, timeout=0)) as copy:
                self._database.backup(copy)
        except sqlite3.Error as error:
            text = f"{path} cannot be written ({error}). Give the backup a new file in a folder with room."
            raise StoreRefused(text) from error

    def close(self) -> None:
        """Everything remembered is in the file, and another broker may open it."""
        if self.is_closed:
            return
        self.is_closed = True
        self.commit()
        if self._timer is not None:
            self._timer.cancel()
        self._database.close()
        self._lock.close()

    def _remember(self, key: Any, statement: str, row: Row) -> None:
        self._pending[key] = (statement, row)
        self._schedule(is_urgent=False)

    def _schedule(self, is_urgent: bool) -> None:
        if self._timer is not None:
            if self._is_urgent or not is_urgent:
                return
            self._timer.cancel()
        self._is_urgent = is_urgent
        self._timer = call_later(0 if is_urgent else ACKNOWLEDGEMENTS_WAIT_SECONDS, self.commit)

    def _write_pending(self) -> None:
        if not self._pending:
            return
        self._database.execute("BEGIN IMMEDIATE")
        try:
            for statement, changes in groupby(self._pending.values(), itemgetter(0)):
                self._database.executemany(statement, map(itemgetter(1), changes))
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise
        self._pending.clear()
