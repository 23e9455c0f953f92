"""What has changed in the index, so that a process that keeps it in memory knows what to read again."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import BigKey

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "index_changes",
        sa.Column("id", BigKey, primary_key=True, autoincrement=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
    )
