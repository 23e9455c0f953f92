"""The methods of a channel that declare, bind and delete."""

from typing import Any

from amqp import exceptions, spec
from amqp.protocol import queue_declare_ok_t

from byttebank.messaging.embedded.errors import amqp_error
from byttebank.messaging.embedded.methods import Methods, amqp_method


class Declaring(Methods):
    """AMQP's classes `exchange` and `queue`. `nowait` changes nothing: no answer takes time here."""

    @amqp_method
    def exchange_declare(
        self,
        exchange: str,
        type: str,
        passive: bool = False,
        durable: bool = False,
        auto_delete: bool = True,
        nowait: bool = False,
        arguments: dict[str, Any] | None = None,
    ) -> None:
        if passive:
            self.namespace.exchange(exchange, spec.Exchange.Declare)
            return
        self.namespace.declare_exchange(
            exchange, type, durable=durable, auto_delete=auto_delete, arguments=arguments or {}
        )

    @amqp_method
    def exchange_delete(self, exchange: str, if_unused: bool = False, nowait: bool = False) -> None:
        self.namespace.delete_exchange(exchange, if_unused=if_unused)

    @amqp_method
    def exchange_bind(self, *args: Any, **kwargs: Any) -> None:
        raise exceptions.AMQPNotImplementedError(
            "the embedded broker does not bind exchanges to exchanges: bind queues"
        )

    exchange_unbind = exchange_bind

    @amqp_method
    def queue_declare(
        self,
        queue: str = "",
        passive: bool = False,
        durable: bool = False,
        exclusive: bool = False,
        auto_delete: bool = True,
        nowait: bool = False,
        arguments: dict[str, Any] | None = None,
    ) -> queue_declare_ok_t:
        if passive:
            found = self.namespace.queue(queue, spec.Queue.Declare, self.connection)
        else:
            found = self.namespace.declare_queue(
                queue,
                durable=durable,
                auto_delete=auto_delete,
                arguments=arguments or {},
                owner=self.connection if exclusive else None,
                connection=self.connection,
            )
        self.last_queue = found.name
        return queue_declare_ok_t(found.name, found.ready, len(found.consumers))

    @amqp_method
    def queue_bind(
        self,
        queue: str,
        exchange: str = "",
        routing_key: str = "",
        nowait: bool = False,
        arguments: Any = None,
    ) -> None:
        self.namespace.bind(self.named_queue(queue, spec.Queue.Bind), exchange, routing_key)

    @amqp_method
    def queue_unbind(
        self, queue: str, exchange: str, routing_key: str = "", nowait: bool = False, arguments: Any = None
    ) -> None:
        self.namespace.unbind(self.named_queue(queue, spec.Queue.Unbind), exchange, routing_key)

    @amqp_method
    def queue_purge(self, queue: str = "", nowait: bool = False) -> int:
        return self.named_queue(queue, spec.Queue.Purge).purge()

    @amqp_method
    def queue_delete(
        self, queue: str = "", if_unused: bool = False, if_empty: bool = False, nowait: bool = False
    ) -> int:
        name = queue or self.last_queue
        if name not in self.namespace.queues:
            return 0
        found = self.named_queue(name, spec.Queue.Delete)
        if (if_unused and found.consumers) or (if_empty and found.ready):
            why = "in use" if if_unused and found.consumers else "not empty"
            raise amqp_error(406, f"PRECONDITION_FAILED - queue {name!r} {why}", spec.Queue.Delete)
        ready = found.ready
        self.namespace.drop_queue(found)
        return ready
