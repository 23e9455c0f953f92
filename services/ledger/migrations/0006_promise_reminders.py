"""Which library was reminded of which promise, and for which date."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import UtcTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "promise_reminders",
        sa.Column("promise_id", sa.String(36), primary_key=True),
        sa.Column("due_on", sa.Date, primary_key=True),
        sa.Column("is_late", sa.Boolean, primary_key=True),
        sa.Column("told_at", UtcTime, nullable=False),
    )
