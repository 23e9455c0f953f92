"""Offers and requests, own and others', and which engagements cover which request."""

from datetime import date
from typing import Any, Literal

from sqlalchemy import Connection, case, func, or_, select, tuple_

from services.directory.domain.market import offer_ends_on
from services.directory.storage import rows
from services.directory.storage.rows import Row
from services.directory.storage.tables import covers, offers, requests

Document = dict[str, Any]
OWN_COLUMNS = ("ends_on", "fingerprint")
DATES = ("first_on", "last_on", "expires_on", "widens_on", "reply_by_on")

Kind = Literal["offer", "request"]
TABLES = {"offer": offers, "request": requests}


def find(connection: Connection, kind: Kind, thing_id: str, *, for_update: bool = False) -> Document | None:
    """The `Offer` or `Request`, or None."""
    row = rows.find(connection, TABLES[kind], thing_id, for_update=for_update)
    return None if row is None else _document(row)


def fingerprint_of(connection: Connection, kind: Kind, thing_id: str) -> str | None:
    """The hash of the content it was created with, or None where there is no such thing."""
    row = rows.find(connection, TABLES[kind], thing_id)
    return None if row is None else str(row["fingerprint"])


def add(connection: Connection, kind: Kind, document: Document, fingerprint: str) -> bool:
    """Keep a new offer or request. False when the id is taken."""
    return rows.add(connection, TABLES[kind], {**_row(kind, document), "fingerprint": fingerprint})


def replace(connection: Connection, kind: Kind, document: Document) -> None:
    """The offer or request is as given; what it was created with stays known."""
    rows.replace(connection, TABLES[kind], _row(kind, document))


def own_things(connection: Connection, kind: Kind, county: str) -> list[Document]:
    """All offers or requests of a county, in the order they came."""
    table = TABLES[kind]
    query = select(table).where(table.c.county == county).order_by(table.c.id)
    return [_document(row) for row in connection.execute(query).mappings()]


def things_in_use(connection: Connection, kind: Kind, county: str, today: date) -> list[Document]:
    """A county's open offers, or its requests on the board, that have not ended."""
    table = TABLES[kind]
    query = select(table).where(table.c.county == county)
    if kind == "offer":
        query = query.where(*_offer_in_use(today))
    else:
        query = query.where(requests.c.state == "open", requests.c.is_open, requests.c.last_on >= today)
    return [_document(row) for row in connection.execute(query.order_by(table.c.id)).mappings()]


def things_of_person(connection: Connection, kind: Kind, colleague_id: str) -> list[Document]:
    """A colleague's offers, or the requests in which she is the host contact; locked (PostgreSQL)."""
    table = TABLES[kind]
    person = offers.c.colleague_id if kind == "offer" else requests.c.host_contact_id
    query = select(table).where(person == colleague_id).order_by(table.c.id).with_for_update()
    return [_document(row) for row in connection.execute(query).mappings()]


def find_all(connection: Connection, kind: Kind, ids: list[str]) -> dict[str, Document]:
    """Those of the offers or requests that exist."""
    table = TABLES[kind]
    found = connection.execute(select(table).where(table.c.id.in_(ids))).mappings()
    return {row["id"]: _document(row) for row in found}


def list_offers(
    connection: Connection, *, library_id: str | None, today: date, after: list[str] | None, limit: int
) -> list[Document]:
    """Open offers that have not ended, newest first, after an id."""
    query = select(offers).where(*_offer_in_use(today))
    if library_id is not None:
        query = query.where(offers.c.library_id == library_id)
    if after is not None:
        query = query.where(offers.c.id < after[0])
    ordered = query.order_by(offers.c.id.desc()).limit(limit)
    return [_document(row) for row in connection.execute(ordered).mappings()]


def list_requests(
    connection: Connection, *, library_id: str | None, after: list[Any] | None, limit: int
) -> list[tuple[list[Any], Document]]:
    """`(place in the list, request)`: open ones first, the soonest first, after a place.

    Without a library: those that are or were on the board.
    """
    rank = case((requests.c.state == "open", 0), else_=1)
    query = select(requests, rank.label("rank"))
    if library_id is not None:
        query = query.where(requests.c.library_id == library_id)
    else:
        query = query.where(requests.c.is_open)
    if after is not None:
        query = query.where(tuple_(rank, requests.c.first_on, requests.c.id) > tuple_(*after))
    found = connection.execute(query.order_by(rank, requests.c.first_on, requests.c.id).limit(limit))
    listed = []
    for row in found.mappings():
        document = _document({key: value for key, value in row.items() if key != "rank"})
        listed.append(([row["rank"], document["first_on"], document["id"]], document))
    return listed


def write_cover(connection: Connection, cover: Row) -> bool:
    """Note how much of its request an engagement covers. False for news older than what we know."""
    if rows.add(connection, covers, cover):
        return True
    known = rows.find(connection, covers, cover["engagement_id"], for_update=True)
    if known is None or known["version"] >= cover["version"]:
        return False
    rows.replace(connection, covers, cover)
    return True


def answers_to(connection: Connection, request_ids: list[str]) -> dict[str, list[date | None]]:
    """For each request that somebody has answered, its answers' last days, None where there is none."""
    query = select(covers.c.request_id, covers.c.reply_by_on)
    query = query.where(covers.c.request_id.in_(request_ids), covers.c.is_answer)
    found: dict[str, list[date | None]] = {}
    for request_id, reply_by_on in connection.execute(query):
        found.setdefault(request_id, []).append(reply_by_on)
    return found


def requests_to_widen(connection: Connection, county: str, today: date, limit: int) -> list[Document]:
    """Own requests that nobody has answered when their day to widen has come; locked (PostgreSQL)."""
    is_due = (requests.c.widens_on <= today, requests.c.is_open)
    return _waiting(connection, county, is_due, limit)


def direct_requests_to_end(connection: Connection, county: str, today: date, limit: int) -> list[Document]:
    """Own requests to one library, which has not answered in time; locked (PostgreSQL)."""
    is_due = (
        requests.c.to_library_id.is_not(None),
        requests.c.reply_by_on < today,
        requests.c.direct_answer.is_(None),
        ~requests.c.is_open,
    )
    return _waiting(connection, county, is_due, limit)


def _waiting(connection: Connection, county: str, is_due: tuple[Any, ...], limit: int) -> list[Document]:
    answered = select(covers.c.request_id).where(covers.c.is_answer)
    query = (
        select(requests)
        .where(
            requests.c.county == county, requests.c.state == "open", requests.c.id.not_in(answered), *is_due
        )
        .order_by(requests.c.id)
        .limit(limit)
        .with_for_update()
    )
    return [_document(row) for row in connection.execute(query).mappings()]


def direct_requests_to(connection: Connection, library_id: str, today: date, limit: int) -> list[Document]:
    """Open requests to the library alone that it has not declined, the soonest first."""
    query = select(requests).where(
        requests.c.to_library_id == library_id,
        requests.c.state == "open",
        requests.c.last_on >= today,
        ~requests.c.is_open,
        or_(requests.c.direct_answer.is_(None), requests.c.direct_answer != "declined"),
    )
    found = connection.execute(query.order_by(requests.c.first_on, requests.c.id).limit(limit))
    return [_document(row) for row in found.mappings()]


def covered_half_days(connection: Connection, request_id: str) -> int:
    """How much of the request is covered by all its engagements together."""
    query = select(func.coalesce(func.sum(covers.c.half_days), 0)).where(covers.c.request_id == request_id)
    return int(connection.execute(query).scalar_one())


def _offer_in_use(today: date) -> tuple[Any, ...]:
    return offers.c.state == "open", or_(offers.c.ends_on.is_(None), offers.c.ends_on >= today)


def _document(row: Any) -> Document:
    document = {key: value for key, value in row.items() if key not in OWN_COLUMNS}
    for key in DATES:
        if key not in document:
            continue
        document[key] = None if document[key] is None else document[key].isoformat()
    return document


def _row(kind: Kind, document: Document) -> Row:
    row = dict(document)
    for key in DATES:
        if row.get(key) is not None:
            row[key] = date.fromisoformat(row[key])
    if kind == "offer":
        ends_on = offer_ends_on(document)
        row["ends_on"] = None if ends_on is None else date.fromisoformat(ends_on)
    return row
