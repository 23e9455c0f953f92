"""Reading and writing one row by its key, the same on PostgreSQL and SQLite."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, select, update
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]


def find(connection: Connection, table: Table, key: str, *, for_update: bool = False) -> Row | None:
    """The row with this primary key, locked until the transaction ends when asked (PostgreSQL)."""
    query = select(table).where(_is(table, key))
    row = connection.execute(query.with_for_update() if for_update else query).mappings().first()
    return None if row is None else dict(row)


def add(connection: Connection, table: Table, row: Row) -> bool:
    """Write a new row. False, and nothing is changed, when there is one with its key."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return connection.execute(dialect.insert(table).values(row).on_conflict_do_nothing()).rowcount == 1


def replace(connection: Connection, table: Table, row: Row) -> None:
    """Write over the row with the same key."""
    key = [row[column.name] for column in table.primary_key]
    connection.execute(update(table).where(_is(table, *key)).values(row))


def _is(table: Table, *key: str) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))
