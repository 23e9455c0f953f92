"""Serving HTTP in a process of nameko containers: one listener, one WSGI application for each county.

A gateway's service class declares `web = WebApplication(create)`; while its container runs, what
`create(backend, hosting)` made is mounted on the process's `Front` under the county's prefix.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import import_module
from typing import Any

import eventlet
import structlog
from eventlet import tpool
from eventlet.event import Event
from nameko.extensions import DependencyProvider

from byttebank import telemetry
from byttebank.config import Configuration
from byttebank.identifiers import new_id
from byttebank.messaging.gauges import Gauges, read_nothing
from byttebank.messaging.links import LinkWatch
from byttebank.messaging.node import FRONT, node_of
from byttebank.messaging.rpc import RpcBackend, RpcClient
from byttebank.storage.work import Database
from byttebank.telemetry import WsgiApp

ROOT = "/"

_log = telemetry.logger(__name__)


@dataclass(frozen=True)
class Hosting:
    """What the process tells a county's web application about where it runs.

    `prefix` is the path it is mounted under, without a slash at the end; `public_url` includes it.
    `run_in_thread` runs CPU-heavy work in a real thread, so that the other greenlets go on; it must not touch
    the broker. `waiting_links()`: the peers to which messages wait because the link is down, since when.
    """

    county: str
    prefix: str
    public_url: str
    configuration: Configuration
    database: Database
    run_in_thread: Callable[..., Any]
    waiting_links: Callable[[], Mapping[str, datetime]]


class WebApplication(DependencyProvider):
    """The WSGI application of a county, mounted from the container's start to its stop."""

    def __init__(self, create: Callable[[RpcBackend, Hosting], WsgiApp] | str) -> None:
        """`create` may be a name to import, such as `gateway.service:create`."""
        self._create = create
        self._stopping = Event()

    def setup(self) -> None:
        """The caller of the county's services exists; nothing is connected."""
        node = node_of(self.container)
        self._front: Front = self.container.config[FRONT]
        self._prefix = self._front.prefix_of(node.county)
        self._client = RpcClient(node.configuration.amqp_url, node.county)
        self._backend = RpcBackend(self._client)
        self._links = LinkWatch(node.configuration.amqp_url, node.county, node.clock, self._active_peers)
        self._hosting = Hosting(
            county=node.county,
            prefix=self._prefix,
            public_url=node.configuration.public_url,
            configuration=node.configuration,
            database=node.database(self.container.service_name),
            run_in_thread=tpool.execute,
            waiting_links=self._links.waiting,
        )

    def start(self) -> None:
        """Requests reach the application."""
        self._client.start(self.container.spawn_managed_thread)
        gauges = Gauges(self._hosting.database, read_nothing)
        self.container.spawn_managed_thread(partial(gauges.run, self._pause), "gauges")
        create = _load(self._create) if isinstance(self._create, str) else self._create
        self._front.mount(self._prefix, create(self._backend, self._hosting), self._hosting.county)
        self.container.spawn_managed_thread(self._links.run)

    def stop(self) -> None:
        """Requests are answered with 503 by the front from now on."""
        if not self._stopping.ready():
            self._stopping.send(None)
        self._front.unmount(self._prefix)
        self._links.stop()
        self._client.stop()

    kill = stop

    def _pause(self, seconds: float) -> bool:
        with eventlet.Timeout(seconds, False):
            self._stopping.wait()
        return not self._stopping.ready()

    def _active_peers(self) -> list[str]:
        peers = self._backend.directory.list_peers()
        return [str(peer["county"]) for peer in peers if peer["state"] == "active"]

    @property
    def is_ready(self) -> bool:
        """The application is mounted and its calls can be answered."""
        return self._front.has(self._prefix) and self._client.is_ready

    @property
    def lacks(self) -> list[str]:
        """What keeps it from answering, in words for an operator; empty when nothing does."""
        if not self._front.has(self._prefix):
            return ["the pages are not mounted"]
        return [lack for lack in (self._client.lacks,) if lack]


@dataclass(frozen=True)
class _Mount:
    app: WsgiApp
    county: str


class Front:
    """The WSGI application of the process: finds the county by the path and counts what happens."""

    def __init__(self, prefixes: dict[str, str], root: WsgiApp | None = None) -> None:
        """`prefixes`: county to path (`/innlandet`, or empty for the only one). `root` answers all other
        paths.
        """
        self._prefixes = prefixes
        self._root = _Mount(root or _nothing_here, "")
        self._mounts: dict[str, _Mount] = {}

    def prefix_of(self, county: str) -> str:
        """The path under which the county is served."""
        return self._prefixes[county]

    def mount(self, prefix: str, app: WsgiApp, county: str) -> None:
        """Requests below the prefix go to this application."""
        self._mounts[prefix] = _Mount(app, county)
        for method in ("GET", "POST"):
            telemetry.HTTP_SECONDS.labels(county, method)
            for status in ("200", "500", "503"):
                telemetry.HTTP_REQUESTS.labels(county, method, status)

    def unmount(self, prefix: str) -> None:
        """Requests below the prefix are answered with 503."""
        self._mounts.pop(prefix, None)

    def has(self, prefix: str) -> bool:
        """Whether something is mounted there."""
        return prefix in self._mounts

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        began = time.monotonic()
        mount = self._find(environ)
        request_id = new_id()
        structlog.contextvars.clear_contextvars()
        telemetry.bind(request_id=request_id, county=mount.county, service="gateway")
        environ["byttebank.request_id"] = request_id
        status = "500"

        def start(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status
            status = line[:3]
            return start_response(line, [*headers, ("X-Request-Id", request_id)], exc_info)

        try:
            yield from _answer(mount.app, environ, start)
        finally:
            method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in _METHODS else "other"
            telemetry.HTTP_REQUESTS.labels(mount.county, method, status).inc()
            telemetry.HTTP_SECONDS.labels(mount.county, method).observe(time.monotonic() - began)

    def _find(self, environ: dict[str, Any]) -> _Mount:
        """The application for the path; SCRIPT_NAME and PATH_INFO are set as WSGI wants them (PEP 3333)."""
        path = environ.get("PATH_INFO") or ROOT
        prefix = "/" + path.split("/")[1]
        if prefix not in self._prefixes.values():
            prefix = ""
        if prefix and path == prefix:
            return _Mount(_add_slash, "")
        if prefix in self._mounts:
            environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + prefix
            environ["PATH_INFO"] = path[len(prefix) :]
            return self._mounts[prefix]
        return _Mount(_not_now, "") if prefix in self._prefixes.values() else self._root


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def _answer(app: WsgiApp, environ: dict[str, Any], start: Callable[..., Any]) -> Iterator[bytes]:
    has_started = False

    def remember(*args: Any) -> Any:
        nonlocal has_started
        has_started = True
        return start(*args)

    body: Iterable[bytes] = ()
    try:
        body = app(environ, remember)
        yield from body
    except Exception as error:
        _log.error("A request failed", path=environ.get("PATH_INFO"), error=repr(error), exc_info=error)
        if has_started:
            raise
        yield from _say("500 Internal Server Error", "Something went wrong.", start)
    finally:
        if hasattr(body, "close"):
            body.close()


def _say(
    status: str, text: str, start_response: Callable[..., Any], *headers: tuple[str, str]
) -> list[bytes]:
    octets = text.encode()
    start_response(
        status,
        [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(octets))), *headers],
    )
    return [octets]


def _nothing_here(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    return _say("404 Not Found", "Nothing here.", start_response)


def _not_now(_environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    return _say("503 Service Unavailable", "Not now.", start_response, ("Retry-After", "2"))


def _add_slash(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
    query = f"?{environ['QUERY_STRING']}" if environ.get("QUERY_STRING") else ""
    location = f"{environ.get('SCRIPT_NAME', '')}{environ['PATH_INFO']}/{query}"
    return _say("308 Permanent Redirect", "", start_response, ("Location", location))


def _load(name: str) -> Callable[..., Any]:
    module, _, attribute = name.partition(":")
    function: Callable[..., Any] = getattr(import_module(module), attribute)
    return function
