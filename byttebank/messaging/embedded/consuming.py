"""The methods of a channel that consume and acknowledge."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import amqp
from amqp import exceptions, spec

from byttebank.messaging.embedded.errors import amqp_error
from byttebank.messaging.embedded.messages import QueuedMessage
from byttebank.messaging.embedded.methods import Methods, amqp_method
from byttebank.messaging.embedded.queues import Queue
from byttebank.messaging.embedded.subscriptions import Subscription

if TYPE_CHECKING:
    from byttebank.messaging.embedded.connection import Connection

Held = tuple[Queue, QueuedMessage, Subscription | None]


class Consuming(Methods):
    """`basic.consume`, `get`, `ack`, `reject` and what belongs to them."""

    def __init__(self, connection: "Connection", channel_id: int) -> None:
        super().__init__(connection, channel_id)
        self.no_ack_consumers: Any = set()
        self._prefetch = 0
        self._subscriptions: dict[str, Subscription] = {}
        self._unacked: dict[int, Held] = {}

    @amqp_method
    def basic_qos(self, prefetch_size: int, prefetch_count: int, a_global: bool) -> None:
        """Consumers made on this channel from now on hold at most so many messages each."""
        if prefetch_size or a_global:
            text = "the embedded broker limits messages per consumer: leave out prefetch_size and global"
            raise exceptions.AMQPNotImplementedError(text)
        self._prefetch = prefetch_count

    @amqp_method
    def basic_consume(
        self,
        queue: str = "",
        consumer_tag: str = "",
        no_local: bool = False,
        no_ack: bool = False,
        exclusive: bool = False,
        nowait: bool = False,
        callback: Callable[[Any], Any] | None = None,
        arguments: dict[str, Any] | None = None,
        on_cancel: Callable[[str], Any] | None = None,
    ) -> str:
        found = self.named_queue(queue, spec.Basic.Consume)
        if arguments:
            raise exceptions.AMQPNotImplementedError(
                f"the embedded broker has no consumer arguments: {sorted(arguments)}"
            )
        tag = consumer_tag or f"amq.ctag-{self.channel_id}-{self.next_tag()}"
        if tag in self._subscriptions:
            raise amqp_error(530, f"NOT_ALLOWED - attempt to reuse consumer tag {tag!r}", spec.Basic.Consume)
        if found.consumers and (exclusive or any(other.is_exclusive for other in found.consumers)):
            text = f"ACCESS_REFUSED - queue {found.name!r} in exclusive use"
            raise amqp_error(403, text, spec.Basic.Consume)
        subscription = Subscription(
            self,
            found,
            tag,
            callback,
            no_ack=no_ack,
            is_exclusive=exclusive,
            prefetch=self._prefetch,
            on_cancel=on_cancel,
        )
        self._subscriptions[tag] = subscription
        if no_ack:
            self.no_ack_consumers.add(tag)
        found.subscribe(subscription)
        return tag

    @amqp_method
    def basic_cancel(self, consumer_tag: str, nowait: bool = False) -> None:
        """Nothing more is delivered under this tag, and whoever waits for events of this connection wakes
        up."""
        subscription = self._subscriptions.pop(consumer_tag, None)
        if subscription is not None:
            subscription.cancel()
        self.post(lambda: None)

    @amqp_method
    def basic_get(self, queue: str = "", no_ack: bool = False) -> amqp.Message | None:
        found = self.named_queue(queue, spec.Basic.Get)
        found.touch()
        queued = found.take()
        if queued is None:
            return None
        return self._raw(found, queued, None, no_ack, message_count=found.ready)

    @amqp_method
    def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        for queue, queued, subscription in self._settle(delivery_tag, multiple, spec.Basic.Ack):
            queue.acknowledge(queued)
            if subscription is not None:
                subscription.released()
            queue.pump()

    @amqp_method
    def basic_reject(self, delivery_tag: int, requeue: bool) -> None:
        self._refuse(delivery_tag, False, requeue, spec.Basic.Reject)

    @amqp_method
    def basic_nack(self, delivery_tag: int, multiple: bool = False, requeue: bool = True) -> None:
        self._refuse(delivery_tag, multiple, requeue, spec.Basic.Nack)

    @amqp_method
    def basic_recover(self, requeue: bool = False) -> None:
        if not requeue:
            raise exceptions.AMQPNotImplementedError(
                "basic.recover without requeue is not in RabbitMQ, and not here"
            )
        self._refuse(0, True, True, spec.Basic.Recover)

    def flow(self, active: bool) -> None:
        raise exceptions.AMQPNotImplementedError("channel.flow is not in the embedded broker: use basic_qos")

    def hand_over(self, subscription: Subscription, queued: QueuedMessage) -> None:
        """The application has the message."""
        raw = self._raw(subscription.queue, queued, subscription, subscription.no_ack)
        raw.delivery_info["consumer_tag"] = subscription.tag
        if subscription.callback is not None:
            subscription.callback(raw)

    def subscription_lost(self, subscription: Subscription) -> None:
        """The application hears that a queue is gone. Raises: `ConsumerCancelled` when it gave no
        `on_cancel`."""
        if self._subscriptions.pop(subscription.tag, None) is None:
            return
        self.no_ack_consumers.discard(subscription.tag)
        if subscription.on_cancel is None:
            raise exceptions.ConsumerCancelled(subscription.tag, spec.Basic.Cancel)
        subscription.on_cancel(subscription.tag)

    def abandon(self) -> None:
        """The broker is gone, and with it all that the channel held."""
        self.connection = None
        self._subscriptions.clear()
        self._unacked.clear()

    def fail(self, error: Exception) -> None:
        """The channel starts anew. Whoever drains events for its consumers hears why they are gone: the
        error itself only reaches who called, a worker say, and a service would go deaf without noticing."""

        def tell() -> None:
            raise error

        had_consumers = bool(self._subscriptions)
        self.let_go()
        if had_consumers:
            self.post(tell)

    def let_go(self) -> None:
        """The channel consumes nothing and holds nothing: unacknowledged messages are in their queues
        again."""
        subscriptions, self._subscriptions = self._subscriptions, {}
        self.no_ack_consumers.clear()
        unacked, self._unacked = self._unacked, {}
        # Everything is back in its place before the first message goes to somebody else.
        for queue, queued, _ in unacked.values():
            queue.give_back(queued, was_delivered=True)
        for subscription in subscriptions.values():
            subscription.cancel()
        for queue in {queue: None for queue, _, _ in unacked.values()}:
            queue.pump()

    def _raw(
        self,
        queue: Queue,
        queued: QueuedMessage,
        subscription: Subscription | None,
        no_ack: bool,
        **delivery_info: Any,
    ) -> amqp.Message:
        tag = self.next_tag()
        if no_ack:
            queue.acknowledge(queued)
            if subscription is not None:
                subscription.released()
        else:
            self._unacked[tag] = (queue, queued, subscription)
        return queued.as_delivered(self, tag, counts=queue.arguments.is_quorum, **delivery_info)

    def _settle(self, tag: int, multiple: bool, method: tuple[int, int]) -> list[Held]:
        if not multiple:
            if tag not in self._unacked:
                raise amqp_error(406, f"PRECONDITION_FAILED - unknown delivery tag {tag}", method)
            return [self._unacked.pop(tag)]
        tags = [held for held in self._unacked if held <= tag or tag == 0]
        return [self._unacked.pop(held) for held in tags]

    def _refuse(self, tag: int, multiple: bool, requeue: bool, method: tuple[int, int]) -> None:
        for queue, queued, subscription in self._settle(tag, multiple, method):
            if requeue:
                queue.give_back(queued, was_delivered=True)
            else:
                queue.reject(queued)
            if subscription is not None:
                subscription.released()
            queue.pump()
