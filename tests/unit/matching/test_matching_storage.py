"""The migrations make the tables that the code writes to."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from matching_cast import Matching
from sqlalchemy import inspect

from services.matching.storage.tables import metadata


def test_the_migrated_database_is_what_the_tables_say(empty: Matching) -> None:
    with empty.database.engine.connect() as connection:
        ours = set(metadata.tables)
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": lambda _object, name, kind, _reflected, _other: (
                    kind != "table" or name in ours
                )
            },
        )
        assert compare_metadata(context, metadata) == []
        assert ours <= set(inspect(connection).get_table_names())
        assert {"outbox", "inbox", "parked_messages"} <= set(inspect(connection).get_table_names())
