"""Libraries come in by their own link, and accept the participation agreement.

Nobody has accepted anything before this release: engagements that exist go on, and new ones wait until the
library has accepted.
"""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import UtcTime

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("library_id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("letters", sa.Integer, nullable=False),
        sa.Column("sent_at", UtcTime, nullable=False),
        sa.Column("expires_at", UtcTime, nullable=False),
        sa.Column("used_at", UtcTime),
        sa.Column("withdrawn_at", UtcTime),
    )
    op.create_index("invitations_by_time", "invitations", ["sent_at"])
    op.create_table(
        "participations",
        sa.Column("library_id", sa.String(36), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("capacity", sa.String(20), nullable=False),
        sa.Column("approved_by", sa.Text, nullable=False),
        sa.Column("approver_title", sa.Text, nullable=False),
        sa.Column("accepted_at", UtcTime, nullable=False),
    )
