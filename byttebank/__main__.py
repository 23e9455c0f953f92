"""The console script `byttebank`, also as `python -m byttebank`."""

# eventlet replaces blocking calls everywhere; that works only before anything else has been imported.
import os
import signal
import warnings


def _interrupted(_number: int, _frame: object) -> None:
    """What follows takes most of a second; Ctrl-C meanwhile is answered as later (byttebank/cli/exits.py)."""
    os.write(2, b"byttebank: Interrupted.\n")
    os._exit(130)


_usual = signal.getsignal(signal.SIGINT)
if _usual is signal.default_int_handler:
    signal.signal(signal.SIGINT, _interrupted)

warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()

from byttebank.cli import app  # noqa: E402


def main() -> None:
    """Run the command line; ends the process."""
    if _usual is signal.default_int_handler:
        signal.signal(signal.SIGINT, _usual)
    app(prog_name="byttebank")


if __name__ == "__main__":
    main()
