"""What was heard and told long ago is forgotten; what may come again is not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import REGISTRY

from byttebank.clock import FixedClock, format_time
from byttebank.identifiers import uuid7
from byttebank.messaging import pruning as shell
from byttebank.messaging.pruning import Pruning
from byttebank.storage import messages, pruning
from byttebank.storage.engine import open_engine
from byttebank.storage.work import Database

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
KEEP_DAYS = 90


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def an_id(written_at: datetime, n: int = 0) -> str:
    return uuid7(int(written_at.timestamp() * 1000), n.to_bytes(10, "big"))


@pytest.fixture
def database(tmp_path: Path) -> Database:
    engine = open_engine(f"sqlite:///{tmp_path}/ledger.sqlite")
    with engine.begin() as connection:
        messages.create_message_tables(connection)
    return Database(engine, county="innlandet", service="ledger", clock=FixedClock(NOW))


def hear(database: Database, days: float, *, source: str = "matching", n: int = 0, late: float = 0.0) -> str:
    """A message written so many days ago was heard, `late` days after it was written."""
    message_id = an_id(days_ago(days), n)
    with database.work() as work:
        assert messages.remember(work.connection, source, message_id, days_ago(days - late))
    return message_id


def tell(database: Database, days: float, *, peer: str | None = None, n: int = 0, waits: bool = False) -> str:
    """A message was written so many days ago, and published at once unless it waits."""
    message_id = an_id(days_ago(days), n)
    row = {
        "message_id": message_id,
        "peer": peer,
        "name": "DaysPosted",
        "version": 1,
        "routing_key": "ledger.DaysPosted.v1",
        "body": "{}",
        "detached": None,
        "trace": None,
        "created_at": days_ago(days),
    }
    with database.work() as work:
        messages.append_outbox(work.connection, row)
    if not waits:
        with database.work() as work:
            waiting = messages.waiting_outbox(work.connection, limit=99, is_local=peer is None, peer=peer)
            ids = [one.id for one in waiting if one.message_id == message_id]
            messages.mark_published(work.connection, ids, days_ago(days))
    return message_id


def prune(database: Database) -> dict[str, int]:
    return Pruning(database, KEEP_DAYS).prune()


def told(database: Database) -> list[str]:
    with database.reading() as work:
        rows = work.connection.exec_driver_sql("SELECT message_id FROM outbox ORDER BY id")
        return [row.message_id for row in rows]


def is_known(database: Database, message_id: str, source: str = "matching") -> bool:
    """Whether a copy of the message would have no effect."""
    with database.reading() as work:
        return not messages.remember(work.connection, source, message_id, NOW)


def test_a_message_heard_longer_ago_than_it_is_kept_is_forgotten_and_a_younger_one_is_not(
    database: Database,
) -> None:
    old = [hear(database, 98), hear(database, 400, source="directory")]
    young = hear(database, 96)
    assert prune(database) == {"inbox": 2, "outbox": 0}
    assert not is_known(database, old[0])
    assert not is_known(database, old[1], "directory")
    assert is_known(database, young), "a copy of it may still come"


def test_what_may_be_told_again_is_known_where_it_is_heard(database: Database) -> None:
    """As long as it is in one service's outbox, it is in another's inbox: `byttebank outbox resend`."""
    for days in (89, 92, 96):
        hear(database, days, n=days)
        tell(database, days, n=days)
    prune(database)
    assert len(told(database)) == 1
    for days in (89, 92, 96):
        assert is_known(database, an_id(days_ago(days), days))


def test_what_was_told_again_lately_is_not_kept_longer_for_it(database: Database) -> None:
    """Where it is heard it is forgotten by the time of its writing."""
    tell(database, 150)
    tell(database, 149, n=1)
    with database.work() as work:
        for row, days in ((1, 20), (2, 2)):
            again = (format_time(days_ago(days)), row)
            work.connection.exec_driver_sql("UPDATE outbox SET published_at = ? WHERE id = ?", again)
    assert prune(database)["outbox"] == 1
    assert told(database) == [an_id(days_ago(149), 1)], "what left just now may have to leave again"


def test_an_old_message_that_was_heard_only_lately_is_still_known(database: Database) -> None:
    """Its service was down for long: copies of it may lie behind it in the queue."""
    late = hear(database, 120, late=119)
    assert prune(database) == {"inbox": 0, "outbox": 0}
    assert is_known(database, late)


def test_what_is_published_is_forgotten_and_what_waits_is_not_however_old(database: Database) -> None:
    waiting = [tell(database, 300, waits=True), tell(database, 200, peer="akershus", waits=True)]
    tell(database, 199)
    tell(database, 198, peer="akershus")
    young = tell(database, 3)
    assert prune(database) == {"inbox": 0, "outbox": 2}
    assert told(database) == [*waiting, young]


def test_pruning_goes_on_in_small_pieces_and_ends(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "BATCH", 3)
    for n in range(8):
        hear(database, 100, n=n)
        hear(database, 100, n=n, source="directory")
        tell(database, 100, n=n)
    tell(database, 1)
    pauses: list[float] = []
    gone = Pruning(database, KEEP_DAYS).prune(lambda seconds: pauses.append(seconds) is None)
    assert gone == {"inbox": 16, "outbox": 8}
    assert len(pauses) > 8, "others may write in between"
    assert prune(database) == {"inbox": 0, "outbox": 0}


def test_one_round_has_an_end_and_a_stop_is_heard_between_two_pieces(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shell, "BATCH", 2)
    monkeypatch.setattr(shell, "BATCHES", 3)
    for n in range(8):
        hear(database, 100, n=n)
    assert prune(database)["inbox"] == 4, "the first look finds the source"
    assert Pruning(database, KEEP_DAYS).prune(lambda seconds: False) == {"inbox": 0, "outbox": 0}


def test_what_is_published_meanwhile_and_asked_for_again_is_never_taken_twice(database: Database) -> None:
    hear(database, 100)
    with database.reading() as work:
        start = pruning.old_heard(work.connection, days_ago(90), after=pruning.START, limit=9)[1]
        assert start is not None
        found, _ = pruning.old_heard(work.connection, days_ago(90), after=start, limit=9)
    with database.work() as work:
        assert [pruning.forget_heard(work.connection, found) for _ in range(2)] == [1, 0]
        assert pruning.forget_told(work.connection, []) == 0


def test_the_sizes_and_what_is_gone_are_measured(database: Database) -> None:
    def value(name: str, table: str) -> float | None:
        return REGISTRY.get_sample_value(name, {"county": "innlandet", "service": "ledger", "table": table})

    hear(database, 100)
    tell(database, 1)
    one = Pruning(database, KEEP_DAYS)
    one.measure()
    assert (value("byttebank_kept_messages", "inbox"), value("byttebank_kept_messages", "outbox")) == (1, 1)
    before = value("byttebank_messages_pruned_total", "inbox") or 0
    one.prune()
    one.measure()
    assert value("byttebank_messages_pruned_total", "inbox") == before + 1
    assert value("byttebank_kept_messages", "inbox") == 0


def test_nothing_is_forgotten_before_an_hour_has_passed_and_a_fault_ends_nothing(database: Database) -> None:
    old = hear(database, 100)
    waited: list[float] = []

    def pause(seconds: float) -> bool:
        waited.append(seconds)
        return False

    Pruning(database, KEEP_DAYS).run(pause)
    assert waited == [shell.EVERY_SECONDS]
    assert is_known(database, old)
    database.engine.dispose()
    with database.work() as work:
        work.connection.exec_driver_sql("DROP TABLE inbox")
    Pruning(database, KEEP_DAYS).run(lambda seconds: len(waited) < 3 and waited.append(seconds) is None)
