"""Loading the demonstration federation into a state folder: six counties with keys, people and books.

load(state_dir)      everything is there; stopped in the middle, the next call goes on
sign_ins(state_dir)  who can sign in, for the front page and the terminal
"""

from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import Any

from byttebank.clock import Clock, FixedClock, SystemClock, format_time, local_date
from byttebank.config import SERVICES_WITH_DATABASE, sqlite_url
from byttebank.contracts.participation import PARTICIPATION_VERSION
from byttebank.federation.keys import generate_signing_key, load_signing_key, save_signing_key
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import TIME_ZONE, Database
from demo.accounts import PASSWORD, add_users, list_sign_ins, show_sign_ins
from demo.books import write_books, write_engagements
from demo.diary import CountyDatabases, write_index, write_plans
from demo.marker import Marker, read_marker, write_marker
from demo.market import offers_of, requests_of
from demo.past import past_days
from demo.people import Person, actor_of, people_of
from demo.plans import Plan, plans
from demo.reference import COUNTIES, NEIGHBOURS, DemoCounty, DemoLibrary, read_counties, read_libraries
from gateway.accounts import hash_password
from services.directory import operations as directory

__all__ = ["COUNTIES", "load", "sign_ins"]

Document = dict[str, Any]
COUNTRY = "NO"
FUSE_HALF_DAYS = 200
LIMIT_HALF_DAYS = 10
ACCEPTED = {"version": PARTICIPATION_VERSION}
"""Every library of the demonstration has accepted the participation agreement."""
KEYS_VALID_FROM = "2025-01-14T00:00:00.000000Z"


def load(
    state_dir: Path,
    *,
    clock: Clock | None = None,
    tell: Callable[[str], None] = lambda _line: None,
    only: Collection[str] = COUNTIES,
    url_of: Callable[[str, str], str] | None = None,
) -> None:
    """The folder holds the whole demonstration federation, ready to run: `<state_dir>/<county>/...`.

    Each step is one transaction or one file and is skipped where it has been done, so a call after a kill
    goes on, and a call after a whole loading does nothing. `tell` hears a line per county. Dates count
    from the first call. A federation of some of the counties knows nothing of the others (`only`). `url_of`:
    where a county's service has its database, when not in the folder.
    Refuses: `StateUnusable`, `DatabaseUnusable` or `KeyFileError`, each saying what to do.
    """
    marker = read_marker(state_dir)
    if marker is not None and marker.is_complete:
        return
    if marker is None:
        marker = Marker((clock or SystemClock()).now(), is_complete=False)
        write_marker(state_dir, marker)
    counties = {slug: county for slug, county in read_counties().items() if slug in only}
    libraries = read_libraries()
    keys = {slug: _public_key(state_dir / slug) for slug in counties}
    password_hash = hash_password(PASSWORD)
    for county in counties.values():
        tell(f"{county.name}: {sum(one.county == county.slug for one in libraries)} libraries")
        _load_county(marker, county, libraries, keys, password_hash, url_of or _files_in(state_dir))
        show_sign_ins(state_dir / county.slug, county)
    _make_plans(marker, _plans(marker, libraries, keys), keys, url_of or _files_in(state_dir))
    write_marker(state_dir, Marker(marker.loaded_at, is_complete=True))


def sign_ins(state_dir: Path) -> list[dict[str, str]]:
    """`{county, county_name, library, name, email, password, role, url_path}`, two to four per county.

    Empty before anything is loaded.
    """
    return [] if read_marker(state_dir) is None else list_sign_ins()


def _files_in(state_dir: Path) -> Callable[[str, str], str]:
    return lambda county, service: sqlite_url(state_dir / county, service)


def _load_county(
    marker: Marker,
    county: DemoCounty,
    libraries: list[DemoLibrary],
    keys: dict[str, Document],
    password_hash: str,
    url_of: Callable[[str, str], str],
) -> None:
    own = [library for library in libraries if library.county == county.slug]
    loaded_on = local_date(marker.loaded_at, TIME_ZONE)
    days = [
        past
        for past in past_days(libraries, loaded_on)
        if {past.host.county, past.lender.county} <= set(keys)
    ]
    clocks = {service: FixedClock(marker.loaded_at) for service in SERVICES_WITH_DATABASE}
    databases = {
        service: Database(
            open_engine(url_of(county.slug, service)),
            county=county.slug,
            service=service,
            clock=clock,
        )
        for service, clock in clocks.items()
    }
    try:
        for service, database in databases.items():
            migrate(database.engine, service if service == "gateway" else f"services.{service}")
        _fill_directory(databases["directory"], county, own, keys, loaded_on)
        planned = _plans(marker, libraries, keys)
        taking_part = {library.id for past in days for library in (past.host, past.lender)}
        taking_part |= {library.id for plan in planned for library in (plan.host, plan.lender)}
        heard = [library for library in libraries if library in own or library.id in taking_part]
        copies = _copies(county, heard, keys)
        write_books(databases["ledger"], clocks["ledger"], days, copies)
        write_engagements(databases["matching"], days)
        people = [person for library in own if library.id in taking_part for person in people_of(library)]
        told = [("ColleagueChanged", {**_colleague(person), "version": 1}) for person in people]
        accepted_at = format_time(marker.loaded_at)
        told += [
            ("ParticipationAccepted", {**ACCEPTED, "library_id": one.id, "accepted_at": accepted_at})
            for one in own
        ]
        write_index(databases["matching"], [*copies, *told])
        add_users(databases["gateway"], county, own, password_hash)
    finally:
        for database in databases.values():
            database.close()


def _plans(marker: Marker, libraries: list[DemoLibrary], keys: dict[str, Document]) -> list[Plan]:
    """What libraries of these counties have planned with each other."""
    return [
        plan
        for plan in plans(libraries, local_date(marker.loaded_at, TIME_ZONE))
        if {plan.host.county, plan.lender.county} <= set(keys)
    ]


def _make_plans(
    marker: Marker, planned: list[Plan], counties: Collection[str], url_of: Callable[[str, str], str]
) -> None:
    """Once every county is filled: the plans are known in the two counties of each."""
    clock = FixedClock(marker.loaded_at)

    def database(county: str, service: str) -> Database:
        return Database(open_engine(url_of(county, service)), county=county, service=service, clock=clock)

    databases = {
        county: CountyDatabases(database(county, "matching"), database(county, "ledger"))
        for county in counties
    }
    try:
        write_plans(databases, clock, planned, marker.loaded_at)
    finally:
        for county in databases.values():
            county.matching.close()
            county.ledger.close()


def _fill_directory(
    database: Database,
    county: DemoCounty,
    libraries: list[DemoLibrary],
    keys: dict[str, Document],
    loaded_on: date,
) -> None:
    """The county's directory is filled, in one transaction; filled already, it is left alone."""
    with database.work() as work:
        if directory.list_peers(work):
            return
        directory.set_county(work, _settings(county))
        directory.seed_skills(work)
        for peer in read_counties().values():
            if peer.slug != county.slug and peer.slug in keys:
                address = f"/{peer.slug}/"
                directory.add_peer(work, peer.slug, peer.name, address, [keys[peer.slug]], FUSE_HALF_DAYS)
        for library in libraries:
            directory.register_library(work, _library(library))
            for person in people_of(library):
                directory.add_colleague(work, _colleague(person))
            manager = actor_of(people_of(library)[0])
            directory.accept_participation(work, library.id, {**ACCEPTED, "capacity": "delegate"}, manager)
        for library in libraries:
            for person, offer in offers_of(library, loaded_on):
                directory.create_offer(work, _told_to(offer, keys), actor_of(person))
            for person, request in requests_of(library, loaded_on):
                directory.create_request(work, request, actor_of(person))


def _told_to(offer: Document, counties: Collection[str]) -> Document:
    """The offer for those of its counties that take part; for its own alone where none does."""
    if offer["reach"] != "counties":
        return offer
    named = [one for one in offer["counties"] if one in counties]
    return {**offer, "counties": named, "reach": "counties" if named else "county"}


def _copies(
    county: DemoCounty, libraries: list[DemoLibrary], keys: dict[str, Document]
) -> list[tuple[str, Document]]:
    """What the ledger must have heard before it can post: the same as the directory will tell it."""
    peers = [
        {
            "county": peer.slug,
            "name": peer.name,
            "state": "active",
            "fuse_half_days": FUSE_HALF_DAYS,
            "keys": [keys[peer.slug]],
            "version": 1,
        }
        for peer in read_counties().values()
        if peer.slug != county.slug and peer.slug in keys
    ]
    return [
        ("CountyChanged", {**_settings(county), "version": 1}),
        *(("PeerChanged", peer) for peer in peers),
        *(("LibraryChanged", {**_library(one), "county": one.county, "version": 1}) for one in libraries),
    ]


def _public_key(county_dir: Path) -> Document:
    """The county's public key; its private key is in the folder, made when there was none."""
    county_dir.mkdir(parents=True, exist_ok=True)
    path = county_dir / "signing-key.pem"
    if not path.exists():
        save_signing_key(generate_signing_key(), path)
    key = load_signing_key(path).public_key
    return {"key_id": key.key_id, "public_key": key.text, "valid_from_at": KEYS_VALID_FROM}


def _settings(county: DemoCounty) -> Document:
    return {
        "slug": county.slug,
        "name": county.name,
        "code": f"NO-{county.code}",
        "country": COUNTRY,
        "time_zone": TIME_ZONE,
        "language": "nb",
        "is_demo": True,
        "neighbours": list(NEIGHBOURS[county.slug]),
        "limit_half_days": LIMIT_HALF_DAYS,
        "limit_is_hard": False,
        "fuse_half_days": FUSE_HALF_DAYS,
    }


def _library(library: DemoLibrary) -> Document:
    kept = {name: value for name, value in vars(library).items() if name != "county"}
    return {**kept, "country": COUNTRY}


def _colleague(person: Person) -> Document:
    lists = {name: list(getattr(person, name)) for name in ("can", "can_teach", "wants_to_learn")}
    return {**vars(person), **lists}
