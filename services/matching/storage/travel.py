"""How far it is by road, as the county's table of travel times says."""

from collections.abc import Iterable

from sqlalchemy import Connection, and_, delete, select

from services.matching.domain.distance import Journey
from services.matching.storage.rows import Row, insert_into
from services.matching.storage.tables import travel_times

AT_A_TIME = 500
"""Libraries in one statement."""


def put(connection: Connection, row: Row) -> None:
    """It takes so long between the two libraries, there and back. Without minutes nothing is known."""
    one, other = row["from_library_id"], row["to_library_id"]
    for from_id, to_id in ((one, other), (other, one)):
        if row["minutes"] is None:
            way = and_(travel_times.c.from_library_id == from_id, travel_times.c.to_library_id == to_id)
            connection.execute(delete(travel_times).where(way))
            continue
        statement = insert_into(connection, travel_times).values(
            {**row, "from_library_id": from_id, "to_library_id": to_id}
        )
        news = {name: statement.excluded[name] for name in ("minutes", "km")}
        keys = ["from_library_id", "to_library_id"]
        connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=news))


def journeys(connection: Connection, hosts: Iterable[str]) -> dict[str, dict[str, Journey]]:
    """By host what the table knows of the way from each other library, by the other's id."""
    ids = sorted(hosts)
    columns = [travel_times.c[name] for name in ("from_library_id", "to_library_id", "minutes", "km")]
    found: dict[str, dict[str, Journey]] = {}
    for start in range(0, len(ids), AT_A_TIME):
        some = travel_times.c.from_library_id.in_(ids[start : start + AT_A_TIME])
        for host, home, minutes, km in connection.execute(select(*columns).where(some)):
            found.setdefault(host, {})[home] = Journey(minutes, km)
    return found
