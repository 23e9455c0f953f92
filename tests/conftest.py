"""For all tests: names that are the same in every process, garbage in rings looked for seldom, and Ctrl-C."""

import gc
import signal

LIVING_BEFORE_COLLECTING = 100_000


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes do not stand in a test's name: gzip writes the second into them, and workers collect apart."""
    return argname if isinstance(val, bytes) else None


def pytest_configure() -> None:
    """What is collected next are thousands of tests that stay. Jobs in the background of a shell ignore
    Ctrl-C, and so would the commands that tests send it to."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.set_threshold(LIVING_BEFORE_COLLECTING, 20, 20)


def pytest_collection_finish() -> None:
    """What has been imported stays until the end, as in `byttebank.messaging.process`."""
    gc.collect()
    gc.freeze()
