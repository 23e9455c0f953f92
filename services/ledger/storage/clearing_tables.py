"""The tables of clearing rounds. Documents and what a coordinator has decided are append only."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from byttebank.storage.columns import BigKey, UtcTime
from services.ledger.storage.tables import metadata

clearing_rounds = Table(
    "clearing_rounds",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("stage", String(10), nullable=False),
    Column("coordinator", String(40)),
    Column("heard_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
)
Index("clearing_rounds_by_stage", clearing_rounds.c.stage)

clearing_documents = Table(
    "clearing_documents",
    metadata,
    Column("number", BigKey, primary_key=True, autoincrement=True),
    Column("round_id", ForeignKey("clearing_rounds.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("signer", String(40), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("octets", Text, nullable=False),
    Column("signed_at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    UniqueConstraint("round_id", "kind", "signer", "body_hash"),
)

clearing_decisions = Table(
    "clearing_decisions",
    metadata,
    Column("round_id", ForeignKey("clearing_rounds.id"), primary_key=True),
    Column("kind", String(10), CheckConstraint("kind in ('COMMIT', 'ABORT')"), nullable=False),
    Column("decided_at", UtcTime, nullable=False),
)
"""What this county as coordinator has signed, COMMIT or ABORT: the key lets it happen once."""

clearing_reservations = Table(
    "clearing_reservations",
    metadata,
    Column("round_id", ForeignKey("clearing_rounds.id"), primary_key=True),
    Column("peer", String(40), primary_key=True),
    Column("owed_half_days", Integer, nullable=False),
)
"""What is reserved of our position towards a peer while a round is open; below zero where the peer owes."""
Index("clearing_reservations_by_peer", clearing_reservations.c.peer)
