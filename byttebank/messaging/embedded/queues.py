"""One queue: its order, its consumers, and how long its messages live."""

import heapq
import logging
import time
from collections import deque
from typing import Protocol

from byttebank.messaging.embedded import dead_letters
from byttebank.messaging.embedded.arguments import QueueArguments
from byttebank.messaging.embedded.messages import Message, QueuedMessage, State
from byttebank.messaging.embedded.store import Store
from byttebank.messaging.embedded.timers import Timer, call_later

_log = logging.getLogger(__name__)


class Consumer(Protocol):
    """Whoever takes messages from a queue: a channel's subscription, or a link."""

    is_exclusive: bool

    def has_room(self) -> bool: ...

    def deliver(self, queued: QueuedMessage) -> None: ...

    def queue_deleted(self) -> None: ...


class Surroundings(Protocol):
    """What a queue needs of the namespace it is in."""

    name: str
    store: Store | None

    def dead_letter(self, queue: "Queue", message: Message, reason: str) -> bool: ...

    def drop_queue(self, queue: "Queue") -> None: ...

    def changed(self) -> None: ...


class Queue:
    """Messages in the order of their ids, whoever had them in between. Nothing in here waits or yields."""

    def __init__(
        self,
        name: str,
        arguments: QueueArguments,
        namespace: Surroundings,
        *,
        durable: bool,
        auto_delete: bool,
        owner: object | None = None,
    ) -> None:
        """`owner` is the connection an exclusive queue belongs to."""
        self.name, self.arguments = name, arguments
        self.durable, self.auto_delete, self.owner = durable, auto_delete, owner
        self.consumers: deque[Consumer] = deque()
        self.unacked: dict[int, QueuedMessage] = {}
        self.ready = 0
        self.is_deleted = False
        self._namespace = namespace
        self._arrived: deque[QueuedMessage] = deque()
        self._returned: list[tuple[int, QueuedMessage]] = []
        self._unburied: list[tuple[QueuedMessage, str]] = []
        self._head_timer: Timer | None = None
        self._watched: QueuedMessage | None = None
        self._unused_timer: Timer | None = None
        self._has_refused = False
        self.touch()

    @property
    def is_kept(self) -> bool:
        """It survives a restart, and so do its persistent messages. A queue that goes away with its users
        does not: they were in the process that ended, so nobody would come for it."""
        transient = self.auto_delete or self.owner is not None or self.arguments.expires_seconds is not None
        return self.durable and not transient

    def refuses(self) -> bool:
        """The queue is as long as it may be; whoever is refused hears of it when there is room again."""
        limit = self.arguments.max_length
        self._has_refused = limit is not None and self.ready >= limit
        return self._has_refused

    def put(self, message: Message, message_id: int, *, is_stored: bool) -> QueuedMessage:
        """The message is last in the queue, and on its way when a consumer has room. `is_stored`: it is
        written too."""
        now = time.time()
        queued = QueuedMessage(message_id, message, now, self._expires_at(message, now), is_stored)
        if is_stored and self._namespace.store is not None:
            self._namespace.store.insert(self._namespace.name, self.name, queued)
        self.restore(queued)
        self.pump()
        return queued

    def restore(self, queued: QueuedMessage) -> None:
        """A message read back from the store is last in the queue."""
        self._arrived.append(queued)
        self.ready += 1

    def take(self) -> QueuedMessage | None:
        """The first message that is not expired, now unacknowledged, or None."""
        while (head := self._head()) is not None:
            if head.is_expired():
                self._bury(head, dead_letters.EXPIRED)
                continue
            self._leave_ready(head)
            head.state = State.UNACKED
            self.unacked[head.id] = head
            return head
        return None

    def acknowledge(self, queued: QueuedMessage) -> None:
        """The message is gone for good."""
        if self.unacked.pop(queued.id, None) is not None:
            self._discard(queued)

    def reject(self, queued: QueuedMessage, reason: str = dead_letters.REJECTED) -> None:
        """The message is gone, to the dead letter exchange if there is one."""
        if self.unacked.pop(queued.id, None) is not None:
            self._bury(queued, reason)

    def give_back(self, queued: QueuedMessage, *, was_delivered: bool) -> None:
        """The message waits again where it was. `was_delivered`: a consumer had it, which counts as one
        delivery and, past the delivery limit, is the message's death."""
        if self.unacked.pop(queued.id, None) is None:
            return
        if was_delivered:
            queued.was_delivered = True
            queued.delivery_count += 1
            limit = self.arguments.delivery_limit
            if limit is not None and queued.delivery_count > limit:
                self._bury(queued, dead_letters.DELIVERY_LIMIT)
                return
            if queued.is_stored and self._namespace.store is not None:
                self._namespace.store.recount(queued)
        queued.state = State.READY
        heapq.heappush(self._returned, (queued.id, queued))
        self.ready += 1

    def withdraw(self, queued: QueuedMessage) -> None:
        """A message that could not be made safe is out of the queue again, unless a consumer has it
        already."""
        if queued.state is State.READY:
            self.ready -= 1
            self._discard(queued)

    def pump(self) -> None:
        """Every message that a consumer has room for is with one, in turn."""
        while self.ready and (consumer := self._next_with_room()) is not None:
            queued = self.take()
            if queued is None:
                break
            consumer.deliver(queued)
        self._watch_head()

    def subscribe(self, consumer: Consumer) -> None:
        """The consumer gets its share from now on."""
        self.consumers.append(consumer)
        self.touch()
        self.pump()

    def unsubscribe(self, consumer: Consumer) -> None:
        """The consumer gets nothing more; an auto-delete queue is gone with its last one."""
        if consumer not in self.consumers:
            return
        self.consumers.remove(consumer)
        if self.auto_delete and not self.consumers:
            self._namespace.drop_queue(self)
        else:
            self.touch()
            self.pump()

    def purge(self) -> int:
        """No message waits any more; says how many did."""
        count = self.ready
        while (head := self._head()) is not None:
            self._leave_ready(head)
            self._discard(head)
        return count

    def touch(self) -> None:
        """The queue was used: its expiry begins anew, or pauses while there are consumers."""
        if self._unused_timer is not None:
            self._unused_timer.cancel()
            self._unused_timer = None
        seconds = self.arguments.expires_seconds
        if seconds is not None and not self.consumers and not self.is_deleted:
            self._unused_timer = call_later(seconds, lambda: self._namespace.drop_queue(self))

    def bury_again(self) -> None:
        """Dead letters that found no place are tried once more."""
        unburied, self._unburied = self._unburied, []
        for queued, reason in unburied:
            self._bury(queued, reason)

    @property
    def unburied(self) -> int:
        """How many dead letters are kept here because their exchange has no place for them."""
        return len(self._unburied)

    def oldest_at(self) -> float | None:
        """When the oldest message here arrived (seconds since 1970), None when there is none."""
        waiting = [queued for queued in (self._head(), *self.unacked.values()) if queued is not None]
        return min((queued.enqueued_at for queued in waiting), default=None)

    def close(self) -> None:
        """No timer is left. `is_deleted` from now on."""
        self.is_deleted = True
        self.unacked.clear()
        for timer in (self._head_timer, self._unused_timer):
            if timer is not None:
                timer.cancel()
        self._head_timer = self._unused_timer = None

    def _expires_at(self, message: Message, now: float) -> float | None:
        lives: list[float] = []
        if message.expiration_ms is not None:
            lives.append(message.expiration_ms / 1000)
        if self.arguments.message_ttl_seconds is not None:
            lives.append(self.arguments.message_ttl_seconds)
        return now + min(lives) if lives else None

    def _head(self) -> QueuedMessage | None:
        # Withdrawn messages stay in line until they are first, so that withdrawing costs no search.
        while self._returned and self._returned[0][1].state is State.GONE:
            heapq.heappop(self._returned)
        while self._arrived and self._arrived[0].state is State.GONE:
            self._arrived.popleft()
        if self._returned and (not self._arrived or self._returned[0][0] < self._arrived[0].id):
            return self._returned[0][1]
        return self._arrived[0] if self._arrived else None

    def _leave_ready(self, head: QueuedMessage) -> None:
        if self._returned and self._returned[0][1] is head:
            heapq.heappop(self._returned)
        else:
            self._arrived.popleft()
        self.ready -= 1
        limit = self.arguments.max_length
        if self._has_refused and limit is not None and self.ready < limit:
            self._has_refused = False
            self._namespace.changed()

    def _discard(self, queued: QueuedMessage) -> None:
        queued.state = State.GONE
        if queued.is_stored and self._namespace.store is not None:
            self._namespace.store.delete(queued)

    def _bury(self, queued: QueuedMessage, reason: str) -> None:
        if queued.state is State.READY:
            self._leave_ready(queued)
        # Counted as unacknowledged meanwhile: it is in nobody's hands, and must not be delivered from here
        # again.
        queued.state = State.UNACKED
        if self._namespace.dead_letter(self, queued.message, reason):
            self._discard(queued)
            return
        is_kept = self.arguments.dead_letters_at_least_once
        _log.warning(
            "A message of queue %r in county %r died (%s); dead letter exchange %r has no place for it: %s.",
            self.name,
            self._namespace.name,
            reason,
            self.arguments.dead_letter_exchange,
            "kept until there is one"
            if is_kept
            else "lost; x-dead-letter-strategy=at-least-once would keep it",
        )
        if is_kept:
            self._unburied.append((queued, reason))
        else:
            self._discard(queued)

    def _next_with_room(self) -> Consumer | None:
        for _ in range(len(self.consumers)):
            consumer = self.consumers[0]
            self.consumers.rotate(-1)
            if consumer.has_room():
                return consumer
        return None

    def _watch_head(self) -> None:
        head = self._head()
        if head is self._watched:
            return
        self._watched = head
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None
        if head is not None and head.expires_at is not None and not self.is_deleted:
            self._head_timer = call_later(head.expires_at - time.time(), self._expire_heads)

    def _expire_heads(self) -> None:
        self._head_timer = self._watched = None
        while (head := self._head()) is not None and head.is_expired():
            self._bury(head, dead_letters.EXPIRED)
        self._watch_head()
