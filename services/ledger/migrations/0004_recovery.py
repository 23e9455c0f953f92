"""What waits until a channel has recovered, and what reconciliation has found."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import BigKey, UtcTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "postponed_orders",
        sa.Column("id", BigKey, primary_key=True, autoincrement=True),
        sa.Column("transfer_id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("since_at", UtcTime, nullable=False),
    )
    op.create_table(
        "kept_prepares",
        sa.Column("transfer_id", sa.String(36), primary_key=True),
        sa.Column("peer", sa.String(40), nullable=False),
        sa.Column("original_id", sa.String(36), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("payload_hash", sa.String(64), nullable=False),
        sa.Column("sent_at", UtcTime, nullable=False),
    )
    op.create_index("kept_prepares_by_original", "kept_prepares", ["original_id"])
    op.create_table(
        "reconciliations",
        sa.Column("peer", sa.String(40), primary_key=True),
        sa.Column("sender", sa.String(40), primary_key=True),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("through_seq", BigKey, nullable=False),
        sa.Column("same_seq", BigKey, nullable=False),
        sa.Column("half_days_here", BigKey, nullable=False),
        sa.Column("half_days_there", BigKey, nullable=False),
        sa.Column("compared_at", UtcTime, nullable=False),
        sa.Column("agreed_at", UtcTime),
    )
    op.create_table(
        "asked_statements",
        sa.Column("peer", sa.String(40), primary_key=True),
        sa.Column("asked_at", UtcTime, nullable=False),
    )
    op.create_table(
        "disputes",
        sa.Column("id", BigKey, primary_key=True, autoincrement=True),
        sa.Column("peer", sa.String(40), nullable=False),
        sa.Column("sender", sa.String(40), nullable=False),
        sa.Column("seq", BigKey, nullable=False),
        sa.Column("is_ours", sa.Boolean, nullable=False),
        sa.Column("transfer_id", sa.String(36)),
        sa.Column("hash_here", sa.String(64), nullable=False),
        sa.Column("hash_there", sa.String(64), nullable=False),
        sa.Column("half_days_here", BigKey, nullable=False),
        sa.Column("half_days_there", BigKey, nullable=False),
        sa.Column("opened_at", UtcTime, nullable=False),
        sa.Column("closed_at", UtcTime),
    )
    op.create_index("disputes_by_peer", "disputes", ["peer", "sender", "seq"])
