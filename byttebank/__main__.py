"""The console script `byttebank`, also as `python -m byttebank`."""

# eventlet replaces blocking calls everywhere; that works only before anything else has been imported.
import os
import signal
import sys
import warnings


def _interrupted(_number: int, _frame: object) -> None:
    """What follows takes most of a second; Ctrl-C meanwhile is answered as later (byttebank/cli/exits.py)."""
    os.write(2, b"byttebank: Interrupted.\n")
    os._exit(130)


_is_solving = sys.argv[1:3] == ["rounds", "solve"]
_usual = signal.getsignal(signal.SIGINT)
if _usual is signal.default_int_handler:
    signal.signal(signal.SIGINT, _interrupted)

if _is_solving:
    # It needs nothing of a node, and its seconds are counted from here.
    from byttebank.cli.solving import app_that_solves

    app = app_that_solves()
else:
    warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")

    import eventlet

    eventlet.monkey_patch()

    from byttebank.cli.app import app


def main() -> None:
    """Run the command line; ends the process."""
    # `rounds solve` has an answer of its own, as soon as it has read its options.
    if _usual is signal.default_int_handler and not _is_solving:
        signal.signal(signal.SIGINT, _usual)
    app(prog_name="byttebank")


if __name__ == "__main__":
    main()
