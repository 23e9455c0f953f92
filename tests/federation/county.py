"""One county's node as an operator runs it: broker, databases, any number of processes of each service."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import amqp
from postgresql import ROOT, Cluster
from programs import Child, free_port, wait_for
from proxy import Wire
from rabbitmq import PASSWORD, Broker, Erlang

SERVICES = ("directory", "ledger", "matching", "notify", "gateway")
READY_SECONDS = 90.0
STOP_SECONDS = 20.0


class ServiceCopy:
    """`byttebank run SERVICE`, once. Ports stay the same over restarts."""

    def __init__(self, county: "County", service: str, number: int) -> None:
        self.service = service
        self.name = f"{county.slug}.{service}.{number}"
        self.metrics_port, self.http_port = free_port(), free_port()
        environment = county.environment() | {
            "BYTTEBANK_METRICS_LISTEN": f"127.0.0.1:{self.metrics_port}",
            "BYTTEBANK_HTTP_LISTEN": f"127.0.0.1:{self.http_port}",
        }
        self.child = Child(
            [sys.executable, "-m", "byttebank", "run", service],
            log=county.folder / f"{service}.{number}.log",
            environment=environment,
            folder=ROOT,
        )

    @property
    def url(self) -> str:
        """Where a gateway's copy is served; the county's path comes after it."""
        return f"http://127.0.0.1:{self.http_port}"

    def is_ready(self) -> bool:
        """`/readyz` says yes."""
        if not self.child.is_running:
            raise AssertionError(f"{self.name} ended: {self.child.tail()}")
        return self.readiness()[0]

    def readiness(self) -> tuple[bool, str]:
        """What `/readyz` says, and why."""
        try:
            with _opener().open(f"http://127.0.0.1:{self.metrics_port}/readyz", timeout=5) as answer:
                return True, str(answer.read().decode())
        except urllib.error.HTTPError as error:
            return False, error.read().decode()
        except OSError as error:
            return False, str(error)

    def metrics(self) -> str:
        """What Prometheus would read."""
        with _opener().open(f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())


class County:
    """A node in a folder of its own."""

    def __init__(self, folder: Path, slug: str, erlang: Erlang, *, is_durable: bool = False) -> None:
        self.slug = slug
        self.folder = folder
        self.state = folder / "state"
        self.state.mkdir(parents=True)
        self.broker = Broker(folder / "rabbitmq", slug, erlang)
        self.cluster = Cluster(folder / "postgresql", slug, is_durable=is_durable)
        self.wires: dict[str, Wire] = {}
        """The link to each peer goes through its wire."""
        self.copies: list[ServiceCopy] = []
        self._secret("broker-password", PASSWORD)
        self._public_port = free_port()

    def environment(self, *, as_owner: bool = False) -> dict[str, str]:
        """What `deploy/county.env.example` documents, for this county; databases as their owner or users."""
        databases = {
            f"BYTTEBANK_{service.upper()}_DATABASE_URL": self.cluster.url(
                service, f"{self.slug}_owner" if as_owner else None
            )
            for service in SERVICES
        }
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "BYTTEBANK_COUNTY": self.slug,
            "BYTTEBANK_AMQP_URL": f"amqp://byttebank@127.0.0.1:{self.broker.port}/{self.slug}",
            "BYTTEBANK_AMQP_PASSWORD_FILE": str(self.state / "broker-password"),
            "BYTTEBANK_STATE_DIR": str(self.state),
            "BYTTEBANK_PUBLIC_URL": f"http://127.0.0.1:{self._public_port}/{self.slug}",
            **databases,
        }

    def run(self, *command: str, as_owner: bool = False, **more: str) -> str:
        """What a `byttebank` command writes; it must end well."""
        done = self.try_to_run(*command, as_owner=as_owner, **more)
        assert done.returncode == 0, f"{self.slug}: byttebank {' '.join(command)}: {done.stdout}{done.stderr}"
        return done.stdout

    def try_to_run(
        self, *command: str, as_owner: bool = False, **more: str
    ) -> subprocess.CompletedProcess[str]:
        """How a `byttebank` command ended, with these settings changed."""
        return subprocess.run(
            [sys.executable, "-m", "byttebank", *command],
            env=self.environment(as_owner=as_owner) | more,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def link(self, peers: "list[County]") -> None:
        """`byttebank init`: the broker has the node's queues, and links through wires to each peer."""
        tables = []
        for peer in peers:
            wire = self.wires[peer.slug] = Wire(peer.broker.port)
            secret = self._secret(f"to-{peer.slug}", _shared(self.slug, peer.slug))
            receive = self._secret(f"from-{peer.slug}", _shared(peer.slug, self.slug))
            tables.append(
                f"[{peer.slug}]\n"
                f'send_to = "amqp://county-{self.slug}@127.0.0.1:{wire.port}/{peer.slug}"\n'
                f'send_password_file = "{secret.name}"\n'
                f'receive_password_file = "{receive.name}"\n'
            )
        (self.state / "peers.toml").write_text("\n".join(tables), encoding="utf-8")
        self.init()

    def init(self, *options: str) -> str:
        """What `byttebank init` writes."""
        return self.run(
            "init",
            *options,
            BYTTEBANK_MANAGEMENT_URL=self.broker.management_url,
            BYTTEBANK_PEERS_FILE=str(self.state / "peers.toml"),
        )

    def make_databases(self) -> None:
        """Databases, roles, tables and rights as `deploy/postgresql/README.md` says."""
        self.cluster.make_databases()
        self.run("migrate", as_owner=True)
        self.cluster.guard_book()

    def start_services(self, copies: int = 1) -> None:
        """So many copies of each service are being started; those that run go on, more than so many end."""
        for service in SERVICES:
            have = [one for one in self.copies if one.service == service]
            for copy in have[copies:]:
                copy.child.stop()
                self.copies.remove(copy)
            for number in range(len(have), copies):
                self.copies.append(ServiceCopy(self, service, number))
        for copy in self.copies:
            copy.child.start()

    def wait_until_ready(self) -> None:
        """Every copy that was started works."""
        for copy in self.copies:
            wait_for(copy.is_ready, READY_SECONDS, lambda copy=copy: f"{copy.name}: {copy.child.tail()}")

    def gateways(self) -> list[str]:
        """Where the county's pages are served."""
        return [copy.url for copy in self.copies if copy.service == "gateway"]

    def waiting(self, queue: str) -> int:
        """How many messages lie in a queue now; the management API would tell seconds later."""
        address = f"127.0.0.1:{self.broker.port}"
        with amqp.Connection(address, "byttebank", PASSWORD, virtual_host=self.slug) as connection:
            return int(connection.channel().queue_declare(queue, passive=True).message_count)

    def end(self) -> None:
        """Nothing of the county runs."""
        for copy in self.copies:
            copy.child.end()
        for wire in self.wires.values():
            wire.close()
        self.broker.end()
        self.cluster.end()

    def _secret(self, name: str, secret: str) -> Path:
        path = self.state / name
        path.write_text(f"{secret}\n", encoding="utf-8")
        path.chmod(0o600)
        return path


def _shared(sender: str, receiver: str) -> str:
    return f"{sender}-at-{receiver}"


def _opener() -> urllib.request.OpenerDirector:
    # A proxy of the machine has no way to what runs on the machine itself.
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))
