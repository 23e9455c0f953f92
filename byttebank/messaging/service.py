"""What a service's `service.py` is made of: its runtime, and decorators for what it answers, hears and does
in time.

    class LedgerService:
        name = "ledger"
        runtime = Runtime()

        @rpc
        def account(self, library_id: str) -> dict: ...

        @on_local("LibraryChanged")
        def library_changed(self, work: Work, body: dict) -> None: ...

        @on_peer("PREPARE")
        def prepare(self, work: Work, message: ReceivedMessage) -> None: ...

        @every(30)
        def tick(self) -> None: ...

Handlers of messages get an open transaction: the inbox is checked, the body validated; the shell commits and
then acknowledges. They must bear repeats and any order.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from copy import copy
from functools import wraps
from typing import Any, TypeVar

from nameko.exceptions import ConfigurationError
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR, DependencyProvider, Entrypoint, register_entrypoint
from nameko.timer import Timer

from byttebank import telemetry
from byttebank.config import Configuration
from byttebank.contracts.local import local_message
from byttebank.contracts.peer import FEDERATED_SERVICES, PEER_MESSAGES
from byttebank.contracts.refusals import Refusal
from byttebank.identifiers import new_id
from byttebank.messaging.hearing import Hearing
from byttebank.messaging.inbox import PEER_CHANGED
from byttebank.messaging.node import Node, node_of
from byttebank.messaging.shell import Shell
from byttebank.messaging.workers import Attempt
from byttebank.storage.work import Database, Work

Method = TypeVar("Method", bound=Callable[..., Any])


class ServiceRuntime:
    """What `self.runtime` is inside a method: the county, its clock and configuration, and units of work."""

    def __init__(self, node: Node, database: Database) -> None:
        self.county, self.clock, self.key = node.county, node.clock, node.key
        self.config: Configuration = node.configuration
        self._database = database

    def work(self) -> AbstractContextManager[Work]:
        """A transaction that writes; see `byttebank.storage.work.Database.work`."""
        return self._database.work(telemetry.current_trace())

    def reading(self) -> AbstractContextManager[Work]:
        """A consistent view that writes nothing."""
        return self._database.reading()


class Runtime(DependencyProvider):
    """Declares `self.runtime`; its presence also gives the service its relay and connection."""

    shell = Shell()

    def get_dependency(self, worker_ctx: Any) -> ServiceRuntime:
        """The runtime for one worker."""
        return ServiceRuntime(node_of(self.container), self.shell.database)

    def worker_setup(self, worker_ctx: Any) -> None:
        """Log lines of the worker say where they come from and on whose behalf."""
        telemetry.bind(
            county=node_of(self.container).county,
            service=self.container.service_name,
            method=worker_ctx.entrypoint.method_name,
            **telemetry.read_trace(worker_ctx.data),
        )


class Rpc(Entrypoint):
    """A method that the gateway and the command line may call."""

    shell = Shell()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(expected_exceptions=Refusal, **kwargs)

    def setup(self) -> None:
        self.shell.register(self.shell.calls, self.method_name, self)

    def stop(self) -> None:
        self.shell.stop_taking()


class OnLocal(Entrypoint):
    """A handler of a message of this county."""

    shell = Shell()

    def __init__(self, message: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.message = message

    def setup(self) -> None:
        self.shell.register(self.shell.local, self.message, self)

    def stop(self) -> None:
        self.shell.stop_taking()


class OnPeer(Entrypoint):
    """A handler of a message from the same service of another county. `registry`: which of `Hearing`."""

    shell = Shell()
    registry = "received"

    def __init__(self, message_type: str, version: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.key = (message_type, version)

    def setup(self) -> None:
        if (self.container.service_name, *self.key) not in PEER_MESSAGES:
            raise ConfigurationError(
                f"{self.container.service_name} has no message {self.key} between counties"
            )
        self.shell.register(getattr(self.shell.hearing, self.registry), self.key, self)

    def stop(self) -> None:
        self.shell.stop_taking()


class OnOwn(OnPeer):
    """A handler of a message of our own that we had lost and a peer has returned."""

    registry = "own"


class OnBroken(OnPeer):
    """A handler of a peer's message that breaks its schema."""

    registry = "broken"


class OnOpened(Entrypoint):
    """A handler of the moment when the channel to a peer has opened."""

    shell = Shell()

    def setup(self) -> None:
        self.shell.register(self.shell.hearing.opened, self.method_name, self)

    def stop(self) -> None:
        self.shell.stop_taking()


class Every(Timer):
    """A timer whose failures are counted and logged, and never end it."""

    def setup(self) -> None:
        """Its ticks are counted from zero."""
        for outcome in ("ok", "failed"):
            self._ticks(outcome)

    def handle_result(self, worker_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        """Count the tick and let the next one come."""
        self._ticks("failed" if exc_info else "ok").inc()
        return super().handle_result(worker_ctx, result, exc_info)

    def handle_timer_tick(self) -> None:
        """Run the method in a worker, as a request of its own."""
        context = {"request_id": new_id()}
        self.container.spawn_worker(self, (), {}, context_data=context, handle_result=self.handle_result)

    def _ticks(self, outcome: str) -> Any:
        county = node_of(self.container).county
        return telemetry.TIMER_TICKS.labels(county, self.container.service_name, self.method_name, outcome)


def rpc(method: Method) -> Method:
    """The method answers RPC calls. A `Refusal` reaches the caller as itself; any other error is logged and
    the caller learns only that the service is not available.
    """
    register_entrypoint(method, Rpc())
    return method


def on_local(name: str) -> Callable[[Method], Method]:
    """The method `(self, work, body)` handles a message of this county, once for each message id.

    Refuses: `KeyError` for a name that is not in `byttebank.contracts.local`.
    """
    local_message(name)
    return lambda method: _carrying(method, OnLocal(name))


def on_peer(message_type: str, version: int = 1) -> Callable[[Method], Method]:
    """The method `(self, work, message)` handles a verified, numbered message from another county, once.

    Refuses: `KeyError` for a type that is not in `byttebank.contracts.peer`.
    """
    return _on_message(OnPeer, message_type, version)


def on_own(message_type: str, version: int = 1) -> Callable[[Method], Method]:
    """The method `(self, work, message)` lets a message of our own have its effect again (`SentMessage`).

    A backup that was restored had lost it and the peer has returned it, proven to be ours. It must stand
    with all that is known by now, and bear repeats. Refuses: `KeyError` as `on_peer`.
    """
    return _on_message(OnOwn, message_type, version)


def on_broken(message_type: str, version: int = 1) -> Callable[[Method], Method]:
    """The method `(self, work, message)` answers a message that breaks its schema (`BrokenMessage`).

    It returns whether it could; if not, the message is parked. Refuses: `KeyError` as `on_peer`.
    """
    return _on_message(OnBroken, message_type, version)


def on_opened(method: Method) -> Method:
    """The method `(self, work, peer)` runs in the transaction in which the channel to the peer opens."""
    register_entrypoint(method, OnOpened())
    return method


def every(seconds: float, *, at_start: bool = False) -> Callable[[Method], Method]:
    """The method `(self)` runs every so many seconds, also `at_start`; never twice at once in one process."""

    def decorate(method: Method) -> Method:
        register_entrypoint(method, Every(interval=seconds, eager=at_start))
        return method

    return decorate


def _on_message(kind: type[OnPeer], message_type: str, version: int) -> Callable[[Method], Method]:
    if all((message_type, version) != key[1:] for key in PEER_MESSAGES):
        raise KeyError(message_type)
    return lambda method: _carrying(method, kind(message_type, version))


def handled_by(service_class: type) -> tuple[dict[str, Entrypoint], Hearing]:
    """The handlers of local messages, by name, and those that hear other counties.

    For whoever runs a service without a container: each knows the name of its method.
    """
    local, hearing = {}, Hearing()
    for method in dir(service_class):
        for declared in getattr(getattr(service_class, method), ENTRYPOINT_EXTENSIONS_ATTR, ()):
            entrypoint = copy(declared)
            entrypoint.method_name = method
            if isinstance(entrypoint, OnLocal):
                local[entrypoint.message] = entrypoint
            elif isinstance(entrypoint, OnPeer):
                getattr(hearing, entrypoint.registry)[entrypoint.key] = entrypoint
            elif isinstance(entrypoint, OnOpened):
                hearing.opened[method] = entrypoint
    return local, hearing


def listened_names(service_class: type) -> set[str]:
    """The local messages that a service hears, those that its channels need included."""
    names = {
        entrypoint.message for entrypoint in _entrypoints(service_class) if isinstance(entrypoint, OnLocal)
    }
    is_federated = getattr(service_class, "name", "") in FEDERATED_SERVICES
    return names | ({PEER_CHANGED} if is_federated else set())


def _entrypoints(service_class: type) -> Iterator[Entrypoint]:
    for name in dir(service_class):
        yield from getattr(getattr(service_class, name), ENTRYPOINT_EXTENSIONS_ATTR, ())


def _carrying(method: Method, entrypoint: Entrypoint) -> Method:
    """The method as a worker runs it: with an `Attempt` it lets the attempt do its work on the service (which
    calls the right handler within the transaction); with anything else it is the method itself.
    """
    if not getattr(method, "carries_attempts", False):
        original = method

        @wraps(original)
        def carrier(self: Any, *args: Any, **kwargs: Any) -> Any:
            if len(args) == 1 and isinstance(args[0], Attempt):
                return args[0](self)
            return original(self, *args, **kwargs)

        carrier.carries_attempts = True  # type: ignore[attr-defined]
        method = carrier  # type: ignore[assignment]
    register_entrypoint(method, entrypoint)
    return method
