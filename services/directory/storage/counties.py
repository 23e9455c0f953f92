"""The county's own settings, and the counties it exchanges with."""

from sqlalchemy import Connection, select

from services.directory.storage import rows
from services.directory.storage.rows import Row
from services.directory.storage.tables import county_settings, peers


def find_county(connection: Connection, slug: str) -> Row | None:
    """The settings with their version, or None before they are set."""
    return rows.find(connection, county_settings, slug)


def write_county(connection: Connection, settings: Row) -> None:
    """These are the settings."""
    if not rows.add(connection, county_settings, settings):
        rows.replace(connection, county_settings, settings)


def hold_publishing(connection: Connection, slug: str, *, alone: bool) -> None:
    """Publishing and changing who is told take turns until the transaction ends (PostgreSQL).

    Publishers share the turn; whoever changes the list of peers has it alone. So a county that joins gets
    each thing from the snapshot or from the change, never from neither.
    """
    query = select(county_settings.c.slug).where(county_settings.c.slug == slug)
    connection.execute(query.with_for_update(read=not alone))


def find_peer(connection: Connection, county: str, *, for_update: bool = False) -> Row | None:
    """The county we exchange with, or None."""
    return rows.find(connection, peers, county, for_update=for_update)


def write_peer(connection: Connection, peer: Row) -> None:
    """The peer is as given."""
    if not rows.add(connection, peers, peer):
        rows.replace(connection, peers, peer)


def list_peers(connection: Connection) -> list[Row]:
    """All peers, by county."""
    return [dict(row) for row in connection.execute(select(peers).order_by(peers.c.county)).mappings()]


def list_counties_in_state(connection: Connection, state: str) -> list[str]:
    """The peers in a state, by county."""
    query = select(peers.c.county).where(peers.c.state == state).order_by(peers.c.county)
    return list(connection.execute(query).scalars())
