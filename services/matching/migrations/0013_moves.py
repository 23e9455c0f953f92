"""Other dates that somebody has asked for, beside those of an agreed engagement."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("engagements", sa.Column("move", sa.JSON(none_as_null=True)))
