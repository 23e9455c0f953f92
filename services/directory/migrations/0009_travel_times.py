"""How long it takes from one library to another, from a table that the county brings in."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "travel_times",
        sa.Column("from_library_id", sa.String(36), primary_key=True),
        sa.Column("to_library_id", sa.String(36), primary_key=True),
        sa.Column("minutes", sa.Integer, nullable=False),
        sa.Column("km", sa.Integer),
        sa.Column("minutes_square", sa.BigInteger, nullable=False),
        sa.Column("km_square", sa.BigInteger),
    )
