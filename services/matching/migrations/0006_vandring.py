"""Vandring rounds, reflections, and how large a library is."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import UtcTime

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("libraries", sa.Column("size_class", sa.String(20)))
    op.create_table(
        "vandring_rounds",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        sa.Column("reply_by_on", sa.Date, nullable=False),
        sa.Column("max_km", sa.Integer),
        sa.Column("sizes", sa.String(20), nullable=False),
        sa.Column("closed_dates", sa.Text, nullable=False),
        sa.Column("stage", sa.String(20), nullable=False, index=True),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("created_by", sa.JSON, nullable=False),
        sa.Column("published_at", UtcTime),
        sa.Column("is_shortest", sa.Boolean, nullable=False),
    )
    op.create_table(
        "vandring_libraries",
        sa.Column("round_id", sa.String(36), primary_key=True),
        sa.Column("library_id", sa.String(36), primary_key=True, index=True),
        sa.Column("answer", sa.Boolean),
        sa.Column("colleague_id", sa.String(36)),
        sa.Column("left_at", UtcTime),
    )
    op.create_table(
        "vandring_visits",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("round_id", sa.String(36), nullable=False, index=True),
        sa.Column("visitor_id", sa.String(36), nullable=False),
        sa.Column("host_id", sa.String(36), nullable=False),
        sa.Column("week_on", sa.Date, nullable=False),
        sa.Column("engagement_id", sa.String(36), index=True),
        sa.Column("is_waiting", sa.Boolean, nullable=False),
        sa.Column("refusal", sa.JSON),
        sa.Column("reminders", sa.Integer, nullable=False),
    )
    op.create_table(
        "vandring_swaps",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("round_id", sa.String(36), nullable=False, index=True),
        sa.Column("asker_id", sa.String(36), nullable=False),
        sa.Column("other_id", sa.String(36), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("asked_at", UtcTime, nullable=False),
    )
    op.create_table(
        "reflections",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("engagement_id", sa.String(36), nullable=False),
        sa.Column("library_id", sa.String(36), nullable=False),
        sa.Column("library_name", sa.Text, nullable=False),
        sa.Column("other_library_id", sa.String(36), nullable=False),
        sa.Column("other_library_name", sa.Text, nullable=False),
        sa.Column("side", sa.String(20), nullable=False),
        sa.Column("visited_on", sa.Date, nullable=False),
        sa.Column("written_at", UtcTime, nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False, index=True),
        sa.Column("saw", sa.Text, nullable=False),
        sa.Column("learned", sa.Text, nullable=False),
        sa.Column("advice", sa.Text, nullable=False),
        sa.Column("searched", sa.Text, nullable=False),
    )
    op.create_index("reflections_of_visit", "reflections", ["engagement_id", "library_id"], unique=True)
