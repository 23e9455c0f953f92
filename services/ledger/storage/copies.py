"""Copies of what the directory owns: libraries, peers, settings. The highest version counts."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select

from services.ledger.domain.accounts import STARTING_LIMIT, Limit
from services.ledger.storage.known import known
from services.ledger.storage.tables import county_settings, insert_into, libraries, peers

_LIBRARIES = select(libraries).where(libraries.c.id.in_(bindparam("ids", expanding=True)))
_PEER = select(peers).where(peers.c.county == bindparam("county"))
_LIMIT = select(county_settings.c.limit_half_days, county_settings.c.limit_is_hard).where(
    county_settings.c.slug == bindparam("county")
)


@dataclass(frozen=True)
class Library:
    """A library here or elsewhere, as far as the books need it."""

    id: str
    county: str
    name: str
    state: str
    version: int


@dataclass(frozen=True)
class Peer:
    """A county we exchange with."""

    county: str
    name: str
    state: str
    fuse_half_days: int
    version: int

    @property
    def is_active(self) -> bool:
        """Whether new days may be agreed and received ones decided."""
        return self.state == "active"


def keep_library(connection: Connection, library: Library) -> bool:
    """The library is known. False when what we knew was as new or newer; of one version, withdrawn wins."""
    return _keep(connection, libraries, "id", vars(library))


def keep_peer(connection: Connection, peer: Peer) -> bool:
    """The peer is known. False when what we knew was as new or newer."""
    return _keep(connection, peers, "county", vars(peer))


def keep_settings(
    connection: Connection, *, slug: str, name: str, limit_half_days: int, limit_is_hard: bool, version: int
) -> bool:
    """The county's own settings are known. False when what we knew was as new or newer."""
    values = {
        "slug": slug,
        "name": name,
        "limit_half_days": limit_half_days,
        "limit_is_hard": limit_is_hard,
        "version": version,
    }
    return _keep(connection, county_settings, "slug", values)


def find_library(connection: Connection, library_id: str) -> Library | None:
    """The library, when we have heard of it."""
    return libraries_by_id(connection, {library_id}).get(library_id)


def libraries_by_id(connection: Connection, library_ids: set[str]) -> dict[str, Library]:
    """Those of the libraries that we have heard of."""
    read = known(connection).read.libraries
    unread = library_ids - read.keys()
    if unread:
        rows = connection.execute(_LIBRARIES, {"ids": list(unread)})
        found = {row.id: Library(*row) for row in rows}
        read.update({one: found.get(one) for one in unread})
    return {one: library for one in library_ids if (library := read[one]) is not None}


def find_peer(connection: Connection, county: str) -> Peer | None:
    """The peer, when we have heard of it."""
    read = known(connection).read.peers
    if county not in read:
        row = connection.execute(_PEER, {"county": county}).first()
        read[county] = Peer(*row) if row else None
    return read[county]


def list_peers(connection: Connection) -> dict[str, Peer]:
    """Every peer by its slug."""
    return {row.county: Peer(*row) for row in connection.execute(select(peers).order_by(peers.c.county))}


def limit(connection: Connection, county: str) -> Limit:
    """How far the county's libraries may receive ahead of giving."""
    read = known(connection).read.limits
    if county not in read:
        row = connection.execute(_LIMIT, {"county": county}).first()
        read[county] = Limit(*row) if row else STARTING_LIMIT
    return read[county]


def county_name(connection: Connection, county: str) -> str:
    """The county's name; its slug until the directory has told."""
    name = connection.execute(
        select(county_settings.c.name).where(county_settings.c.slug == county)
    ).scalar_one_or_none()
    return name or county


def _keep(connection: Connection, table: Table, key: str, values: dict[str, Any]) -> bool:
    read = known(connection).read
    for copies in (read.libraries, read.peers, read.limits):
        copies.clear()
    statement = insert_into(connection, table).values(values)
    new = statement.excluded
    is_newer = table.c.version < new.version
    if table is libraries:
        is_withdrawn = (new.state == "withdrawn") & (table.c.state != "withdrawn")
        is_newer = is_newer | ((table.c.version == new.version) & is_withdrawn)
    changed = connection.execute(
        statement.on_conflict_do_update(
            index_elements=[table.c[key]],
            set_={name: new[name] for name in values if name != key},
            where=is_newer,
        )
    )
    return changed.rowcount == 1
