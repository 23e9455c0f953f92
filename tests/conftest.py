"""For all tests: names that are the same in every process, and garbage in rings looked for seldom."""

import gc

LIVING_BEFORE_COLLECTING = 100_000


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes do not stand in a test's name: gzip writes the second into them, and workers collect apart."""
    return argname if isinstance(val, bytes) else None


def pytest_configure() -> None:
    """What is collected next are thousands of tests that stay."""
    gc.set_threshold(LIVING_BEFORE_COLLECTING, 20, 20)


def pytest_collection_finish() -> None:
    """What has been imported stays until the end, as in `byttebank.messaging.process`."""
    gc.collect()
    gc.freeze()
