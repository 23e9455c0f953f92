"""The tables of the book. `migrations/` makes them; triggers there keep some of them append only."""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql, sqlite

from byttebank.storage.columns import BigKey, UtcTime

APPEND_ONLY = (
    "transfers",
    "entries",
    "resolutions",
    "prepares_sent",
    "prepares_received",
    "decisions",
    "promises",
    "acts",
)

metadata = MetaData()

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(60), primary_key=True),
    Column("kind", String(20), nullable=False),
    Column("unit", String(20), nullable=False),
    Column("opened_at", UtcTime, nullable=False),
)

balances = Table(
    "balances",
    metadata,
    Column("account_id", ForeignKey("accounts.id"), primary_key=True),
    *(
        Column(name, Integer, CheckConstraint(f"{name} >= 0"), nullable=False, default=0)
        for name in ("debits_posted", "credits_posted", "debits_pending", "credits_pending")
    ),
)

transfers = Table(
    "transfers",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("debit_account_id", ForeignKey("accounts.id"), nullable=False),
    Column("credit_account_id", ForeignKey("accounts.id"), nullable=False),
    Column("amount", Integer, CheckConstraint("amount > 0"), nullable=False),
    Column("unit", String(20), nullable=False),
    Column("payer_library_id", String(36), nullable=False),
    Column("payee_library_id", String(36), nullable=False),
    Column("payer_county", String(40), nullable=False),
    Column("payee_county", String(40), nullable=False),
    Column("engagement_id", String(36), nullable=False),
    Column("part", Integer, nullable=False),
    Column("skill", String(100)),
    Column("work_date", Date, nullable=False),
    Column("reverses", ForeignKey("transfers.id")),
    Column("is_over_limit", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    CheckConstraint("debit_account_id <> credit_account_id"),
)
Index("transfers_by_debit_account", transfers.c.debit_account_id)
Index("transfers_by_engagement", transfers.c.engagement_id, transfers.c.part)
Index("transfers_by_original", transfers.c.reverses)

resolutions = Table(
    "resolutions",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("transfer_id", String(36), nullable=False),
    Column("state", String(10), CheckConstraint("state in ('posted', 'voided', 'expired')"), nullable=False),
    Column("amount", Integer, CheckConstraint("amount >= 0"), nullable=False),
    Column("code", String(60)),
    Column("resolved_at", UtcTime, nullable=False),
)
Index("transfer_resolutions", resolutions.c.transfer_id, unique=True)

entries = Table(
    "entries",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("transfer_id", ForeignKey("transfers.id"), nullable=False),
    Column("account_id", ForeignKey("accounts.id"), nullable=False),
    Column("side", String(6), CheckConstraint("side in ('debit', 'credit')"), nullable=False),
    Column("amount", Integer, CheckConstraint("amount > 0"), nullable=False),
    Column("unit", String(20), nullable=False),
    Column("work_date", Date, nullable=False),
    Column("posted_at", UtcTime, nullable=False),
    UniqueConstraint("transfer_id", "side"),
)
Index(
    "entries_by_account",
    entries.c.account_id,
    entries.c.work_date,
    entries.c.id,
    entries.c.side,
    entries.c.amount,
    entries.c.transfer_id,
)
Index("entries_by_day", entries.c.side, entries.c.unit, entries.c.work_date, entries.c.transfer_id)

promises = Table(
    "promises",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("library_id", ForeignKey("accounts.id"), nullable=False),
    Column("half_days", Integer, CheckConstraint("half_days > 0"), nullable=False),
    Column("made_on", Date, nullable=False),
    Column("horizon_on", Date, nullable=False),
    Column("after_entry_id", BigKey, nullable=False),
    Column("made_at", UtcTime, nullable=False),
)
Index("promises_by_library", promises.c.library_id)

acts = Table(
    "acts",
    metadata,
    Column("number", BigKey, primary_key=True, autoincrement=True),
    Column("id", String(36), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("about", String(60), nullable=False),
    Column("half_days", Integer),
    Column("due_on", Date),
    Column("successor_id", String(60)),
    Column("transfer_id", String(36)),
    Column("reason", String(500), nullable=False),
    Column("role", String(20), nullable=False),
    Column("body", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("acted_at", UtcTime, nullable=False),
)
Index("acts_by_id", acts.c.id, unique=True)
Index("acts_about", acts.c.about, acts.c.number)
Index("acts_by_transfer", acts.c.transfer_id)

prepares_sent = Table(
    "prepares_sent",
    metadata,
    Column("transfer_id", ForeignKey("transfers.id"), primary_key=True),
    Column("peer", String(40), nullable=False),
    Column("amount", Integer, CheckConstraint("amount > 0"), nullable=False),
    Column("payload_hash", String(64), nullable=False),
    Column("sent_at", UtcTime, nullable=False),
)
Index("prepares_sent_by_peer", prepares_sent.c.peer)

prepares_received = Table(
    "prepares_received",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("peer", String(40), nullable=False),
    Column("transfer_id", String(36), nullable=False),
    Column("payload", Text, nullable=False),
    Column("payload_hash", String(64), nullable=False),
    Column("received_at", UtcTime, nullable=False),
    UniqueConstraint("peer", "transfer_id"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("peer", String(40), primary_key=True),
    Column("transfer_id", String(36), primary_key=True),
    Column("verdict", String(10), CheckConstraint("verdict in ('fulfilled', 'rejected')"), nullable=False),
    Column("code", String(60)),
    Column("prepare_hash", String(64)),
    Column("decided_at", UtcTime, nullable=False),
)

waiting = Table(
    "waiting",
    metadata,
    Column("received_id", ForeignKey("prepares_received.id"), primary_key=True),
    Column("peer", String(40), nullable=False),
    Column("payee_library_id", String(36), nullable=False),
    Column("amount", Integer, nullable=False),
)
Index("waiting_by_peer", waiting.c.peer, waiting.c.received_id)
Index("waiting_by_payee", waiting.c.payee_library_id)

claims = Table(
    "claims",
    metadata,
    Column("peer", String(40), primary_key=True),
    Column("transfer_id", String(36), primary_key=True),
    Column("direction", String(3), CheckConstraint("direction in ('out', 'in')"), nullable=False),
    Column("engagement_id", String(36), nullable=False),
    Column("part", Integer, nullable=False),
    Column("amount", Integer, nullable=False),
    Column("code", String(60), nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
)
Index("claims_by_engagement", claims.c.engagement_id, claims.c.part)

reversal_requests = Table(
    "reversal_requests",
    metadata,
    Column("transfer_id", ForeignKey("transfers.id"), primary_key=True),
    Column("direction", String(3), CheckConstraint("direction in ('out', 'in')"), nullable=False),
    Column("peer", String(40), nullable=False),
    Column("amount", Integer, nullable=False),
    Column("reason_code", String(60), nullable=False),
    Column("state", String(10), nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("answered_at", UtcTime),
)

libraries = Table(
    "libraries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("county", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("state", String(20), nullable=False),
    Column("version", BigKey, nullable=False),
)

peers = Table(
    "peers",
    metadata,
    Column("county", String(40), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("state", String(20), nullable=False),
    Column("fuse_half_days", Integer, nullable=False),
    Column("version", BigKey, nullable=False),
)

county_settings = Table(
    "county_settings",
    metadata,
    Column("slug", String(40), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("limit_half_days", Integer, nullable=False),
    Column("limit_is_hard", Boolean, nullable=False),
    Column("version", BigKey, nullable=False),
)


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT of the database's own kind, which knows what to do when the row is there already."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)
