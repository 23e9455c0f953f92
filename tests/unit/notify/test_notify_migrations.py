"""The migrations make the tables that the storage speaks of."""

from collections.abc import Callable

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from byttebank.storage import messages
from byttebank.storage.work import Database
from services.notify.storage.tables import metadata


def test_the_migrated_tables_are_those_the_storage_uses(new_notify: Callable[[str], Database]) -> None:
    ours = set(metadata.tables)
    theirs = {*messages.metadata.tables, "alembic_version"}

    def include(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
        return kind != "table" or name in ours or name not in theirs

    with new_notify("innlandet").engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_object": include, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []
