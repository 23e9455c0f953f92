"""The board's read model: what is on it, by its words, days and place.

Written with each offer, request and library. Words are found by PostgreSQL's full text (a GIN index on a
tsvector) or SQLite's FTS5, places by an index on their coordinates.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, delete, exists, select, text

from services.directory.domain.entries import Entry
from services.directory.domain.geography import Point
from services.directory.storage.tables import board_entries, libraries, offers, requests

NOWHERE = 2**60
"""Sorts what has no distance (online, or no place on the map) after everything that has one."""

CIRCLES_METRES = (30_000, 120_000, 500_000)
"""A page is looked for near by first: where there are many things, most need not be looked at."""

TABLES = {"offer": offers, "request": requests}
COLUMNS = [column.name for column in board_entries.columns if column.name != "key"]


@dataclass(frozen=True)
class Place:
    """Where a thing stands in the list: the square of its distance in metres, its first day, its id."""

    square: int
    starts_on: date
    thing_id: str


@dataclass(frozen=True)
class Question:
    """Which entries are wanted. `groups`: of each group one word must stand there (see `domain.looking`)."""

    kind: str
    today: date
    library_id: str
    centre: Point | None
    groups: Sequence[Sequence[str]] = ()
    without_counties: Collection[str] = ()
    first_on: date | None = None
    last_on: date | None = None
    max_square: int | None = None
    is_within_reach: bool = False


def write_entry(connection: Connection, entry: Entry) -> None:
    """The thing is on the board as given."""
    remove_entry(connection, entry.thing_id)
    x, y, z = entry.place or (None, None, None)
    row = {
        "thing_id": entry.thing_id,
        "kind": entry.kind,
        "county": entry.county,
        "library_id": entry.library_id,
        "starts_on": entry.starts_on,
        "ends_on": entry.ends_on,
        "is_remote": entry.is_remote,
        "x": x,
        "y": y,
        "z": z,
        "reach_square": entry.reach_square,
    }
    if connection.dialect.name == "postgresql":
        connection.execute(_INSERT_WITH_WORDS, {**row, "words": list(entry.words)})
        return
    key = connection.execute(_INSERT, row).inserted_primary_key
    assert key is not None
    connection.execute(_INSERT_WORDS, {"key": key[0], "words": " ".join(entry.words)})


def remove_entry(connection: Connection, thing_id: str) -> None:
    """The thing is not on the board."""
    if connection.dialect.name != "postgresql":
        key = connection.execute(_KEY, {"thing_id": thing_id}).scalar_one_or_none()
        if key is None:
            return
        connection.execute(_DELETE_WORDS, {"key": key})
    connection.execute(_DELETE, {"thing_id": thing_id})


def things_of_library(connection: Connection, kind: str, library_id: str) -> list[str]:
    """The ids of the library's open offers or requests."""
    table = TABLES[kind]
    query = select(table.c.id).where(table.c.library_id == library_id, table.c.state == "open")
    return list(connection.execute(query.order_by(table.c.id)).scalars())


def things_without_entry(connection: Connection, kind: str, limit: int) -> list[str]:
    """Ids of open things of open libraries that belong on the board and are not there."""
    table = TABLES[kind]
    query = (
        select(table.c.id)
        .join(libraries, libraries.c.id == table.c.library_id)
        .where(
            table.c.state == "open",
            libraries.c.state == "open",
            libraries.c.county == table.c.county,
            ~exists().where(board_entries.c.thing_id == table.c.id),
        )
    )
    if kind == "request":
        query = query.where(requests.c.is_open)
    return list(connection.execute(query.limit(limit)).scalars())


def find_entries(connection: Connection, question: Question, after: Place | None, limit: int) -> list[Place]:
    """The first `limit` of what is asked for after a place, nearest first, then the soonest."""
    found: list[Place] = []
    begun = 0 if after is None else after.square
    circles = [metres for metres in CIRCLES_METRES if metres**2 > begun] if question.centre else []
    for metres in circles:
        if question.max_square is None or metres**2 < question.max_square:
            found = _find(connection, question, after, limit, metres)
            if len(found) == limit:
                return found
    return _find(connection, question, after, limit, None)


def _find(
    connection: Connection, question: Question, after: Place | None, limit: int, metres: int | None
) -> list[Place]:
    is_postgresql = connection.dialect.name == "postgresql"
    values: dict[str, Any] = {"kind": question.kind, "today": question.today, "own": question.library_id}
    values["limit"] = limit
    square = str(NOWHERE)
    if question.centre is not None:
        values["x"], values["y"], values["z"] = question.centre
        square = f"coalesce((x - :x) * (x - :x) + (y - :y) * (y - :y) + (z - :z) * (z - :z), {NOWHERE})"
    conditions = ["kind = :kind", "ends_on >= :today", "library_id <> :own"]
    if question.groups:
        values["words"] = _words(question.groups, is_postgresql=is_postgresql)
        conditions.append(
            "words @@ CAST(:words AS tsquery)"
            if is_postgresql
            else "key IN (SELECT rowid FROM board_words WHERE board_words MATCH :words)"
        )
    if question.first_on is not None:
        values["first_on"] = question.first_on
        conditions.append("ends_on >= :first_on")
    if question.last_on is not None:
        values["last_on"] = question.last_on
        conditions.append("starts_on <= :last_on")
    for number, county in enumerate(sorted(question.without_counties)):
        values[f"without_{number}"] = county
        conditions.append(f"county <> :without_{number}")
    if metres is not None:
        for axis, middle in zip("xyz", question.centre or (), strict=True):
            values[f"{axis}_from"], values[f"{axis}_to"] = middle - metres, middle + metres
            conditions.append(f"{axis} BETWEEN :{axis}_from AND :{axis}_to")
    outer = []
    if metres is not None:
        values["circle"] = metres**2
        outer.append("square <= :circle")
    if question.max_square is not None:
        values["max_square"] = question.max_square
        outer.append("(is_remote OR square <= :max_square)")
    if question.is_within_reach:
        outer.append(f"(is_remote OR reach_square IS NULL OR square <= reach_square OR square = {NOWHERE})")
    if after is not None:
        values["square"], values["starts_on"], values["id"] = after.square, after.starts_on, after.thing_id
        outer.append("(square, starts_on, thing_id) > (:square, :starts_on, :id)")
    query = (
        f"SELECT square, starts_on, thing_id FROM (SELECT {square} AS square, starts_on, thing_id,"
        f" is_remote, reach_square FROM board_entries WHERE {' AND '.join(conditions)}) AS entries"
        + (f" WHERE {' AND '.join(outer)}" if outer else "")
        + " ORDER BY square, starts_on, thing_id LIMIT :limit"
    )
    prepared = text(query).columns(
        board_entries.c.x.label("square"), board_entries.c.starts_on, board_entries.c.thing_id
    )
    typed = [bindparam(name, type_=board_entries.c.starts_on.type) for name in DAYS if name in values]
    rows = connection.execute(prepared.bindparams(*typed), values)
    return [Place(int(row[0]), row[1], row[2]) for row in rows]


DAYS = ("today", "first_on", "last_on", "starts_on")


def _words(groups: Sequence[Sequence[str]], *, is_postgresql: bool) -> str:
    """The groups as a tsquery, or as FTS5 reads them. Words are letters, digits and _ alone."""
    if is_postgresql:
        written = [
            [f"'{one[:-1]}':*" if one.endswith("*") else f"'{one}'" for one in group] for group in groups
        ]
        return " & ".join("(" + " | ".join(group) + ")" for group in written)
    written = [[f'"{one[:-1]}" *' if one.endswith("*") else f'"{one}"' for one in group] for group in groups]
    return " AND ".join("(" + " OR ".join(group) + ")" for group in written)


_PLACES = ", ".join(COLUMNS)
_VALUES = ", ".join(f":{name}" for name in COLUMNS)
_INSERT = board_entries.insert()
_INSERT_WITH_WORDS = text(
    f"INSERT INTO board_entries ({_PLACES}, words)"
    f" VALUES ({_VALUES}, array_to_tsvector(CAST(:words AS text[])))"
)
_INSERT_WORDS = text("INSERT INTO board_words (rowid, words) VALUES (:key, :words)")
_KEY = select(board_entries.c.key).where(board_entries.c.thing_id == bindparam("thing_id"))
_DELETE_WORDS = text("DELETE FROM board_words WHERE rowid = :key")
_DELETE = delete(board_entries).where(board_entries.c.thing_id == bindparam("thing_id"))
