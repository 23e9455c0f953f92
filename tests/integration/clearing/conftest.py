"""Real ledgers on the in-process broker, with links that can be cut and a clock that is told the time."""

import eventlet

eventlet.monkey_patch()

from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402
from clearing_federation import Federation  # noqa: E402


@pytest.fixture
def federation(tmp_path: Path) -> Iterator[Federation]:
    """Innlandet, Akershus and Oslo, who know each other and owe each other 4, 6 and 5 half-days in a ring."""
    federation = Federation(tmp_path / "state")
    try:
        yield federation.begin()
    finally:
        federation.stop()
