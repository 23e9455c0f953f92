"""One county's node within a process: its configuration, clock, signing key and opened databases."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Protocol

from byttebank.clock import Clock, SystemClock
from byttebank.config import Configuration
from byttebank.contracts.peer import FEDERATED_SERVICES
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database, Work

FRONT = "FRONT"
"""The key of the process's `byttebank.messaging.web.Front`."""

RUNTIME = "RUNTIME"
"""The key in a nameko container's configuration under which the node is found."""

WORKERS = 12
"""Greenlets of a service that may run a handler at once; at most the pool size of its database."""


class Channels(Protocol):
    """What the shell asks of a service's channels to its peers (`byttebank.messaging.channels`)."""

    def start(self) -> None: ...

    def peers(self) -> list[str]: ...

    def peer_changed(self, work: Work, body: dict[str, Any]) -> None: ...

    def outgoing(self, limit: int = 100) -> list[Any]: ...

    def sent(self, sealed: list[Any]) -> None: ...

    def receive(
        self,
        *,
        queue: str,
        stamped_user: str | None,
        octets: bytes,
        headers: Any,
        handle: Any,
    ) -> str: ...

    def receive_together(self, arrivals: Sequence[Any], handle: Any) -> list[str]: ...

    def tick(self) -> None: ...


class Node:
    """What a process knows of one county. Handed to containers; opens each database once."""

    def __init__(
        self,
        configuration: Configuration,
        *,
        clock: Clock | None = None,
        key: Any | None = None,
        turn: AbstractContextManager[object] | None = None,
        channels: Callable[..., Channels] | None = None,
    ) -> None:
        """`key` is the county's `SigningKey`, or None in a process that signs nothing.

        `turn` is held while a batch of messages is worked through. Where many services share one thread, a
        semaphore of few keeps a flood of messages from standing between a person and the page.
        `channels` takes the place of the class `byttebank.messaging.channels.Channels` in tests.
        """
        self.configuration = configuration
        self.clock = clock or SystemClock()
        self.key = key
        self.turn = turn or nullcontext()
        self._channels = channels
        self._databases: dict[str, Database] = {}

    @property
    def county(self) -> str:
        """The county's slug."""
        return self.configuration.county

    @property
    def state_dir(self) -> Path:
        """The county's state folder."""
        return self.configuration.state_dir

    def database(self, service: str) -> Database:
        """The service's database, the same object each time: on SQLite it holds the file's one write lock.

        Refuses: `DatabaseUnusable`.
        """
        if service not in self._databases:
            engine = open_engine(self.configuration.database_url(service))
            self._databases[service] = Database(engine, county=self.county, service=service, clock=self.clock)
        return self._databases[service]

    def open_channels(self, service: str, *, wake: Callable[[], None]) -> Channels | None:
        """The service's channels to its peers; None for a service without, or a node without a signing key.

        `wake` is called when there is something to publish.
        """
        if service not in FEDERATED_SERVICES or self.key is None:
            return None
        if self._channels is None:
            from byttebank.messaging.channels import Channels as RealChannels

            self._channels = RealChannels
        return self._channels(
            self.database(service), service=service, county=self.county, key=self.key, wake=wake
        )

    def databases(self) -> list[Database]:
        """The databases opened so far."""
        return list(self._databases.values())

    def container_configuration(self) -> dict[str, Any]:
        """What a nameko container of this node is configured with."""
        return {"AMQP_URI": self.configuration.amqp_url, RUNTIME: self, "max_workers": WORKERS}

    def close(self) -> None:
        """Every database connection is given back."""
        for database in self._databases.values():
            database.close()


def node_of(container: Any) -> Node:
    """The node a nameko container belongs to."""
    node: Node = container.config[RUNTIME]
    return node
