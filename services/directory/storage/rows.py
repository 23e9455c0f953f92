"""Reading and writing one row by its key, the same on PostgreSQL and SQLite."""

from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Insert,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]


def find(connection: Connection, table: Table, key: str, *, for_update: bool = False) -> Row | None:
    """The row with this primary key, locked until the transaction ends when asked (PostgreSQL)."""
    query = _select(table, for_update=for_update)
    row = connection.execute(query, _key(table, [key])).mappings().first()
    return None if row is None else dict(row)


def add(connection: Connection, table: Table, row: Row) -> bool:
    """Write a new row. False, and nothing is changed, when there is one with its key."""
    return connection.execute(_insert(table, connection.dialect.name), row).rowcount == 1


def replace(connection: Connection, table: Table, row: Row) -> None:
    """Write over the row with the same key."""
    key = _key(table, [row[column.name] for column in table.primary_key])
    connection.execute(_update(table), {**row, **key})


# Statements are made once: for one row, making one takes longer than the database needs.


@cache
def _select(table: Table, *, for_update: bool) -> Select[Any]:
    query = select(table).where(_is(table))
    return query.with_for_update() if for_update else query


@cache
def _insert(table: Table, dialect_name: str) -> Insert:
    dialect = postgresql if dialect_name == "postgresql" else sqlite
    return dialect.insert(table).on_conflict_do_nothing()


@cache
def _update(table: Table) -> Update:
    return update(table).where(_is(table))


def _is(table: Table) -> ColumnElement[bool]:
    return and_(*(column == bindparam(f"key_{column.name}") for column in table.primary_key))


def _key(table: Table, values: list[str]) -> Row:
    return {f"key_{column.name}": value for column, value in zip(table.primary_key, values, strict=True)}
