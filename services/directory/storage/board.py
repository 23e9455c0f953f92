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
from services.directory.storage.tables import (
    board_entries,
    libraries,
    library_numbers,
    offers,
    requests,
)

NOWHERE = 2**60
"""Sorts what has no distance (online, or no place on the map) after everything that has one."""

CIRCLES_METRES = (30_000, 120_000, 500_000)
"""A page is looked for near by first: where there are many things, most need not be looked at."""

RARE = 10_000

FAR_METRES = 120_000
"""In a circle that is larger SQLite's index of words is quicker than reading the words of each."""

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
    has_travel_times: bool = False
    """Whether the county's table says how long it takes from the library to some other."""


def write_entry(connection: Connection, entry: Entry) -> None:
    """The thing is on the board as given."""
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
    remove_entry(connection, entry.thing_id)
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


def forget_county(connection: Connection, county: str) -> None:
    """Nothing that the county published is here: libraries, numbers, offers, requests, and the board's."""
    if connection.dialect.name != "postgresql":
        connection.execute(_DELETE_WORDS_OF_COUNTY, {"county": county})
    for table in (board_entries, offers, requests, library_numbers, libraries):
        connection.execute(delete(table).where(table.c.county == county))


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
    """The first `limit` of what is asked for after a place, nearest first, then the soonest.

    Where a travel time is known a minute counts as a kilometre, but never as less than the straight line.
    """
    begun = 0 if after is None else after.square
    is_near_first = question.centre is not None and not _is_rare(connection, question.groups)
    circles = [metres for metres in CIRCLES_METRES if metres**2 > begun] if is_near_first else []
    if question.groups and connection.dialect.name != "postgresql":
        circles = [metres for metres in circles if metres <= FAR_METRES]
    if question.max_square is not None:
        # Farther than that only what needs no travel is wanted: after the first circle, that is everywhere.
        circles = circles[:1]
    for metres in circles:
        found = _find(connection, question, after, limit, metres)
        if len(found) == limit:
            return found
    return _find(connection, question, after, limit, None)


def _is_rare(connection: Connection, groups: Sequence[Sequence[str]]) -> bool:
    """Whether so few things have the words that all of them are looked at at once.

    For SQLite; PostgreSQL's planner knows by itself.
    """
    if not groups or connection.dialect.name == "postgresql":
        return False
    words = {"words": _words(groups, is_postgresql=False), "limit": RARE}
    return int(connection.execute(_COUNT_WORDS, words).scalar_one()) < RARE


def _find(
    connection: Connection, question: Question, after: Place | None, limit: int, metres: int | None
) -> list[Place]:
    """Of what lies within so many metres of the centre, or of everything (None)."""
    is_postgresql = connection.dialect.name == "postgresql"
    values: dict[str, Any] = {"limit": limit}
    square = str(NOWHERE)
    if question.centre is not None:
        values["x"], values["y"], values["z"] = question.centre
        square = f"coalesce((x - :x) * (x - :x) + (y - :y) * (y - :y) + (z - :z) * (z - :z), {NOWHERE})"
    entries = _conditions(question, metres, values, is_postgresql=is_postgresql)
    places = _conditions_of_places(question, after, metres, values)
    table, limited = "board_entries", square
    if question.has_travel_times:
        # Never nearer than as the crow flies: so a circle holds all that is as near as it is wide.
        limited = f"coalesce(km_square, {square})"
        square = f"CASE WHEN minutes_square > {square} THEN minutes_square ELSE {square} END"
        table += " LEFT JOIN travel_times ON from_library_id = :own AND to_library_id = library_id"
    query = (
        f"SELECT square, starts_on, thing_id FROM (SELECT {square} AS square, {limited} AS limited,"
        f" starts_on, thing_id, is_remote, reach_square FROM {table}"
        f" WHERE {' AND '.join(entries)}) AS entries"
        + (f" WHERE {' AND '.join(places)}" if places else "")
        + " ORDER BY square, starts_on, thing_id LIMIT :limit"
    )
    prepared = text(query).columns(
        board_entries.c.x.label("square"), board_entries.c.starts_on, board_entries.c.thing_id
    )
    typed = [bindparam(name, type_=board_entries.c.starts_on.type) for name in DAYS if name in values]
    rows = connection.execute(prepared.bindparams(*typed), values)
    return [Place(int(row[0]), row[1], row[2]) for row in rows]


def _conditions(
    question: Question, metres: int | None, values: dict[str, Any], *, is_postgresql: bool
) -> list[str]:
    """What an entry must be, in SQL; the values it names are added."""
    values |= {"kind": question.kind, "today": question.today, "own": question.library_id}
    conditions = ["kind = :kind", "ends_on >= :today", "library_id <> :own"]
    if question.groups:
        values["words"] = _words(question.groups, is_postgresql=is_postgresql)
        if is_postgresql:
            conditions.append("words @@ CAST(:words AS tsquery)")
        elif metres is None:
            # The plus keeps SQLite from the index of kinds: only those that have the words are looked at.
            conditions[0] = "+kind = :kind"
            conditions.append(f"key IN ({_HAS_WORDS})")
        else:
            # In a circle there are few: each one's words are read, instead of all that have the words.
            conditions.append(_has_words(question.groups, values))
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
    return conditions


def _conditions_of_places(
    question: Question, after: Place | None, metres: int | None, values: dict[str, Any]
) -> list[str]:
    """What an entry's distance must be, in SQL; the values it names are added."""
    conditions = []
    if metres is not None:
        values["circle"] = metres**2
        conditions.append("square <= :circle")
    if question.max_square is not None:
        values["max_square"] = question.max_square
        conditions.append("(is_remote OR limited <= :max_square)")
    if question.is_within_reach:
        near = f"limited <= reach_square OR limited = {NOWHERE}"
        conditions.append(f"(is_remote OR reach_square IS NULL OR {near})")
    if after is not None:
        values |= {"square": after.square, "starts_on": after.starts_on, "id": after.thing_id}
        conditions.append("(square, starts_on, thing_id) > (:square, :starts_on, :id)")
    return conditions


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


def _has_words(groups: Sequence[Sequence[str]], values: dict[str, Any]) -> str:
    """That the words of an entry have one of each group, in SQLite's SQL; the values it names are added."""
    found = []
    for number, group in enumerate(groups):
        one_of = []
        for place, word in enumerate(group):
            name = f"word_{number}_{place}"
            values[name] = f" {word[:-1]}" if word.endswith("*") else f" {word} "
            one_of.append(f"instr(' ' || words || ' ', :{name}) > 0")
        found.append("(" + " OR ".join(one_of) + ")")
    # The table under FTS5's (https://sqlite.org/fts5.html, 9.2) has a row's words without asking the index.
    words = "SELECT c0 AS words FROM board_words_content WHERE id = board_entries.key"
    return f"EXISTS (SELECT 1 FROM ({words}) WHERE {' AND '.join(found)})"


_PLACES = ", ".join(COLUMNS)
_VALUES = ", ".join(f":{name}" for name in COLUMNS)
_EXCLUDED = ", ".join(f"{name} = excluded.{name}" for name in (*COLUMNS, "words"))
_INSERT = board_entries.insert()
_INSERT_WITH_WORDS = text(
    f"INSERT INTO board_entries ({_PLACES}, words)"
    f" VALUES ({_VALUES}, array_to_tsvector(CAST(:words AS text[])))"
    f" ON CONFLICT (thing_id) DO UPDATE SET {_EXCLUDED}"
)
_INSERT_WORDS = text("INSERT INTO board_words (rowid, words) VALUES (:key, :words)")
_HAS_WORDS = "SELECT rowid FROM board_words WHERE board_words MATCH :words"
_COUNT_WORDS = text(
    "SELECT count(*) FROM (SELECT 1 FROM board_words WHERE board_words MATCH :words LIMIT :limit)"
)
_KEY = select(board_entries.c.key).where(board_entries.c.thing_id == bindparam("thing_id"))
_DELETE_WORDS = text("DELETE FROM board_words WHERE rowid = :key")
_DELETE_WORDS_OF_COUNTY = text(
    "DELETE FROM board_words WHERE rowid IN (SELECT key FROM board_entries WHERE county = :county)"
)
_DELETE = delete(board_entries).where(board_entries.c.thing_id == bindparam("thing_id"))
