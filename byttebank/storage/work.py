"""The unit of work: one operation, one transaction, rolled back unless it ends well."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, func, select

from byttebank.clock import Clock, SystemClock, local_date
from byttebank.contracts.local import load_local, local_message
from byttebank.contracts.peer import PEER_MESSAGES, load_detached, load_peer
from byttebank.identifiers import new_id
from byttebank.storage import messages

TIME_ZONE = "Europe/Oslo"
_TAKE_TURN = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("turn"), 0)))


class Work:
    """One transaction of one service in one county. Operations get it and do nothing outside it."""

    def __init__(
        self,
        connection: Connection,
        *,
        county: str,
        service: str,
        now: datetime,
        today: date,
        make_id: Callable[[], str],
        trace: dict[str, str] | None = None,
    ) -> None:
        self.connection = connection
        self.county = county
        self.service = service
        self.now = now
        self.today = today
        self.new_id = make_id
        self.trace = trace or {}
        self.has_written_outbox = False

    def emit(self, name: str, body: dict[str, Any]) -> None:
        """Tell this county's services, once the work is committed (`byttebank.contracts.local`).

        Refuses: `Malformed` for a body that is not as agreed, `KeyError` for an unknown name.
        """
        load_local(name, body)
        message = local_message(name)
        self._append(None, name, message.version, message.routing_key, body, None)

    def send(
        self,
        peer: str,
        message_type: str,
        payload: dict[str, Any],
        *,
        detached: dict[str, Any] | None = None,
        version: int = 1,
    ) -> None:
        """Tell the same service in another county, signed, once the work is committed.

        `detached` holds names and own words; they never enter the signed bytes.
        Refuses: `Malformed`, `KeyError` as `emit`; `ValueError` for sending to oneself.
        """
        if peer == self.county:
            raise ValueError("a county does not send to itself")
        load_peer(self.service, message_type, version, payload)
        load_detached(self.service, message_type, version, detached)
        if detached is not None and PEER_MESSAGES[self.service, message_type, version].detached is None:
            raise ValueError(f"{message_type} carries no detached part")
        self._append(peer, message_type, version, f"{self.county}.{self.service}", payload, detached)

    def take_turn(self) -> None:
        """No other transaction of this service that has taken its turn is under way, in any process.

        For those of many messages: each message takes its locks in order, but the next begins anew, so two of
        them could wait for each other. On SQLite there is one writer at a time anyway.
        """
        if self.connection.dialect.name == "postgresql":
            self.connection.execute(_TAKE_TURN, {"turn": f"turn of {self.service}"})

    def is_new(self, source: str, message_id: str) -> bool:
        """Write the inbox row; False when the message has had its effect already."""
        return messages.remember(self.connection, source, message_id, self.now)

    def are_new(self, heard: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """As `is_new` for each (source, message id), in one statement: those that have had no effect yet."""
        return messages.remember_all(self.connection, list(dict.fromkeys(heard)), self.now)

    def _append(
        self,
        peer: str | None,
        name: str,
        version: int,
        routing_key: str,
        body: dict[str, Any],
        detached: dict[str, Any] | None,
    ) -> None:
        row = {
            "message_id": self.new_id(),
            "peer": peer,
            "name": name,
            "version": version,
            "routing_key": routing_key,
            "body": json.dumps(body, ensure_ascii=False),
            "detached": None if detached is None else json.dumps(detached, ensure_ascii=False),
            "trace": json.dumps(self.trace) if self.trace else None,
            "created_at": self.now,
        }
        messages.append_outbox(self.connection, row)
        self.has_written_outbox = True


class Database:
    """A service's database in one county: hands out units of work and wakes the relay after commits."""

    def __init__(
        self,
        engine: Engine,
        *,
        county: str,
        service: str,
        clock: Clock | None = None,
        make_id: Callable[[], str] = new_id,
        time_zone: str = TIME_ZONE,
    ) -> None:
        self.engine = engine
        self.county = county
        self.service = service
        self.clock = clock or SystemClock()
        self._make_id = make_id
        self._time_zone = time_zone
        self._is_sqlite = engine.dialect.name == "sqlite"
        self._write_lock = threading.Lock()
        self._wakes: list[Callable[[], None]] = []

    def on_outbox(self, wake: Callable[[], None]) -> None:
        """Call `wake` after each commit that wrote to the outbox."""
        self._wakes.append(wake)

    @contextmanager
    def work(self, trace: dict[str, str] | None = None) -> Iterator[Work]:
        """A transaction that writes: committed when the block ends well, rolled back otherwise.

        On SQLite one writer at a time per file: the lock is taken before BEGIN IMMEDIATE, and nothing
        in the block may yield to another greenlet (no RPC, publish, sleep or thread).
        """
        with self._writing(), self.engine.connect() as connection:
            if self._is_sqlite:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            work = self._work(connection, trace)
            try:
                yield work
                connection.commit()
            except BaseException:
                connection.rollback()
                raise
        if work.has_written_outbox:
            for wake in self._wakes:
                wake()

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """A consistent view of the database; whatever the block writes is rolled back."""
        with self.engine.connect() as connection:
            if self._is_sqlite:
                connection.exec_driver_sql("BEGIN")
            else:
                # Else each statement would see what others have committed since the one before.
                connection.execution_options(isolation_level="REPEATABLE READ")
            try:
                yield self._work(connection, None)
            finally:
                connection.rollback()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        if not self._is_sqlite:
            yield
            return
        with self._write_lock:
            yield

    def _work(self, connection: Connection, trace: dict[str, str] | None) -> Work:
        now = self.clock.now()
        return Work(
            connection,
            county=self.county,
            service=self.service,
            now=now,
            today=local_date(now, self._time_zone),
            make_id=self._make_id,
            trace=trace,
        )
