"""Who plays: counties, their keys and libraries, and databases in which they know each other already."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from byttebank.clock import FixedClock, format_time
from byttebank.federation.keys import SigningKey
from byttebank.messaging.channels import Channels
from byttebank.storage.memory import MemoryDatabase
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database
from services.ledger import operations
from simulation.world import BEGINNING

SLUGS = ("innlandet", "akershus", "oslo", "vestland")
LIBRARIES_EACH = 3
FUSE_HALF_DAYS = 14
"""Small, so that it is met often."""


@dataclass(frozen=True)
class Cast:
    """The libraries of each county; `late` ones are made known to the county's own ledger only later."""

    counties: tuple[str, ...]

    def libraries(self, county: str) -> list[str]:
        """The county's libraries that everybody knows."""
        return [_library_id(county, number) for number in range(LIBRARIES_EACH)]

    def late(self, county: str) -> str:
        """The library that its own county's ledger hears of late."""
        return _library_id(county, LIBRARIES_EACH)

    def nobody(self, county: str) -> str:
        """A library that the county does not have."""
        return _library_id(county, 99)


def key_of(county: str) -> SigningKey:
    """The county's signing key."""
    return SigningKey.from_seed(county.encode().ljust(32, b"."))


def library_changed(library_id: str, county: str) -> dict[str, Any]:
    """The directory's word on a library."""
    name = f"Library {library_id[-2:]} of {county}"
    return {
        "id": library_id,
        "county": county,
        "name": name,
        "short_name": name,
        "kind": "public",
        "version": 1,
    }


def peer_changed(county: str, *, fuse_half_days: int, version: int, state: str = "active") -> dict[str, Any]:
    """The directory's word on a peer."""
    public = key_of(county).public_key
    key = {"key_id": public.key_id, "public_key": public.text, "valid_from_at": format_time(BEGINNING)}
    return {
        "county": county,
        "name": county.title(),
        "state": state,
        "fuse_half_days": fuse_half_days,
        "keys": [key],
        "version": version,
    }


@lru_cache(maxsize=8)
def settled_database(county: str, count: int) -> bytes:
    """The ledger of a county that knows its libraries and `count - 1` peers, migrated once per process."""
    cast = Cast(SLUGS[:count])
    disk = MemoryDatabase()
    migrate(disk.engine, "services.ledger")
    database = Database(disk.engine, county=county, service="ledger", clock=FixedClock(BEGINNING))
    channels = Channels(
        database,
        service="ledger",
        county=county,
        key=key_of(county),
        wake=lambda: None,
        nonce=lambda: "0" * 32,
    )
    with database.work() as work:
        operations.county_changed(work, _county_changed(county))
        for library_id in cast.libraries(county):
            operations.library_changed(work, library_changed(library_id, county))
        for peer in cast.counties:
            if peer == county:
                continue
            body = peer_changed(peer, fuse_half_days=FUSE_HALF_DAYS, version=1)
            channels.peer_changed(work, body)
            operations.peer_changed(work, body)
    content = disk.copy()
    disk.close()
    return content


def _county_changed(county: str) -> dict[str, Any]:
    return {
        "slug": county,
        "name": county.title(),
        "code": "NO-00",
        "country": "NO",
        "time_zone": "Europe/Oslo",
        "language": "nb",
        "limit_half_days": 10,
        "limit_is_hard": False,
        "version": 1,
    }


def _library_id(county: str, number: int) -> str:
    return f"01a2032c-0000-7000-8000-{SLUGS.index(county) + 1:06d}{number:06d}"
