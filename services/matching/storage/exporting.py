"""What is kept of a person, beside the engagements."""

from typing import Any

from sqlalchemy import Connection, select

from services.matching.storage.round_tables import rounds
from services.matching.storage.rows import Row
from services.matching.storage.vandring_tables import reflections, vandring_libraries, vandring_rounds
from services.matching.storage.weights import ranking_weights


def reflections_by(connection: Connection, person_id: str) -> list[Row]:
    """What she wrote about visits, the oldest first."""
    return _rows(connection, reflections, reflections.c.person_id == person_id, reflections.c.written_at)


def rounds_by(connection: Connection, person_id: str) -> list[Row]:
    """Rounds of matching that she began."""
    which = rounds.c.created_by["person_id"].as_string() == person_id
    columns = (rounds.c.id, rounds.c.name, rounds.c.created_at)
    found = connection.execute(select(*columns).where(which).order_by(rounds.c.created_at))
    return [dict(row) for row in found.mappings()]


def vandrings_by(connection: Connection, person_id: str) -> list[Row]:
    """Vandring rounds that she began."""
    which = vandring_rounds.c.created_by["person_id"].as_string() == person_id
    return _rows(connection, vandring_rounds, which, vandring_rounds.c.created_at)


def invitations_of(connection: Connection, person_id: str) -> list[Row]:
    """Invitations to a vandring in which she is the one who travels."""
    which = vandring_libraries.c.colleague_id == person_id
    return _rows(connection, vandring_libraries, which, vandring_libraries.c.round_id)


def weights_by(connection: Connection, person_id: str) -> list[Row]:
    """Versions of the ranking's weights that she decided on."""
    return _rows(
        connection, ranking_weights, ranking_weights.c.set_by_id == person_id, ranking_weights.c.version
    )


def _rows(connection: Connection, table: Any, which: Any, order: Any) -> list[Row]:
    return [dict(row) for row in connection.execute(select(table).where(which).order_by(order)).mappings()]
