"""One loaded demonstration for all tests: loaded in two goes, as after a kill in the middle."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from byttebank.clock import FixedClock
from byttebank.config import sqlite_url
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database, Work
from demo.federation import load

LOADED_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
A_WEEK_LATER = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
"""When the loading goes on: everything is still dated from the first go."""


class Killed(Exception):
    """Stands for a kill in the middle of the loading."""


Reading = Callable[[str, str], contextmanager]  # type: ignore[type-arg]


@pytest.fixture(scope="session")
def state_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "state"
    begun: list[str] = []

    def die_at_the_third_county(line: str) -> None:
        begun.append(line)
        if len(begun) == 3:
            raise Killed

    with pytest.raises(Killed):
        load(folder, clock=FixedClock(LOADED_AT), tell=die_at_the_third_county)
    load(folder, clock=FixedClock(A_WEEK_LATER))
    return folder


@pytest.fixture
def reading(state_dir: Path) -> Callable[[str, str], "contextmanager[Work]"]:
    """`reading(county, service)` opens a view of a loaded database."""

    @contextmanager
    def view(county: str, service: str) -> Iterator[Work]:
        database = Database(
            open_engine(sqlite_url(state_dir / county, service)),
            county=county,
            service=service,
            clock=FixedClock(LOADED_AT),
        )
        try:
            with database.reading() as work:
                yield work
        finally:
            database.close()

    return view  # type: ignore[return-value]
