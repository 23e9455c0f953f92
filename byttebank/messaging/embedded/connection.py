"""A connection to one county of the embedded broker."""

from collections.abc import Callable
from itertools import count
from typing import Any

import eventlet
from amqp.exceptions import ConnectionForced, RecoverableConnectionError
from eventlet.queue import Empty, LightQueue

from byttebank.messaging.embedded.broker import EmbeddedBroker
from byttebank.messaging.embedded.channel import Channel

_BREATH = 64
"""A connection that is never out of work lets the others have a turn after so many steps."""


class Connection:
    """Channels, and the events that wait until the application drains them. A new event wakes it at once."""

    def __init__(self, broker: EmbeddedBroker, county: str, client: Any, *, confirms: bool) -> None:
        """`client` is kombu's connection; `confirms` makes `basic_publish` wait for the broker's confirm."""
        self.broker, self.client, self.confirms = broker, client, confirms
        self.namespace = broker.namespace(county)
        self.channels: dict[int, Channel] = {}
        self.connected = True
        self._next_channel_id = count(1).__next__
        self._events = LightQueue()
        self._steps = 0
        broker.connections.add(self)

    def channel(self) -> Channel:
        """A new channel. Refuses: `RecoverableConnectionError` on a closed connection."""
        if not self.connected:
            raise RecoverableConnectionError("the connection is closed")
        channel = Channel(self, self._next_channel_id())
        self.channels[channel.channel_id] = channel
        return channel

    def post(self, action: Callable[[], None]) -> None:
        """The action runs when the application drains events; whoever waits for them wakes up."""
        if self.connected:
            self._events.put(action)

    def drain_events(self, timeout: float | None = None) -> None:
        """One event was handled, of those that came or the next to come; timeout in seconds, None for ever.

        Refuses: `TimeoutError` when none came in time; a connection error when the connection is or gets
        closed.
        """
        if not self.connected:
            raise RecoverableConnectionError("drain_events: the connection is closed")
        if not self._events.empty():
            self.breathe()
        try:
            action = self._events.get(block=timeout != 0, timeout=timeout)
        except Empty:
            raise TimeoutError(f"no event within {timeout} s") from None
        action()

    def breathe(self) -> None:
        """Other greenthreads had a turn lately."""
        self._steps += 1
        if self._steps % _BREATH == 0:
            eventlet.sleep(0)

    def close(self) -> None:
        """Channels are closed, what they held is in its queues again, exclusive queues are gone. Twice is as
        once."""
        if not self.connected:
            return
        for channel in list(self.channels.values()):
            channel.close()
        for queue in list(self.namespace.queues.values()):
            if queue.owner is self:
                self.namespace.drop_queue(queue)
        self._disconnect(RecoverableConnectionError("the connection was closed"))

    collect = close

    def broker_closed(self) -> None:
        """The broker stops: whoever waits here is told so, and nothing goes back to its queue, as in a
        crash."""
        for channel in self.channels.values():
            channel.abandon()
        self.channels.clear()
        self._disconnect(
            ConnectionForced("CONNECTION_FORCED - the embedded broker was closed", reply_code=320)
        )

    def _disconnect(self, error: Exception) -> None:
        def refuse() -> None:
            raise error

        self.broker.connections.discard(self)
        self.connected = False
        for _ in range(self._events.getting()):
            self._events.put(refuse)
