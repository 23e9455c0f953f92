"""What another county published, gone from the index when it leaves."""

from sqlalchemy import Connection, delete, select

from services.matching.storage import changes
from services.matching.storage.tables import libraries, offer_counties, offer_skills, offers, requests


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
