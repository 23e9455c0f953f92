"""Tables of rounds of matching."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from byttebank.storage.columns import BigKey, UtcTime
from services.matching.storage.tables import metadata

rounds = Table(
    "rounds",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("reply_by_on", Date, nullable=False),
    Column("days_each", Integer, nullable=False),
    Column("stage", String(20), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", JSON, nullable=False),
    Column("started_at", UtcTime),
    Column("ended_at", UtcTime),
    Column("published_at", UtcTime),
    Column("run", Integer, nullable=False),
    Column("beat_at", UtcTime),
    Column("is_stopping", Boolean, nullable=False),
    Column("progress", JSON(none_as_null=True)),
    Column("refusal", JSON(none_as_null=True)),
    Column("input", Text),
    Column("input_hash", String(64)),
    Column("private", JSON(none_as_null=True)),
    Column("result", JSON(none_as_null=True)),
    Column("plan_hash", String(64)),
    Column("coordinator", String(40)),
)
"""`run` numbers the attempts to compute; `beat_at` is when the running one was last alive. `input` is the
canonical text that is hashed; `coordinator` is who invited to a joint round (None: the county's own);
`private` holds what its pseudonyms stand for; `result` the totals and why requests are unmet.
"""

round_matches = Table(
    "round_matches",
    metadata,
    Column("engagement_id", String(36), primary_key=True),
    Column("round_id", String(36), nullable=False, index=True),
    Column("number", Integer, nullable=False),
    Column("request_id", String(36), nullable=False),
    Column("offer_id", String(36), nullable=False),
    Column("colleague_id", String(36), nullable=False),
    Column("host_library_id", String(36), nullable=False),
    Column("lender_library_id", String(36), nullable=False),
    Column("dates", JSON, nullable=False),
    Column("state", String(20), nullable=False),
    Column("refusal", JSON(none_as_null=True)),
    Column("half_days", Integer, nullable=False),
)
"""The plan as proposals to be, by number; `state`: planned, proposed, void."""

joint_rounds = Table(
    "joint_rounds",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("heard_at", UtcTime, nullable=False),
    Column("is_open", Boolean, nullable=False, index=True),
)
"""Rounds with other counties that we have heard of; open until everything that can follow has followed."""

joint_documents = Table(
    "joint_documents",
    metadata,
    Column("number", BigKey, primary_key=True, autoincrement=True),
    Column("round_id", String(36), ForeignKey("joint_rounds.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("signer", String(40), nullable=False),
    Column("body_hash", String(64), nullable=False),
    Column("body", Text, nullable=False),
    Column("octets", Text, nullable=False),
    Column("signed_at", UtcTime, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    UniqueConstraint("round_id", "kind", "signer", "body_hash"),
)
"""Every document of a joint round, checked, as signed."""
