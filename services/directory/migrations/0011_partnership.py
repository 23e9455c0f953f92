"""What a county has said about the exchange with us: whether it has ended it, and when."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("peers", sa.Column("ended_on", sa.Date))
    op.add_column("peers", sa.Column("said_version", sa.BigInteger, nullable=False, server_default="0"))
