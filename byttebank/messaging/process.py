"""One service of one county as a process of its own: what `byttebank run` starts, any number of times."""

import gc
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import eventlet

from byttebank import telemetry
from byttebank.config import Configuration, ConfigurationWrong
from byttebank.contracts.peer import FEDERATED_SERVICES
from byttebank.federation.keys import load_signing_key
from byttebank.messaging.containers import GATEWAY, Containers, load_service
from byttebank.messaging.listener import Listener
from byttebank.messaging.node import Node
from byttebank.messaging.web import Front
from byttebank.storage.availability import what_is_wrong

START_SECONDS = 60.0
STOP_SECONDS = 10.0
DRAIN_SECONDS = 5.0
DATABASE_SECONDS = 2.0
"""How long `/readyz` waits for the database."""

LIVING_BEFORE_COLLECTING = 50_000
"""Python looks for garbage in rings after so many new objects, and not 700: a batch of messages makes tens of
thousands that end by themselves, and looking was a fifth of a ledger's time.
"""

_log = telemetry.logger(__name__)


class ServiceProcess:
    """A service with its listeners: `/metrics`, `/livez` and `/readyz` for all, pages for the gateway."""

    def __init__(self, configuration: Configuration, service: str) -> None:
        """Nothing is connected yet.

        Refuses: `LookupError` for a service that there is not; `KeyFileError`; `ConfigurationWrong`.
        """
        if urlsplit(configuration.amqp_url).scheme == "embedded":
            raise ConfigurationWrong(
                "BYTTEBANK_AMQP_URL names an embedded broker, which lives inside another process."
                " `byttebank run` needs a RabbitMQ: amqp://user@host:5672/county."
            )
        key = load_signing_key(configuration.signing_key_file) if service in FEDERATED_SERVICES else None
        self._service = service
        self._waits_for = "the service is being started"
        self._node = Node(configuration, key=key)
        self._front = Front({configuration.county: _prefix(configuration.public_url)})
        self._containers = Containers([self._node], [load_service(service)], self._front)
        self._metrics = _listener(self._answer, configuration.metrics_listen, "METRICS_LISTEN")
        self._listeners = [self._metrics]
        if service == GATEWAY:
            self._listeners.append(_listener(self._front, configuration.http_listen, "HTTP_LISTEN"))

    def listen(self) -> None:
        """The ports are ours; `/livez` answers, `/readyz` says no. Refuses: `CannotListen`."""
        telemetry.tell_release()
        for listener in self._listeners:
            listener.listen()
        self._metrics.serve()

    def start(self) -> None:
        """The service works. Refuses: `NotReady`, `DatabaseUnusable`."""
        began = time.monotonic()
        self._waits_for = ""
        self._containers.start(START_SECONDS)
        for listener in self._listeners[1:]:
            listener.serve()
        _collect_less()
        _log.info(
            "Started",
            county=self._node.county,
            service=self._service,
            ports=[listener.port for listener in self._listeners],
            seconds=round(time.monotonic() - began, 3),
        )

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Nothing runs: requests under way were answered, messages under way handled or left to the others.

        Whether that took at most so many seconds. If not, what still ran was cut off, which must be safe.
        """
        deadline = time.monotonic() + seconds
        in_time = True
        for listener in self._listeners[1:]:
            in_time &= listener.stop(min(DRAIN_SECONDS, seconds / 2))
        in_time &= self._containers.stop(max(deadline - time.monotonic(), 0.1))
        self._metrics.stop(0.1)
        self._node.close()
        _log.info("Stopped", service=self._service, in_time=in_time)
        return in_time

    def waits_for(self, reason: str) -> None:
        """`/readyz` says this until `start`."""
        self._waits_for = reason

    @property
    def has_died(self) -> bool:
        """The service has ended by itself, which it should not."""
        return bool(self._containers.died.ready())

    def _answer(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        path = environ.get("PATH_INFO")
        if path not in ("/livez", "/readyz"):
            return telemetry.metrics_app(environ, start_response)
        lacks = [] if path == "/livez" else self._lacks()
        is_well = not lacks
        text = b"ok\n" if is_well else "".join(f"not ready: {lack}\n" for lack in lacks).encode()
        headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(text)))]
        start_response("200 OK" if is_well else "503 Service Unavailable", headers)
        return [text]

    def _lacks(self) -> list[str]:
        """What keeps the service from its work, asked now."""
        if self._waits_for:
            return [self._waits_for]
        lack = "the database does not answer in time"
        with eventlet.Timeout(DATABASE_SECONDS, False):
            lack = what_is_wrong(self._node.database(self._service))
        return [one for one in (lack, *self._containers.lacks) if one]


def _collect_less() -> None:
    """What lives since the start is not looked at again, and what comes is looked at seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(LIVING_BEFORE_COLLECTING, 20, 20)


def _prefix(public_url: str) -> str:
    """The path under which the county is served. Refuses: `ConfigurationWrong`."""
    path = urlsplit(public_url).path.rstrip("/")
    if path.count("/") > 1:
        raise ConfigurationWrong("BYTTEBANK_PUBLIC_URL may have one folder, as https://host/innlandet.")
    return path


def _listener(app: telemetry.WsgiApp, address: str, name: str) -> Listener:
    host, _, port = address.rpartition(":")
    return Listener(app, host, int(port), option=f"BYTTEBANK_{name}")
