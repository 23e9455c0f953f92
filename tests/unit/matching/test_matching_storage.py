"""The migrations make the tables that the code writes to."""

import json
from importlib import import_module

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from matching_cast import Matching
from sqlalchemy import create_engine, inspect

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


def test_matches_of_before_half_days_are_whole_days() -> None:
    migration = import_module("services.matching.migrations.0012_half_days_of_matches")
    with create_engine("sqlite://").begin() as connection:
        connection.exec_driver_sql("CREATE TABLE round_matches (engagement_id VARCHAR(36), dates JSON)")
        for name, dates in (("one", ["2026-12-07", "2026-12-08"]), ("two", ["2026-12-09"])):
            connection.exec_driver_sql("INSERT INTO round_matches VALUES (?, ?)", (name, json.dumps(dates)))
        with Operations.context(MigrationContext.configure(connection)):
            migration.upgrade()
        rows = connection.exec_driver_sql("SELECT engagement_id, half_days FROM round_matches").all()
    assert sorted(tuple(row) for row in rows) == [("one", 4), ("two", 2)]
