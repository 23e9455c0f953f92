"""Libraries, own and others'; the colleagues and skills of this county."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, tuple_

from services.directory.domain.texts import sort_key
from services.directory.storage import rows
from services.directory.storage.rows import Row
from services.directory.storage.tables import colleagues, libraries, library_numbers, skills

Document = dict[str, Any]
OWN_COLUMNS = ("sort_key", "search_text")
MAX_NUMBER_LENGTH = 20
_SKILLS = select(skills).where(skills.c.code.in_(bindparam("codes", expanding=True)))


def find_library(connection: Connection, library_id: str, *, for_update: bool = False) -> Document | None:
    """The `Library`, or None."""
    row = rows.find(connection, libraries, library_id, for_update=for_update)
    return None if row is None else _library(row)


def add_library(connection: Connection, library: Document) -> bool:
    """Keep a new library. False when its id is taken."""
    return rows.add(connection, libraries, _library_row(library))


def add_libraries(connection: Connection, added: list[Document]) -> None:
    """Keep new libraries with their numbers, whose ids and numbers are new."""
    if not added:
        return
    connection.execute(insert(libraries), [_library_row(library) for library in added])
    numbers = [row for library in added for row in _number_rows(library)]
    if numbers:
        connection.execute(insert(library_numbers), numbers)


def replace_library(connection: Connection, library: Document) -> None:
    """The library is as given."""
    rows.replace(connection, libraries, _library_row(library))


def libraries_among(connection: Connection, ids: Collection[str]) -> dict[str, Document]:
    """Those of the libraries that we know of."""
    query = select(libraries).where(libraries.c.id.in_(sorted(set(ids))))
    return {row["id"]: _library(row) for row in connection.execute(query).mappings()}


def libraries_of_county(connection: Connection, county: str) -> list[Document]:
    """All libraries of a county, withdrawn ones too."""
    query = select(libraries).where(libraries.c.county == county).order_by(libraries.c.id)
    return [_library(row) for row in connection.execute(query).mappings()]


def find_by_number(connection: Connection, county: str, number: str) -> Document | None:
    """The county's library that has this national number, or had it."""
    numbers = library_numbers.c
    query = select(numbers.library_id).where(numbers.county == county, numbers.number == number)
    found = connection.execute(query).scalar_one_or_none()
    return None if found is None else find_library(connection, found)


def numbers_of_county(connection: Connection, county: str) -> dict[str, str]:
    """Library id by number, the present and the former ones."""
    numbers = library_numbers.c
    found = connection.execute(select(numbers.number, numbers.library_id).where(numbers.county == county))
    return {row.number: row.library_id for row in found}


def write_numbers(connection: Connection, library: Document) -> None:
    """The library is found by its number and its former ones. One that is another's stays the other's."""
    connection.execute(delete(library_numbers).where(library_numbers.c.library_id == library["id"]))
    for row in _number_rows(library):
        rows.add(connection, library_numbers, row)


def list_libraries(
    connection: Connection, *, county: str | None, query: str | None, after: list[str] | None, limit: int
) -> list[Document]:
    """Open libraries by name (Norwegian order) after a sort key and id, at most `limit`.

    `query` is found anywhere in name, short name, municipality or number, in any case.
    """
    wanted = select(libraries).where(libraries.c.state == "open")
    if county is not None:
        wanted = wanted.where(libraries.c.county == county)
    if query:
        wanted = wanted.where(libraries.c.search_text.contains(sort_key(query), autoescape=True))
    if after is not None:
        wanted = wanted.where(tuple_(libraries.c.sort_key, libraries.c.id) > tuple_(*after))
    ordered = wanted.order_by(libraries.c.sort_key, libraries.c.id).limit(limit)
    return [_library(row) for row in connection.execute(ordered).mappings()]


def find_colleague(connection: Connection, colleague_id: str, *, for_update: bool = False) -> Document | None:
    """The `Colleague` with name and e-mail as they are, or None."""
    return rows.find(connection, colleagues, colleague_id, for_update=for_update)


def colleagues_by_id(connection: Connection, ids: Collection[str]) -> dict[str, Document]:
    """Those of the colleagues that exist here."""
    query = select(colleagues).where(colleagues.c.id.in_(sorted(set(ids))))
    return {row["id"]: dict(row) for row in connection.execute(query).mappings()}


def add_colleague(connection: Connection, colleague: Document) -> bool:
    """Keep a new colleague. False when the id is taken."""
    return rows.add(connection, colleagues, colleague)


def replace_colleague(connection: Connection, colleague: Document) -> None:
    """The colleague is as given."""
    rows.replace(connection, colleagues, colleague)


def list_colleagues(connection: Connection, library_id: str) -> list[Document]:
    """The library's colleagues, managers first, then in the order they came."""
    query = (
        select(colleagues)
        .where(colleagues.c.library_id == library_id)
        .order_by(colleagues.c.is_manager.desc(), colleagues.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def all_colleagues(connection: Connection) -> list[Document]:
    """Every colleague of this county."""
    query = select(colleagues).order_by(colleagues.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def write_skill(connection: Connection, skill: Document) -> None:
    """The vocabulary has this entry."""
    if not rows.add(connection, skills, skill):
        rows.replace(connection, skills, skill)


def list_skills(connection: Connection) -> list[Document]:
    """The vocabulary by category and code."""
    query = select(skills).order_by(skills.c.category, skills.c.code)
    return [dict(row) for row in connection.execute(query).mappings()]


def skills_by_code(connection: Connection, codes: Collection[str]) -> dict[str, Document]:
    """Those of the vocabulary's entries."""
    found = connection.execute(_SKILLS, {"codes": sorted(set(codes))}).mappings()
    return {row["code"]: dict(row) for row in found}


def shared_codes(connection: Connection, codes: list[str]) -> list[str]:
    """The codes as other counties know them, each once: a county's own is told as what it maps to."""
    known = skills_by_code(connection, codes)
    return list(dict.fromkeys(known[code]["maps_to"] or code if code in known else code for code in codes))


def skill_codes(connection: Connection) -> set[str]:
    """The codes of the vocabulary."""
    return set(connection.execute(select(skills.c.code)).scalars())


def retired_skills(connection: Connection) -> set[str]:
    """The codes of what the county has retired."""
    return set(connection.execute(select(skills.c.code).where(skills.c.is_retired)).scalars())


def _number_rows(library: Document) -> list[Row]:
    given = dict.fromkeys(library["former_numbers"], True)
    if library["national_number"]:
        given[library["national_number"]] = False
    of_library = {"county": library["county"], "library_id": library["id"]}
    return [
        {**of_library, "number": number, "is_former": is_former}
        for number, is_former in given.items()
        if len(number) <= MAX_NUMBER_LENGTH
    ]


def _library(row: Any) -> Document:
    return {key: value for key, value in row.items() if key not in OWN_COLUMNS}


def _library_row(library: Document) -> Row:
    searchable = ("name", "short_name", "municipality_name", "national_number")
    return {
        **library,
        "sort_key": sort_key(library["name"]),
        "search_text": sort_key(
            " ".join([library[key] or "" for key in searchable] + library["former_numbers"])
        ),
    }
