"""Somebody wants nothing of herself kept: what is known of the market stays, without what she is called."""

from sqlalchemy import Connection, update

from services.matching.storage.tables import offers, requests


def forget_person(connection: Connection, person_id: str) -> None:
    """No offer and no request names the person, also none that has ended."""
    of_colleague, of_contact = offers.c.colleague_id == person_id, requests.c.host_contact_id == person_id
    connection.execute(update(offers).where(of_colleague).values(colleague_name=None))
    connection.execute(update(requests).where(of_contact).values(host_contact_name=None))
