"""How many must stay at home, as offers say; and how long it takes from one library to another."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("offers", sa.Column("min_at_home", sa.Integer))
    is_named = sa.text("min_at_home IS NOT NULL")
    op.create_index(
        "offers_by_minimum",
        "offers",
        ["county", "library_id"],
        postgresql_where=is_named,
        sqlite_where=is_named,
    )
    op.create_table(
        "travel_times",
        sa.Column("from_library_id", sa.String(36), primary_key=True),
        sa.Column("to_library_id", sa.String(36), primary_key=True),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("km", sa.Integer),
    )
