"""A migrated store of the gateway and a clock that stands still."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from byttebank.clock import FixedClock
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database

MONDAY_MORNING = datetime(2026, 11, 23, 7, 14, tzinfo=UTC)
"""Monday 23 November 2026, 08.14 in Norway."""


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MONDAY_MORNING)


@pytest.fixture
def database(tmp_path: Path, clock: FixedClock) -> Iterator[Database]:
    engine = open_engine(f"sqlite:///{tmp_path}/gateway.sqlite")
    migrate(engine, "gateway")
    database = Database(engine, county="innlandet", service="gateway", clock=clock)
    yield database
    database.close()
