"""Languages: each colleague's own choice, and the library's for those who have not chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("libraries", sa.Column("language", sa.Text))
    op.add_column("colleagues", sa.Column("language", sa.Text))
