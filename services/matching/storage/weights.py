"""The county's weights of the ranking: every version that has been, the last one counts."""

from datetime import datetime

from sqlalchemy import JSON, Column, Connection, Integer, String, Table, insert, select, update

from byttebank.contracts.actor import Actor
from byttebank.storage.columns import UtcTime
from services.matching.domain.weights import DEFAULT, Weights
from services.matching.storage.rows import Row
from services.matching.storage.tables import metadata

ranking_weights = Table(
    "ranking_weights",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("points", JSON, nullable=False),
    Column("set_at", UtcTime, nullable=False),
    Column("set_by", String(200), nullable=False),
    Column("set_by_id", String(36)),
)
"""`set_by` is empty for somebody who wanted nothing of herself kept; her id stays."""


def weights(connection: Connection, version: int | None = None) -> Weights | None:
    """That version, or the last; None for a version that never was."""
    if version == DEFAULT.version:
        return DEFAULT
    query = select(ranking_weights).order_by(ranking_weights.c.version.desc()).limit(1)
    if version is not None:
        query = query.where(ranking_weights.c.version == version)
    row = connection.execute(query).first()
    if row is None:
        return DEFAULT if version is None else None
    return Weights(**row.points, version=row.version)


def versions(connection: Connection, limit: int) -> list[Row]:
    """The newest versions that the county has decided on, the last one first."""
    query = select(ranking_weights).order_by(ranking_weights.c.version.desc()).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def add_weights(connection: Connection, new: Weights, set_at: datetime, by: Actor) -> None:
    """The new version counts from now on; the others are kept."""
    row = {"version": new.version, "points": new.points(), "set_at": set_at}
    connection.execute(insert(ranking_weights).values(**row, set_by=by.name, set_by_id=by.person_id))


def forget_person(connection: Connection, person_id: str) -> None:
    """No version names the person; that it was decided, and when, stays."""
    which = ranking_weights.c.set_by_id == person_id
    connection.execute(update(ranking_weights).where(which).values(set_by=""))
