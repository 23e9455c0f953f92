"""Writing rows so that the highest version counts, the same on PostgreSQL and SQLite."""

from typing import Any

from sqlalchemy import Connection, Table, and_, or_, select
from sqlalchemy.dialects import postgresql, sqlite

Row = dict[str, Any]


def insert_into(connection: Connection, table: Table) -> Any:
    """An insert with `ON CONFLICT`, which both databases know in the same words."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)


def put_newer(connection: Connection, table: Table, row: Row) -> bool:
    """The row is stored unless the stored one is as new or newer: then False, and nothing is changed.

    Between two rows of one version a withdrawn one wins.
    """
    (key,) = table.primary_key
    statement = insert_into(connection, table).values(row)
    is_newer = table.c.version < statement.excluded.version
    if "state" in table.c:
        is_newer = or_(
            is_newer,
            and_(
                table.c.version == statement.excluded.version,
                table.c.state != "withdrawn",
                statement.excluded.state == "withdrawn",
            ),
        )
    others = {name: statement.excluded[name] for name in row if name != key.name}
    done = connection.execute(
        statement.on_conflict_do_update(index_elements=[key], set_=others, where=is_newer)
    )
    return bool(done.rowcount == 1)


def add_once(connection: Connection, table: Table, row: Row) -> bool:
    """The row is stored. False, and nothing is changed, when there is one with its key."""
    statement = insert_into(connection, table).values(row).on_conflict_do_nothing()
    return bool(connection.execute(statement).rowcount == 1)


def find(connection: Connection, table: Table, key: str) -> Row | None:
    """The row with this primary key."""
    (column,) = table.primary_key
    row = connection.execute(select(table).where(column == key)).mappings().first()
    return None if row is None else dict(row)
