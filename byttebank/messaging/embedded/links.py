"""A link moves messages from one county's queue to another county's exchange, as RabbitMQ's dynamic shovel
does."""

import logging
import time
from collections import deque
from dataclasses import dataclass
from typing import Literal

from amqp.exceptions import AMQPError

from byttebank.messaging.embedded import dead_letters
from byttebank.messaging.embedded.messages import QueuedMessage
from byttebank.messaging.embedded.namespace import Namespace
from byttebank.messaging.embedded.outcomes import Outcome, nacked
from byttebank.messaging.embedded.queues import Queue
from byttebank.messaging.embedded.timers import Timer, call_later

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LinkState:
    """How one link does. `waiting` messages are still in the source queue, the oldest for so many seconds."""

    source: str
    queue: str
    target: str
    exchange: str
    state: Literal["running", "cut", "blocked"]
    reason: str
    waiting: int
    oldest_waiting_seconds: float
    moved: int


class Link:
    """One direction between two counties. Messages keep routing key and headers and get the link's user id.

    A message leaves its queue in the same commit in which the target's queues have it, so a crash neither
    loses nor doubles it. One that the target does not take stays first in line, and the link tries again when
    the target changes.
    """

    is_exclusive = False

    def __init__(
        self, source: Namespace, queue: str, target: Namespace, exchange: str, user_id: str, prefetch: int
    ) -> None:
        self.source, self.queue, self.target, self.exchange = source, queue, target, exchange
        self.user_id, self.prefetch = user_id, prefetch
        self.is_cut = False
        self.reason = ""
        self.moved = 0
        self._is_closed = False
        self._taken: deque[QueuedMessage] = deque()
        self._subscribed: Queue | None = None
        self._timer: Timer | None = None
        source.listeners.append(self._wake)
        target.listeners.append(self._wake)
        self._wake()

    def state(self) -> LinkState:
        """How the link does at this moment."""
        queue = self.source.queues.get(self.queue)
        oldest_at = queue.oldest_at() if queue else None
        return LinkState(
            source=self.source.name,
            queue=self.queue,
            target=self.target.name,
            exchange=self.exchange,
            state="cut" if self.is_cut else "blocked" if self.reason else "running",
            reason=self.reason,
            waiting=queue.ready + len(queue.unacked) if queue else 0,
            oldest_waiting_seconds=max(time.time() - oldest_at, 0.0) if oldest_at is not None else 0.0,
            moved=self.moved,
        )

    @property
    def is_about_to_move(self) -> bool:
        """It looks for messages at the hub's next turn."""
        return self._timer is not None

    def cut(self) -> None:
        """Nothing moves any more; messages wait in the source queue."""
        self.is_cut = True
        self._let_go()

    def heal(self) -> None:
        """What waited moves, in order, and what comes later too."""
        self.is_cut = False
        self._wake()

    def close(self) -> None:
        """The link is no more; messages stay in the source queue."""
        self._is_closed = True
        self._let_go()
        if self._timer is not None:
            self._timer.cancel()
        for namespace in (self.source, self.target):
            if self._wake in namespace.listeners:
                namespace.listeners.remove(self._wake)

    def has_room(self) -> bool:
        """The source queue may hand over one message more."""
        return len(self._taken) < self.prefetch

    def deliver(self, queued: QueuedMessage) -> None:
        """A message of the source queue is to be moved at the hub's next turn, not within the publisher's
        call: links may form a chain or a ring."""
        self._taken.append(queued)
        self._wake()

    def queue_deleted(self) -> None:
        """The source queue is gone, and what it held with it."""
        self._subscribed = None
        self._taken.clear()
        self._wake()

    def _wake(self) -> None:
        if self._timer is None and not self._is_closed and not self.is_cut:
            self._timer = call_later(0, self._work)

    def _work(self) -> None:
        self._timer = None
        if self._is_closed or self.is_cut:
            return
        queue = self.source.queues.get(self.queue)
        if queue is None:
            self._block(f"there is no queue {self.queue!r} in county {self.source.name!r}")
            return
        if queue.owner is not None or queue.auto_delete:
            # Letting go of such a queue, as a cut does, would delete it with all its messages.
            self._block(f"queue {self.queue!r} in county {self.source.name!r} is exclusive or auto-delete")
            return
        if self._subscribed is None:
            self._subscribed = queue
            queue.subscribe(self)
        self._move_taken(queue)

    def _move_taken(self, queue: Queue) -> None:
        while self._taken:
            queued = self._taken[0]
            if queued.is_expired():
                self._taken.popleft()
                queue.reject(queued, dead_letters.EXPIRED)
                continue
            outcome = self._publish(queued)
            if not outcome.is_confirmed:
                self._block(outcome.reason)
                return
            self._taken.popleft()
            queue.acknowledge(queued)
            self.moved += 1
        if self.reason:
            _log.info("The link from %s to %s moves messages again.", self.source.name, self.target.name)
            self.reason = ""
        queue.pump()

    def _publish(self, queued: QueuedMessage) -> Outcome:
        try:
            outcome, _ = self.target.publish(queued.message.forwarded(self.exchange, self.user_id))
        except AMQPError as error:
            return nacked(str(error.reply_text))
        return outcome

    def _block(self, reason: str) -> None:
        if reason != self.reason:
            _log.warning(
                "The link from queue %r of %s to %s does not move messages: %s. They wait; nothing is lost.",
                self.queue,
                self.source.name,
                self.target.name,
                reason,
            )
        self.reason = reason
        self._let_go()

    def _let_go(self) -> None:
        queue, self._subscribed = self._subscribed, None
        taken, self._taken = list(self._taken), deque()
        if queue is None:
            return
        queue.unsubscribe(self)
        for queued in taken:
            queue.give_back(queued, was_delivered=False)
        queue.pump()
