"""The county's weights of the ranking: every version that has been, the last one counts."""

from datetime import datetime

from sqlalchemy import JSON, Column, Connection, Integer, String, Table, insert, select

from byttebank.storage.columns import UtcTime
from services.matching.domain.weights import DEFAULT, Weights
from services.matching.storage.tables import metadata

ranking_weights = Table(
    "ranking_weights",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("points", JSON, nullable=False),
    Column("set_at", UtcTime, nullable=False),
    Column("set_by", String(200), nullable=False),
)


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


def add_weights(connection: Connection, new: Weights, set_at: datetime, set_by: str) -> None:
    """The new version counts from now on; the others are kept."""
    connection.execute(
        insert(ranking_weights).values(version=new.version, points=new.points(), set_at=set_at, set_by=set_by)
    )
