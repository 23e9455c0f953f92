"""Local messages having their effect: each once, many in one transaction when many wait."""

from collections.abc import Mapping, Sequence
from typing import Any

from nameko.extensions import Entrypoint

from byttebank import telemetry
from byttebank.messaging.deliveries import Delivery, LocalMessage, read_local
from byttebank.messaging.handlers import Foreseen, foresee
from byttebank.messaging.node import Channels
from byttebank.storage.work import Database, Work

PEER_CHANGED = "PeerChanged"
APPLIED = "applied"
DUPLICATE = "duplicate"


class LocalInbox:
    """What a service does with the messages of its county."""

    def __init__(
        self, database: Database, handlers: Mapping[str, Entrypoint], channels: Channels | None
    ) -> None:
        """`handlers` by name of the message. With channels, `PeerChanged` is for them first."""
        self._database = database
        self._handlers = handlers
        self._channels = channels

    def names(self) -> set[str]:
        """The messages that are listened to."""
        return {*self._handlers, *([PEER_CHANGED] if self._channels is not None else [])}

    def read(self, delivery: Delivery) -> LocalMessage:
        """The message in a delivery. Refuses: `Malformed`; `KeyError` for one that is not listened to."""
        message = read_local(delivery)
        if message.name not in self.names():
            raise KeyError(f"{self._database.service} does not listen to {message.name}")
        return message

    def carrier(self, messages: Sequence[LocalMessage]) -> Entrypoint | None:
        """A handler that can carry these messages to a worker."""
        return next((self._handlers[one.name] for one in messages if one.name in self._handlers), None)

    def commit(self, messages: Sequence[LocalMessage], service: Any) -> list[str]:
        """Every message has had its effect, in one transaction, or none has; an outcome for each.

        Raises whatever a handler raises; then the messages are to be tried one by one.
        """
        with self._database.work() as work:
            if len(messages) > 1:
                work.take_turn()
            new = work.are_new([(message.origin, message.message_id) for message in messages])
            if new:
                foresee(service, work, [Foreseen(message.name, message.body) for message in messages])
            return [self._apply(work, message, service, new) for message in messages]

    def _apply(self, work: Work, message: LocalMessage, service: Any, new: set[tuple[str, str]]) -> str:
        place = (message.origin, message.message_id)
        if place not in new:
            return DUPLICATE
        new.remove(place)
        with telemetry.bound(message_id=message.message_id, **message.trace):
            work.trace = dict(message.trace)
            if message.name == PEER_CHANGED and self._channels is not None:
                self._channels.peer_changed(work, message.body)
            if message.name in self._handlers:
                getattr(service, self._handlers[message.name].method_name)(work, message.body)
        return APPLIED
