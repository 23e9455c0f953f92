"""Reflections as rows: one for each visit and library."""

from sqlalchemy import Connection, delete, select

from services.matching.storage.rows import Row, find, insert_into
from services.matching.storage.vandring_tables import reflections

ESCAPE = "\\"


def put_reflection(connection: Connection, row: Row) -> None:
    """The library's reflection about the visit is this one, whatever it wrote before."""
    statement = insert_into(connection, reflections).values(row)
    others = {name: statement.excluded[name] for name in row if name not in ("engagement_id", "library_id")}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["engagement_id", "library_id"], set_=others)
    )


def with_id(connection: Connection, reflection_id: str) -> Row | None:
    """The reflection."""
    return find(connection, reflections, reflection_id)


def of_visit(connection: Connection, engagement_id: str, library_id: str) -> Row | None:
    """What the library wrote about the visit."""
    which = (reflections.c.engagement_id == engagement_id) & (reflections.c.library_id == library_id)
    row = connection.execute(select(reflections).where(which)).mappings().first()
    return None if row is None else dict(row)


def search(connection: Connection, words: list[str], limit: int) -> list[Row]:
    """Reflections in which every one of the words stands, the newest first. Words in small letters."""
    query = select(reflections)
    for word in words:
        for sign in (ESCAPE, "%", "_"):
            word = word.replace(sign, ESCAPE + sign)
        query = query.where(reflections.c.searched.like(f"%{word}%", escape=ESCAPE))
    query = query.order_by(reflections.c.written_at.desc(), reflections.c.id).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def forget_person(connection: Connection, person_id: str) -> None:
    """What the person wrote in her own words is gone."""
    connection.execute(delete(reflections).where(reflections.c.person_id == person_id))
