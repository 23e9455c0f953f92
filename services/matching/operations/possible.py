"""What must hold in this county's index before an engagement is proposed or accepted."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from byttebank.contracts.participation import PARTICIPATION_VERSION
from byttebank.contracts.participation_refusals import ParticipationMissing
from byttebank.contracts.refusals import (
    AlreadyCovered,
    CountyFrozen,
    CountyUnknown,
    HostContactMissing,
    LibraryClosed,
    Malformed,
    NotFound,
    OfferExpired,
    RequestClosed,
)
from byttebank.identifiers import is_id
from byttebank.storage.work import Work
from services.matching.domain.engagement import Engagement
from services.matching.domain.open_days import closed_to_help
from services.matching.domain.proposal import check_colleague_is_free, covered_half_days
from services.matching.operations.recording import is_covered
from services.matching.operations.staffing import check_staffing
from services.matching.storage import engagements, index
from services.matching.storage.rows import Row


def library(work: Work, library_id: str) -> Row:
    """The library as last heard. Refuses: NotFound."""
    row = index.library(work.connection, library_id)
    if row is None or row["state"] != "open":
        raise NotFound(kind="library", id=library_id)
    return row


def check_open(work: Work, host: Row, place: str, dates: Iterable[date]) -> None:
    """Somebody is there to receive the visitor. Who agrees on today sees for herself, and help from home or
    online needs no open door.

    Refuses: LibraryClosed, with the first such day.
    """
    closed = closed_to(host, place, (day for day in dates if day > work.today))
    if closed:
        day = min(closed).isoformat()
        raise LibraryClosed(date=day, library_id=host["id"], library=host["short_name"])


def closed_to(host: Row, place: str, dates: Iterable[date]) -> frozenset[date]:
    """Those of the dates on which nobody can help the library there, for it is closed."""
    own = frozenset(map(date.fromisoformat, host["closed_dates"].split()))
    return closed_to_help(place, dates, host["country"], own)


def check_county(work: Work, slug: str) -> None:
    """New days may be agreed with the county. Refuses: CountyFrozen, CountyUnknown."""
    if slug == work.county:
        return
    state = index.peer_state(work.connection, slug)
    if state == "frozen":
        raise CountyFrozen(county=slug)
    if state != "active":
        raise CountyUnknown(county=slug)


def check_participation(work: Work, library_id: str) -> None:
    """A library of ours has accepted the participation agreement that counts now; others are their county's.

    Asked before anything new is agreed on; what is agreed on stands. Refuses: ParticipationMissing.
    """
    row = index.library(work.connection, library_id)
    if row is None or row["county"] != work.county:
        return
    if index.participation_version(work.connection, library_id) < PARTICIPATION_VERSION:
        raise ParticipationMissing(library_id=library_id, library=row["short_name"])


def takes_part(work: Work, library_id: str) -> bool:
    """Whether days may be agreed on with the library, as far as the participation agreement goes."""
    try:
        check_participation(work, library_id)
    except ParticipationMissing:
        return False
    return True


def check_colleague(work: Work, colleague_id: str, library_id: str) -> None:
    """The colleague works at this library of ours. Refuses: NotFound."""
    person = index.people(work.connection, [colleague_id]).get(colleague_id)
    if person is None or person.library_id != library_id:
        raise NotFound(kind="colleague", id=colleague_id)


def check_offer(work: Work, offer: Row) -> None:
    """The offer still stands. Refuses: OfferExpired."""
    if offer["state"] != "open":
        raise OfferExpired(date=work.today.isoformat())
    if offer["last_on"] is not None and offer["last_on"] < work.today:
        raise OfferExpired(date=offer["last_on"].isoformat())


def check_uncovered(work: Work, engagement: Engagement) -> None:
    """The request, if there is one known, still waits for help. Refuses: RequestClosed, AlreadyCovered."""
    if engagement.request_id is None:
        return
    request = index.request(work.connection, engagement.request_id)
    if request is not None and request["state"] == "closed":
        raise RequestClosed(library_id=engagement.host_library_id)
    others = engagements.of_request(work.connection, engagement.request_id, except_id=engagement.id)
    is_full = is_covered(work, engagement.request_id, covered_half_days(others))
    if is_full or (request is not None and request["state"] == "covered"):
        raise AlreadyCovered(library_id=engagement.host_library_id)


def check_free(work: Work, engagement: Engagement) -> None:
    """The colleague has room on the dates beside her other engagements, and enough of her library stay.

    Refuses: ColleagueBusy, TooManyAway.
    """
    colleague_id = engagement.colleague_id
    taken = engagements.taken(
        work.connection, engagement.first_on, colleague_id=colleague_id, except_id=engagement.id
    )
    check_colleague_is_free(colleague_id, engagement.dates, engagement.half_days, taken.get(colleague_id, {}))
    check_staffing(work, engagement)


def host_contact(
    work: Work, host_library_id: str, contact_id: str, contact_name: str | None
) -> tuple[str, str]:
    """The person who receives the visitor, with a name.

    Refuses: Malformed for no id, or somebody of another library of ours; HostContactMissing without a name.
    """
    if not is_id(contact_id):
        raise Malformed(errors=[{"pointer": "/host_contact_id", "detail": "Not an identifier."}])
    person = index.people(work.connection, [contact_id]).get(contact_id)
    if person is not None and person.library_id != host_library_id:
        detail = "A person of another library than the host."
        raise Malformed(errors=[{"pointer": "/host_contact_id", "detail": detail}])
    name = contact_name or (person.name if person else None)
    if not name:
        raise HostContactMissing()
    return contact_id, name


def with_contact_of_request(work: Work, engagement: Engagement, request: Row | None) -> Engagement:
    """The engagement with the request's host contact, where there is a request that names one."""
    if request is None:
        return engagement
    contact_id = request["host_contact_id"]
    person = index.people(work.connection, [contact_id]).get(contact_id)
    name = request["host_contact_name"] or (person.name if person else None)
    return replace(engagement, host_contact_id=contact_id, host_contact_name=name)
