"""Notify's tables: copies of what others own, reminders, notices and mails."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from byttebank.storage.columns import UtcTime

metadata = MetaData()

counties = Table(
    "counties",
    metadata,
    Column("slug", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("language", Text),
    Column("time_zone", Text),
    Column("version", BigInteger, nullable=False),
)
"""The own county and its peers, by name. Language and time zone are known of the own one only."""

libraries = Table(
    "libraries",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("county", String(40), nullable=False),
    Column("short_name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("language", Text),
    Column("version", BigInteger, nullable=False),
)

colleagues = Table(
    "colleagues",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("library_id", String(36), nullable=False, index=True),
    Column("email", Text),
    Column("is_manager", Boolean, nullable=False),
    Column("language", Text),
    Column("version", BigInteger, nullable=False),
)

engagements = Table(
    "engagements",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("document", Text),
)
"""The newest version known. The document is null for the moment between taking the row and filling it."""

reminders = Table(
    "reminders",
    metadata,
    Column("engagement_id", String(36), ForeignKey("engagements.id"), primary_key=True),
    Column("key", String(60), primary_key=True),
    Column("due_at", UtcTime, nullable=False),
    Column("done_at", UtcTime),
)
Index(
    "reminders_waiting",
    reminders.c.due_at,
    postgresql_where=reminders.c.done_at.is_(None),
    sqlite_where=reminders.c.done_at.is_(None),
)

notices = Table(
    "notices",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("engagement_id", String(36), nullable=False),
    Column("about", String(20), nullable=False, server_default="engagement"),
    Column("key", String(60), nullable=False),
    Column("occasion", String(20), nullable=False),
    Column("recipient", String(36), nullable=False),
    Column("library_id", String(36), nullable=False),
    Column("person_id", String(36)),
    Column("parameters", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("read_at", UtcTime),
    UniqueConstraint("engagement_id", "key", "occasion", "recipient", name="notices_told_once"),
)
"""`recipient` is the person's id, or the library's when the whole library is told. `about`: what has
the id in `engagement_id`, where it is no engagement: a promise, a request, a clearing round, a county, a
vandring round, or a visit to reflect on."""
Index("notices_of_library", notices.c.library_id, notices.c.created_at)

mail_outbox = Table(
    "mail_outbox",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("notice_id", String(36), ForeignKey("notices.id"), nullable=False),
    Column("person_id", String(36), nullable=False),
    Column("to_address", Text, nullable=False),
    Column("message_id", String(255), nullable=False, unique=True),
    Column("thread_id", String(255), nullable=False),
    Column("language", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("html", Text, nullable=False),
    Column("queued_at", UtcTime, nullable=False),
    Column("next_attempt_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("refusals", Integer, nullable=False),
    Column("last_error", Text),
    Column("sent_at", UtcTime),
    Column("failed_at", UtcTime),
    UniqueConstraint("notice_id", "person_id", name="mail_outbox_once_per_person"),
)
"""A mail is queued, then either sent or, after too many refusals, failed: kept and counted."""
Index(
    "mail_outbox_waiting",
    mail_outbox.c.next_attempt_at,
    postgresql_where=mail_outbox.c.sent_at.is_(None) & mail_outbox.c.failed_at.is_(None),
    sqlite_where=mail_outbox.c.sent_at.is_(None) & mail_outbox.c.failed_at.is_(None),
)
