"""The broker of a process: every county's namespace, the links between them, and the file behind them."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Protocol
from weakref import WeakSet

from amqp.exceptions import AMQPError

from byttebank.identifiers import is_slug
from byttebank.messaging.embedded.errors import BrokerNotStarted, NoSuchLink, WrongThread
from byttebank.messaging.embedded.links import Link, LinkState
from byttebank.messaging.embedded.messages import PERSISTENT, make_message
from byttebank.messaging.embedded.namespace import Copies, Namespace
from byttebank.messaging.embedded.outcomes import Outcome, nacked
from byttebank.messaging.embedded.recovery import restore
from byttebank.messaging.embedded.store import Store, StoreFailed


@dataclass(frozen=True, slots=True)
class Publication:
    """One message for `publish_many`. `properties` as AMQP names them (`content_type`, `application_headers`,
    ...); it is persistent unless they say otherwise with `delivery_mode`."""

    exchange: str
    routing_key: str
    body: bytes
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class QueueState:
    """How one queue does: messages waiting, messages with consumers, dead letters without a place,
    consumers."""

    name: str
    ready: int
    unacked: int
    dead_letters_waiting: int
    consumers: int


class Connection(Protocol):
    """What the broker knows of a connection."""

    def broker_closed(self) -> None: ...

    def post(self, action: Callable[[], None]) -> None: ...


class EmbeddedBroker:
    """The message broker inside this process. Made by `start_broker`; all its calls belong to one thread."""

    def __init__(self, store: Store | None) -> None:
        self.store = store
        self.is_closed = False
        # Weak, because kombu drops connections that only published without closing them.
        self.connections: WeakSet[Connection] = WeakSet()
        self._namespaces: dict[str, Namespace] = {}
        self._links: dict[tuple[str, str, str], Link] = {}
        self._thread = threading.get_native_id()
        last_id = (
            max((row[0] for row in store.rows("message", "max(id)") if row[0]), default=0) if store else 0
        )
        self._next_id: Callable[[], int] = count(last_id + 1).__next__
        if store is not None:
            restore(store, self.namespace)

    def namespace(self, name: str) -> Namespace:
        """The county's exchanges and queues; empty ones the first time.

        Refuses: `ValueError` for what is not a county's id; `BrokerNotStarted` after `close`; `WrongThread`.
        """
        self.check_thread()
        if self.is_closed:
            raise BrokerNotStarted("The embedded broker was closed. Start a new one with start_broker().")
        found = self._namespaces.get(name)
        if found is None:
            if not is_slug(name):
                raise ValueError(f"{name!r} is not a county's id such as innlandet")
            found = self._namespaces[name] = Namespace(name, self.store, self._next_id)
        return found

    def check_thread(self) -> None:
        """Refuses: `WrongThread` in any thread but the one that started the broker."""
        if threading.get_native_id() != self._thread:
            text = (
                "The embedded broker works in one thread. Publish before or after tpool.execute(), not in it."
            )
            raise WrongThread(text)

    def publish_many(self, namespace: str, publications: Sequence[Publication]) -> list[Outcome]:
        """Each message is in its queues and, if it must survive, on disk, all by one commit; or its outcome
        says why not.

        Outcomes come in the order of the publications. Waits for the commit, so other greenthreads run
        meanwhile. Refuses: what AMQP cannot carry and a `user_id`, before anything is published.
        """
        home = self.namespace(namespace)
        messages = [
            make_message(
                one.exchange, one.routing_key, one.body, {"delivery_mode": PERSISTENT, **one.properties}
            )
            for one in publications
        ]
        results: list[tuple[Outcome, Copies]] = []
        for message in messages:
            try:
                results.append(home.publish(message))
            except AMQPError as error:
                results.append((nacked(str(error.reply_text)), []))
        reason = self.wait_until_safe([copy for _, copies in results for copy in copies])
        return [
            nacked(reason) if reason and any(queued.is_stored for _, queued in copies) else outcome
            for outcome, copies in results
        ]

    def wait_until_safe(self, copies: Copies, timeout: float | None = None) -> str:
        """The copies that must survive a crash are on disk: empty text. Or the reason why they may not be;
        then those that no consumer has yet are out of their queues again."""
        if self.store is None or not any(queued.is_stored for _, queued in copies):
            return ""
        reason = f"no commit within {timeout} s"
        try:
            if self.store.confirm().wait(timeout):
                return ""
        except StoreFailed as error:
            reason = str(error)
        for queue, queued in copies:
            queue.withdraw(queued)
        return reason

    def link(
        self, source: str, queue: str, target: str, exchange: str, user_id: str, prefetch: int = 100
    ) -> None:
        """Messages in the source county's queue move to the target county's exchange, under that user id,
        from now on.

        Neither queue nor exchange need exist yet. A link is not stored: make it anew after a restart.
        Refuses: `ValueError` for a second link between the same two and queue, for one to itself, an empty
        user id, a prefetch under 1.
        """
        if source == target:
            raise ValueError(f"a link joins two counties, not {source} with itself")
        if not user_id:
            raise ValueError(
                "a link stamps a user id on every message: give it one, such as county-innlandet"
            )
        if prefetch < 1:
            raise ValueError(f"prefetch={prefetch}: a link needs to hold at least one message")
        key = (source, target, queue)
        if key in self._links:
            raise ValueError(f"queue {queue!r} of {source} is linked to {target} already: unlink it first")
        self._links[key] = Link(
            self.namespace(source), queue, self.namespace(target), exchange, user_id, prefetch
        )

    def unlink(self, source: str, target: str) -> None:
        """No link leads from source to target; messages wait in the source queue. Refuses: `NoSuchLink`."""
        for key in self._link_keys(source, target):
            self._links.pop(key).close()

    def cut(self, source: str, target: str) -> None:
        """Nothing moves from source to target until `heal`; messages wait. Refuses: `NoSuchLink`."""
        for key in self._link_keys(source, target):
            self._links[key].cut()

    def heal(self, source: str, target: str) -> None:
        """Messages move from source to target again. Refuses: `NoSuchLink`."""
        for key in self._link_keys(source, target):
            self._links[key].heal()

    def links(self) -> list[LinkState]:
        """How every link does, in the order they were made."""
        return [link.state() for link in self._links.values()]

    def queues(self, namespace: str) -> list[QueueState]:
        """How every queue of the county does, by name."""
        queues = self.namespace(namespace).queues
        return [
            QueueState(name, queue.ready, len(queue.unacked), queue.unburied, len(queue.consumers))
            for name, queue in sorted(queues.items())
        ]

    def wake(self) -> None:
        """Whoever waits for events on any connection stops waiting once. nameko's consumers look for a
        request to stop only between events, or once a second: wake them until the last container has
        stopped."""
        for connection in list(self.connections):
            connection.post(lambda: None)

    def is_quiet(self, namespace: str | None = None) -> bool:
        """Nothing moves by itself any more, in one county or in all: no message is with a consumer, none
        waits in a queue that has one, none waits for the disk. Messages nobody consumes, behind a cut link
        say, lie still."""
        if self.store is not None and self.store.has_pending:
            return False
        homes = [self.namespace(namespace)] if namespace else list(self._namespaces.values())
        queues = [queue for home in homes for queue in home.queues.values()]
        if any(link.is_about_to_move for link in self._links.values()):
            return False
        return not any(queue.unacked or (queue.ready and queue.consumers) for queue in queues)

    def backup(self, path: Path) -> None:
        """A consistent copy of the broker's file is at `path`.

        Refuses: `ValueError` for a broker without a file; `StoreRefused` when the copy cannot be written.
        """
        self.check_thread()
        if self.store is None:
            raise ValueError("this broker keeps nothing: it was started without a file")
        self.store.copy_to(path)

    def close(self) -> None:
        """Every connection is cut off, whoever waits on one is told so at once, and what was confirmed is in
        the file.

        Closing twice is the same as once.
        """
        if self.is_closed:
            return
        self.check_thread()
        for link in self._links.values():
            link.close()
        self.is_closed = True
        for connection in list(self.connections):
            connection.broker_closed()
        for namespace in self._namespaces.values():
            namespace.close()
        if self.store is not None:
            self.store.close()
        if _process.broker is self:
            _process.broker = None

    def _link_keys(self, source: str, target: str) -> list[tuple[str, str, str]]:
        keys = [key for key in self._links if key[:2] == (source, target)]
        if not keys:
            raise NoSuchLink(f"no link leads from {source} to {target}; make one with link() first")
        return keys


class _Process:
    """What this process runs: one broker at most, found by every connection URL."""

    broker: EmbeddedBroker | None = None


_process = _Process()


def start_broker(store_path: Path | None) -> EmbeddedBroker:
    """This process's broker runs. With a path, durable exchanges, queues and bindings and the persistent
    messages in them are kept in that SQLite file and are there again; with None nothing is kept.

    Refuses: `RuntimeError` while another one runs; `StoreRefused` when the file cannot be used.
    """
    if _process.broker is not None:
        raise RuntimeError("An embedded broker runs in this process already: close() it first.")
    store = None if store_path is None else Store(store_path)
    try:
        _process.broker = EmbeddedBroker(store)
    except BaseException:
        if store is not None:
            store.close()
        raise
    return _process.broker


def current_broker() -> EmbeddedBroker:
    """This process's broker. Refuses: `BrokerNotStarted`."""
    if _process.broker is None:
        raise BrokerNotStarted(
            "No embedded broker runs in this process. Start one with start_broker() first."
        )
    return _process.broker
