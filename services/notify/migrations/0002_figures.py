"""What the figures for operators are read from: an index on what lies parked."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # On an empty database the first migration has made it: it creates the tables of this release.
    is_waiting = sa.text("redriven_at IS NULL")
    op.create_index(
        "parked_waiting",
        "parked_messages",
        ["id"],
        postgresql_where=is_waiting,
        sqlite_where=is_waiting,
        if_not_exists=True,
    )
