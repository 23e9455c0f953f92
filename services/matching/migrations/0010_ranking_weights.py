"""What the parts of the ranking weigh in the county, every version of it."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import UtcTime

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "ranking_weights",
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("points", sa.JSON, nullable=False),
        sa.Column("set_at", UtcTime, nullable=False),
        sa.Column("set_by", sa.String(200), nullable=False),
    )
