"""What operators' figures are read from: when each peer was heard, and an index on what lies parked."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import UtcTime

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    # On an empty database the first migration has made them: it creates the tables of this release.
    op.create_table(
        "peers_heard",
        sa.Column("peer", sa.String(40), primary_key=True),
        sa.Column("heard_at", UtcTime, nullable=False),
        sa.Column("lacks_from", sa.Integer, nullable=False),
        if_not_exists=True,
    )
    is_waiting = sa.text("redriven_at IS NULL")
    op.create_index(
        "parked_waiting",
        "parked_messages",
        ["id"],
        postgresql_where=is_waiting,
        sqlite_where=is_waiting,
        if_not_exists=True,
    )
