"""The book, settlements, and copies of libraries, peers and settings. What was written stays written."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import BigKey, UtcTime
from byttebank.storage.messages import create_message_tables

revision = "0001"
down_revision = None

UNIQUE_KEYS = {
    "transfers": [["id"]],
    "entries": [["id"], ["transfer_id", "side"]],
    "resolutions": [["id"], ["transfer_id"]],
    "prepares_sent": [["transfer_id"]],
    "prepares_received": [["id"], ["peer", "transfer_id"]],
    "decisions": [["peer", "transfer_id"]],
}
"""The append-only tables."""


def upgrade() -> None:
    from byttebank.storage.channels import create_channel_tables

    create_message_tables(op.get_bind())
    create_channel_tables(op.get_bind())
    _create_accounts()
    _create_transfers()
    _create_settlements()
    _create_decisions()
    _create_open_questions()
    _create_copies()
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _create_accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(60), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("opened_at", UtcTime, nullable=False),
    )
    op.create_table(
        "balances",
        sa.Column("account_id", sa.String(60), sa.ForeignKey("accounts.id"), primary_key=True),
        *(
            sa.Column(name, sa.Integer, sa.CheckConstraint(f"{name} >= 0"), nullable=False)
            for name in ("debits_posted", "credits_posted", "debits_pending", "credits_pending")
        ),
    )


def _create_transfers() -> None:
    op.create_table(
        "transfers",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("debit_account_id", sa.String(60), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("credit_account_id", sa.String(60), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("amount", sa.Integer, sa.CheckConstraint("amount > 0"), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("payer_library_id", sa.String(36), nullable=False),
        sa.Column("payee_library_id", sa.String(36), nullable=False),
        sa.Column("payer_county", sa.String(40), nullable=False),
        sa.Column("payee_county", sa.String(40), nullable=False),
        sa.Column("engagement_id", sa.String(36), nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("skill", sa.String(100)),
        sa.Column("work_date", sa.Date, nullable=False),
        sa.Column("reverses", sa.String(36), sa.ForeignKey("transfers.id")),
        sa.Column("is_over_limit", sa.Boolean, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.CheckConstraint("debit_account_id <> credit_account_id"),
    )
    op.create_index("transfers_by_debit_account", "transfers", ["debit_account_id"])
    op.create_index("transfers_by_engagement", "transfers", ["engagement_id", "part"])
    op.create_index("transfers_by_original", "transfers", ["reverses"])
    op.create_table(
        "resolutions",
        sa.Column("id", BigKey, primary_key=True, autoincrement=True),
        sa.Column("transfer_id", sa.String(36), nullable=False),
        sa.Column(
            "state",
            sa.String(10),
            sa.CheckConstraint("state in ('posted', 'voided', 'expired')"),
            nullable=False,
        ),
        sa.Column("amount", sa.Integer, sa.CheckConstraint("amount >= 0"), nullable=False),
        sa.Column("code", sa.String(60)),
        sa.Column("resolved_at", UtcTime, nullable=False),
    )
    op.create_index("transfer_resolutions", "resolutions", ["transfer_id"], unique=True)
    op.create_table(
        "entries",
        sa.Column("id", BigKey, primary_key=True, autoincrement=True),
        sa.Column("transfer_id", sa.String(36), sa.ForeignKey("transfers.id"), nullable=False),
        sa.Column("account_id", sa.String(60), sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("side", sa.String(6), sa.CheckConstraint("side in ('debit', 'credit')"), nullable=False),
        sa.Column("amount", sa.Integer, sa.CheckConstraint("amount > 0"), nullable=False),
        sa.Column("unit", sa.String(20), nullable=False),
        sa.Column("work_date", sa.Date, nullable=False),
        sa.Column("posted_at", UtcTime, nullable=False),
        sa.UniqueConstraint("transfer_id", "side"),
    )
    op.create_index("entries_by_account", "entries", ["account_id", "work_date", "id"])


def _create_settlements() -> None:
    op.create_table(
        "prepares_sent",
        sa.Column("transfer_id", sa.String(36), sa.ForeignKey("transfers.id"), primary_key=True),
        sa.Column("peer", sa.String(40), nullable=False),
        sa.Column("amount", sa.Integer, sa.CheckConstraint("amount > 0"), nullable=False),
        sa.Column("payload_hash", sa.String(64), nullable=False),
        sa.Column("sent_at", UtcTime, nullable=False),
    )
    op.create_index("prepares_sent_by_peer", "prepares_sent", ["peer"])
    op.create_table(
        "prepares_received",
        sa.Column("id", BigKey, primary_key=True, autoincrement=True),
        sa.Column("peer", sa.String(40), nullable=False),
        sa.Column("transfer_id", sa.String(36), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("payload_hash", sa.String(64), nullable=False),
        sa.Column("received_at", UtcTime, nullable=False),
        sa.UniqueConstraint("peer", "transfer_id"),
    )


def _create_decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("peer", sa.String(40), primary_key=True),
        sa.Column("transfer_id", sa.String(36), primary_key=True),
        sa.Column(
            "verdict",
            sa.String(10),
            sa.CheckConstraint("verdict in ('fulfilled', 'rejected')"),
            nullable=False,
        ),
        sa.Column("code", sa.String(60)),
        sa.Column("prepare_hash", sa.String(64)),
        sa.Column("decided_at", UtcTime, nullable=False),
    )
    op.create_table(
        "waiting",
        sa.Column("received_id", BigKey, sa.ForeignKey("prepares_received.id"), primary_key=True),
        sa.Column("peer", sa.String(40), nullable=False),
        sa.Column("payee_library_id", sa.String(36), nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
    )
    op.create_index("waiting_by_peer", "waiting", ["peer", "received_id"])
    op.create_index("waiting_by_payee", "waiting", ["payee_library_id"])


def _create_open_questions() -> None:
    op.create_table(
        "claims",
        sa.Column("peer", sa.String(40), primary_key=True),
        sa.Column("transfer_id", sa.String(36), primary_key=True),
        sa.Column(
            "direction", sa.String(3), sa.CheckConstraint("direction in ('out', 'in')"), nullable=False
        ),
        sa.Column("engagement_id", sa.String(36), nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("code", sa.String(60), nullable=False),
        sa.Column("opened_at", UtcTime, nullable=False),
        sa.Column("closed_at", UtcTime),
    )
    op.create_index("claims_by_engagement", "claims", ["engagement_id", "part"])
    op.create_table(
        "reversal_requests",
        sa.Column("transfer_id", sa.String(36), sa.ForeignKey("transfers.id"), primary_key=True),
        sa.Column(
            "direction", sa.String(3), sa.CheckConstraint("direction in ('out', 'in')"), nullable=False
        ),
        sa.Column("peer", sa.String(40), nullable=False),
        sa.Column("amount", sa.Integer, nullable=False),
        sa.Column("reason_code", sa.String(60), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("asked_at", UtcTime, nullable=False),
        sa.Column("answered_at", UtcTime),
    )


def _create_copies() -> None:
    op.create_table(
        "libraries",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("county", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", BigKey, nullable=False),
    )
    op.create_table(
        "peers",
        sa.Column("county", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("fuse_half_days", sa.Integer, nullable=False),
        sa.Column("version", BigKey, nullable=False),
    )
    op.create_table(
        "county_settings",
        sa.Column("slug", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("limit_half_days", sa.Integer, nullable=False),
        sa.Column("limit_is_hard", sa.Boolean, nullable=False),
        sa.Column("version", BigKey, nullable=False),
    )


def _guard_sqlite() -> None:
    """UPDATE and DELETE are refused. A later migration that rebuilds a table must make its triggers again."""
    for table in UNIQUE_KEYS:
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
            )
    # INSERT OR REPLACE deletes without firing DELETE triggers while recursive_triggers is off, the default.
    for table, keys in UNIQUE_KEYS.items():
        same = " OR ".join("(" + " AND ".join(f"{key} = NEW.{key}" for key in one) + ")" for one in keys)
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}"
            f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append only'); END"
        )


def _guard_postgresql() -> None:
    """UPDATE, DELETE and TRUNCATE are refused, whoever asks; rights are revoked at installation besides."""
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
        " BEGIN RAISE EXCEPTION '% is append only', TG_TABLE_NAME; END $$"
    )
    for table in UNIQUE_KEYS:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
