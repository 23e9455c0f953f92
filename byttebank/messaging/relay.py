"""The relay: takes committed messages from a service's outbox to the broker, at least once, in order.

It is woken by each commit that wrote to the outbox and looks by itself every few seconds. A message is marked
only after the broker's confirm; a crash in between publishes it again, and the inbox of whoever receives it
knows it.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from itertools import groupby
from operator import attrgetter
from typing import Any, Protocol

import eventlet
from eventlet.event import Event

from byttebank import telemetry
from byttebank.messaging import topology
from byttebank.messaging.deliveries import ORIGIN
from byttebank.messaging.embedded import Outcome, Publication
from byttebank.messaging.faults import is_passing, wait_seconds
from byttebank.messaging.publishing import Publisher
from byttebank.storage.messages import OutboxRow, mark_published, waiting_outbox
from byttebank.storage.work import Database

BATCH = 100
TICK_SECONDS = 5.0

_log = telemetry.logger(__name__)


class Sealed(Protocol):
    """An envelope on its way to a peer (`Outgoing` of `byttebank.messaging.channels`)."""

    peer: str
    routing_key: str
    octets: bytes
    headers: dict[str, Any]


class PeerOutbox(Protocol):
    """What the relay asks of the channels to the peers."""

    def outgoing(self, limit: int = 100) -> list[Any]: ...

    def sent(self, sealed: list[Any]) -> None: ...

    def tick(self) -> None: ...


class Relay:
    """One per service and process, with a publisher of its own."""

    def __init__(
        self,
        database: Database,
        publisher: Publisher,
        *,
        channels: PeerOutbox | None = None,
        declare_peer: Callable[[str], None] = lambda peer: None,
        turn: AbstractContextManager[object] | None = None,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        """`declare_peer(peer)` makes sure that `out.<peer>` exists; `turn` is held during a batch (see
        `Node`); `look()` is called every few seconds.
        """
        self._look = look
        self._turn = turn or nullcontext()
        self._database = database
        self._publisher = publisher
        self._channels = channels
        self._declare_peer = declare_peer
        self._declared: set[str] = set()
        self._labels = (database.county, database.service)
        self._woken = Event()
        self._is_stopping = False
        self._is_busy = False
        self._looked_at = 0.0
        self._fault = ""
        self.is_running = False
        database.on_outbox(self.wake)

    def wake(self) -> None:
        """There may be something to publish."""
        if not self._woken.ready():
            self._woken.send(None)

    def run(self) -> None:
        """Publish until `stop`. Never raises: a step that fails is logged and done again after a pause."""
        self.is_running = True
        failures = 0
        self.wake()
        while not self._is_stopping:
            if failures:
                self._pause(wait_seconds(failures))
            else:
                with eventlet.Timeout(TICK_SECONDS, False):
                    self._woken.wait()
            self._woken = Event()
            if self._is_stopping:
                break
            self._is_busy = True
            failures = 0 if self._work_through() else failures + 1
            self._is_busy = False
        self.is_running = False

    def stop(self) -> None:
        """No batch is begun any more. What is in the outbox stays there for the next start."""
        self._is_stopping = True
        self.wake()

    def wait_until_stopped(self, seconds: float) -> bool:
        """Whether the batch under way has ended within so many seconds."""
        with eventlet.Timeout(seconds, False):
            while self.is_running:
                eventlet.sleep(0.005)
        return not self.is_running

    @property
    def lacks(self) -> str:
        """What keeps messages from leaving; empty when they leave."""
        if not self.is_running:
            return "the relay does not run"
        return f"messages wait: {self._fault}" if self._fault else ""

    @property
    def is_idle(self) -> bool:
        """Nothing is being published and nobody has called for it."""
        return not self._is_busy and not self._woken.ready()

    def publish_local(self) -> bool:
        """Every local message in the outbox is with the broker. False when it refused some; they stay."""
        while True:
            with self._turn, self._batch() as (rows, mark):
                outcomes = self._publisher.publish([_local_publication(row, self._labels[1]) for row in rows])
                # Returned: nobody in this county listens to that event.
                done = [
                    row.id for row, outcome in zip(rows, outcomes, strict=True) if outcome.status != "nacked"
                ]
                mark(done)
            telemetry.OUTBOX_PUBLISHED.labels(*self._labels, "local").inc(len(done))
            if len(done) < len(rows):
                _log.warning("The broker refused messages; they wait", reasons=_reasons(outcomes))
                return False
            if len(rows) < BATCH or self._is_stopping:
                return True

    def publish_to_peers(self) -> bool:
        """Every sealed message is with the broker, or its peer's queue refused it and it stays."""
        if self._channels is None:
            return True
        while not self._is_stopping:
            with self._turn:
                batch = self._channels.outgoing(limit=BATCH)
                sent: list[Sealed] = []
                for peer, sealed in groupby(sorted(batch, key=attrgetter("peer")), attrgetter("peer")):
                    sent += self._publish_to_peer(peer, list(sealed))
                if sent:
                    self._channels.sent(sent)
            telemetry.OUTBOX_PUBLISHED.labels(*self._labels, "peer").inc(len(sent))
            if len(sent) < len(batch):
                return False
            if len(batch) < BATCH:
                # What has come since has woken the relay.
                return True
        return True

    def _publish_to_peer(self, peer: str, sealed: Sequence[Sealed]) -> list[Sealed]:
        if peer not in self._declared:
            self._declare_peer(peer)
            self._declared.add(peer)
        try:
            outcomes = self._publisher.publish([_peer_publication(one) for one in sealed])
        except Exception:
            # It may be that the queue is gone.
            self._declared.discard(peer)
            raise
        sent = [one for one, outcome in zip(sealed, outcomes, strict=True) if outcome.is_confirmed]
        if len(sent) < len(sealed):
            self._declared.discard(peer)
            _log.warning(
                "The queue to a peer refused messages; they wait", peer=peer, reasons=_reasons(outcomes)
            )
        return sent

    def _work_through(self) -> bool:
        steps: list[Callable[[], bool | None]] = [
            self.publish_local,
            self.publish_to_peers,
            self._look_around,
        ]
        results = []
        fault = ""
        for step in steps:
            try:
                results.append(step() is not False)
            except Exception as error:
                results.append(False)
                fault = fault or _first_line(error)
                if not self._is_stopping:
                    _log.warning(
                        "The relay could not publish; trying again",
                        service=self._labels[1],
                        county=self._labels[0],
                        error=repr(error),
                        exc_info=not is_passing(error),
                    )
        self._fault = fault
        return all(results)

    def _look_around(self) -> None:
        if time.monotonic() - self._looked_at < TICK_SECONDS:
            return
        self._looked_at = time.monotonic()
        if self._channels is not None:
            self._channels.tick()
        self._look()

    def _pause(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self._is_stopping and (left := end - time.monotonic()) > 0:
            eventlet.sleep(min(left, 0.1))

    @contextmanager
    def _batch(self) -> Iterator[tuple[list[OutboxRow], Callable[[Sequence[int]], None]]]:
        """The oldest local rows, and a function that marks those of them that are published.

        On PostgreSQL they stay locked meanwhile, so that any number of relays shares the outbox. On SQLite
        nothing may yield in a transaction, and publishing does; but there the process, and so the relay, is
        the only one.
        """
        if self._database.engine.dialect.name == "sqlite":
            with self._database.reading() as work:
                rows = waiting_outbox(work.connection, limit=BATCH, is_local=True)
            yield rows, self._mark
        else:
            with self._database.work() as work:
                rows = waiting_outbox(work.connection, limit=BATCH, is_local=True)
                yield rows, lambda ids: mark_published(work.connection, ids, work.now)

    def _mark(self, ids: Sequence[int]) -> None:
        if ids:
            with self._database.work() as work:
                mark_published(work.connection, ids, work.now)


def _local_publication(row: OutboxRow, origin: str) -> Publication:
    trace = json.loads(row.trace) if row.trace else {}
    return Publication(
        exchange=topology.LOCAL,
        routing_key=row.routing_key,
        body=row.body.encode(),
        properties={
            "message_id": row.message_id,
            "content_type": "application/json",
            "content_encoding": "utf-8",
            "application_headers": {**telemetry.read_trace(trace), ORIGIN: origin},
        },
    )


def _peer_publication(sealed: Sealed) -> Publication:
    return Publication(
        exchange=topology.out_name(sealed.peer),
        routing_key=sealed.routing_key,
        body=sealed.octets,
        properties={"content_type": "application/jose+json", "application_headers": dict(sealed.headers)},
    )


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _reasons(outcomes: Sequence[Outcome]) -> list[str]:
    return sorted({outcome.reason for outcome in outcomes if not outcome.is_confirmed})
