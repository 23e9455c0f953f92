"""Who has stopped, opened or limited the exchange with a county, and why."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import BigKey, UtcTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "peer_acts",
        sa.Column("number", BigKey, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False, unique=True),
        sa.Column("county", sa.String(40), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("detail", sa.Text),
        sa.Column("fuse_half_days", sa.Integer),
        sa.Column("asked", sa.JSON, nullable=False),
        sa.Column("acted_at", UtcTime, nullable=False),
    )
