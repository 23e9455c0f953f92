"""Copies of what other services own: counties, libraries, colleagues, engagements. The newest counts."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.notify.storage.tables import colleagues, counties, engagements, libraries

Row = dict[str, Any]


@dataclass(frozen=True)
class Address:
    """Where a person gets mail. `language`: the person's choice, else the library's, else None."""

    person_id: str
    email: str
    language: str | None


def keep_county(connection: Connection, row: Row) -> bool:
    """The county is as its newest version says; whether this is it."""
    return _keep_newest(connection, counties, "slug", row)


def forget_libraries(connection: Connection, county: str) -> None:
    """No library of the county is known."""
    connection.execute(delete(libraries).where(libraries.c.county == county))


def keep_library(connection: Connection, row: Row) -> None:
    """The library is as its newest version says."""
    _keep_newest(connection, libraries, "id", row)


def keep_colleague(connection: Connection, row: Row) -> None:
    """The colleague is as the newest version says."""
    _keep_newest(connection, colleagues, "id", row)


def find_county(connection: Connection, slug: str) -> Row | None:
    """The county, or None when nothing was heard of it yet."""
    row = connection.execute(select(counties).where(counties.c.slug == slug)).mappings().first()
    return dict(row) if row else None


def county_names(connection: Connection) -> dict[str, str]:
    """The names of the counties we know, by slug."""
    return _pairs(connection, select(counties.c.slug, counties.c.name))


def short_names(connection: Connection, library_ids: Collection[str]) -> dict[str, str]:
    """The names people use of these libraries, by id; unknown ones are left out."""
    query = select(libraries.c.id, libraries.c.short_name).where(libraries.c.id.in_(library_ids))
    return _pairs(connection, query)


def county_library_ids(connection: Connection, county: str) -> list[str]:
    """The county library (more than one where a county has split the task), by id."""
    query = (
        select(libraries.c.id)
        .where(libraries.c.county == county, libraries.c.kind == "county", libraries.c.state == "open")
        .order_by(libraries.c.id)
    )
    return list(connection.execute(query).scalars())


def manager_addresses(connection: Connection, library_id: str) -> list[Address]:
    """Where a library's managers get mail, those who do."""
    return _addresses(connection, colleagues.c.library_id == library_id, colleagues.c.is_manager)


def address_of(connection: Connection, person_id: str) -> list[Address]:
    """Where the person gets mail; none without an address."""
    return _addresses(connection, colleagues.c.id == person_id)


def take_engagement(connection: Connection, engagement_id: str) -> tuple[int, Row | None]:
    """The version and document known of an engagement, -1 and None for none; ours until commit."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"id": engagement_id, "version": -1}
    connection.execute(dialect.insert(engagements).values(values).on_conflict_do_nothing())
    query = select(engagements.c.version, engagements.c.document).where(engagements.c.id == engagement_id)
    version, document = connection.execute(query.with_for_update()).one()
    return version, None if document is None else json.loads(document)


def write_engagement(connection: Connection, document: Row) -> None:
    """The engagement, already taken, is as the document says."""
    values = {"version": document["version"], "document": json.dumps(document, ensure_ascii=False)}
    connection.execute(update(engagements).where(engagements.c.id == document["id"]).values(values))


def _addresses(connection: Connection, *conditions: ColumnElement[bool]) -> list[Address]:
    language = func.coalesce(colleagues.c.language, libraries.c.language)
    query = (
        select(colleagues.c.id, colleagues.c.email, language)
        .outerjoin(libraries, libraries.c.id == colleagues.c.library_id)
        .where(colleagues.c.email.is_not(None), *conditions)
        .order_by(colleagues.c.id)
    )
    return [Address(*row) for row in connection.execute(query)]


def _pairs(connection: Connection, query: Select[Any]) -> dict[str, str]:
    found = connection.execute(query).all()
    return {key: value for key, value in found}  # noqa: C416


def _keep_newest(connection: Connection, table: Table, key: str, row: Row) -> bool:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    inserted = dialect.insert(table).values(row)
    done = connection.execute(
        inserted.on_conflict_do_update(
            index_elements=[key],
            set_={name: inserted.excluded[name] for name in row if name != key},
            where=table.c.version < inserted.excluded.version,
        )
    )
    return bool(done.rowcount == 1)
