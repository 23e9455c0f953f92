"""A request to one library alone, and when an answer ends by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("requests", sa.Column("reply_by_on", sa.Date))
    op.add_column("requests", sa.Column("direct_answer", sa.String(20)))
    op.create_index("requests_by_addressee", "requests", ["to_library_id"])
    op.add_column("covers", sa.Column("reply_by_on", sa.Date))
