"""Tables of what waits for recovery, and of what reconciliation has found."""

from sqlalchemy import Boolean, Column, Index, String, Table, Text

from byttebank.storage.columns import BigKey, UtcTime
from services.ledger.storage.tables import metadata

postponed_orders = Table(
    "postponed_orders",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("transfer_id", String(36), nullable=False),
    Column("name", String(60), nullable=False),
    Column("body", Text, nullable=False),
    Column("since_at", UtcTime, nullable=False),
)

kept_prepares = Table(
    "kept_prepares",
    metadata,
    Column("transfer_id", String(36), primary_key=True),
    Column("peer", String(40), nullable=False),
    Column("original_id", String(36), nullable=False),
    Column("payload", Text, nullable=False),
    Column("payload_hash", String(64), nullable=False),
    Column("sent_at", UtcTime, nullable=False),
)
Index("kept_prepares_by_original", kept_prepares.c.original_id)

reconciliations = Table(
    "reconciliations",
    metadata,
    Column("peer", String(40), primary_key=True),
    Column("sender", String(40), primary_key=True),
    Column("state", String(10), nullable=False),
    Column("through_seq", BigKey, nullable=False),
    Column("same_seq", BigKey, nullable=False),
    Column("half_days_here", BigKey, nullable=False),
    Column("half_days_there", BigKey, nullable=False),
    Column("compared_at", UtcTime, nullable=False),
    Column("agreed_at", UtcTime),
)

asked_statements = Table(
    "asked_statements",
    metadata,
    Column("peer", String(40), primary_key=True),
    Column("asked_at", UtcTime, nullable=False),
)

disputes = Table(
    "disputes",
    metadata,
    Column("id", BigKey, primary_key=True, autoincrement=True),
    Column("peer", String(40), nullable=False),
    Column("sender", String(40), nullable=False),
    Column("seq", BigKey, nullable=False),
    Column("is_ours", Boolean, nullable=False),
    Column("transfer_id", String(36)),
    Column("hash_here", String(64), nullable=False),
    Column("hash_there", String(64), nullable=False),
    Column("half_days_here", BigKey, nullable=False),
    Column("half_days_there", BigKey, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
)
Index("disputes_by_peer", disputes.c.peer, disputes.c.sender, disputes.c.seq)

__all__ = [
    "asked_statements",
    "disputes",
    "kept_prepares",
    "postponed_orders",
    "reconciliations",
]
