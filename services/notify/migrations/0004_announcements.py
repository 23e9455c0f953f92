"""Notices about other things than engagements: promises, clearing rounds, counties."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("notices", sa.Column("about", sa.String(20), nullable=False, server_default="engagement"))
