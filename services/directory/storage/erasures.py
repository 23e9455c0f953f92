"""Who wants nothing kept, who was asked to forget, and who has confirmed it."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, text, update

from services.directory.storage import rows
from services.directory.storage.tables import colleagues, erasures


def ask_to_erase(connection: Connection, person_id: str, place: str, now: datetime) -> bool:
    """Note that the county was asked. False when it was asked before."""
    row = {"person_id": person_id, "place": place, "asked_at": now, "confirmed_at": None}
    return rows.add(connection, erasures, row)


def confirm_erased(connection: Connection, person_id: str, place: str, now: datetime) -> None:
    """Note that the county has nothing left. The first time counts."""
    connection.execute(
        update(erasures)
        .where(erasures.c.person_id == person_id, erasures.c.place == place)
        .where(erasures.c.confirmed_at.is_(None))
        .values(confirmed_at=now)
    )


def forget_words(connection: Connection) -> None:
    """What was on the board and is no more has no word left in the index. SQLite's keeps those of deleted
    rows until it tidies up (https://sqlite.org/fts5.html, 6.8); PostgreSQL's has the words in the row alone.
    """
    if connection.dialect.name != "postgresql":
        connection.execute(text("INSERT INTO board_words (board_words) VALUES ('optimize')"))


def is_erased(connection: Connection, person_id: str) -> bool:
    """Whether nothing of the person is to be kept."""
    query = select(erasures.c.place).where(erasures.c.person_id == person_id)
    return connection.execute(query.limit(1)).first() is not None


def list_erasures(connection: Connection, person_id: str) -> list[dict[str, Any]]:
    """`{person_id, place, asked_at, confirmed_at}` by county."""
    query = select(erasures).where(erasures.c.person_id == person_id).order_by(erasures.c.place)
    return [dict(row) for row in connection.execute(query).mappings()]


def waiting_erasures(connection: Connection) -> list[tuple[str, int, datetime]]:
    """By county that has not confirmed: for how many people of ours, and when it was first asked."""
    columns = (erasures.c.place, func.count(), func.min(erasures.c.asked_at))
    own = erasures.join(colleagues, colleagues.c.id == erasures.c.person_id)
    query = select(*columns).select_from(own).where(erasures.c.confirmed_at.is_(None))
    found = connection.execute(query.group_by(erasures.c.place).order_by(erasures.c.place))
    return [(row[0], row[1], row[2]) for row in found]
