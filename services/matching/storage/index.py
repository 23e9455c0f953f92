"""What the directory and the ledger have told: libraries, people, offers, requests, and days given."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    or_,
    select,
)

from byttebank.contracts.participation import PARTICIPATION_VERSION
from services.matching.domain.names import Person
from services.matching.domain.ranking import Option
from services.matching.storage import changes
from services.matching.storage.rows import Row, add_once, find, insert_into, put_newer
from services.matching.storage.tables import (
    balances,
    colleagues,
    county,
    libraries,
    offer_counties,
    offer_skills,
    offers,
    participations,
    peers,
    posted_days,
    requests,
    visits,
)


def put_county(connection: Connection, row: Row) -> bool:
    """This county's own settings, if newer."""
    return put_newer(connection, county, row)


def put_peer(connection: Connection, row: Row) -> bool:
    """A county we exchange with, if newer."""
    return _noted(connection, changes.PEER, row["county"], put_newer(connection, peers, row))


def put_library(connection: Connection, row: Row) -> bool:
    """A library of any county, if newer."""
    return _noted(connection, changes.LIBRARY, row["id"], put_newer(connection, libraries, row))


def put_participation(connection: Connection, row: Row) -> bool:
    """Which participation agreement a library has accepted, if newer."""
    is_newer = put_newer(connection, participations, row)
    return _noted(connection, changes.LIBRARY, row["library_id"], is_newer)


def participation_version(connection: Connection, library_id: str) -> int:
    """The newest participation agreement that the library has accepted; 0 for none."""
    row = find(connection, participations, library_id)
    return 0 if row is None else int(row["version"])


def has_accepted() -> ColumnElement[bool]:
    """That the library in the query has accepted the participation agreement that counts now. Those of other
    counties are their county's."""
    accepted = select(participations.c.library_id).where(participations.c.version >= PARTICIPATION_VERSION)
    return libraries.c.id.in_(accepted)


def put_colleague(connection: Connection, row: Row) -> bool:
    """A person of this county, if newer."""
    return _noted(connection, changes.COLLEAGUE, row["id"], put_newer(connection, colleagues, row))


def put_request(connection: Connection, row: Row) -> bool:
    """A request of any county, if newer."""
    return put_newer(connection, requests, row)


def put_offer(connection: Connection, row: Row, skills: Iterable[str], counties: Iterable[str]) -> bool:
    """An offer of any county with its skills and the counties it reaches, if newer."""
    if not put_newer(connection, offers, row):
        return False
    for table, column, values in (
        (offer_skills, "skill", set(skills)),
        (offer_counties, "county", set(counties)),
    ):
        connection.execute(delete(table).where(table.c.offer_id == row["id"]))
        if values:
            rows = [{"offer_id": row["id"], column: value} for value in sorted(values)]
            connection.execute(insert(table), rows)
    return _noted(connection, changes.OFFER, row["id"], True)


def _noted(connection: Connection, kind: str, key: str, is_newer: bool) -> bool:
    if is_newer:
        changes.note(connection, kind, key)
    return is_newer


def library(connection: Connection, library_id: str) -> Row | None:
    """The library as last heard."""
    return find(connection, libraries, library_id)


def request(connection: Connection, request_id: str) -> Row | None:
    """The request as last heard."""
    return find(connection, requests, request_id)


def offer(connection: Connection, offer_id: str) -> Row | None:
    """The offer as last heard, without its skills and counties."""
    return find(connection, offers, offer_id)


def peer_state(connection: Connection, slug: str) -> str | None:
    """How we stand with another county; None for one we never heard of."""
    row = find(connection, peers, slug)
    return None if row is None else row["state"]


def neighbours(connection: Connection, slug: str) -> frozenset[str]:
    """The counties next to this one, as its settings say."""
    row = find(connection, county, slug)
    return frozenset(row["neighbours"]) if row else frozenset()


def people(connection: Connection, ids: Iterable[str]) -> dict[str, Person]:
    """People of this county by id; others are left out."""
    wanted = sorted(set(ids))
    if not wanted:
        return {}
    columns = (colleagues.c.id, colleagues.c.name, colleagues.c.library_id, colleagues.c.sharing)
    found = connection.execute(select(*columns).where(colleagues.c.id.in_(wanted)))
    return {row.id: Person(row.name, row.library_id, row.sharing) for row in found}


def add_posted_days(
    connection: Connection, *, transfer_id: str, payer: str, payee: str, half_days: int, work_date: date
) -> bool:
    """The days are in both balances and the visit is remembered. False when they were already."""
    if not add_once(connection, posted_days, {"transfer_id": transfer_id}):
        return False
    for library_id, given, received in sorted([(payee, half_days, 0), (payer, 0, half_days)]):
        row = {"library_id": library_id, "given_half_days": given, "received_half_days": received}
        statement = insert_into(connection, balances).values(row)
        sums = {name: balances.c[name] + statement.excluded[name] for name in row if name != "library_id"}
        connection.execute(statement.on_conflict_do_update(index_elements=["library_id"], set_=sums))
        changes.note(connection, changes.BALANCE, library_id)
    for library_id, other in sorted([(payer, payee), (payee, payer)]):
        row = {"library_id": library_id, "other_library_id": other, "last_on": work_date}
        statement = insert_into(connection, visits).values(row)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["library_id", "other_library_id"],
                set_={"last_on": statement.excluded.last_on},
                where=visits.c.last_on < statement.excluded.last_on,
            )
        )
    return True


def open_libraries(connection: Connection, own_county: str) -> list[Row]:
    """Open libraries of the county, by name."""
    query = select(libraries).where(libraries.c.county == own_county, libraries.c.state == "open")
    query = query.order_by(libraries.c.short_name, libraries.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def count_libraries(connection: Connection, own_county: str, except_id: str) -> int:
    """Open libraries that may be asked: here those that have accepted the participation agreement, and those
    of counties we exchange with."""
    query = (
        select(func.count())
        .select_from(libraries.outerjoin(peers, peers.c.county == libraries.c.county))
        .where(
            libraries.c.state == "open",
            libraries.c.id != except_id,
            or_(and_(libraries.c.county == own_county, has_accepted()), peers.c.state == "active"),
        )
    )
    return connection.execute(query).scalar_one()


def has_more_offers_than(connection: Connection, count: int) -> bool:
    """Whether there are more offers than this, of any kind."""
    return connection.execute(select(offers.c.id).limit(1).offset(count)).first() is not None


def options(
    connection: Connection, wanted: Row, own_county: str, among: Iterable[str] | None = None
) -> list[Option]:
    """Open offers of help with all skills of the request that reach its county, from other libraries.

    `among`: only offers with these ids.
    """
    return [
        Option(
            offer_id,
            county,
            library_id,
            name,
            colleague_id,
            colleague_name,
            tuple(map(date.fromisoformat, dates.split())),
            first_on,
            last_on,
            tuple(places.split()),
            max_km,
            None if latitude is None or longitude is None else (latitude, longitude),
            frozenset(can_teach or ()),
            given,
            received,
            last_visit_on,
        )
        for (
            offer_id,
            county,
            library_id,
            colleague_id,
            colleague_name,
            dates,
            first_on,
            last_on,
            places,
            max_km,
            name,
            latitude,
            longitude,
            can_teach,
            given,
            received,
            last_visit_on,
        ) in connection.execute(_options_query(wanted, own_county, among))
    ]


def _options_query(wanted: Row, own_county: str, among: Iterable[str] | None) -> Select[Any]:
    is_ours = offers.c.county == own_county
    reaches = or_(
        offers.c.county == wanted["county"],
        offers.c.reach == "all",
        and_(
            offers.c.reach == "counties",
            exists().where(
                offer_counties.c.offer_id == offers.c.id, offer_counties.c.county == wanted["county"]
            ),
        ),
    )
    skills = set(wanted["skills"])
    has_skills = (
        select(offer_skills.c.offer_id)
        .where(offer_skills.c.skill.in_(skills))
        .group_by(offer_skills.c.offer_id)
        .having(func.count() == len(skills))
    )
    columns = [offers.c[name] for name in ("id", "county", "library_id", "colleague_id", "colleague_name")]
    columns += [offers.c[name] for name in ("dates", "first_on", "last_on", "places", "max_km")]
    of_library = [libraries.c[name] for name in ("short_name", "latitude", "longitude")]
    return (
        select(
            *columns,
            *of_library,
            colleagues.c.can_teach,
            case((is_ours, func.coalesce(balances.c.given_half_days, 0))).label("given"),
            case((is_ours, func.coalesce(balances.c.received_half_days, 0))).label("received"),
            visits.c.last_on.label("last_visit_on"),
        )
        .select_from(offers)
        .join(libraries, libraries.c.id == offers.c.library_id)
        .outerjoin(peers, peers.c.county == offers.c.county)
        .outerjoin(colleagues, colleagues.c.id == offers.c.colleague_id)
        .outerjoin(balances, balances.c.library_id == offers.c.library_id)
        .outerjoin(
            visits,
            and_(
                visits.c.library_id == wanted["library_id"], visits.c.other_library_id == offers.c.library_id
            ),
        )
        .where(
            offers.c.state == "open",
            offers.c.purpose == "help",
            offers.c.library_id != wanted["library_id"],
            libraries.c.state == "open",
            or_(and_(is_ours, has_accepted()), peers.c.state == "active"),
            reaches,
            *([offers.c.id.in_(has_skills)] if skills and among is None else []),
            *([] if among is None else [offers.c.id.in_(list(among))]),
        )
    )
