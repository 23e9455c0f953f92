"""The database itself keeps what was written: raw SQL cannot change or remove it, or end a transfer twice."""

from collections.abc import Iterator

import pytest
from ledger_cast import ASKER, EIDSKOG, MANAGER, Ledger, Scenes, exchange, number
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from services.ledger import operations
from services.ledger.storage.tables import APPEND_ONLY, metadata

HARMLESS = {
    "transfers": "amount = amount + 1",
    "entries": "amount = amount + 1",
    "resolutions": "state = 'voided'",
    "prepares_sent": "amount = amount + 1",
    "prepares_received": "payload = '{}'",
    "decisions": "verdict = 'rejected'",
    "promises": "half_days = half_days + 1",
    "acts": "reason = 'something else'",
}


def row_in_every_table(ledgers: dict[str, Ledger]) -> None:
    innlandet, akershus = ledgers["innlandet"], ledgers["akershus"]
    innlandet.reserve(1, payee_library_id=ASKER)
    innlandet.post(1)
    akershus.reserve(2, payer_library_id=ASKER, payee_library_id=EIDSKOG)
    akershus.post(2)
    exchange(innlandet, akershus)
    innlandet.do(operations.make_promise, {"id": number(801), "library_id": EIDSKOG, "half_days": 2}, MANAGER)


@pytest.fixture
def connection(scenes: Scenes) -> Iterator[Connection]:
    """The books of Innlandet with a row in every table."""
    with scenes.after(row_in_every_table)["innlandet"].connect() as connection:
        yield connection


def test_every_table_that_keeps_is_tested() -> None:
    assert set(HARMLESS) == set(APPEND_ONLY)


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_is_written_cannot_be_changed_or_removed(connection: Connection, table: str) -> None:
    before = list(connection.execute(text(f"SELECT * FROM {table}")))
    assert before
    for statement in (
        f"UPDATE {table} SET {HARMLESS[table]}",
        f"DELETE FROM {table}",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        f"REPLACE INTO {table} SELECT * FROM {table}",
    ):
        with pytest.raises(IntegrityError, match=f"{table} is append only"):
            connection.execute(text(statement))
    assert list(connection.execute(text(f"SELECT * FROM {table}"))) == before
    connection.close()


def test_a_transfer_cannot_end_twice_even_by_raw_sql(connection: Connection) -> None:
    with pytest.raises(IntegrityError):
        connection.execute(
            text(
                "INSERT INTO resolutions (transfer_id, state, amount, resolved_at)"
                f" VALUES ('{number(101)}', 'voided', 0, '2026-11-22T09:00:00.000000Z')"
            )
        )
    connection.close()


def test_the_unique_index_alone_refuses_a_second_end(connection: Connection) -> None:
    connection.execute(text("BEGIN"))
    connection.execute(text("DROP TRIGGER resolutions_no_replace"))
    with pytest.raises(IntegrityError, match="UNIQUE"):
        connection.execute(
            text(
                "INSERT INTO resolutions (transfer_id, state, amount, resolved_at)"
                f" VALUES ('{number(101)}', 'voided', 0, '2026-11-22T09:00:00.000000Z')"
            )
        )
    connection.rollback()
    connection.close()


@pytest.mark.parametrize("column", ["debits_posted", "credits_posted", "debits_pending", "credits_pending"])
def test_no_sum_falls_below_zero(connection: Connection, column: str) -> None:
    with pytest.raises(IntegrityError):
        connection.execute(text(f"UPDATE balances SET {column} = -1"))
    connection.close()


def test_the_migration_makes_the_tables_that_the_code_uses(connection: Connection) -> None:
    for table in metadata.sorted_tables:
        columns = connection.execute(text(f"PRAGMA table_info({table.name})")).all()
        assert {column[1]: bool(column[3]) for column in columns} == {
            column.name: not column.nullable for column in table.columns
        }, table.name
        indexes = {row[1] for row in connection.execute(text(f"PRAGMA index_list({table.name})"))}
        assert {str(index.name) for index in table.indexes} <= indexes
    connection.close()
