"""Libraries: our own, and what other counties published of theirs."""

from typing import Any

from byttebank.contracts import resources
from byttebank.contracts.actor import load_actor
from byttebank.contracts.fields import one_of
from byttebank.contracts.market_refusals import CoordinatesSwapped, NumberTaken, OutsideArea
from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import DateOrder, NotFound, NotYourRole, SameKeyOtherBody
from byttebank.identifiers import is_slug
from byttebank.language import LANGUAGES
from byttebank.storage.work import Work
from services.directory.domain.cursors import check_limit, read_cursor, write_cursor
from services.directory.domain.geography import are_swapped
from services.directory.domain.texts import sort_key, unstorable
from services.directory.domain.versions import counts_over
from services.directory.operations.documents import read, refuse
from services.directory.operations.municipalities import places_of
from services.directory.operations.placing import place_things_of
from services.directory.operations.publishing import CONTACT_POINT, tell_library
from services.directory.operations.receiving import check_received
from services.directory.storage import counties, libraries

Document = dict[str, Any]
MAX_QUERY = 200
PAGE = (*CONTACT_POINT, "website", "closed_dates")


class OwnLibrary(resources.Library):
    """A library of ours: its language is one that we have texts in."""

    language = one_of(*LANGUAGES, load_default=None, allow_none=True)


def register_library(work: Work, library: Document) -> Document:
    """The library is one of ours, as given; told of when something is new.

    `library`: a `Library` without county and version. Its id stays the same for ever, and the language that
    its manager has chosen stays when the document does not name one.
    Refuses: Malformed; NumberTaken; OutsideArea for coordinates that are not in the county;
    CoordinatesSwapped for new ones that are near its municipality only the other way round; DateOrder for one
    that closed before it opened; SameKeyOtherBody when another county's library has the id.
    """
    wanted = read(OwnLibrary, library, county=work.county, version=1)
    settings = counties.find_county(work.connection, work.county)
    wanted = checked_library(wanted, settings)
    _check_numbers(work, wanted)
    before = libraries.find_library(work.connection, wanted["id"])
    check_not_swapped(wanted, before)
    if libraries.add_library(work.connection, wanted):
        libraries.write_numbers(work.connection, wanted)
        tell_library(work, wanted)
        return wanted
    stored = libraries.find_library(work.connection, wanted["id"], for_update=True)
    if stored is None or stored["county"] != work.county:
        raise SameKeyOtherBody(id=wanted["id"])
    if "language" not in library:
        wanted["language"] = stored["language"]
    if stored == {**wanted, "version": stored["version"]}:
        return stored
    changed = {**wanted, "version": stored["version"] + 1}
    libraries.replace_library(work.connection, changed)
    libraries.write_numbers(work.connection, changed)
    tell_library(work, changed)
    return changed


def write_library(work: Work, library: Document, actor: Document) -> Document:
    """`Library` as the county writes it down; as `register_library`. Refuses: NotYourRole for others too."""
    if load_actor(actor).role != "county":
        raise NotYourRole(role="county")
    return register_library(work, library)


def set_library_page(work: Work, library_id: str, page: Document, actor: Document) -> Document:
    """`Library` with its contact point, web site and closed days as its manager or the county writes them.

    `page`: {contact_name, contact_email, contact_phone, website, closed_dates}; what is left out stays.
    Refuses: NotFound for a library that is not ours; NotYourRole; Malformed.
    """
    who = load_actor(actor)
    stored = own_library(work, library_id)
    if who.role != "county" and not (who.role == "library_manager" and who.library_id == library_id):
        raise NotYourRole(role="library_manager")
    given = {key: page[key] for key in PAGE if key in page} if isinstance(page, dict) else page
    if not isinstance(given, dict):
        raise refuse("", "A document with what the library's page shows.")
    website = given.get("website")
    if website and not str(website).startswith(("https://", "http://")):
        raise refuse("/website", "An address that begins with https://.")
    kept = {key: value for key, value in stored.items() if key not in ("version", "county")}
    return register_library(work, {**kept, **given})


def receive_library(work: Work, message: ReceivedMessage) -> None:
    """Our copy of another county's library is the newest we have heard of; told of here when it is new.

    Refuses: CountyUnknown; Malformed for what the sender may not say; SameKeyOtherBody for a library that
    is another county's.
    """
    library = {**message.payload, **{name: message.detached.get(name) for name in CONTACT_POINT}}
    check_received(work, message, library)
    check_place(library, [])
    if not libraries.add_library(work.connection, library):
        stored = libraries.find_library(work.connection, library["id"], for_update=True)
        if stored is None or stored["county"] != message.peer:
            raise SameKeyOtherBody(id=library["id"])
        if not counts_over(library, stored):
            return
        libraries.replace_library(work.connection, library)
    libraries.write_numbers(work.connection, library)
    place_things_of(work, library)
    work.emit("LibraryChanged", library)


def get_library(work: Work, library_id: str) -> Document:
    """`Library`, own or published, withdrawn ones too; by its id, or an own one by a number it has or had.

    Refuses: NotFound.
    """
    found = libraries.find_library(work.connection, library_id)
    if found is None:
        found = libraries.find_by_number(work.connection, work.county, library_id)
    if found is None:
        raise NotFound(kind="library", id=library_id)
    return found


def list_libraries(
    work: Work,
    county: str | None = None,
    query: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Document:
    """`{items: [Library], next_cursor}` of open libraries by name, Norwegian order. Refuses: Malformed."""
    check_limit(limit)
    after = read_cursor(cursor, str, str)
    if county is not None and not is_slug(county):
        raise refuse("/county", "Not a county's short name, such as innlandet.")
    if query is not None and (not isinstance(query, str) or len(query) > MAX_QUERY or unstorable(query)):
        raise refuse("/query", f"A text of at most {MAX_QUERY} characters.")
    found = libraries.list_libraries(
        work.connection, county=county, query=query, after=after, limit=limit + 1
    )
    items = found[:limit]
    last = items[-1] if len(found) > limit else None
    next_cursor = None if last is None else write_cursor(sort_key(last["name"]), last["id"])
    return {"items": items, "next_cursor": next_cursor}


def own_library(work: Work, library_id: str) -> Document:
    """The library when it is one of ours and open, for what only own libraries may do. Refuses: NotFound."""
    found = libraries.find_library(work.connection, library_id)
    if found is None or found["county"] != work.county or found["state"] != "open":
        raise NotFound(kind="library", id=library_id)
    return found


def checked_library(library: Document, settings: Document | None) -> Document:
    """The own library as it is kept: in the county's country where it names none.

    Refuses: Malformed, OutsideArea, DateOrder.
    """
    country = library["country"] or (settings["country"] if settings else None)
    dates = sorted(set(library["closed_dates"]))
    library = {**library, "country": country, "closed_dates": dates}
    check_place(library, settings["area"] if settings else [])
    opened_on, closed_on = library["opened_on"], library["closed_on"]
    if opened_on and closed_on and closed_on < opened_on:
        raise DateOrder(first_on=opened_on, last_on=closed_on)
    return library


def check_place(library: Document, area: list[float]) -> None:
    """The library has both coordinates or none, and lies in the area if there is one.

    Refuses: Malformed, OutsideArea.
    """
    for axis, most in (("latitude", 90), ("longitude", 180)):
        if library[axis] is not None and not abs(library[axis]) <= most:
            raise refuse(f"/{axis}", f"Degrees from -{most} to {most}.")
    latitude, longitude = library["latitude"], library["longitude"]
    if area and latitude is not None and longitude is not None:
        south, west, north, east = area
        if not (south <= latitude <= north and west <= longitude <= east):
            raise OutsideArea(latitude=latitude, longitude=longitude)


def check_not_swapped(library: Document, before: Document | None) -> None:
    """The own library is not near its municipality with latitude and longitude exchanged alone.

    Where it was said to lie `before` is not looked at: who changes something else can do nothing about it.
    Refuses: CoordinatesSwapped.
    """
    latitude, longitude = library["latitude"], library["longitude"]
    if latitude is None or longitude is None:
        return
    if before is not None and (before["latitude"], before["longitude"]) == (latitude, longitude):
        return
    if are_swapped(latitude, longitude, places_of(library)):
        where = library["municipality_name"]
        raise CoordinatesSwapped(latitude=latitude, longitude=longitude, municipality=where)


def _check_numbers(work: Work, library: Document) -> None:
    numbers = [library["national_number"], *library["former_numbers"]]
    for number in [one for one in numbers if one]:
        owner = libraries.find_by_number(work.connection, work.county, number)
        if owner is not None and owner["id"] != library["id"]:
            raise NumberTaken(number=number, library_id=owner["id"], name=owner["name"])
