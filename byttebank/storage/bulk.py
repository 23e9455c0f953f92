"""Many rows of one table at once, the way its database takes them fastest."""

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

from sqlalchemy import Connection, Table, insert
from sqlalchemy.exc import DBAPIError

from byttebank.storage.transaction import transaction_of

_ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def insert_many(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Each row, by column name and all with the same columns, is in the table.

    PostgreSQL takes them by COPY (its documentation: "Populating a Database"), others in one statement. So
    does PostgreSQL in a process of greenlets, where psycopg2 cannot COPY; the commands are none.
    Raises what `insert(table)` would, such as `IntegrityError`.
    """
    if not rows:
        return
    driver = connection.dialect.loaded_dbapi
    if connection.dialect.name != "postgresql" or driver.extensions.get_wait_callback() is not None:
        connection.execute(insert(table), list(rows))
        return
    if not connection.in_transaction():
        # Else there would be nothing to commit.
        connection.begin()
    transaction_of(connection).write(connection)
    names = list(rows[0])
    quote = connection.dialect.identifier_preparer
    columns = ", ".join(quote.format_column(table.c[name]) for name in names)
    statement = f"COPY {quote.format_table(table)} ({columns}) FROM STDIN"
    lines = StringIO("".join(_lines(connection, table, names, rows)))
    try:
        cursor: Any = connection.connection.cursor()
        cursor.copy_expert(statement, lines)
        cursor.close()
    except driver.Error as error:
        raise DBAPIError.instance(statement, None, error, driver.Error, dialect=connection.dialect) from error


def refresh_statistics(connection: Connection, *tables: Table) -> None:
    """PostgreSQL plans with what is in the tables now, and not with what was there at its last look, up to a
    minute ago: until then it would read all of an account to show a page. A role that does not own the tables
    has to wait for that.
    """
    if connection.dialect.name == "postgresql":
        quote = connection.dialect.identifier_preparer
        connection.exec_driver_sql(f"ANALYZE {', '.join(map(quote.format_table, tables))}")


def _lines(
    connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> Iterator[str]:
    """In the text format of COPY: a line per row, tabs between, backslashes before what means something."""
    binders = [
        table.c[name].type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
        for name in names
    ]
    for row in rows:
        bound = (bind(row[name]) if bind else row[name] for name, bind in zip(names, binders, strict=True))
        yield (
            "\t".join([r"\N" if value is None else str(value).translate(_ESCAPED) for value in bound]) + "\n"
        )
