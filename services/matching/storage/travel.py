"""How far it is by road, as the county's table of travel times says."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from services.matching.domain.distance import Journey
from services.matching.storage.tables import travel_times

AT_A_TIME = 500
"""Libraries in one statement."""


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
