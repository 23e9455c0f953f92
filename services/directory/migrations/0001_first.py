"""The directory's first tables: who takes part, what they offer and need, and the counties we know."""

import sqlalchemy as sa
from alembic import op

from byttebank.storage.messages import create_message_tables

revision = "0001"
down_revision = None

SORT_TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    from byttebank.storage.channels import create_channel_tables

    create_message_tables(op.get_bind())
    create_channel_tables(op.get_bind())
    _create_counties()
    _create_libraries()
    _create_market()


def _create_counties() -> None:
    op.create_table(
        "county_settings",
        sa.Column("slug", sa.String(40), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("country", sa.Text, nullable=False),
        sa.Column("time_zone", sa.Text, nullable=False),
        sa.Column("language", sa.Text, nullable=False),
        sa.Column("is_demo", sa.Boolean, nullable=False),
        sa.Column("neighbours", sa.JSON, nullable=False),
        sa.Column("limit_half_days", sa.Integer, nullable=False),
        sa.Column("limit_is_hard", sa.Boolean, nullable=False),
        sa.Column("fuse_half_days", sa.Integer, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "peers",
        sa.Column("county", sa.String(40), primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("base_url", sa.Text),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("was_active", sa.Boolean, nullable=False),
        sa.Column("fuse_half_days", sa.Integer, nullable=False),
        sa.Column("keys", sa.JSON, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )


def _create_libraries() -> None:
    op.create_table(
        "libraries",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("county", sa.String(40), nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("short_name", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("national_number", sa.Text),
        sa.Column("municipality_code", sa.Text),
        sa.Column("municipality_name", sa.Text),
        sa.Column("latitude", sa.Float),
        sa.Column("longitude", sa.Float),
        sa.Column("is_demo", sa.Boolean, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("sort_key", SORT_TEXT, nullable=False),
        sa.Column("search_text", sa.Text, nullable=False),
    )
    op.create_index("libraries_by_name", "libraries", ["sort_key", "id"])
    op.create_table(
        "colleagues",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("library_id", sa.String(36), nullable=False),
        sa.Column("name", sa.Text),
        sa.Column("email", sa.Text),
        sa.Column("is_manager", sa.Boolean, nullable=False),
        sa.Column("sharing", sa.Text, nullable=False),
        sa.Column("can", sa.JSON, nullable=False),
        sa.Column("can_teach", sa.JSON, nullable=False),
        sa.Column("wants_to_learn", sa.JSON, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_index("colleagues_by_library", "colleagues", ["library_id"])
    op.create_table(
        "skills",
        sa.Column("code", sa.String(60), primary_key=True),
        sa.Column("category", sa.Text, nullable=False),
        sa.Column("names", sa.JSON, nullable=False),
    )


def _create_market() -> None:
    op.create_table(
        "offers",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("county", sa.String(40), nullable=False),
        sa.Column("library_id", sa.String(36), nullable=False),
        sa.Column("colleague_id", sa.String(36), nullable=False),
        sa.Column("colleague_name", sa.Text),
        sa.Column("skills", sa.JSON, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("dates", sa.JSON, nullable=False),
        sa.Column("first_on", sa.Date),
        sa.Column("last_on", sa.Date),
        sa.Column("ends_on", sa.Date),
        sa.Column("half_days", sa.Integer, nullable=False),
        sa.Column("places", sa.JSON, nullable=False),
        sa.Column("max_km", sa.Integer),
        sa.Column("reach", sa.Text, nullable=False),
        sa.Column("counties", sa.JSON, nullable=False),
        sa.Column("own_words", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
    )
    op.create_index("offers_by_end", "offers", ["state", "ends_on"])
    op.create_index("offers_by_library", "offers", ["library_id"])
    op.create_index("offers_by_colleague", "offers", ["colleague_id"])
    op.create_table(
        "requests",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("county", sa.String(40), nullable=False),
        sa.Column("library_id", sa.String(36), nullable=False),
        sa.Column("skills", sa.JSON, nullable=False),
        sa.Column("first_on", sa.Date, nullable=False),
        sa.Column("last_on", sa.Date, nullable=False),
        sa.Column("half_days", sa.Integer, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("own_words", sa.Text, nullable=False),
        sa.Column("host_contact_id", sa.String(36), nullable=False),
        sa.Column("host_contact_name", sa.Text),
        sa.Column("is_open", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
    )
    op.create_index("requests_by_end", "requests", ["state", "last_on"])
    op.create_index("requests_by_library", "requests", ["library_id"])
    op.create_index("requests_by_contact", "requests", ["host_contact_id"])
    op.create_table(
        "covers",
        sa.Column("engagement_id", sa.String(36), primary_key=True),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("half_days", sa.Integer, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_index("covers_by_request", "covers", ["request_id"])
