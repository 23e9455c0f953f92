"""Matching's first tables: what it has heard of, days given and received, and engagements."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.columns import BigKey, UtcTime
from byttebank.storage.messages import create_message_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    from byttebank.storage.channels import create_channel_tables

    create_message_tables(op.get_bind())
    create_channel_tables(op.get_bind())
    _create_index_of_who()
    _create_market()
    _create_balances()
    _create_engagements()


def _create_index_of_who() -> None:
    op.create_table(
        "county",
        sa.Column("slug", sa.String(40), primary_key=True),
        sa.Column("neighbours", sa.JSON, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "peers",
        sa.Column("county", sa.String(40), primary_key=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "libraries",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("county", sa.String(40), nullable=False),
        sa.Column("short_name", sa.String(100), nullable=False),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "colleagues",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("library_id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("sharing", sa.String(20), nullable=False),
        sa.Column("can_teach", sa.JSON, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )


def _create_market() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("county", sa.String(40), nullable=False),
        sa.Column("library_id", sa.String(36), nullable=False),
        sa.Column("colleague_id", sa.String(36), nullable=False),
        sa.Column("colleague_name", sa.Text),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("dates", sa.Text, nullable=False),
        sa.Column("first_on", sa.Date),
        sa.Column("last_on", sa.Date),
        sa.Column("places", sa.Text, nullable=False),
        sa.Column("max_km", sa.Integer),
        sa.Column("reach", sa.String(20), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "offer_skills",
        sa.Column("skill", sa.Text, primary_key=True),
        sa.Column("offer_id", sa.String(36), primary_key=True, index=True),
    )
    op.create_table(
        "offer_counties",
        sa.Column("offer_id", sa.String(36), primary_key=True),
        sa.Column("county", sa.String(40), primary_key=True),
    )
    op.create_table(
        "requests",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("county", sa.String(40), nullable=False),
        sa.Column("library_id", sa.String(36), nullable=False),
        sa.Column("skills", sa.JSON, nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        sa.Column("half_days", sa.Integer, nullable=False),
        sa.Column("place", sa.String(20), nullable=False),
        sa.Column("host_contact_id", sa.String(36), nullable=False),
        sa.Column("host_contact_name", sa.Text),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_index("offers_of_library", "offers", ["library_id"])


def _create_balances() -> None:
    op.create_table(
        "posted_days",
        sa.Column("transfer_id", sa.String(36), primary_key=True),
    )
    op.create_table(
        "balances",
        sa.Column("library_id", sa.String(36), primary_key=True),
        sa.Column("given_half_days", sa.Integer, nullable=False),
        sa.Column("received_half_days", sa.Integer, nullable=False),
    )
    op.create_table(
        "visits",
        sa.Column("library_id", sa.String(36), primary_key=True),
        sa.Column("other_library_id", sa.String(36), primary_key=True),
        sa.Column("last_on", sa.Date, nullable=False),
    )


def _create_engagements() -> None:
    op.create_table(
        "engagements",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("home_county", sa.String(40), nullable=False),
        sa.Column("lender_county", sa.String(40), nullable=False),
        sa.Column("host_library_id", sa.String(36), nullable=False, index=True),
        sa.Column("host_library_name", sa.Text, nullable=False),
        sa.Column("lender_library_id", sa.String(36), nullable=False, index=True),
        sa.Column("lender_library_name", sa.Text, nullable=False),
        sa.Column("colleague_id", sa.String(36), nullable=False, index=True),
        sa.Column("colleague_name", sa.Text),
        sa.Column("request_id", sa.String(36), index=True),
        sa.Column("offer_id", sa.String(36)),
        sa.Column("host_contact_id", sa.String(36)),
        sa.Column("host_contact_name", sa.Text),
        sa.Column("skill", sa.Text),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("place", sa.String(20), nullable=False),
        sa.Column("own_words", sa.Text, nullable=False),
        sa.Column("dates", sa.JSON, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False, index=True),
        sa.Column("half_days", sa.Integer, nullable=False),
        sa.Column("takes_time", sa.Boolean, nullable=False),
        sa.Column("reply_by_on", sa.Date),
        sa.Column("confirm_by_on", sa.Date),
        sa.Column("release_on", sa.Date),
        sa.Column("dispute_by_on", sa.Date),
        sa.Column("due_on", sa.Date, index=True),
        sa.Column("consents", sa.JSON, nullable=False),
        sa.Column("happened", sa.JSON, nullable=False),
        sa.Column("refusal", sa.JSON(none_as_null=True)),
        sa.Column("transfer_id", sa.String(36)),
        sa.Column("history", sa.JSON, nullable=False),
    )
    op.create_table(
        "early_answers",
        sa.Column("id", BigKey, primary_key=True, autoincrement=True),
        sa.Column("engagement_id", sa.String(36), nullable=False, index=True),
        sa.Column("peer", sa.String(40), nullable=False),
        sa.Column("message_type", sa.String(60), nullable=False),
        sa.Column("payload", sa.JSON, nullable=False),
        sa.Column("detached", sa.JSON, nullable=False),
        sa.Column("received_at", UtcTime, nullable=False),
    )
