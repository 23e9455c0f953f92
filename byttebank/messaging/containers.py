"""Nameko containers of any number of counties in one process: started, watched and stopped together."""

import time
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

import eventlet
from eventlet.event import Event
from nameko.containers import ServiceContainer

from byttebank import telemetry
from byttebank.messaging.node import FRONT, Node

GATEWAY = "gateway"
KILL_SECONDS = 0.5
SERVICES = ("directory", "ledger", "matching", "notify", GATEWAY)

_log = telemetry.logger(__name__)


class NotReady(Exception):
    """The containers did not start. The message says which, and what they wait for."""


def package_of(service: str) -> str:
    """The package of a process by its name: `services.ledger`, `gateway`."""
    return service if service == GATEWAY else f"services.{service}"


def load_service(service: str) -> type:
    """The service class of that name, from the `service` module of its package.

    Refuses: `LookupError` for a name without such a module or class.
    """
    name = f"{package_of(service)}.service"
    try:
        module = import_module(name)
    except ModuleNotFoundError as error:
        if error.name and name.startswith(error.name):
            raise LookupError(f"There is no service {service!r}: {name} does not exist.") from error
        raise
    for found in vars(module).values():
        is_own = isinstance(found, type) and found.__module__ == module.__name__
        if is_own and getattr(found, "name", None) == service:
            return found
    raise LookupError(f"{name} has no class with name = {service!r}.")


class Containers:
    """The containers of a process. A container that dies of an error ends them all, by `died`."""

    def __init__(self, nodes: Iterable[Node], services: Iterable[type], front: Any) -> None:
        services = list(services)
        self._containers = [
            ServiceContainer(service, {**node.container_configuration(), FRONT: front})
            for node in nodes
            for service in services
        ]
        self._is_stopping = False
        self.died = Event()
        """Sent with the error of the first container that ended by itself."""

    def start(self, seconds: float) -> None:
        """Every container runs and is ready.

        Refuses: `NotReady` when that takes longer, naming those that are not; whatever a container refuses.
        """
        deadline = time.monotonic() + seconds
        self._all(lambda container: container.start(), seconds)
        for container in self._containers:
            eventlet.spawn(self._watch, container)
        while not self.is_ready:
            if time.monotonic() > deadline or self.died.ready():
                late = ", ".join(sorted(_name(one) for one in self._containers if not _is_ready(one)))
                raise NotReady(f"Not ready after {seconds:g} s: {late}. The log says what is missing.")
            eventlet.sleep(0.005)

    def stop(self, seconds: float) -> bool:
        """No container runs. Whether all of them ended by themselves within so many seconds."""
        self._is_stopping = True
        if self._all(_stop, seconds):
            return True
        _log.warning("Containers did not stop in time", seconds=seconds)
        self._all(lambda container: container.kill(), KILL_SECONDS)
        return False

    @property
    def is_ready(self) -> bool:
        """Every container has what it needs to work."""
        return all(_is_ready(container) for container in self._containers)

    @property
    def lacks(self) -> list[str]:
        """What keeps any of them from its work, in words for an operator; empty when nothing does."""
        found = [
            lack
            for container in self._containers
            for extension in _having(container, "lacks")
            for lack in extension.lacks
        ]
        waiting = [f"{_name(one)} is being started" for one in self._containers if not _is_ready(one)]
        return found or waiting

    @property
    def is_idle(self) -> bool:
        """No worker runs and no message is under way."""
        return all(
            not container._worker_threads
            and all(extension.is_idle for extension in _having(container, "is_idle"))
            for container in self._containers
        )

    def _all(self, act: Callable[[Any], None], seconds: float) -> bool:
        greenlets = [eventlet.spawn(act, container) for container in self._containers]
        with eventlet.Timeout(seconds, False):
            for greenlet in greenlets:
                greenlet.wait()
            return True
        for greenlet in greenlets:
            greenlet.kill()
        return False

    def _watch(self, container: Any) -> None:
        try:
            container.wait()
            error: Exception = RuntimeError(f"{_name(container)} stopped by itself")
        except Exception as fault:
            error = fault
        if not self._is_stopping and not self.died.ready():
            _log.critical("A service died", container=_name(container), error=repr(error), exc_info=error)
            self.died.send(error)


def _stop(container: Any) -> None:
    try:
        if container.started:
            container.stop()
    except Exception as error:
        _log.error("A container did not stop well", container=_name(container), exc_info=error)


def _name(container: Any) -> str:
    county = container.config["RUNTIME"].county
    return f"{county}.{container.service_name}"


def _is_ready(container: Any) -> bool:
    return bool(container.started) and all(extension.is_ready for extension in _having(container, "is_ready"))


def _having(container: Any, attribute: str) -> list[Any]:
    return [extension for extension in container.extensions if hasattr(type(extension), attribute)]
