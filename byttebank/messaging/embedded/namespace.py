"""One county's broker within the process: what would be a RabbitMQ of its own in production."""

import json
import logging
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from amqp import spec

from byttebank.messaging.embedded.arguments import read_alternate, read_queue_arguments
from byttebank.messaging.embedded.dead_letters import REJECTED, as_dead_letter, runs_in_a_circle
from byttebank.messaging.embedded.errors import amqp_error, refuse_different, refuse_reserved
from byttebank.messaging.embedded.exchanges import TYPES, Exchange
from byttebank.messaging.embedded.messages import Message, QueuedMessage
from byttebank.messaging.embedded.outcomes import CONFIRMED, Outcome, nacked, returned
from byttebank.messaging.embedded.queues import Queue
from byttebank.messaging.embedded.store import Store

_log = logging.getLogger(__name__)

_THAT_BINDING = "WHERE namespace = ? AND exchange = ? AND queue = ? AND binding_key = ?"

Copies = list[tuple[Queue, QueuedMessage]]


class Namespace:
    """A county's exchanges and queues by name, and the messages that move through them. Nothing in here waits
    or yields.

    What is durable is in the store too, and there again after a restart. Refusals are AMQP's, in RabbitMQ's
    words.
    """

    def __init__(self, name: str, store: Store | None, next_id: Callable[[], int]) -> None:
        self.name, self.store = name, store
        self.exchanges = {f"amq.{type_}": Exchange(f"amq.{type_}", type_) for type_ in TYPES}
        self.queues: dict[str, Queue] = {}
        self.listeners: list[Callable[[], None]] = []
        self._next_id = next_id

    def exchange(self, name: str, method: tuple[int, int]) -> Exchange:
        """The exchange of that name. Refuses: NOT_FOUND."""
        found = self.exchanges.get(name)
        if found is None:
            raise amqp_error(404, f"NOT_FOUND - no exchange {name!r} in county {self.name!r}", method)
        return found

    def queue(self, name: str, method: tuple[int, int], connection: object = None) -> Queue:
        """The queue of that name. Refuses: NOT_FOUND; RESOURCE_LOCKED for another connection's exclusive
        queue."""
        found = self.queues.get(name)
        if found is None:
            raise amqp_error(404, f"NOT_FOUND - no queue {name!r} in county {self.name!r}", method)
        if found.owner is not None and found.owner is not connection:
            text = f"RESOURCE_LOCKED - queue {name!r} in county {self.name!r} belongs to another connection"
            raise amqp_error(405, text, method)
        return found

    def declare_exchange(
        self, name: str, type_: str, *, durable: bool, auto_delete: bool, arguments: Mapping[str, Any]
    ) -> None:
        """The exchange exists.

        Refuses: reserved names, unknown types and arguments, and a redeclaration that differs.
        """
        method = spec.Exchange.Declare
        refuse_reserved("exchange", name, method)
        if type_ not in TYPES:
            text = f"COMMAND_INVALID - unknown exchange type {type_!r}, known are {', '.join(TYPES)}"
            raise amqp_error(503, text, method)
        new = Exchange(name, type_, durable, auto_delete, read_alternate(name, arguments))
        old = self.exchanges.get(name)
        if old is not None:
            for what in ("type", "durable", "auto_delete", "alternate"):
                refuse_different(
                    f"exchange {name!r}", self.name, what, getattr(new, what), getattr(old, what), method
                )
            return
        self.exchanges[name] = new
        if new.is_kept:
            self._write("INSERT INTO exchange VALUES (?, ?, ?, ?)", self.name, name, type_, new.alternate)
        self.changed()

    def delete_exchange(self, name: str, *, if_unused: bool) -> None:
        """No exchange has that name. Refuses: reserved names; one with bindings when `if_unused`."""
        refuse_reserved("exchange", name, spec.Exchange.Delete)
        found = self.exchanges.get(name)
        if found is None:
            return
        if if_unused and found.bindings:
            text = f"PRECONDITION_FAILED - exchange {name!r} in county {self.name!r} in use"
            raise amqp_error(406, text, spec.Exchange.Delete)
        del self.exchanges[name]
        if found.is_kept:
            self._write("DELETE FROM exchange WHERE namespace = ? AND name = ?", self.name, name)
            self._write("DELETE FROM binding WHERE namespace = ? AND exchange = ?", self.name, name)

    def declare_queue(
        self,
        name: str,
        *,
        durable: bool,
        auto_delete: bool,
        arguments: Mapping[str, Any],
        owner: object = None,
        connection: object = None,
    ) -> Queue:
        """The queue exists; an empty name makes a new one. `owner` is the connection of an exclusive queue.

        Refuses: reserved names, bad arguments (`read_queue_arguments`), a redeclaration that differs.
        """
        method = spec.Queue.Declare
        if name in self.queues:
            old = self.queue(name, method, connection)
            given = {
                "durable": durable,
                "auto_delete": auto_delete,
                "exclusive": owner is not None,
                **arguments,
            }
            current = {
                "durable": old.durable,
                "auto_delete": old.auto_delete,
                "exclusive": old.owner is not None,
                **old.arguments.as_given,
            }
            for what in sorted({*given, *current}):
                refuse_different(
                    f"queue {name!r}", self.name, what, given.get(what), current.get(what), method
                )
            old.touch()
            return old
        if name:
            refuse_reserved("queue", name, method)
        is_transient = not durable or auto_delete or owner is not None
        read = read_queue_arguments(name, arguments, is_transient=is_transient)
        name = name or f"amq.gen-{secrets.token_urlsafe(16)}"
        queue = Queue(name, read, self, durable=durable, auto_delete=auto_delete, owner=owner)
        self.queues[name] = queue
        if queue.is_kept:
            self._write("INSERT INTO queue VALUES (?, ?, ?)", self.name, name, json.dumps(dict(arguments)))
        self.changed()
        return queue

    def drop_queue(self, queue: Queue) -> None:
        """The queue, its messages and its bindings are gone; its consumers are told."""
        if queue.is_deleted:
            return
        queue.close()
        self.queues.pop(queue.name, None)
        for exchange in list(self.exchanges.values()):
            for bound, key in list(exchange.bindings):
                if bound == queue.name:
                    self.unbind(queue, exchange.name, key)
        if queue.is_kept:
            self._write("DELETE FROM message WHERE namespace = ? AND queue = ?", self.name, queue.name)
            self._write("DELETE FROM queue WHERE namespace = ? AND name = ?", self.name, queue.name)
        consumers = list(queue.consumers)
        queue.consumers.clear()
        for consumer in consumers:
            consumer.queue_deleted()

    def bind(self, queue: Queue, exchange: str, key: str) -> None:
        """The queue gets what matches the key. Refuses: the default exchange, which reaches each queue by
        name."""
        method = spec.Queue.Bind
        if exchange == "":
            raise amqp_error(403, "ACCESS_REFUSED - operation not permitted on the default exchange", method)
        source = self.exchange(exchange, method)
        if source.bind(queue.name, key):
            if source.is_kept and queue.is_kept:
                self._write("INSERT INTO binding VALUES (?, ?, ?, ?)", self.name, exchange, queue.name, key)
            self.changed()

    def unbind(self, queue: Queue, exchange: str, key: str) -> None:
        """The queue no longer gets what matches the key; an auto-delete exchange is gone with its last
        binding."""
        source = self.exchanges.get(exchange)
        if source is None or not source.unbind(queue.name, key):
            return
        if source.is_kept and queue.is_kept:
            self._write(f"DELETE FROM binding {_THAT_BINDING}", self.name, exchange, queue.name, key)
        if source.auto_delete and not source.bindings:
            self.delete_exchange(exchange, if_unused=False)

    def route(self, exchange: str, routing_key: str) -> list[Queue]:
        """The queues a message gets into, by way of alternate exchanges if need be. Refuses: NOT_FOUND."""
        if exchange == "":
            queue = self.queues.get(routing_key)
            return [] if queue is None else [queue]
        source: Exchange | None = self.exchange(exchange, spec.Basic.Publish)
        tried: set[str] = set()
        while source is not None and source.name not in tried:
            if names := source.route(routing_key):
                return [self.queues[name] for name in names]
            tried.add(source.name)
            source = self.exchanges.get(source.alternate) if source.alternate else None
        return []

    def publish(self, message: Message) -> tuple[Outcome, Copies]:
        """The message is in every queue it is routed to, or in none when one of them refuses it.

        Refuses: NOT_FOUND for an exchange that does not exist. "confirmed" is only so once the store has
        committed.
        """
        return self._put(message, self.route(message.exchange, message.routing_key))

    def dead_letter(self, queue: Queue, message: Message, reason: str) -> bool:
        """The message is where the queue's dead letters go. False when no queue there takes it."""
        exchange = queue.arguments.dead_letter_exchange
        if exchange is None or (exchange and exchange not in self.exchanges):
            return exchange is None
        routing_key = queue.arguments.dead_letter_routing_key
        dead = as_dead_letter(message, queue.name, reason, exchange, routing_key or message.routing_key)
        routed = self.route(exchange, dead.routing_key)
        targets = [
            target for target in routed if reason == REJECTED or not runs_in_a_circle(dead, target.name)
        ]
        if routed and not targets:
            _log.warning(
                "Dropped from queue %r in county %r: a message, routing key %r, that went round in circles as"
                " a dead letter without any consumer. Dead letter exchange %r must lead elsewhere.",
                queue.name,
                self.name,
                message.routing_key,
                exchange,
            )
            return True
        outcome, _ = self._put(dead, targets)
        return outcome.is_confirmed

    def changed(self) -> None:
        """A way opened that was closed: dead letters without a place, and links, try again."""
        for queue in list(self.queues.values()):
            if queue.unburied:
                queue.bury_again()
        for listener in list(self.listeners):
            listener()

    def close(self) -> None:
        """No timer of a queue is left."""
        for queue in self.queues.values():
            queue.close()

    def _put(self, message: Message, queues: list[Queue]) -> tuple[Outcome, Copies]:
        if not queues:
            text = f"no queue in county {self.name!r} takes routing key {message.routing_key!r}"
            return returned(f"{text} from exchange {message.exchange!r}"), []
        for queue in queues:
            if queue.refuses():
                text = f"queue {queue.name!r} in county {self.name!r} is full ({queue.ready} messages)"
                return nacked(text), []
        is_stored = self.store is not None and message.is_persistent and not self._is_call(message)
        return CONFIRMED, [
            (queue, queue.put(message, self._next_id(), is_stored=is_stored and queue.is_kept))
            for queue in queues
        ]

    def _is_call(self, message: Message) -> bool:
        """It asks for an answer that only this process could take: after a crash the caller is gone with its
        queue, so there is nothing to keep. Without this every RPC of nameko, persistent by default, would be
        written."""
        if message.reply_to is None:
            return False
        by_name = self.queues.get(message.reply_to)
        queues = [by_name] if by_name else self.route(message.exchange, message.reply_to)
        return bool(queues) and not any(queue.is_kept for queue in queues)

    def _write(self, statement: str, *row: Any) -> None:
        if self.store is not None:
            self.store.write(statement, row)
