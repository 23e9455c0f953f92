"""One connection to the broker that reads queues, for as long as it is wanted, through every interruption.

Messages are handled in greenlets of their own, in lanes: a queue has so many lanes, and in each one message
at a time. Nothing is acknowledged until the handler has said so; what is not acknowledged when the connection
ends, the broker delivers again.
"""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import eventlet
from eventlet.semaphore import Semaphore
from kombu.connection import Connection
from kombu.entity import Queue
from kombu.message import Message
from kombu.messaging import Consumer

from byttebank import telemetry
from byttebank.messaging import embedded
from byttebank.messaging.faults import is_passing, wait_seconds
from byttebank.messaging.rabbitmq import CONNECT_SECONDS, connect

_log = telemetry.logger(__name__)

HEARTBEAT_SECONDS = 30
POLL_SECONDS = 1.0
"""How long a read waits before it looks for new queues to read and sends heartbeats."""


class _Stopped(Exception):
    """Thrown into the reading greenlet to end its wait."""


@dataclass(eq=False)
class Source:
    """A queue to read. In each lane up to `batch` messages are handled at a time; twice as many are fetched.

    `handle(messages)` must not raise; it acknowledges through `Session.acknowledge` when it is done with one.
    """

    queue: Queue
    handle: Callable[[list[Message]], None]
    lanes: int = 1
    batch: int = 1
    waiting: deque[Message] = field(default_factory=deque)
    busy: int = 0


class Session:
    """A connection that is made again whenever it is lost, until `stop`."""

    def __init__(self, url: str, name: str) -> None:
        """`name` is for the log: who reads."""
        self._url = url
        self._name = name
        self._sources: list[Source] = []
        self._consumed: set[str] = set()
        self._channel: Any = None
        self._writing = Semaphore()
        self._greenlets: set[Any] = set()
        self._reader: Any = None
        self._is_taking = True
        self._is_stopping = False
        self._fault = ""
        self.is_ready = False

    def read(self, source: Source) -> None:
        """The queue exists and is read, from the next turn of the connection on."""
        if all(source.queue.name != other.queue.name for other in self._sources):
            self._sources.append(source)
            self.is_ready = False

    def run(self) -> None:
        """Read until `stop`. Lost connections are made again with growing pauses; never raises."""
        self._reader = eventlet.getcurrent()
        attempt = 0
        try:
            while not self._is_stopping:
                try:
                    self._serve()
                except _Stopped:
                    raise
                except Exception as error:
                    attempt = 1 if self.is_ready else attempt + 1
                    self._lose_connection()
                    self._tell(error)
                    eventlet.sleep(wait_seconds(attempt))
        except _Stopped:
            pass
        finally:
            self._lose_connection()

    def wait_until_ready(self, seconds: float) -> bool:
        """Whether all queues are read within so many seconds."""
        with eventlet.Timeout(seconds, False):
            while not self.is_ready:
                eventlet.sleep(0.005)
        return self.is_ready

    def acknowledge(self, message: Message) -> None:
        """The broker forgets the message. On a lost connection nothing happens: it will come again."""
        with self._writing:
            if message.channel is not self._channel or message.acknowledged:
                return
            try:
                message.ack()
            except Exception as error:
                if not is_passing(error):
                    raise
                self._tell(error)

    def stop_taking(self) -> None:
        """No message is begun any more; those under way have ended. The rest goes back with `stop`."""
        self._is_taking = False
        for source in self._sources:
            source.waiting.clear()
        while self._greenlets:
            next(iter(self._greenlets)).wait()

    def stop(self) -> None:
        """The connection is closed."""
        self._is_taking = False
        self._is_stopping = True
        if self._reader is not None and not self._reader.dead:
            eventlet.kill(self._reader, _Stopped())
            self._reader.wait()

    def kill(self) -> None:
        """The connection is cut and whatever was under way is abandoned, to be delivered again."""
        self._is_taking = False
        for greenlet in list(self._greenlets):
            greenlet.kill()
        self.stop()

    @property
    def is_idle(self) -> bool:
        """All queues are read, and no message is waiting here or being handled."""
        return self.is_ready and not self._greenlets and not any(source.waiting for source in self._sources)

    @property
    def lacks(self) -> str:
        """What keeps the queues from being read; empty when they are."""
        if self.is_ready:
            return ""
        return f"the broker does not answer: {self._fault}" if self._fault else "the broker is not connected"

    def _serve(self) -> None:
        with open_connection(self._url, HEARTBEAT_SECONDS) as connection:
            connection.connect()
            self._channel = connection.default_channel
            while not self._is_stopping:
                self._consume_new()
                with suppress(TimeoutError):
                    connection.drain_events(timeout=POLL_SECONDS)
                with self._writing:
                    connection.heartbeat_check()

    def _consume_new(self) -> None:
        for source in [one for one in self._sources if one.queue.name not in self._consumed]:
            source.queue(self._channel).declare()
            consumer = Consumer(
                self._channel,
                [source.queue],
                on_message=lambda message, source=source: self._take(source, message),
                prefetch_count=source.lanes * source.batch * 2,
                auto_declare=False,
            )
            consumer.on_decode_error = lambda message, _error, source=source: self._take(source, message)
            consumer.consume()
            self._consumed.add(source.queue.name)
        self.is_ready = True
        self._fault = ""

    def _take(self, source: Source, message: Message) -> None:
        if not self._is_taking:
            return
        source.waiting.append(message)
        if source.busy < source.lanes:
            source.busy += 1
            greenlet = eventlet.spawn(self._run_lane, source)
            self._greenlets.add(greenlet)
            greenlet.link(lambda ended: self._greenlets.discard(ended))

    def _run_lane(self, source: Source) -> None:
        try:
            while source.waiting:
                count = min(len(source.waiting), source.batch)
                source.handle([source.waiting.popleft() for _ in range(count)])
        finally:
            source.busy -= 1

    def _tell(self, error: Exception) -> None:
        self._fault = str(error) or type(error).__name__
        if not self._is_stopping:
            _log.warning(
                "The broker does not answer; trying again",
                reader=self._name,
                error=repr(error),
                exc_info=not is_passing(error),
            )

    def _lose_connection(self) -> None:
        self.is_ready = False
        self._channel = None
        self._consumed.clear()
        for source in self._sources:
            source.waiting.clear()


def open_connection(url: str, heartbeat_seconds: int = 0) -> Connection:
    """A connection to a county's broker, not yet made, that tries once and says so when it fails."""
    if not url.startswith("embedded:"):
        return connect(url, heartbeat_seconds=heartbeat_seconds)
    embedded.install()
    return Connection(
        url,
        heartbeat=heartbeat_seconds,
        connect_timeout=CONNECT_SECONDS,
        transport_options={"max_retries": 1},
    )
