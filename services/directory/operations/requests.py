"""Requests: a library asks for help on some day or days."""

from datetime import date
from typing import Any

from byttebank.contracts import resources
from byttebank.contracts.actor import load_actor
from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import (
    AlreadyCovered,
    HostContactMissing,
    NotFound,
    RequestClosed,
    SameKeyOtherBody,
)
from byttebank.storage.work import Work
from services.directory.domain.covering import COVERING_STATES
from services.directory.domain.cursors import check_limit, read_cursor, write_cursor
from services.directory.domain.market import (
    MAX_REQUEST_HALF_DAYS,
    check_half_days,
    check_request_dates,
    check_skills,
)
from services.directory.domain.roles import check_acts_for_library
from services.directory.domain.versions import counts_over, fingerprint
from services.directory.operations.documents import read
from services.directory.operations.libraries import own_library
from services.directory.operations.publishing import as_seen, tell
from services.directory.operations.receiving import check_detached, check_received
from services.directory.storage import libraries, market

Document = dict[str, Any]


def create_request(work: Work, request: Document, actor: Document) -> Document:
    """`Request` as stored; on the board at once when it `is_open`. `request`: without county, names, version.

    The same id with the same content answers with the request as it stands now.
    Refuses: NotYourRole for others than the library's people; BelowHalfDay, TooManyDays, DateOrder, DatePast,
    DateTooFar, HostContactMissing, FieldMissing (skills), SameKeyOtherBody; NotFound for a library not ours.
    """
    who = load_actor(actor)
    if isinstance(request, dict):
        check_half_days(request.get("half_days"), MAX_REQUEST_HALF_DAYS)
        if not request.get("host_contact_id"):
            raise HostContactMissing()
    added = {"county": work.county, "version": 1, "state": "open", "host_contact_name": None}
    wanted = read(resources.Request, request, **added)
    check_acts_for_library(who, wanted["library_id"])
    content = fingerprint(wanted)
    if market.fingerprint_of(work.connection, "request", wanted["id"]) is None:
        own_library(work, wanted["library_id"])
        contact = libraries.find_colleague(work.connection, wanted["host_contact_id"])
        if contact is None or contact["library_id"] != wanted["library_id"]:
            raise HostContactMissing()
        check_skills(wanted["skills"], libraries.skill_codes(work.connection))
        check_request_dates(wanted, work.today)
        if market.add(work.connection, "request", wanted, content):
            tell(work, "request", wanted)
    if market.fingerprint_of(work.connection, "request", wanted["id"]) != content:
        raise SameKeyOtherBody(id=wanted["id"])
    return _seen(work, _find(work, wanted["id"]), who.library_id)


def open_request(work: Work, request_id: str, actor: Document) -> Document:
    """`Request`, now on the board (`is_open`).

    Refuses: NotYourRole, RequestClosed, AlreadyCovered, NotFound.
    """
    library_id, stored = _own(work, request_id, actor)
    if stored["state"] == "closed":
        raise RequestClosed(library_id=stored["library_id"])
    if stored["state"] == "covered":
        raise AlreadyCovered(library_id=stored["library_id"])
    if not stored["is_open"]:
        stored = _change(work, stored, is_open=True)
    return _seen(work, stored, library_id)


def close_request(work: Work, request_id: str, actor: Document) -> Document:
    """`Request`, now closed; closed already, it stays so. Refuses: NotYourRole, AlreadyCovered, NotFound."""
    library_id, stored = _own(work, request_id, actor)
    if stored["state"] == "covered":
        raise AlreadyCovered(library_id=stored["library_id"])
    if stored["state"] == "open":
        stored = _change(work, stored, state="closed")
    return _seen(work, stored, library_id)


def engagement_changed(work: Work, body: Document) -> None:
    """An own request is covered while agreed engagements give all the help it asked for, else open.

    A closed request stays closed. Engagements of others and news older than what we know change nothing.
    """
    if body["request_id"] is None or body["home_county"] != work.county:
        return
    stored = market.find(work.connection, "request", body["request_id"], for_update=True)
    if stored is None or stored["library_id"] != body["host_library_id"]:
        return
    cover = {
        "engagement_id": body["id"],
        "request_id": stored["id"],
        "half_days": body["half_days"] if body["state"] in COVERING_STATES else 0,
        "version": body["version"],
    }
    if not market.write_cover(work.connection, cover) or stored["state"] == "closed":
        return
    is_covered = market.covered_half_days(work.connection, stored["id"]) >= stored["half_days"]
    state = "covered" if is_covered else "open"
    if state != stored["state"]:
        _change(work, stored, state=state)


def get_request(work: Work, request_id: str) -> Document:
    """`Request`, own or published. Refuses: NotFound."""
    return _seen(work, _find(work, request_id), None)


def list_requests(
    work: Work, library_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Document:
    """`{items: [Request], next_cursor}`, open ones first, then by first day.

    Of a library: all of its requests. Without one: those that are or were on the board.
    Refuses: Malformed.
    """
    check_limit(limit)
    after = read_cursor(cursor, int, date, str)
    found = market.list_requests(work.connection, library_id=library_id, after=after, limit=limit + 1)
    next_cursor = write_cursor(*found[limit - 1][0]) if len(found) > limit else None
    items = [request for _, request in found[:limit]]
    return {"items": as_seen(work, "request", items), "next_cursor": next_cursor}


def receive_request(work: Work, message: ReceivedMessage) -> None:
    """Our copy of another county's request is the newest we have heard of; told of here when it is new.

    Refuses: CountyUnknown; Malformed for what the sender may not say; SameKeyOtherBody for a request that
    is another county's.
    """
    request = {
        **message.payload,
        "host_contact_name": message.detached.get("host_contact_name"),
        "own_words": message.detached.get("own_words") or "",
    }
    check_received(work, message, request)
    check_detached(request, "host_contact_name")
    if not market.add(work.connection, "request", request, ""):
        stored = market.find(work.connection, "request", request["id"], for_update=True)
        if stored is None or stored["county"] != message.peer:
            raise SameKeyOtherBody(id=request["id"])
        if not counts_over(request, stored):
            return
        market.replace(work.connection, "request", request)
    work.emit("RequestChanged", request)


def _own(work: Work, request_id: str, actor: Document) -> tuple[str, Document]:
    who = load_actor(actor)
    stored = _find(work, request_id, for_update=True)
    check_acts_for_library(who, stored["library_id"])
    return who.library_id, stored


def _change(work: Work, stored: Document, **changes: Any) -> Document:
    changed = {**stored, **changes, "version": stored["version"] + 1}
    market.replace(work.connection, "request", changed)
    tell(work, "request", changed)
    return changed


def _find(work: Work, request_id: str, *, for_update: bool = False) -> Document:
    found = market.find(work.connection, "request", request_id, for_update=for_update)
    if found is None:
        raise NotFound(kind="request", id=request_id)
    return found


def _seen(work: Work, request: Document, library_id: str | None) -> Document:
    return as_seen(work, "request", [request], library_id=library_id)[0]
