"""A PostgreSQL of its own for a test: in a temporary folder, reached by a socket there, removed after."""

import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYSTEM_USER = "postgres"
"""PostgreSQL refuses to run as root; Debian's package makes this user for it."""


def find_program(name: str) -> str | None:
    """Where a program of PostgreSQL is, on the path or where Debian puts it."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or next((str(place) for place in places), None)


@contextmanager
def throwaway_postgresql() -> Iterator[str]:
    """The URL of an empty database on a server that ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="byttebank-postgresql-"))
    as_root = os.geteuid() == 0
    user = SYSTEM_USER if as_root else getpass.getuser()
    if as_root:
        shutil.chown(folder, user)
    prefix = ["runuser", "-u", user, "--"] if as_root else []

    def run(name: str, *arguments: str) -> None:
        program = find_program(name)
        if program is None:
            raise FileNotFoundError(f"{name} is not installed: run `make programs`.")
        command = [*prefix, program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder)

    books = folder / "books"
    options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c fsync=off"
    try:
        run("initdb", "-D", str(books), "-U", user, "--auth=trust", "--encoding=UTF8", "--no-sync")
        run("pg_ctl", "-D", str(books), "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            yield f"postgresql+psycopg2://{user}@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", str(books), "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
