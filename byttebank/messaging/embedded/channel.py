"""An AMQP channel of the embedded broker: what kombu and nameko take for py-amqp's."""

from typing import TYPE_CHECKING, Any

import amqp
from kombu.transport import pyamqp
from kombu.transport.base import StdChannel, to_rabbitmq_queue_arguments

from byttebank.messaging.embedded.consuming import Consuming
from byttebank.messaging.embedded.declaring import Declaring
from byttebank.messaging.embedded.publishing import Publishing

if TYPE_CHECKING:
    from byttebank.messaging.embedded.connection import Connection


class Channel(Declaring, Publishing, Consuming, StdChannel):
    """py-amqp and kombu say what the methods mean; `methods.py` how they fail."""

    Message = pyamqp.Message

    def __init__(self, connection: "Connection", channel_id: int) -> None:
        super().__init__(connection, channel_id)
        self.is_open = True

    def prepare_message(
        self,
        body: Any,
        priority: int | None = None,
        content_type: str | None = None,
        content_encoding: str | None = None,
        headers: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
    ) -> amqp.Message:
        return amqp.Message(
            body,
            priority=priority,
            content_type=content_type,
            content_encoding=content_encoding,
            application_headers=headers,
            **properties or {},
        )

    def message_to_python(self, raw_message: amqp.Message) -> pyamqp.Message:
        return self.Message(raw_message, channel=self)

    def prepare_queue_arguments(self, arguments: dict[str, Any], **options: Any) -> dict[str, Any]:
        prepared: dict[str, Any] = to_rabbitmq_queue_arguments(arguments, **options)
        return prepared

    def close(self) -> None:
        """The channel is closed and holds nothing. Closing twice is the same as once."""
        connection, self.connection = self.connection, None
        self.is_open = False
        if connection is not None:
            connection.channels.pop(self.channel_id, None)
            self.let_go()
