"""One `basic.consume`: the messages a queue assigned to a channel, until the application has them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from byttebank.messaging.embedded.messages import QueuedMessage
from byttebank.messaging.embedded.queues import Queue

if TYPE_CHECKING:
    from byttebank.messaging.embedded.consuming import Consuming


class Subscription:
    """A consumer with a tag. A message assigned here reaches the application when its connection drains
    events."""

    def __init__(
        self,
        channel: "Consuming",
        queue: Queue,
        tag: str,
        callback: Callable[[Any], Any] | None,
        *,
        no_ack: bool,
        is_exclusive: bool,
        prefetch: int,
        on_cancel: Callable[[str], Any] | None,
    ) -> None:
        """`prefetch` 0 is no limit."""
        self.queue, self.tag, self.callback = queue, tag, callback
        self.no_ack, self.is_exclusive, self.on_cancel = no_ack, is_exclusive, on_cancel
        self.held = 0
        self._channel, self._prefetch = channel, prefetch
        self._assigned: dict[int, QueuedMessage] = {}

    def has_room(self) -> bool:
        """The prefetch limit allows one message more."""
        return self.no_ack or not self._prefetch or self.held < self._prefetch

    def deliver(self, queued: QueuedMessage) -> None:
        """The queue assigns a message."""
        self.held += 1
        self._assigned[queued.id] = queued
        self._channel.post(lambda: self._hand_over(queued))

    def queue_deleted(self) -> None:
        """The broker took the queue away."""
        self._assigned.clear()
        self._channel.post(lambda: self._channel.subscription_lost(self))

    def released(self) -> None:
        """One message less is with the application."""
        self.held -= 1

    def cancel(self) -> None:
        """Nothing more comes. What the application has not got yet waits in the queue again, as if
        untouched."""
        assigned, self._assigned = self._assigned, {}
        for queued in assigned.values():
            self.released()
            self.queue.give_back(queued, was_delivered=False)
        self.queue.unsubscribe(self)

    def _hand_over(self, queued: QueuedMessage) -> None:
        if self._assigned.pop(queued.id, None) is None:
            return  # cancelled meanwhile; the queue has it again
        if queued.is_expired():
            self.released()
            self.queue.reject(queued, "expired")
            self.queue.pump()
            return
        self._channel.hand_over(self, queued)
