"""How many half-days a match of a round is; those of before are whole days."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("round_matches", sa.Column("half_days", sa.Integer, nullable=False, server_default="0"))
    matches = sa.table(
        "round_matches",
        sa.column("engagement_id", sa.String),
        sa.column("dates", sa.JSON),
        sa.column("half_days", sa.Integer),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(matches.c.engagement_id, matches.c.dates)).all():
        dates = json.loads(row.dates) if isinstance(row.dates, str) else row.dates
        which = matches.c.engagement_id == row.engagement_id
        connection.execute(sa.update(matches).where(which).values(half_days=2 * len(dates)))
