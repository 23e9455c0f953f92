"""Which engagement was asked for instead of one whose colleague could not come."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("engagements", sa.Column("replaces", sa.String(36)))
    op.create_index("ix_engagements_replaces", "engagements", ["replaces"])
