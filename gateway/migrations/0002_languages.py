"""An account's language is the person's own choice, or none: before this release nobody could choose."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.alter_column("language", existing_type=sa.String(8), nullable=True)
    op.execute("UPDATE users SET language = NULL")
