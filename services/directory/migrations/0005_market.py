"""More of libraries, offers and requests; the board's read model; who was asked to forget whom."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

from byttebank.storage.columns import BigKey, UtcTime

revision = "0005"
down_revision = "0004"


def _list(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.JSON, nullable=False, server_default="[]")


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, server_default="")


def upgrade() -> None:
    _widen_parties()
    _widen_market()
    _create_numbers()
    _create_erasures()
    _create_board()


def _widen_parties() -> None:
    op.add_column("county_settings", _list("area"))
    op.add_column("county_settings", _text("legal_basis"))
    for name in ("former_numbers", "closed_dates"):
        op.add_column("libraries", _list(name))
    texts = ("size_class", "opened_on", "closed_on", "country", "website")
    for name in (*texts, "contact_name", "contact_email", "contact_phone"):
        op.add_column("libraries", sa.Column(name, sa.Text))
    op.create_index("libraries_by_county", "libraries", ["county"])
    op.add_column("colleagues", _text("own_words"))
    op.add_column("colleagues", _list("confirmed"))
    op.add_column(
        "colleagues", sa.Column("may_be_offered", sa.Boolean, nullable=False, server_default=sa.true())
    )
    op.add_column("skills", sa.Column("maps_to", sa.String(60)))


def _widen_market() -> None:
    op.add_column("offers", _list("weekdays"))
    op.add_column("offers", sa.Column("expires_on", sa.Date))
    op.add_column("offers", sa.Column("min_at_home", sa.Integer))
    op.add_column("requests", _list("dates"))
    op.add_column("requests", sa.Column("same_person", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("requests", sa.Column("urgency", sa.Text, nullable=False, server_default="normal"))
    op.add_column("requests", sa.Column("to_library_id", sa.String(36)))
    op.add_column("requests", sa.Column("reach", sa.Text, nullable=False, server_default="all"))
    op.add_column("requests", sa.Column("widens_after_days", sa.Integer))
    op.add_column("requests", sa.Column("widens_on", sa.Date))
    op.create_index("requests_by_widening", "requests", ["widens_on"])
    op.add_column("covers", sa.Column("is_answer", sa.Boolean, nullable=False, server_default=sa.true()))


def _create_numbers() -> None:
    op.create_table(
        "library_numbers",
        sa.Column("county", sa.String(40), primary_key=True),
        sa.Column("number", sa.String(20), primary_key=True),
        sa.Column("library_id", sa.String(36), nullable=False),
        sa.Column("is_former", sa.Boolean, nullable=False),
    )
    op.create_index("library_numbers_by_library", "library_numbers", ["library_id"])
    op.execute(
        "INSERT INTO library_numbers (county, number, library_id, is_former)"
        " SELECT county, national_number, min(id), FALSE FROM libraries"
        " WHERE national_number IS NOT NULL AND length(national_number) <= 20"
        " GROUP BY county, national_number"
    )


def _create_erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("person_id", sa.String(36), primary_key=True),
        sa.Column("place", sa.String(40), primary_key=True),
        sa.Column("asked_at", UtcTime, nullable=False),
        sa.Column("confirmed_at", UtcTime),
    )


def _create_board() -> None:
    """Empty: the directory fills it from the offers and requests it has when it is first opened."""
    op.create_table(
        "board_entries",
        sa.Column("key", BigKey, primary_key=True, autoincrement=True),
        sa.Column("thing_id", sa.String(36), nullable=False, unique=True),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("county", sa.String(40), nullable=False),
        sa.Column("library_id", sa.String(36), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("is_remote", sa.Boolean, nullable=False),
        sa.Column("x", sa.BigInteger),
        sa.Column("y", sa.BigInteger),
        sa.Column("z", sa.BigInteger),
        sa.Column("reach_square", sa.BigInteger),
    )
    op.create_index("board_entries_by_library", "board_entries", ["library_id"])
    op.create_index("board_entries_by_place", "board_entries", ["z", "y"])
    if op.get_bind().dialect.name == "postgresql":
        op.add_column("board_entries", sa.Column("words", TSVECTOR, nullable=False))
        op.create_index("board_entries_by_words", "board_entries", ["words"], postgresql_using="gin")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE board_words USING fts5("
            "words, detail='none', tokenize=\"unicode61 remove_diacritics 0 tokenchars '_'\")"
        )
