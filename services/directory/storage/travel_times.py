"""The county's table of travel times, kept both ways round."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, select, tuple_

from services.directory.domain.geography import Journey, chord_square
from services.directory.storage import rows
from services.directory.storage.tables import libraries, library_numbers, travel_times

Pair = tuple[str, str]
METRES = 1000


def known(connection: Connection) -> dict[Pair, Journey]:
    """Every pair in the table, the smaller id first."""
    return {(row[0], row[1]): Journey(row[2], row[3]) for row in _read(connection) if row[0] < row[1]}


def write(connection: Connection, pair: Pair, journey: Journey) -> None:
    """So long it takes between the two."""
    for from_id, to_id in (pair, pair[::-1]):
        row = {
            "from_library_id": from_id,
            "to_library_id": to_id,
            "minutes": journey.minutes,
            "km": journey.km,
            "minutes_square": (journey.minutes * METRES) ** 2,
            "km_square": None if journey.km is None else chord_square(journey.km),
        }
        if not rows.add(connection, travel_times, row):
            rows.replace(connection, travel_times, row)


def remove(connection: Connection, pair: Pair) -> None:
    """The table says nothing of the two."""
    ways = tuple_(travel_times.c.from_library_id, travel_times.c.to_library_id)
    connection.execute(delete(travel_times).where(ways.in_([pair, pair[::-1]])))


def has_any(connection: Connection, library_id: str) -> bool:
    """Whether the table says how far it is from the library to some other."""
    query = select(travel_times.c.to_library_id).where(travel_times.c.from_library_id == library_id)
    return connection.execute(query.limit(1)).first() is not None


def journeys(connection: Connection, library_id: str, others: Collection[str]) -> dict[str, Journey]:
    """How far it is from the library to those of the others that the table knows."""
    query = select(travel_times.c.to_library_id, travel_times.c.minutes, travel_times.c.km).where(
        travel_times.c.from_library_id == library_id, travel_times.c.to_library_id.in_(sorted(set(others)))
    )
    return {row[0]: Journey(row[1], row[2]) for row in connection.execute(query)}


def ids_by_name(connection: Connection, own_county: str) -> dict[str, str | None]:
    """Library by id and by number, of the own county first; None for a number that two others have."""
    found: dict[str, str | None] = {}
    numbers = select(library_numbers.c.county, library_numbers.c.number, library_numbers.c.library_id)
    own: dict[str, str | None] = {}
    for county, number, library_id in connection.execute(
        numbers.order_by(library_numbers.c.is_former.desc())
    ):
        if county == own_county:
            own[number] = library_id
        else:
            found[number] = library_id if found.get(number, library_id) == library_id else None
    ids = connection.execute(select(libraries.c.id)).scalars()
    return {**found, **own, **{library_id: library_id for library_id in ids}}


def _read(connection: Connection) -> list[tuple[str, str, int, int | None]]:
    columns = (travel_times.c[name] for name in ("from_library_id", "to_library_id", "minutes", "km"))
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(select(*columns))]
