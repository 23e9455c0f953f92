"""Requests: a library asks for help on some day or days."""

from datetime import date
from typing import Any

from marshmallow import validate

from byttebank.contracts import resources
from byttebank.contracts.actor import load_actor
from byttebank.contracts.fields import Contract, WholeNumber, one_of
from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import (
    AlreadyCovered,
    CountyFrozen,
    CountyUnknown,
    HostContactMissing,
    NotFound,
    NotNow,
    OwnLibrary,
    RequestClosed,
    SameKeyOtherBody,
)
from byttebank.storage.work import Work
from services.directory.domain.covering import ANSWERING_STATES, answered_until, covering_half_days
from services.directory.domain.cursors import check_limit, read_cursor, write_cursor
from services.directory.domain.direct import ask, is_direct, waits_for
from services.directory.domain.market import (
    MAX_REQUEST_HALF_DAYS,
    check_half_days,
    check_in_use,
    check_skills,
    settle_request_dates,
)
from services.directory.domain.roles import check_acts_for_library
from services.directory.domain.versions import counts_over, fingerprint
from services.directory.domain.widening import REACHES, begin, is_wider, widen
from services.directory.operations.documents import read, read_own_words, refuse
from services.directory.operations.erasing import without_erased
from services.directory.operations.libraries import own_library
from services.directory.operations.pausing import seen_requests
from services.directory.operations.placing import place
from services.directory.operations.publishing import tell, tell_direct
from services.directory.operations.receiving import check_detached, check_received
from services.directory.storage import counties, libraries, market

Document = dict[str, Any]


def create_request(work: Work, request: Document, actor: Document) -> Document:
    """`SeenRequest` as stored; on the board at once when it `is_open`, else with the library that is asked
    directly alone, or with nobody yet. `request`: without county, names, version; without `reach` it is for
    the own county first, and widens.

    The same id with the same content answers with the request as it stands now.
    Refuses: NotYourRole for others than the library's people; BelowHalfDay, TooManyDays, DateOrder, DatePast,
    DateTooFar, NoOpenDay, HostContactMissing, FieldMissing (skills), SkillRetired, OwnLibrary for asking
    itself, CountyFrozen, CountyUnknown, SameKeyOtherBody; NotFound for a library not ours, and for one
    asked directly that we do not know; Malformed for one asked directly and on the board at once.
    """
    who = load_actor(actor)
    if isinstance(request, dict):
        check_half_days(request.get("half_days"), MAX_REQUEST_HALF_DAYS)
        if not request.get("host_contact_id"):
            raise HostContactMissing()
        if request.get("dates") and not (request.get("first_on") or request.get("last_on")):
            request = {**request, "first_on": min(request["dates"]), "last_on": max(request["dates"])}
        request = {"reach": REACHES[0], **request}
    added: Document = {"county": work.county, "version": 1, "state": "open"}
    added |= dict.fromkeys(("host_contact_name", "widens_on", "reply_by_on", "direct_answer"))
    wanted = read_own_words(resources.Request, request, **added)
    check_acts_for_library(who, wanted["library_id"])
    content = fingerprint(wanted)
    if market.fingerprint_of(work.connection, "request", wanted["id"]) is None:
        library = own_library(work, wanted["library_id"])
        _check_asked(work, wanted)
        contact = libraries.find_colleague(work.connection, wanted["host_contact_id"])
        if contact is None or contact["library_id"] != wanted["library_id"]:
            raise HostContactMissing()
        check_skills(wanted["skills"], libraries.skill_codes(work.connection))
        check_in_use(wanted["skills"], libraries.retired_skills(work.connection), (), "skills")
        settled = begin(settle_request_dates(wanted, library, work.today), work.today)
        settled = ask(settled, work.today)
        if market.add(work.connection, "request", settled, content):
            tell(work, "request", settled)
            if is_direct(settled):
                tell_direct(work, settled, "asked")
    if market.fingerprint_of(work.connection, "request", wanted["id"]) != content:
        raise SameKeyOtherBody(id=wanted["id"])
    return seen(work, find(work, wanted["id"]), who.library_id)


def open_request(work: Work, request_id: str, actor: Document) -> Document:
    """`SeenRequest`, now on the board (`is_open`), also one that asked one library alone.

    Refuses: NotYourRole, RequestClosed, AlreadyCovered, NotFound.
    """
    library_id, stored = _own(work, request_id, actor)
    check_waits(stored)
    if not stored["is_open"]:
        begun = begin({**stored, "is_open": True, "reply_by_on": None}, work.today)
        stored = change(work, stored, **begun)
    return seen(work, stored, library_id)


def widen_request(
    work: Work,
    request_id: str,
    actor: Document,
    reach: str | None = None,
    widens_after_days: int | None = None,
) -> Document:
    """`SeenRequest` that reaches so far from now on (None: as far as before), and widens by itself after so
    many days (None: never again). What has been told to more counties is not taken back from them.

    Refuses: NotYourRole, NotFound, RequestClosed, AlreadyCovered, Malformed; NotNow for a narrower reach.
    """
    wanted = read(_Widening, {"reach": reach, "widens_after_days": widens_after_days})
    library_id, stored = _own(work, request_id, actor)
    check_waits(stored)
    reach = wanted["reach"] or stored["reach"]
    if stored["is_open"] and is_wider(stored["reach"], reach):
        raise NotNow(state=stored["reach"], act="narrow")
    changed = {"reach": reach, "widens_after_days": widens_after_days, "widens_on": None}
    if widens_after_days is not None:
        changed["widens_on"] = begin({**stored, **changed}, work.today)["widens_on"]
    if any(stored[name] != value for name, value in changed.items()):
        stored = change(work, stored, **changed)
    return seen(work, stored, library_id)


def widen_requests(work: Work, limit: int = 100) -> int:
    """Own requests whose day to widen has come reach further, unless somebody has answered; how many did."""
    work.take_turn()
    due = market.requests_to_widen(work.connection, work.county, work.today, limit)
    for stored in due:
        change(work, stored, **widen(stored, work.today))
    return len(due)


def close_request(work: Work, request_id: str, actor: Document) -> Document:
    """`SeenRequest`, now closed; a closed one stays so. Refuses: NotYourRole, AlreadyCovered, NotFound."""
    library_id, stored = _own(work, request_id, actor)
    if stored["state"] == "covered":
        raise AlreadyCovered(library_id=stored["library_id"])
    if stored["state"] == "open":
        stored = change(work, stored, state="closed")
    return seen(work, stored, library_id)


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
        "half_days": covering_half_days(body),
        "is_answer": body["state"] in ANSWERING_STATES,
        "reply_by_on": answered_until(body),
        "version": body["version"],
    }
    if not market.write_cover(work.connection, cover) or stored["state"] == "closed":
        return
    is_covered = market.covered_half_days(work.connection, stored["id"]) >= stored["half_days"]
    state = "covered" if is_covered else "open"
    if state != stored["state"]:
        change(work, stored, state=state)


def get_request(work: Work, request_id: str) -> Document:
    """`SeenRequest`, own or published. Refuses: NotFound."""
    return seen(work, find(work, request_id), None)


def list_requests(
    work: Work, library_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Document:
    """`{items: [SeenRequest], next_cursor}`, open ones first, then by first day.

    Of a library: all of its requests. Without one: those that are or were on the board.
    Refuses: Malformed.
    """
    check_limit(limit)
    after = read_cursor(cursor, int, date, str)
    found = market.list_requests(work.connection, library_id=library_id, after=after, limit=limit + 1)
    next_cursor = write_cursor(*found[limit - 1][0]) if len(found) > limit else None
    items = [request for _, request in found[:limit]]
    return {"items": seen_requests(work, items), "next_cursor": next_cursor}


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
    request = without_erased(work, "request", request)
    is_new = market.add(work.connection, "request", request, "")
    if not is_new:
        stored = market.find(work.connection, "request", request["id"], for_update=True)
        if stored is None or stored["county"] != message.peer:
            raise SameKeyOtherBody(id=request["id"])
        if not counts_over(request, stored):
            return
        market.replace(work.connection, "request", request)
    place(work, "request", request)
    work.emit("RequestChanged", request)
    if is_new and waits_for(request):
        tell_direct(work, request, "asked")


class _Widening(Contract):
    reach = one_of(*resources.REQUEST_REACHES, load_default=None, allow_none=True)
    widens_after_days = WholeNumber(allow_none=True, validate=validate.Range(min=1, max=90))


def _check_asked(work: Work, request: Document) -> None:
    """A library that is asked directly is another one that we know, and nobody else is asked meanwhile."""
    if request["to_library_id"] is None:
        return
    if request["is_open"]:
        raise refuse("/is_open", "Ask one library, or put it on the board; the board can come later.")
    if request["to_library_id"] == request["library_id"]:
        raise OwnLibrary(library_id=request["library_id"])
    asked = libraries.find_library(work.connection, request["to_library_id"])
    if asked is None or asked["state"] != "open":
        raise NotFound(kind="library", id=request["to_library_id"])
    if asked["county"] == work.county:
        return
    peer = counties.find_peer(work.connection, asked["county"])
    if peer is not None and peer["state"] == "frozen":
        raise CountyFrozen(county=asked["county"])
    if peer is None or peer["state"] != "active":
        raise CountyUnknown(county=asked["county"])


def check_waits(request: Document) -> None:
    """The request waits for help. Refuses: RequestClosed, AlreadyCovered."""
    if request["state"] == "closed":
        raise RequestClosed(library_id=request["library_id"])
    if request["state"] == "covered":
        raise AlreadyCovered(library_id=request["library_id"])


def _own(work: Work, request_id: str, actor: Document) -> tuple[str, Document]:
    who = load_actor(actor)
    stored = find(work, request_id, for_update=True)
    check_acts_for_library(who, stored["library_id"])
    return who.library_id, stored


def change(work: Work, stored: Document, **changes: Any) -> Document:
    """The own request with the changes, stored and told of."""
    changed = {**stored, **changes, "version": stored["version"] + 1}
    market.replace(work.connection, "request", changed)
    tell(work, "request", changed)
    return changed


def find(work: Work, request_id: str, *, for_update: bool = False) -> Document:
    """The request as stored. Refuses: NotFound."""
    found = market.find(work.connection, "request", request_id, for_update=for_update)
    if found is None:
        raise NotFound(kind="request", id=request_id)
    return found


def seen(work: Work, request: Document, library_id: str | None) -> Document:
    """The request as somebody at the library may see it."""
    return seen_requests(work, [request], library_id)[0]
