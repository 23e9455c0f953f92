"""The state folder of an embedded federation: made when missing, and used by one process at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

LOCK_FILE = "lock"


class StateRefused(Exception):
    """The state folder cannot be used. The message says why and what to do."""


@contextmanager
def holding(state_dir: Path) -> Iterator[None]:
    """Within the block this process alone uses the folder, which exists and can be written.

    The lock dies with the process, however it ends. Refuses: `StateRefused`.
    """
    lock = _open_lock(state_dir)
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read(20).strip() or "unknown"
            raise StateRefused(
                f"{state_dir} is in use by process {holder}. Stop that one, or choose another folder with"
                " --state."
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


def is_in_use(state_dir: Path) -> bool:
    """Whether a process uses the folder now."""
    try:
        with (state_dir / LOCK_FILE).open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def counties_in(state_dir: Path) -> list[str]:
    """The counties that have a database below the folder."""
    return sorted({path.parent.name for path in state_dir.glob("*/*.sqlite")})


def _open_lock(state_dir: Path) -> IO[str]:
    try:
        state_dir.mkdir(parents=True, exist_ok=True)
        return (state_dir / LOCK_FILE).open("a+")
    except (FileExistsError, NotADirectoryError) as error:
        raise StateRefused(f"{state_dir} is not a folder. Choose another with --state.") from error
    except OSError as error:
        raise StateRefused(
            f"{state_dir} cannot be written: {error.strerror}. Give this user the right to, or choose another"
            " folder with --state."
        ) from error
