"""Telling others: this county's services by events, other counties as far as reach and sharing allow."""

from collections.abc import Iterable
from typing import Any

from byttebank.storage.work import Work
from services.directory.domain.sharing import Place, reaches, shared_name
from services.directory.operations.placing import place, place_things_of
from services.directory.storage import counties, libraries, market
from services.directory.storage.market import Kind

Document = dict[str, Any]
PERSON: dict[Kind, tuple[str, str]] = {
    "offer": ("colleague_id", "colleague_name"),
    "request": ("host_contact_id", "host_contact_name"),
}
EVENT = {"offer": "OfferChanged", "request": "RequestChanged"}
CONTACT_POINT = ("contact_name", "contact_email", "contact_phone")
MESSAGE = {"offer": "OfferPublished", "request": "RequestOpened"}


def as_seen(
    work: Work, kind: Kind, things: list[Document], *, library_id: str | None = None, to_peer: bool = False
) -> list[Document]:
    """The offers or requests with the names a reader may see.

    The reader is at the library, elsewhere in the county (no library), or in another county (`to_peer`).
    What another county published carries the name it sent.
    """
    id_field, name_field = PERSON[kind]
    own = [thing[id_field] for thing in things if thing["county"] == work.county]
    people = libraries.colleagues_by_id(work.connection, own)

    def seen(thing: Document) -> Document:
        person = people.get(thing[id_field]) if thing["county"] == work.county else None
        if person is None:
            return thing
        place: Place = "all" if to_peer else "library" if thing["library_id"] == library_id else "county"
        return {**thing, name_field: shared_name(person["name"], person["sharing"], place)}

    return [seen(thing) for thing in things]


def tell_library(work: Work, library: Document) -> None:
    """The library is told of in this county and to every active peer, and what it has on the board."""
    counties.hold_publishing(work.connection, work.county, alone=False)
    place_things_of(work, library)
    work.emit("LibraryChanged", library)
    for peer in counties.list_counties_in_state(work.connection, "active"):
        _send_library(work, peer, library)


def tell_new_libraries(work: Work, added: list[Document]) -> None:
    """As `tell_library` for libraries that are new and have nothing on the board."""
    counties.hold_publishing(work.connection, work.county, alone=False)
    peers = counties.list_counties_in_state(work.connection, "active")
    for library in added:
        work.emit("LibraryChanged", library)
        for peer in peers:
            _send_library(work, peer, library)


def tell(work: Work, kind: Kind, thing: Document) -> None:
    """The own offer or request is told of in this county, on its board and to each active peer it reaches."""
    counties.hold_publishing(work.connection, work.county, alone=False)
    place(work, kind, thing)
    (event,) = as_seen(work, kind, [thing])
    work.emit(EVENT[kind], event)
    for peer in counties.list_counties_in_state(work.connection, "active"):
        _send(work, peer, kind, thing)


def tell_direct(work: Work, request: Document, what: str) -> None:
    """The library of this county that must know is told: `asked` the one that is asked, of an answer the one
    that asks.
    """
    reader = request["to_library_id"] if what == "asked" else request["library_id"]
    library = libraries.find_library(work.connection, reader)
    if library is None or library["county"] != work.county:
        return
    names = ("library_id", "to_library_id", "first_on", "last_on", "dates", "reply_by_on")
    body = {"request_id": request["id"], "what": what, **{name: request[name] for name in names}}
    work.emit("DirectRequestChanged", body)


def tell_everything(work: Work, peer: str, *, with_ended: bool) -> None:
    """The peer is told of all that this county publishes.

    `with_ended`: also of what has ended, for a peer that may have missed it while it was frozen.
    """
    for library in libraries.libraries_of_county(work.connection, work.county):
        if with_ended or library["state"] == "open":
            _send_library(work, peer, library)
    kinds: Iterable[Kind] = ("offer", "request")
    for kind in kinds:
        for thing in market.own_things(work.connection, kind, work.county):
            if with_ended or thing["state"] == "open":
                _send(work, peer, kind, thing)


def _send_library(work: Work, peer: str, library: Document) -> None:
    """Send it, its contact point detached and only while it is open: that may be one person's own."""
    payload = {**library, **dict.fromkeys(CONTACT_POINT)}
    is_open = library["state"] == "open"
    detached = {name: library[name] for name in CONTACT_POINT} if is_open else None
    work.send(peer, "LibraryPublished", payload, detached=detached)


def _send(work: Work, peer: str, kind: Kind, thing: Document) -> None:
    """Send it if it reaches the peer. Names and own words go detached, and only while it is open."""
    if not _is_told(work, peer, kind, thing):
        return
    name_field = PERSON[kind][1]
    skills = libraries.shared_codes(work.connection, thing["skills"])
    if kind == "request" and not _is_on_board_of(work, peer, thing):
        # Who was asked alone goes on seeing it, as nobody else there does.
        thing = {**thing, "is_open": False}
    payload = {**thing, name_field: None, "own_words": "", "skills": skills}
    detached = None
    if thing["state"] == "open":
        (seen,) = as_seen(work, kind, [thing], to_peer=True)
        detached = {name_field: seen[name_field], "own_words": thing["own_words"]}
    work.send(peer, MESSAGE[kind], payload, detached=detached)


def _is_told(work: Work, peer: str, kind: Kind, thing: Document) -> bool:
    if kind == "offer":
        return reaches(thing["reach"], thing["counties"], peer)
    return _is_on_board_of(work, peer, thing) or _is_asked_in(work, peer, thing)


def _is_on_board_of(work: Work, peer: str, request: Document) -> bool:
    if not request["is_open"]:
        return False
    if request["reach"] == "all":
        return True
    county = counties.find_county(work.connection, work.county)
    return reaches(request["reach"], county["neighbours"] if county else [], peer)


def _is_asked_in(work: Work, county: str, request: Document) -> bool:
    if request["to_library_id"] is None:
        return False
    asked = libraries.find_library(work.connection, request["to_library_id"])
    return asked is not None and asked["county"] == county
