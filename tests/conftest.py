"""For all tests: Python looks for garbage in rings seldom, as in `byttebank.messaging.process`."""

import gc

LIVING_BEFORE_COLLECTING = 100_000


def pytest_collection_finish() -> None:
    """What has been imported stays until the end; looking through it again and again takes a while."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(LIVING_BEFORE_COLLECTING, 20, 20)
