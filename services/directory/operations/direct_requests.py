"""Requests to one library alone: what waits for it, its no, and what happens when it does not answer."""

from typing import Any

from byttebank.contracts.actor import load_actor
from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import NotFound, NotNow
from byttebank.storage.work import Work
from services.directory.domain.direct import is_direct, waits_for
from services.directory.domain.roles import check_decides_for_library
from services.directory.operations.libraries import own_library
from services.directory.operations.pausing import seen_requests
from services.directory.operations.publishing import tell_direct
from services.directory.operations.requests import change, check_waits, find, seen
from services.directory.storage import libraries, market

Document = dict[str, Any]
MOST_SHOWN = 100


def asked_directly(work: Work, library_id: str) -> list[Document]:
    """`SeenRequest`s to the library alone that it has not declined, the soonest first; a hundred at most.

    Refuses: NotFound for a library that is not ours.
    """
    library = own_library(work, library_id)
    found = market.direct_requests_to(work.connection, library["id"], work.today, MOST_SHOWN)
    return seen_requests(work, found)


def decline_request(work: Work, request_id: str, actor: Document) -> Document:
    """`SeenRequest` that the library asked directly says no to. Nobody asks why; a second no changes nothing.

    The library that asks is told, in another county by a message to it.
    Refuses: NotFound, also for who was not asked; NotYourRole for others than the manager; RequestClosed,
    AlreadyCovered; NotNow for one that is on the board.
    """
    who = load_actor(actor)
    stored = find(work, request_id, for_update=True)
    if stored["to_library_id"] is None or stored["to_library_id"] != who.library_id:
        raise NotFound(kind="request", id=request_id)
    check_decides_for_library(who, stored["to_library_id"])
    check_waits(stored)
    if not is_direct(stored):
        raise NotNow(state="open", act="decline")
    if waits_for(stored):
        if stored["county"] == work.county:
            stored = _declined(work, stored)
        else:
            # The copy shows it at once; the county that asks makes it the next version.
            stored = {**stored, "direct_answer": "declined"}
            market.replace(work.connection, "request", stored)
            work.send(stored["county"], "RequestDeclined", {"request_id": stored["id"]})
    return seen(work, stored, who.library_id)


def receive_declined(work: Work, message: ReceivedMessage) -> None:
    """Our request was declined by the library in the other county that it asks, if it still asks it alone.

    Refuses: NotFound for a request that is not ours, or asks no library of the sender's.
    """
    stored = find(work, message.payload["request_id"], for_update=True)
    asked = libraries.find_library(work.connection, stored["to_library_id"] or "")
    if stored["county"] != work.county or asked is None or asked["county"] != message.peer:
        raise NotFound(kind="request", id=stored["id"])
    if waits_for(stored):
        _declined(work, stored)


def tell_unanswered(work: Work, limit: int = 100) -> int:
    """Who has asked one library and got no answer in time is told so, once; how many were."""
    work.take_turn()
    due = market.direct_requests_to_end(work.connection, work.county, work.today, limit)
    for stored in due:
        tell_direct(work, change(work, stored, direct_answer="unanswered"), "unanswered")
    return len(due)


def _declined(work: Work, stored: Document) -> Document:
    changed = change(work, stored, direct_answer="declined")
    tell_direct(work, changed, "declined")
    return changed
