"""The board is looked up near by for one kind at a time."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.drop_index("board_entries_by_place", "board_entries")
    op.create_index("board_entries_by_place", "board_entries", ["kind", "z", "y"])
