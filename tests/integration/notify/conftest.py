"""Notify as a service of an embedded county, beside a service that tells it things."""

import eventlet

eventlet.monkey_patch()

import sys  # noqa: E402
from collections.abc import Iterator  # noqa: E402
from pathlib import Path  # noqa: E402

import pytest  # noqa: E402
from sqlalchemy import Engine  # noqa: E402

from byttebank.messaging.runner import EmbeddedFederation  # noqa: E402
from byttebank.messaging.service import Runtime  # noqa: E402
from byttebank.storage.messages import create_message_tables  # noqa: E402
from byttebank.storage.migrations import migrate  # noqa: E402
from services.notify.service import NotifyService  # noqa: E402

# The cast and the mail server are those of the unit tests.
sys.path.append(str(Path(__file__).parents[2] / "unit" / "notify"))


class Teller:
    """Emits what the directory and matching would."""

    name = "gateway"
    runtime = Runtime()


def _make_tables(engine: Engine, process: str) -> None:
    if process == "services.notify":
        migrate(engine, process)
        return
    with engine.begin() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        create_message_tables(connection)


@pytest.fixture
def federation(tmp_path: Path) -> Iterator[EmbeddedFederation]:
    """Innlandet, a demonstration, with notify and the teller."""
    made = EmbeddedFederation(
        tmp_path / "state",
        ["innlandet"],
        services=[Teller, NotifyService],
        migrate=_make_tables,
        is_demo=True,
    )
    made.start()
    yield made
    made.stop()
