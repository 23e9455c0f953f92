"""Promises, and what people have decided about the book and why. Statements read through indexes alone."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import BigKey, UtcTime

revision = "0002"
down_revision = "0001"

UNIQUE_KEYS = {"promises": ["id"], "acts": ["number", "id"]}
"""The append-only tables."""


def upgrade() -> None:
    op.create_table(
        "promises",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("library_id", sa.String(60), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("half_days", sa.Integer, sa.CheckConstraint("half_days > 0"), nullable=False),
        sa.Column("made_on", sa.Date, nullable=False),
        sa.Column("horizon_on", sa.Date, nullable=False),
        sa.Column("after_entry_id", BigKey, nullable=False),
        sa.Column("made_at", UtcTime, nullable=False),
    )
    op.create_index("promises_by_library", "promises", ["library_id"])
    op.create_table(
        "acts",
        sa.Column("number", BigKey, primary_key=True, autoincrement=True),
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("about", sa.String(60), nullable=False),
        sa.Column("half_days", sa.Integer),
        sa.Column("due_on", sa.Date),
        sa.Column("successor_id", sa.String(60)),
        sa.Column("transfer_id", sa.String(36)),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("acted_at", UtcTime, nullable=False),
    )
    op.create_index("acts_by_id", "acts", ["id"], unique=True)
    op.create_index("acts_about", "acts", ["about", "number"])
    op.create_index("acts_by_transfer", "acts", ["transfer_id"])
    op.drop_index("entries_by_account", "entries")
    op.create_index(
        "entries_by_account", "entries", ["account_id", "work_date", "id", "side", "amount", "transfer_id"]
    )
    op.create_index("entries_by_day", "entries", ["side", "unit", "work_date", "transfer_id"])
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
        same = " OR ".join(f"{key} = NEW.{key}" for key in keys)
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
