"""Publishing to RabbitMQ with confirms, a batch at a time, on connections of our own.

nameko's publisher confirms one message at a time; py-amqp with confirms per batch does eighty times as many.
"""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import amqp
from amqp import Message
from eventlet.semaphore import Semaphore
from kombu.connection import Connection
from kombu.utils.url import parse_url

from byttebank.messaging.embedded import Outcome, Publication
from byttebank.messaging.embedded.outcomes import CONFIRMED, nacked, returned

CONNECT_SECONDS = 4
CONFIRM_SECONDS = 10.0
"""A broker that has no room, or is busy electing, may take long; then nothing is known of the batch."""

CONNECTIONS = 4
"""Per process and publisher: one batch at a time on each."""

PERSISTENT = 2


class BrokerBlocked(ConnectionError):
    """The broker takes no messages now: short of disk or memory, until somebody makes room.

    `is_sent`: whether messages are on their way to it all the same; it takes them when it has room again.
    """

    def __init__(self, *, is_sent: bool) -> None:
        super().__init__("the broker takes no messages: it is short of disk or memory; see its alarms")
        self.is_sent = is_sent


def connect(
    url: str,
    *,
    heartbeat_seconds: int = 0,
    on_blocked: Callable[[str], None] | None = None,
    on_unblocked: Callable[[], None] | None = None,
) -> Connection:
    """A kombu connection to `amqp[s]://user:password@host:port/vhost`, not yet made.

    amqps:// verifies the broker's certificate and name, against the system's authorities or those in the file
    that `?cacertfile=` names; `certfile` and `keyfile` are our own.
    """
    parts = urlsplit(url)
    tls: Any = None
    if parts.scheme == "amqps":
        files = {name: values[0] for name, values in parse_qs(parts.query).items()}
        tls = {
            "cert_reqs": ssl.CERT_REQUIRED,
            "server_hostname": parts.hostname,
            "ca_certs": files.get("cacertfile"),
            "certfile": files.get("certfile"),
            "keyfile": files.get("keyfile"),
        }
    given = parse_url(parts._replace(query="").geturl())
    return Connection(
        hostname=given["hostname"],
        userid=given["userid"],
        password=given["password"],
        port=given["port"] or (5671 if tls else 5672),
        virtual_host=given["virtual_host"] or "/",
        transport="pyamqp",
        ssl=tls or False,
        heartbeat=heartbeat_seconds,
        connect_timeout=CONNECT_SECONDS,
        transport_options={"max_retries": 1, "on_blocked": on_blocked, "on_unblocked": on_unblocked},
    )


class RabbitMqPublisher:
    """Publishes to one county's RabbitMQ. Safe for any number of greenlets."""

    def __init__(self, url: str) -> None:
        """Nothing is connected yet."""
        self._url = url
        self._idle: list[_Line] = []
        self._free = Semaphore(CONNECTIONS)
        self._is_closed = False

    def publish(self, publications: Sequence[Publication]) -> list[Outcome]:
        """See `Publisher`."""
        if not publications:
            return []
        with self._line() as line:
            return line.publish(publications)

    @property
    def lacks(self) -> str:
        """See `Publisher`."""
        # Taken out meanwhile: nobody else may read from a line that we read from.
        lines, self._idle = self._idle, []
        blocked = [line for line in lines if line.is_alive() and line.is_blocked]
        self._idle += lines
        return str(BrokerBlocked(is_sent=False)) if blocked else ""

    def close(self) -> None:
        """Connections are given back; those in use when they are done."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def _line(self) -> Iterator["_Line"]:
        """A connection that nobody else uses meanwhile. After an error it is not used again.

        A blocked one is kept: each new one would be blocked too, and the broker would have to hold them all.
        """
        with self._free:
            line = self._idle.pop() if self._idle else None
            if line is not None and not line.is_alive():
                line.close()
                line = None
            if line is None:
                line = _Line(self._url)
            try:
                yield line
            except BrokerBlocked:
                self._idle.append(line)
                raise
            except BaseException:
                line.close()
                raise
            if self._is_closed:
                line.close()
            else:
                self._idle.append(line)


class _Line:
    """One connection with one channel in confirm mode."""

    def __init__(self, url: str) -> None:
        self.is_blocked = False
        self._connection = connect(url, on_blocked=self._on_blocked, on_unblocked=self._on_unblocked)
        self._channel: Any = self._connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._published = 0
        self._batch: Sequence[Publication] = ()
        self._outcomes: list[Outcome | None] = []
        self._first_tag = 1

    def publish(self, publications: Sequence[Publication]) -> list[Outcome]:
        """An outcome for each. Raises when the broker does not say in time, and on any error of the
        connection.

        Refuses: `BrokerBlocked`.
        """
        if self.is_blocked:
            raise BrokerBlocked(is_sent=False)
        self._batch = publications
        self._outcomes = [None] * len(publications)
        self._returned: dict[int, str] = {}
        self._first_tag = self._published + 1
        for publication in publications:
            self._channel._basic_publish(
                _message(publication),
                exchange=publication.exchange,
                routing_key=publication.routing_key,
                mandatory=True,
            )
            self._published += 1
        while any(outcome is None for outcome in self._outcomes):
            if self.is_blocked:
                raise BrokerBlocked(is_sent=True)
            self._connection.drain_events(timeout=CONFIRM_SECONDS)
        return [outcome for outcome in self._outcomes if outcome is not None]

    def is_alive(self) -> bool:
        """The broker has not hung up while nobody looked; and what it has sent meanwhile is read."""
        try:
            with suppress(TimeoutError):
                while True:
                    self._connection.drain_events(timeout=0)
        except (*self._connection.connection_errors, *self._connection.channel_errors, OSError):
            return False
        return bool(self._channel.is_open)

    def close(self) -> None:
        """The connection is given back."""
        with suppress(Exception):
            self._connection.collect(socket_timeout=1)

    def _on_blocked(self, _reason: str) -> None:
        self.is_blocked = True

    def _on_unblocked(self) -> None:
        self.is_blocked = False

    def _on_ack(self, tag: int, multiple: bool) -> None:
        for place in self._places(tag, multiple):
            reason = self._returned.get(place)
            self._outcomes[place] = CONFIRMED if reason is None else returned(reason)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        for place in self._places(tag, multiple):
            self._outcomes[place] = nacked("the broker does not take it: a queue is full, or has no leader")

    def _on_return(self, error: Exception, exchange: str, routing_key: str, _message: Message) -> None:
        """A return names no number, but comes before the confirm; all with its address share its fate."""
        for place, publication in enumerate(self._batch):
            is_same = (publication.exchange, publication.routing_key) == (exchange, routing_key)
            if is_same and self._outcomes[place] is None and place not in self._returned:
                self._returned[place] = str(getattr(error, "reply_text", error))
                return

    def _places(self, tag: int, multiple: bool) -> list[int]:
        last = tag - self._first_tag
        if not 0 <= last < len(self._outcomes):
            return []
        first = 0 if multiple else last
        return [place for place in range(first, last + 1) if self._outcomes[place] is None]


def _message(publication: Publication) -> Any:
    properties = {"delivery_mode": PERSISTENT, **publication.properties}
    return amqp.Message(publication.body, **properties)
