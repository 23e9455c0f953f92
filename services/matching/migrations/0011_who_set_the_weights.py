"""Who decided on a version of the weights, by id, so that a person can be forgotten."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("ranking_weights", sa.Column("set_by_id", sa.String(36)))
