"""How the command ends: one line that says what is wrong and what to do, and an exit code."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

OK = 0
FAILED = 1
USAGE = 2
STATE = 3
UNHEALTHY = 4
INTERRUPTED = 130

EXIT_CODES = (
    "Exit codes: 0 done, or stopped as asked; 1 something failed that should not, see the log; 2 wrong"
    " option or setting, or the port is in use; 3 the state folder, a database, the broker or a key cannot be"
    " used; 4 `doctor` or `verify` found a fault; 130 interrupted before anything was served."
)


def _codes() -> dict[type[Exception], int]:
    """What a person can mend, and how the command ends then."""
    # Imported here: these modules bring whole libraries, and a command that only reads a file needs none.
    from byttebank.cli.state import StateRefused
    from byttebank.config import ConfigurationWrong
    from byttebank.federation.keys import KeyFileError
    from byttebank.messaging.brokers import BrokerUnusable
    from byttebank.messaging.containers import NotReady
    from byttebank.messaging.embedded import StoreRefused
    from byttebank.messaging.listener import CannotListen
    from byttebank.storage.engine import DatabaseUnusable

    return {
        ConfigurationWrong: USAGE,
        CannotListen: USAGE,
        StateRefused: STATE,
        DatabaseUnusable: STATE,
        BrokerUnusable: STATE,
        StoreRefused: STATE,
        KeyFileError: STATE,
        NotReady: FAILED,
    }


@contextmanager
def telling(*more: type[Exception]) -> Iterator[None]:
    """Errors that a person can mend end the command with their message as one line on stderr, no traceback.

    `more`: further errors about the state folder.
    """
    codes = _codes()
    try:
        yield
    except (*codes, *more) as error:
        code = next((code for kind, code in codes.items() if isinstance(error, kind)), STATE)
        fail(str(error), code)
    except KeyboardInterrupt:
        fail("Interrupted.", INTERRUPTED)


def fail(message: str, code: int) -> NoReturn:
    """The command ends here, saying why."""
    sys.stderr.write(f"byttebank: {message}\n")
    raise typer.Exit(code)


def write_json(document: Any) -> None:
    """The document on stdout, for programs."""
    sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
