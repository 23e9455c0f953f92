"""The kombu transport `embedded://<county>/`."""

from typing import Any

import amqp
from kombu.transport import TRANSPORT_ALIASES, base

from byttebank.messaging.embedded.broker import current_broker
from byttebank.messaging.embedded.channel import Channel
from byttebank.messaging.embedded.connection import Connection

ALIAS = "embedded"


def install() -> None:
    """kombu, and with it nameko, understands URLs such as `embedded://innlandet/` from now on."""
    TRANSPORT_ALIASES[ALIAS] = f"{Transport.__module__}:{Transport.__qualname__}"


class Transport(base.Transport):
    """Connects kombu to the broker that runs in this process. Its errors are py-amqp's, so that who handles
    those of RabbitMQ handles these."""

    driver_type = ALIAS
    driver_name = ALIAS
    connection_errors = amqp.Connection.connection_errors
    channel_errors = amqp.Connection.channel_errors
    recoverable_connection_errors = amqp.Connection.recoverable_connection_errors
    recoverable_channel_errors = amqp.Connection.recoverable_channel_errors
    implements = base.Transport.implements.extend(exchange_type=frozenset({"direct", "topic", "fanout"}))

    def driver_version(self) -> str:
        """There is none: it is part of this program."""
        return "N/A"

    def establish_connection(self) -> Connection:
        """A connection to the county that the URL names.

        Refuses: `ValueError` for a URL with anything but a county in it; `BrokerNotStarted`.
        """
        client: Any = self.client
        if client.userid or client.password or client.port or (client.virtual_host or "/") != "/":
            text = "an embedded broker URL is embedded://<county>/ and nothing more: no user, port or path"
            raise ValueError(text)
        options = client.transport_options or {}
        return Connection(
            current_broker(),
            client.hostname or "",
            client,
            confirms=bool(options.get("confirm_publish")),
        )

    def create_channel(self, connection: Connection) -> Channel:
        """A new channel of the connection."""
        return connection.channel()

    def drain_events(self, connection: Connection, **kwargs: Any) -> None:
        """See `Connection.drain_events`."""
        connection.drain_events(**kwargs)

    def verify_connection(self, connection: Connection) -> bool:
        """Whether the connection is open."""
        return connection.connected

    def close_connection(self, connection: Connection) -> None:
        """The connection is closed."""
        connection.close()
        connection.client = None

    def _collect(self, connection: Connection | None) -> None:
        if connection is not None:
            connection.close()
