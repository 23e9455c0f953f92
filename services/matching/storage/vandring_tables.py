"""Tables of vandring rounds and of reflections."""

from sqlalchemy import JSON, Boolean, Column, Date, Index, Integer, String, Table, Text

from byttebank.storage.columns import UtcTime
from services.matching.storage.tables import metadata

vandring_rounds = Table(
    "vandring_rounds",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("first_on", Date, nullable=False),
    Column("last_on", Date, nullable=False),
    Column("reply_by_on", Date, nullable=False),
    Column("max_km", Integer),
    Column("sizes", String(20), nullable=False),
    Column("closed_dates", Text, nullable=False),
    Column("stage", String(20), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", JSON, nullable=False),
    Column("published_at", UtcTime),
    Column("is_shortest", Boolean, nullable=False),
)

vandring_libraries = Table(
    "vandring_libraries",
    metadata,
    Column("round_id", String(36), primary_key=True),
    Column("library_id", String(36), primary_key=True, index=True),
    Column("answer", Boolean),
    Column("colleague_id", String(36)),
    Column("left_at", UtcTime),
)
"""Who is invited. `answer`: null while it is silent; `left_at`: it said yes and dropped out later."""

vandring_visits = Table(
    "vandring_visits",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("round_id", String(36), nullable=False, index=True),
    Column("visitor_id", String(36), nullable=False),
    Column("host_id", String(36), nullable=False),
    Column("week_on", Date, nullable=False),
    Column("engagement_id", String(36), index=True),
    Column("is_waiting", Boolean, nullable=False),
    Column("refusal", JSON(none_as_null=True)),
    Column("reminders", Integer, nullable=False),
)
"""The plan. `is_waiting`: to be proposed by itself; `refusal`: why it was not. `reminders`: how often both
sides were asked for a reflection."""

vandring_swaps = Table(
    "vandring_swaps",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("round_id", String(36), nullable=False, index=True),
    Column("asker_id", String(36), nullable=False),
    Column("other_id", String(36), nullable=False),
    Column("state", String(20), nullable=False),
    Column("asked_at", UtcTime, nullable=False),
)

reflections = Table(
    "reflections",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("engagement_id", String(36), nullable=False),
    Column("library_id", String(36), nullable=False),
    Column("library_name", Text, nullable=False),
    Column("other_library_id", String(36), nullable=False),
    Column("other_library_name", Text, nullable=False),
    Column("side", String(20), nullable=False),
    Column("visited_on", Date, nullable=False),
    Column("written_at", UtcTime, nullable=False),
    Column("person_id", String(36), nullable=False, index=True),
    Column("saw", Text, nullable=False),
    Column("learned", Text, nullable=False),
    Column("advice", Text, nullable=False),
    Column("searched", Text, nullable=False),
)
"""`searched`: everything a search looks at, in small letters."""
Index("reflections_of_visit", reflections.c.engagement_id, reflections.c.library_id, unique=True)
