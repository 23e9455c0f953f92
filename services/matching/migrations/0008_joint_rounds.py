"""Rounds of matching together with other counties."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import BigKey, UtcTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("rounds", sa.Column("coordinator", sa.String(40)))
    op.create_table(
        "joint_rounds",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("heard_at", UtcTime, nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False, index=True),
    )
    op.create_table(
        "joint_documents",
        sa.Column("number", BigKey, primary_key=True, autoincrement=True),
        sa.Column("round_id", sa.String(36), sa.ForeignKey("joint_rounds.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("signer", sa.String(40), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("octets", sa.Text, nullable=False),
        sa.Column("signed_at", UtcTime, nullable=False),
        sa.Column("received_at", UtcTime, nullable=False),
        sa.UniqueConstraint("round_id", "kind", "signer", "body_hash"),
    )
