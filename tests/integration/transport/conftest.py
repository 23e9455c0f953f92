"""One broker or another: the embedded one always, a RabbitMQ too where BYTTEBANK_TEST_AMQP_URL names one."""

import eventlet

eventlet.monkey_patch()

import os  # noqa: E402
import time  # noqa: E402
import uuid  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from contextlib import suppress  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any, TypeVar  # noqa: E402

import pytest  # noqa: E402
from kombu import Connection, pools  # noqa: E402

from byttebank.messaging.embedded import EmbeddedBroker, install, start_broker  # noqa: E402

EMBEDDED_URL = "embedded://innlandet/"
RABBITMQ_URL = os.environ.get("BYTTEBANK_TEST_AMQP_URL", "")

collect_ignore = [] if RABBITMQ_URL else ["test_rabbitmq_publisher.py"]
"""What needs a RabbitMQ runs where one is named: `tests/federation` names its own."""
SOON_SECONDS = 5.0

T = TypeVar("T")


class Wire:
    """Channels to the broker under test, and names that no other test uses."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._run = uuid.uuid4().hex[:8]
        self._names: list[str] = []
        self._connections: list[Connection] = []

    @property
    def config(self) -> dict[str, Any]:
        """nameko's configuration."""
        return {"AMQP_URI": self.url}

    def name(self, stem: str) -> str:
        """A name for a queue or exchange, deleted after the test."""
        name = f"{stem}-{self._run}"
        self._names.append(name)
        return name

    def connection(self, confirms: bool = True) -> Connection:
        """A new connection."""
        connection = Connection(self.url, transport_options={"confirm_publish": confirms})
        self._connections.append(connection)
        return connection

    def channel(self, confirms: bool = True) -> Any:
        """A channel on a connection of its own."""
        return self.connection(confirms).channel()

    def queue(self, channel: Any, stem: str, **arguments: Any) -> str:
        """A durable queue; arguments without the x- and with underscores."""
        name = self.name(stem)
        given = {f"x-{key.replace('_', '-')}": value for key, value in arguments.items()}
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=given)
        return name

    def exchange(self, channel: Any, stem: str, type_: str, **arguments: Any) -> str:
        """A durable exchange."""
        name = self.name(stem)
        given = {key.replace("_", "-"): value for key, value in arguments.items()}
        channel.exchange_declare(name, type_, durable=True, auto_delete=False, arguments=given)
        return name

    def publish(
        self,
        channel: Any,
        routing_key: str,
        body: Any = "text",
        exchange: str = "",
        headers: dict[str, Any] | None = None,
        mandatory: bool = False,
        **properties: Any,
    ) -> None:
        """One message of plain text."""
        message = channel.prepare_message(
            body, content_type="text/plain", content_encoding="utf-8", headers=headers, properties=properties
        )
        channel.basic_publish(message, exchange=exchange, routing_key=routing_key, mandatory=mandatory)

    def get(self, channel: Any, queue: str, no_ack: bool = False) -> Any:
        """The next message, or None when none came soon."""
        return self.eventually(lambda: channel.basic_get(queue, no_ack=no_ack))

    def eventually(self, question: Callable[[], T], seconds: float = SOON_SECONDS) -> T:
        """The first true answer, or the last one when time is up: RabbitMQ does some things after it has
        answered."""
        deadline = time.monotonic() + seconds
        while not (answer := question()) and time.monotonic() < deadline:
            eventlet.sleep(0.02)
        return answer

    def nothing_in(self, channel: Any, queue: str) -> bool:
        """No message waits, and none comes in a little while."""
        eventlet.sleep(0.1)
        return channel.basic_get(queue) is None

    def ready(self, channel: Any, queue: str) -> int:
        """How many messages wait."""
        return channel.queue_declare(queue, passive=True).message_count

    def bodies(self, channel: Any, queue: str) -> list[str]:
        """Every message that waits, taken for good."""
        eventlet.sleep(0.05)
        found = []
        while (message := channel.basic_get(queue, no_ack=True)) is not None:
            found.append(message.body)
        return found

    def drain(self, channel: Any, seconds: float = 0.2) -> None:
        """Whatever the broker has for this channel's connection was handled."""
        with suppress(TimeoutError):
            while True:
                channel.connection.drain_events(timeout=seconds)

    def do_and_hear(self, channel: Any, action: Callable[[], object]) -> None:
        """The action and the event that follows: RabbitMQ may refuse only then."""
        action()
        channel.connection.drain_events(timeout=2)

    def close(self) -> None:
        """Nothing of this test is left on the broker."""
        for connection in self._connections:
            with suppress(Exception):
                connection.release()
        pools.reset()
        if not self.url.startswith("embedded:"):
            with Connection(self.url) as connection:
                for name in self._names:
                    connection.channel().queue_delete(name)
                    connection.channel().exchange_delete(name)


@pytest.fixture
def broker() -> Iterator[EmbeddedBroker]:
    """An embedded broker that keeps nothing."""
    install()
    started = start_broker(None)
    yield started
    started.close()


@pytest.fixture(params=["embedded", *(["rabbitmq"] if RABBITMQ_URL else [])])
def wire(request: pytest.FixtureRequest) -> Iterator[Wire]:
    """The broker under test."""
    if request.param == "embedded":
        request.getfixturevalue("broker")
    wire = Wire(EMBEDDED_URL if request.param == "embedded" else RABBITMQ_URL)
    yield wire
    wire.close()


@pytest.fixture
def embedded(broker: EmbeddedBroker) -> Iterator[Wire]:
    """The embedded broker, for what only it does."""
    wire = Wire(EMBEDDED_URL)
    yield wire
    wire.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where an embedded broker may keep its file."""
    install()
    return tmp_path / "broker.sqlite"


@pytest.fixture
def start(path: Path) -> Iterator[Callable[[], EmbeddedBroker]]:
    """Starts a broker on the file, after closing the one before."""
    running: list[EmbeddedBroker] = []

    def start_one() -> EmbeddedBroker:
        if running:
            running.pop().close()
        running.append(start_broker(path))
        return running[-1]

    yield start_one
    for broker in running:
        broker.close()
