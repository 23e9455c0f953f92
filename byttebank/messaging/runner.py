"""A federation in one process: every county's services, an in-process broker, one listener for all
gateways.
"""

import time
from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path

import eventlet
from eventlet.semaphore import Semaphore
from nameko.containers import get_service_name
from sqlalchemy import Engine

from byttebank import telemetry
from byttebank.clock import Clock
from byttebank.config import SERVICES_WITH_DATABASE, Configuration, sqlite_url
from byttebank.federation.envelope import broker_user
from byttebank.federation.keys import SigningKey, generate_signing_key, load_signing_key, save_signing_key
from byttebank.messaging import embedded, topology
from byttebank.messaging.containers import SERVICES, Containers, load_service, package_of
from byttebank.messaging.listener import Listener
from byttebank.messaging.node import Channels, Node
from byttebank.messaging.rpc import RpcBackend, RpcClient
from byttebank.messaging.service import listened_names
from byttebank.messaging.session import open_connection
from byttebank.messaging.web import Front
from byttebank.storage.migrations import migrate as migrate_database
from byttebank.telemetry import WsgiApp

START_SECONDS = 30.0
STOP_SECONDS = 5.0
DRAIN_SECONDS = 2.0
QUIET_LOOKS = 3
TURNS = 2
"""Batches of messages worked through at a time in the whole process: SQLite writes one by one anyway."""

HOST = "127.0.0.1"
BROKER_FILE = "broker.sqlite"
KEY_FILE = "signing-key.pem"

_log = telemetry.logger(__name__)


def configure(
    state_dir: Path, county: str, *, public_url: str = "http://localhost", is_demo: bool = False
) -> Configuration:
    """The configuration of one county of an embedded federation: everything in `<state_dir>/<county>/`."""
    folder = state_dir / county
    return Configuration(
        county=county,
        amqp_url=f"embedded://{county}/",
        state_dir=folder,
        signing_key_file=folder / KEY_FILE,
        database_urls={service: sqlite_url(folder, service) for service in SERVICES_WITH_DATABASE},
        public_url=public_url,
        is_demo=is_demo,
    )


class EmbeddedFederation:
    """Any number of counties in this process, on SQLite files below a state folder; one per process at a
    time.
    """

    def __init__(
        self,
        state_dir: Path,
        counties: Sequence[str],
        *,
        port: int | None = 0,
        metrics_port: int | None = None,
        host: str = HOST,
        clock: Clock | None = None,
        services: Sequence[str | type] = SERVICES,
        is_demo: bool = False,
        root: WsgiApp | None = None,
        migrate: Callable[[Engine, str], None] = migrate_database,
        channels: Callable[..., Channels] | None = None,
    ) -> None:
        """Nothing is done before `start`. `port` 0 takes a free one, None serves no HTTP; `metrics_port`
        alike.

        `services` are names, or classes in tests, which may also replace `migrate` and `channels`. `root`
        answers the paths that belong to no county.
        """
        self._state_dir = state_dir
        self._counties = list(counties)
        self._services = [load_service(one) if isinstance(one, str) else one for one in services]
        self._clock = clock
        self._is_demo = is_demo
        self._migrate = migrate
        self._channels = channels
        self._turn = Semaphore(TURNS)
        self._front = Front({county: f"/{county}" for county in counties}, root)
        self._listener = None if port is None else Listener(self._front, host, port)
        self._metrics: Listener | None = None
        if metrics_port is not None:
            self._metrics = Listener(telemetry.metrics_app, HOST, metrics_port, option="--metrics-port")
        self._listeners = [one for one in (self._listener, self._metrics) if one is not None]
        self._clients: dict[str, RpcClient] = {}
        self._broker: embedded.EmbeddedBroker | None = None
        self._containers: Containers | None = None
        self.nodes: dict[str, Node] = {}

    def start(self) -> "EmbeddedFederation":
        """Every county answers.

        Refuses, with nothing left running: `CannotListen`, `DatabaseUnusable` (`DatabaseNewer`),
        `StoreRefused`, `KeyFileError`, `NotReady`.
        """
        began = time.monotonic()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        seconds = round(time.monotonic() - began, 3)
        _log.info("Started", counties=self._counties, port=self.port, seconds=seconds)
        return self

    def stop(self, seconds: float = STOP_SECONDS) -> bool:
        """Nothing runs: requests under way were answered, then services stopped, then the broker and
        databases.

        Whether that took at most so many seconds. If not, what still ran was cut off, which must be safe.
        """
        began = time.monotonic()
        deadline = began + seconds
        in_time = True
        try:
            for listener in self._listeners:
                in_time &= listener.stop(min(DRAIN_SECONDS, seconds / 2))
            for client in self._clients.values():
                client.stop()
            self._clients.clear()
            if self._containers is not None:
                in_time &= self._containers.stop(max(deadline - time.monotonic(), 0.1))
        finally:
            if self._broker is not None:
                self._broker.close()
            for node in self.nodes.values():
                node.close()
        _log.info("Stopped", in_time=in_time, seconds=round(time.monotonic() - began, 3))
        return in_time

    @property
    def port(self) -> int | None:
        """The port the gateways are served on."""
        return self._listener.port if self._listener is not None else None

    @property
    def url(self) -> str:
        """The address of the front page, without a slash at the end."""
        return f"http://localhost:{self.port}"

    @property
    def metrics_port(self) -> int | None:
        """The port `/metrics` is served on."""
        return self._metrics.port if self._metrics is not None else None

    @property
    def broker(self) -> embedded.EmbeddedBroker:
        """The broker, to look at queues and to cut links."""
        if self._broker is None:
            raise RuntimeError("the federation is not started")
        return self._broker

    @property
    def is_ready(self) -> bool:
        """Every service of every county has what it needs."""
        return self._containers is not None and self._containers.is_ready

    def wait_for_death(self) -> Exception:
        """Wait until a service ends by itself, which none should; its error."""
        assert self._containers is not None
        error: Exception = self._containers.died.wait()
        return error

    def rpc(self, county: str) -> RpcBackend:
        """The county's services, as its gateway calls them."""
        if county not in self._clients:
            client = RpcClient(self.nodes[county].configuration.amqp_url, county)
            client.start()
            client.wait_until_ready()
            self._clients[county] = client
        return RpcBackend(self._clients[county])

    def wait_until_quiet(self, timeout: float) -> None:
        """No message is under way any more, in any county or between them. Messages behind a cut link lie
        still.

        Refuses: `TimeoutError` when something still moves after so many seconds.
        """
        deadline = time.monotonic() + timeout
        looks = 0
        while looks < QUIET_LOOKS:
            looks = looks + 1 if self._is_quiet() else 0
            if time.monotonic() > deadline:
                busy = {county: self.broker.queues(county) for county in self.nodes}
                raise TimeoutError(f"not quiet after {timeout} s: {busy}")
            eventlet.sleep(0.01)

    def _is_quiet(self) -> bool:
        assert self._containers is not None
        return self.broker.is_quiet() and self._containers.is_idle

    def _start(self) -> None:
        telemetry.tell_release()
        embedded.install()
        for listener in self._listeners:
            listener.listen()
        for county in self._counties:
            self._open_node(county)
        self._state_dir.mkdir(parents=True, exist_ok=True)
        self._broker = embedded.start_broker(self._state_dir / BROKER_FILE)
        for node in self.nodes.values():
            self._declare(node)
        for source, target in permutations(self._counties, 2):
            queue = topology.out_name(target)
            self._broker.link(
                source=source,
                queue=queue,
                target=target,
                exchange=topology.INBOUND,
                user_id=broker_user(source),
            )
        self._containers = Containers(self.nodes.values(), self._services, self._front)
        self._containers.start(START_SECONDS)
        for listener in self._listeners:
            listener.serve()

    def _open_node(self, county: str) -> None:
        # The path is part of the address: notify writes it in mails and knows nothing of the front.
        public_url = self.url + self._front.prefix_of(county)
        configuration = configure(self._state_dir, county, public_url=public_url, is_demo=self._is_demo)
        node = Node(
            configuration,
            clock=self._clock,
            key=open_key(configuration),
            turn=self._turn,
            channels=self._channels,
        )
        self.nodes[county] = node
        for service in self._services:
            name = get_service_name(service)
            self._migrate(node.database(name).engine, package_of(name))

    def _declare(self, node: Node) -> None:
        names = {get_service_name(service): listened_names(service) for service in self._services}
        with open_connection(node.configuration.amqp_url) as connection:
            channel = connection.channel()
            topology.declare_node(channel, names)
            for peer in self._counties:
                if peer != node.county:
                    topology.declare_peer(channel, peer)


def open_key(configuration: Configuration) -> SigningKey:
    """The county's signing key, made when the county is new.

    Refuses: `KeyFileError`, also when the key is missing and the county's databases are there: a new key
    would be nobody's that the other counties know.
    """
    path = configuration.signing_key_file
    is_new = not any((configuration.state_dir / f"{name}.sqlite").exists() for name in SERVICES_WITH_DATABASE)
    if is_new and not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        save_signing_key(generate_signing_key(), path)
    return load_signing_key(path)
