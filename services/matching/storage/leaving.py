"""What another county published, gone from the index when it leaves."""

from collections.abc import Collection

from sqlalchemy import Connection, delete, func, or_, select

from services.matching.storage import changes
from services.matching.storage.tables import (
    engagements,
    libraries,
    offer_counties,
    offer_skills,
    offers,
    requests,
)


def forget_county(connection: Connection, county: str) -> None:
    """Nothing that the county published is in the index, nor in any process's memory of it.

    Balances and visits stay: they follow from the books.
    """
    theirs = select(offers.c.id).where(offers.c.county == county)
    for table in (offer_skills, offer_counties):
        connection.execute(delete(table).where(table.c.offer_id.in_(theirs)))
    for table in (offers, requests, libraries):
        connection.execute(delete(table).where(table.c.county == county))
    changes.note(connection, changes.FORGOTTEN, county)


def count_engagements(connection: Connection, county: str, states: Collection[str]) -> int:
    """How many engagements with libraries of the county are in one of these states."""
    is_theirs = or_(engagements.c.home_county == county, engagements.c.lender_county == county)
    query = select(func.count()).where(is_theirs, engagements.c.state.in_(sorted(states)))
    return connection.execute(query).scalar_one()
