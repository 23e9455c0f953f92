"""Requests that wait for help, as the index has them."""

from datetime import date

from sqlalchemy import Connection, select

from services.matching.storage.rows import Row
from services.matching.storage.tables import requests


def open_requests(connection: Connection, county: str, today: date, limit: int) -> list[Row]:
    """Requests of the county's libraries that all see and that wait for help, the soonest first."""
    query = select(requests).where(
        requests.c.county == county,
        requests.c.state == "open",
        requests.c.is_open,
        requests.c.last_on >= today,
    )
    query = query.order_by(requests.c.first_on, requests.c.id).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]
