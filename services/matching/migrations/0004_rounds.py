"""Rounds of matching, and what they need to know of requests, offers and libraries."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import UtcTime

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("libraries", sa.Column("country", sa.String(2)))
    op.add_column("libraries", sa.Column("closed_dates", sa.Text, nullable=False, server_default=""))
    op.add_column("offers", sa.Column("weekdays", sa.Text, nullable=False, server_default=""))
    op.add_column("offers", sa.Column("expires_on", sa.Date))
    op.add_column("requests", sa.Column("dates", sa.Text, nullable=False, server_default=""))
    op.add_column("requests", sa.Column("same_person", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("requests", sa.Column("is_open", sa.Boolean, nullable=False, server_default=sa.true()))
    op.create_table(
        "rounds",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        sa.Column("reply_by_on", sa.Date, nullable=False),
        sa.Column("days_each", sa.Integer, nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("created_by", sa.JSON, nullable=False),
        sa.Column("started_at", UtcTime),
        sa.Column("ended_at", UtcTime),
        sa.Column("published_at", UtcTime),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("beat_at", UtcTime),
        sa.Column("is_stopping", sa.Boolean, nullable=False),
        sa.Column("progress", sa.JSON),
        sa.Column("refusal", sa.JSON),
        sa.Column("input", sa.Text),
        sa.Column("input_hash", sa.String(64)),
        sa.Column("private", sa.JSON),
        sa.Column("result", sa.JSON),
        sa.Column("plan_hash", sa.String(64)),
    )
    op.create_index("ix_rounds_stage", "rounds", ["stage"])
    op.create_table(
        "round_matches",
        sa.Column("engagement_id", sa.String(36), primary_key=True),
        sa.Column("round_id", sa.String(36), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("offer_id", sa.String(36), nullable=False),
        sa.Column("colleague_id", sa.String(36), nullable=False),
        sa.Column("host_library_id", sa.String(36), nullable=False),
        sa.Column("lender_library_id", sa.String(36), nullable=False),
        sa.Column("dates", sa.JSON, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("refusal", sa.JSON),
    )
    op.create_index("ix_round_matches_round_id", "round_matches", ["round_id"])
