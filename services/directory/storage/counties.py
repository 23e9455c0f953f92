"""The county's own settings, and the counties it exchanges with."""

from sqlalchemy import Connection, insert, select

from services.directory.storage import rows
from services.directory.storage.rows import Row
from services.directory.storage.tables import county_settings, peer_acts, peers


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


def keep_act(connection: Connection, act: Row) -> None:
    """The act stands."""
    connection.execute(insert(peer_acts).values(act))


def find_act(connection: Connection, act_id: str) -> Row | None:
    """The act with this id."""
    row = connection.execute(select(peer_acts).where(peer_acts.c.id == act_id)).mappings().first()
    return dict(row) if row else None


def list_acts(connection: Connection, limit: int) -> list[Row]:
    """The last acts, newest first."""
    query = select(peer_acts).order_by(peer_acts.c.number.desc()).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]
