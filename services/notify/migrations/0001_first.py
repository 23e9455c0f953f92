"""Notify's first tables: copies of what others own, reminders, notices and mails."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import UtcTime
from byttebank.storage.messages import create_message_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_message_tables(op.get_bind())
    _create_copies()
    _create_notices()
    _create_mail_outbox()


def _create_copies() -> None:
    op.create_table(
        "counties",
        sa.Column("slug", sa.String(40), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("language", sa.Text),
        sa.Column("time_zone", sa.Text),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "libraries",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("county", sa.String(40), nullable=False),
        sa.Column("short_name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "colleagues",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("library_id", sa.String(36), nullable=False, index=True),
        sa.Column("email", sa.Text),
        sa.Column("is_manager", sa.Boolean, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "engagements",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text),
    )


def _create_notices() -> None:
    op.create_table(
        "reminders",
        sa.Column("engagement_id", sa.String(36), sa.ForeignKey("engagements.id"), primary_key=True),
        sa.Column("key", sa.String(60), primary_key=True),
        sa.Column("due_at", UtcTime, nullable=False),
        sa.Column("done_at", UtcTime),
    )
    waiting = sa.text("done_at IS NULL")
    op.create_index(
        "reminders_waiting", "reminders", ["due_at"], postgresql_where=waiting, sqlite_where=waiting
    )
    op.create_table(
        "notices",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("engagement_id", sa.String(36), nullable=False),
        sa.Column("key", sa.String(60), nullable=False),
        sa.Column("occasion", sa.String(20), nullable=False),
        sa.Column("recipient", sa.String(36), nullable=False),
        sa.Column("library_id", sa.String(36), nullable=False),
        sa.Column("person_id", sa.String(36)),
        sa.Column("parameters", sa.Text, nullable=False),
        sa.Column("created_at", UtcTime, nullable=False),
        sa.Column("read_at", UtcTime),
        sa.UniqueConstraint("engagement_id", "key", "occasion", "recipient", name="notices_told_once"),
    )
    op.create_index("notices_of_library", "notices", ["library_id", "created_at"])


def _create_mail_outbox() -> None:
    op.create_table(
        "mail_outbox",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("notice_id", sa.String(36), sa.ForeignKey("notices.id"), nullable=False),
        sa.Column("person_id", sa.String(36), nullable=False),
        sa.Column("to_address", sa.Text, nullable=False),
        sa.Column("message_id", sa.String(255), nullable=False, unique=True),
        sa.Column("thread_id", sa.String(255), nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("queued_at", UtcTime, nullable=False),
        sa.Column("next_attempt_at", UtcTime, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("refusals", sa.Integer, nullable=False),
        sa.Column("last_error", sa.Text),
        sa.Column("sent_at", UtcTime),
        sa.Column("failed_at", UtcTime),
        sa.UniqueConstraint("notice_id", "person_id", name="mail_outbox_once_per_person"),
    )
    waiting = sa.text("sent_at IS NULL AND failed_at IS NULL")
    op.create_index(
        "mail_outbox_waiting",
        "mail_outbox",
        ["next_attempt_at"],
        postgresql_where=waiting,
        sqlite_where=waiting,
    )
