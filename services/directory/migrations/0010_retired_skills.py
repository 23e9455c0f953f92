"""A county's own skill may be retired: nobody chooses it any more, and who has it keeps it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("skills", sa.Column("is_retired", sa.Boolean, nullable=False, server_default=sa.false()))
