"""The methods of a channel that publish."""

import amqp
from amqp import exceptions, spec

from byttebank.messaging.embedded.errors import amqp_error
from byttebank.messaging.embedded.messages import read_message
from byttebank.messaging.embedded.methods import Methods, amqp_method
from byttebank.messaging.embedded.namespace import Copies
from byttebank.messaging.embedded.outcomes import Outcome


class Publishing(Methods):
    """`basic.publish`, with and without publisher confirms."""

    def basic_publish(
        self,
        msg: amqp.Message,
        exchange: str = "",
        routing_key: str = "",
        mandatory: bool = False,
        immediate: bool = False,
        timeout: float | None = None,
        confirm_timeout: float | None = None,
    ) -> None:
        """The message is in its queues. On a connection with confirms it is safe too: see
        `basic_publish_confirm`."""
        confirms = self.connection is not None and self.connection.confirms
        self._publish(msg, exchange, routing_key, mandatory, immediate, confirm_timeout or timeout, confirms)

    def basic_publish_confirm(
        self,
        msg: amqp.Message,
        exchange: str = "",
        routing_key: str = "",
        mandatory: bool = False,
        immediate: bool = False,
        timeout: float | None = None,
        confirm_timeout: float | None = None,
    ) -> None:
        """The message is in every queue it is routed to and, if persistent and the queue durable, on disk.

        Refuses: `MessageNacked` when a queue is full or the disk failed; NO_ROUTE (312) for a mandatory
        message that no queue takes, unless a `basic_return` handler takes it back.
        """
        self._publish(msg, exchange, routing_key, mandatory, immediate, confirm_timeout or timeout, True)

    def _publish(
        self,
        msg: amqp.Message,
        exchange: str,
        routing_key: str,
        mandatory: bool,
        immediate: bool,
        timeout: float | None,
        confirms: bool,
    ) -> None:
        outcome, copies = self._route(msg, exchange, routing_key or "", immediate)
        if outcome.status == "returned" and mandatory:
            if confirms:
                self._return(msg, exchange, routing_key)
            else:
                self.post(lambda: self._return(msg, exchange, routing_key))
        if not confirms or self.connection is None:
            return
        if outcome.status == "nacked":
            raise exceptions.MessageNacked(outcome.reason)
        self.connection.breathe()
        if reason := self.connection.broker.wait_until_safe(copies, timeout):
            raise exceptions.MessageNacked(reason)

    @amqp_method
    def _route(
        self, msg: amqp.Message, exchange: str, routing_key: str, immediate: bool
    ) -> tuple[Outcome, Copies]:
        if immediate:
            raise exceptions.AMQPNotImplementedError("immediate=true is not in RabbitMQ, and not here")
        return self.namespace.publish(read_message(msg, exchange, routing_key))

    def _return(self, msg: amqp.Message, exchange: str, routing_key: str) -> None:
        error = amqp_error(312, "NO_ROUTE", spec.Basic.Return)
        handlers = self.events.get("basic_return")
        if not handlers:
            raise error
        for handler in list(handlers):
            handler(error, exchange, routing_key, msg)

    def confirm_select(self, nowait: bool = False) -> None:
        """Nothing to arrange: `basic_publish_confirm` always confirms."""
