"""Which participation agreement each library of this county has accepted.

Nobody has before this release: engagements that exist go on, and new ones wait for the library to accept.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_table(
        "participations",
        sa.Column("library_id", sa.String(36), primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
