"""Clearing rounds: their documents, what a coordinator has decided, and the positions that are reserved."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import BigKey, UtcTime

revision = "0005"
down_revision = "0004"

UNIQUE_KEYS = {
    "clearing_documents": ["number = NEW.number"],
    "clearing_decisions": ["round_id = NEW.round_id"],
}
"""The append-only tables."""
_SAME_DOCUMENT = " AND ".join(
    f"{column} = NEW.{column}" for column in ("round_id", "kind", "signer", "body_hash")
)


def upgrade() -> None:
    op.create_table(
        "clearing_rounds",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("stage", sa.String(10), nullable=False),
        sa.Column("coordinator", sa.String(40)),
        sa.Column("heard_at", UtcTime, nullable=False),
        sa.Column("ended_at", UtcTime),
    )
    op.create_index("clearing_rounds_by_stage", "clearing_rounds", ["stage"])
    op.create_table(
        "clearing_documents",
        sa.Column("number", BigKey, primary_key=True, autoincrement=True),
        sa.Column("round_id", sa.String(36), sa.ForeignKey("clearing_rounds.id"), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("signer", sa.String(40), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("octets", sa.Text, nullable=False),
        sa.Column("signed_at", UtcTime, nullable=False),
        sa.Column("received_at", UtcTime, nullable=False),
        sa.UniqueConstraint("round_id", "kind", "signer", "body_hash"),
    )
    op.create_table(
        "clearing_decisions",
        sa.Column("round_id", sa.String(36), sa.ForeignKey("clearing_rounds.id"), primary_key=True),
        sa.Column("kind", sa.String(10), sa.CheckConstraint("kind in ('COMMIT', 'ABORT')"), nullable=False),
        sa.Column("decided_at", UtcTime, nullable=False),
    )
    op.create_table(
        "clearing_reservations",
        sa.Column("round_id", sa.String(36), sa.ForeignKey("clearing_rounds.id"), primary_key=True),
        sa.Column("peer", sa.String(40), primary_key=True),
        sa.Column("owed_half_days", sa.Integer, nullable=False),
    )
    op.create_index("clearing_reservations_by_peer", "clearing_reservations", ["peer"])
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _guard_sqlite() -> None:
    """UPDATE, DELETE and REPLACE are refused. A later migration that rebuilds a table makes them again."""
    for table, keys in UNIQUE_KEYS.items():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
            )
        same = " OR ".join([*keys, *([f"({_SAME_DOCUMENT})"] if table == "clearing_documents" else [])])
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
        )


def _guard_postgresql() -> None:
    for table in UNIQUE_KEYS:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
