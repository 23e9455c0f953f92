"""A PostgreSQL cluster in a temporary folder, on 127.0.0.1 alone, with a county's databases and roles."""

import contextlib
import os
import shutil
import subprocess
from pathlib import Path

import psycopg2
from programs import Child, free_port, program, wait_for

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy" / "postgresql"
SYSTEM_USER = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user for it."""

START_SECONDS = 60.0


class Cluster:
    """One county's databases. The folder survives `kill`, and so does what was committed."""

    def __init__(self, folder: Path, county: str, *, is_durable: bool = False) -> None:
        """`is_durable`: what was committed also survives the machine, at the price of a disk's time."""
        self.folder = folder
        self._is_durable = is_durable
        self.county = county
        self.port = free_port()
        folder.mkdir(parents=True)
        self._user = ["runuser", "-u", SYSTEM_USER, "--"] if os.geteuid() == 0 else []
        if self._user:
            shutil.chown(folder, SYSTEM_USER)
        self._run([program("initdb"), "-D", str(folder / "data"), "-U", SYSTEM_USER, *_INITDB])
        self._child = Child(
            [program("postgres"), "-D", str(folder / "data"), *self._options()],
            log=folder / "log",
            environment=_environment(),
            folder=folder,
            user=SYSTEM_USER if self._user else None,
        )

    def start(self) -> "Cluster":
        """It is being started."""
        self._child.start()
        return self

    def wait_until_ready(self) -> float:
        """Seconds until it answers."""
        return wait_for(
            self._is_ready, START_SECONDS, lambda: f"PostgreSQL {self.county}: {self._child.tail()}"
        )

    def make_databases(self) -> None:
        """Roles and databases as a county's operator makes them."""
        self.psql("postgres", SYSTEM_USER, DEPLOY / "databases.sql")

    def guard_book(self) -> None:
        """The ledger's role cannot change what is in the book."""
        self.psql(f"{self.county}_ledger", f"{self.county}_owner", DEPLOY / "book.sql")

    def psql(self, database: str, user: str, script: Path) -> None:
        """The script has run, as `deploy/postgresql/README.md` says."""
        command = [program("psql"), "-h", "127.0.0.1", "-p", str(self.port), "-U", user, "-d", database, "-q"]
        self._run([*command, "--set", f"county={self.county}", "--file", str(script)], as_user=False)

    def url(self, service: str, role: str | None = None) -> str:
        """Where a service, or the owner, finds the service's database."""
        name = f"{self.county}_{service}"
        return f"postgresql+psycopg2://{role or name}@127.0.0.1:{self.port}/{name}"

    def ask(self, service: str, statement: str, role: str | None = None) -> list[tuple[object, ...]]:
        """The rows a statement finds, as the service's role sees them."""
        name = f"{self.county}_{service}"
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user=role or name, dbname=name)
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def change(self, service: str, statement: str) -> None:
        """The statement has had its effect, as the tables' owner may."""
        name, owner = f"{self.county}_{service}", f"{self.county}_owner"
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user=owner, dbname=name)
        with contextlib.closing(connection), connection, connection.cursor() as cursor:
            cursor.execute(statement)

    @property
    def pid(self) -> int:
        """The process that has all the server's others below it."""
        return self._child.pid

    def kill(self) -> None:
        """SIGKILL to the server and all its backends."""
        self._child.kill()

    def end(self) -> None:
        """It does not run, and is not started again."""
        self._child.end()

    def _is_ready(self) -> bool:
        # After SIGKILL the new server may find the old one's memory still in use, and gives up: once more.
        self._child.start()
        with contextlib.suppress(psycopg2.OperationalError):
            psycopg2.connect(host="127.0.0.1", port=self.port, user=SYSTEM_USER, dbname="postgres").close()
            return True
        return False

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": str(self.folder),
            "max_connections": "400",
            "fsync": "on" if self._is_durable else "off",
            # Else what SIGKILL leaves behind is outside the folder.
            "dynamic_shared_memory_type": "mmap",
            "shared_buffers": "32MB",
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _run(self, command: list[str], *, as_user: bool = True) -> None:
        given = [*self._user, *command] if as_user else command
        done = subprocess.run(
            given, cwd=self.folder, env=_environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr[-1000:]}"


_INITDB = ("--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync", "--no-instructions")


def _environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
