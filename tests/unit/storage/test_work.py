import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from byttebank.clock import FixedClock
from byttebank.contracts.refusals import Malformed
from byttebank.storage import messages
from byttebank.storage.engine import DatabaseUnusable, open_engine
from byttebank.storage.work import Database

NOW = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
RELEASED = {"transfer_id": "01a2032c-54a7-71b1-a29b-fce1cb89e936", "reason": "released"}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    engine = open_engine(f"sqlite:///{tmp_path}/deep/er/ledger.sqlite")
    with engine.begin() as connection:
        messages.create_message_tables(connection)
    return Database(engine, county="innlandet", service="ledger", clock=FixedClock(NOW))


def waiting(database: Database) -> list[messages.OutboxRow]:
    with database.reading() as work:
        return messages.waiting_outbox(work.connection, limit=10, is_local=True)


def test_work_that_ends_well_is_kept_and_wakes_the_relay(database: Database) -> None:
    wakes: list[str] = []
    database.on_outbox(lambda: wakes.append("woken"))
    with database.work() as work:
        work.emit("DaysReleased", RELEASED)
        assert wakes == []
    assert wakes == ["woken"]
    (row,) = waiting(database)
    assert (row.name, row.routing_key, json.loads(row.body)) == (
        "DaysReleased",
        "ledger.DaysReleased.v1",
        RELEASED,
    )


def test_work_that_ends_badly_leaves_nothing_and_wakes_nobody(database: Database) -> None:
    wakes: list[str] = []
    database.on_outbox(lambda: wakes.append("woken"))

    def fail_after_emitting() -> None:
        with database.work() as work:
            work.emit("DaysReleased", RELEASED)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_emitting()
    assert waiting(database) == []
    assert wakes == []


def test_what_is_written_while_reading_is_not_kept(database: Database) -> None:
    with database.reading() as work:
        assert work.is_new("innlandet.matching", "m-1")
    with database.work() as work:
        assert work.is_new("innlandet.matching", "m-1")


def test_a_message_is_new_once_per_source(database: Database) -> None:
    with database.work() as work:
        assert work.is_new("matching", "m-1")
        assert not work.is_new("matching", "m-1")
        assert work.is_new("directory", "m-1")


def test_today_is_the_date_in_norway(database: Database) -> None:
    with database.reading() as work:
        assert work.today.isoformat() == "2026-11-23"
        assert work.now == NOW


@pytest.mark.parametrize(
    "body", [{}, {"transfer_id": "x", "reason": "released"}, {**RELEASED, "reason": "why not"}]
)
def test_an_event_that_is_not_as_agreed_never_leaves(database: Database, body: dict[str, str]) -> None:
    with pytest.raises(Malformed), database.work() as work:
        work.emit("DaysReleased", body)
    assert waiting(database) == []


def test_a_message_nobody_agreed_on_never_leaves(database: Database) -> None:
    with pytest.raises(KeyError), database.work() as work:
        work.emit("DaysWished", {})
    with pytest.raises(KeyError), database.work() as work:
        work.send("akershus", "LibraryPublished", {})
    with pytest.raises(ValueError, match="itself"), database.work() as work:
        work.send("innlandet", "CANCEL", {"transfer_id": RELEASED["transfer_id"]})


def test_published_rows_wait_no_longer(database: Database) -> None:
    with database.work() as work:
        work.emit("DaysReleased", RELEASED)
        work.send("akershus", "CANCEL", {"transfer_id": RELEASED["transfer_id"]})
    (row,) = waiting(database)
    with database.work() as work:
        messages.mark_published(work.connection, [row.id], work.now)
    assert waiting(database) == []
    with database.reading() as work:
        (peer_row,) = messages.waiting_outbox(work.connection, limit=10, is_local=False, peer="akershus")
        assert peer_row.routing_key == "innlandet.ledger"


def test_parked_messages_are_kept_whole_until_redriven(database: Database) -> None:
    with database.work() as work:
        messages.park(
            work.connection,
            queue="ledger.local",
            sender=None,
            reason_code="malformed",
            reason="not JSON",
            is_transient=False,
            body=b"\xff{",
            properties={"message_id": "m-1"},
            now=work.now,
        )
    with database.work() as work:
        (parked,) = messages.list_parked(work.connection)
        assert parked["body"] == b"\xff{"
        assert messages.list_parked(work.connection, only_transient=True) == []
        messages.mark_redriven(work.connection, parked["id"], work.now)
        assert messages.list_parked(work.connection) == []


def test_a_second_writer_waits_outside_sqlite(database: Database) -> None:
    """busy_timeout is 0: whoever opens the file without the lock is told at once and freezes nobody."""
    from sqlalchemy.exc import OperationalError

    with database.work() as work:
        work.is_new("a", "b")
        with database.engine.connect() as other, pytest.raises(OperationalError, match="locked"):
            other.execute(text("BEGIN IMMEDIATE"))


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DatabaseUnusable, match="file"):
        open_engine(f"sqlite:///{tmp_path}/file/ledger.sqlite")


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(DatabaseUnusable, match="mysql"):
        open_engine("mysql://localhost/x")
