"""Offers: a named colleague's skills on dates, in a span, or standing."""

from typing import Any

from byttebank.contracts import resources
from byttebank.contracts.actor import load_actor
from byttebank.contracts.market_refusals import ColleagueNotAgreed
from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import CountyUnknown, NotFound, NotNow, SameKeyOtherBody
from byttebank.storage.work import Work
from services.directory.domain.cursors import check_limit, read_cursor, write_cursor
from services.directory.domain.market import (
    check_half_days,
    check_in_use,
    check_no_overlap,
    check_open_days,
    check_skills,
    check_staffing,
    renewed_until,
    settle_offer_dates,
)
from services.directory.domain.roles import check_acts_for_colleague
from services.directory.domain.versions import counts_over, fingerprint
from services.directory.operations.colleagues import skills_of
from services.directory.operations.documents import read_own_words, refuse
from services.directory.operations.erasing import without_erased
from services.directory.operations.libraries import own_library
from services.directory.operations.placing import place
from services.directory.operations.publishing import as_seen, tell
from services.directory.operations.receiving import check_detached, check_received
from services.directory.storage import counties, libraries, market

Document = dict[str, Any]


def create_offer(work: Work, offer: Document, actor: Document) -> Document:
    """`Offer` as stored, open and told of as far as it reaches. `offer`: without county, names and version.

    The same id with the same content answers with the offer as it stands now.
    Refuses: NotYourRole for others than the colleague and her manager; ColleagueNotAgreed when she has said
    no to that; SkillRetired for what the county has retired and the colleague has not; OfferClosed when all
    days are public holidays; CountyUnknown for a named county that we do not exchange with; OfferOverlaps,
    TooFewAtHome, BelowHalfDay, DateOrder, DatePast, DateTooFar, FieldMissing (skills), SameKeyOtherBody;
    NotFound for a library or colleague that is not ours.
    """
    who = load_actor(actor)
    if isinstance(offer, dict):
        check_half_days(offer.get("half_days"))
    added = {"county": work.county, "version": 1, "state": "open", "colleague_name": None}
    wanted = read_own_words(resources.Offer, offer, **added)
    check_acts_for_colleague(who, wanted["library_id"], wanted["colleague_id"])
    content = fingerprint(wanted)
    if market.fingerprint_of(work.connection, "offer", wanted["id"]) is None:
        library = own_library(work, wanted["library_id"])
        colleague = libraries.find_colleague(work.connection, wanted["colleague_id"])
        if colleague is None or colleague["library_id"] != wanted["library_id"]:
            raise NotFound(kind="colleague", id=wanted["colleague_id"])
        if not colleague["may_be_offered"] and who.person_id != colleague["id"]:
            raise ColleagueNotAgreed(colleague_id=colleague["id"])
        check_skills(wanted["skills"], libraries.skill_codes(work.connection))
        retired = libraries.retired_skills(work.connection)
        check_in_use(wanted["skills"], retired, skills_of(colleague), "skills")
        if not wanted["places"]:
            raise refuse("/places", "At least one of host, home and online.")
        if wanted["reach"] == "counties" and not {*wanted["counties"]} - {work.county}:
            raise refuse("/counties", "At least one county beside your own, or another reach.")
        _check_counties(work, wanted)
        settled = settle_offer_dates(wanted, work.today)
        check_open_days(settled, library)
        people = libraries.list_colleagues(work.connection, wanted["library_id"])
        # Who wanted nothing of herself kept has no name, and is not there to stay.
        check_staffing(settled, sum(1 for one in people if one["name"] is not None))
        if settled["weekdays"]:
            check_no_overlap(settled, market.things_of_person(work.connection, "offer", colleague["id"]))
        if market.add(work.connection, "offer", settled, content):
            tell(work, "offer", settled)
    if market.fingerprint_of(work.connection, "offer", wanted["id"]) != content:
        raise SameKeyOtherBody(id=wanted["id"])
    return get_offer(work, wanted["id"], actor)


def _check_counties(work: Work, offer: Document) -> None:
    """Each county that is named can be told. Refuses: CountyUnknown, with the first that cannot."""
    for named in offer["counties"] if offer["reach"] == "counties" else []:
        peer = counties.find_peer(work.connection, named)
        if named != work.county and (peer is None or peer["state"] == "left"):
            raise CountyUnknown(county=named)


def withdraw_offer(work: Work, offer_id: str, actor: Document) -> Document:
    """`Offer`, now withdrawn; withdrawn already, it stays so. Refuses: NotYourRole, NotFound."""
    who = load_actor(actor)
    stored = _find(work, offer_id, for_update=True)
    check_acts_for_colleague(who, stored["library_id"], stored["colleague_id"])
    if stored["state"] == "open":
        stored = {**stored, "state": "withdrawn", "version": stored["version"] + 1}
        market.replace(work.connection, "offer", stored)
        tell(work, "offer", stored)
    return as_seen(work, "offer", [stored], library_id=who.library_id)[0]


def renew_offer(work: Work, offer_id: str, actor: Document) -> Document:
    """`Offer`, which now ends half a year from today, unless its days end before.

    Refuses: NotYourRole, NotFound; NotNow for one that was withdrawn.
    """
    who = load_actor(actor)
    stored = _find(work, offer_id, for_update=True)
    check_acts_for_colleague(who, stored["library_id"], stored["colleague_id"])
    if stored["state"] != "open":
        raise NotNow(state=stored["state"], act="renew")
    until = renewed_until(work.today)
    if (stored["expires_on"] or until) < until:
        stored = {**stored, "expires_on": until, "version": stored["version"] + 1}
        market.replace(work.connection, "offer", stored)
        tell(work, "offer", stored)
    return as_seen(work, "offer", [stored], library_id=who.library_id)[0]


def get_offer(work: Work, offer_id: str, actor: Document | None = None) -> Document:
    """`Offer`, own or published, with the name as far as it is shared with the actor. Refuses: NotFound."""
    library_id = load_actor(actor).library_id if actor is not None else None
    return as_seen(work, "offer", [_find(work, offer_id)], library_id=library_id)[0]


def list_offers(
    work: Work, library_id: str | None = None, cursor: str | None = None, limit: int = 50
) -> Document:
    """`{items: [Offer], next_cursor}`: open and not ended, newest first. Refuses: Malformed."""
    check_limit(limit)
    after = read_cursor(cursor, str)
    found = market.list_offers(
        work.connection, library_id=library_id, today=work.today, after=after, limit=limit + 1
    )
    items = found[:limit]
    next_cursor = write_cursor(items[-1]["id"]) if len(found) > limit else None
    return {"items": as_seen(work, "offer", items), "next_cursor": next_cursor}


def receive_offer(work: Work, message: ReceivedMessage) -> None:
    """Our copy of another county's offer is the newest we have heard of; told of here when it is new.

    Refuses: CountyUnknown; Malformed for what the sender may not say; SameKeyOtherBody for an offer that
    is another county's.
    """
    offer = {
        **message.payload,
        "colleague_name": message.detached.get("colleague_name"),
        "own_words": message.detached.get("own_words") or "",
        "dates": sorted(message.payload["dates"]),
    }
    check_received(work, message, offer)
    check_detached(offer, "colleague_name")
    offer = without_erased(work, "offer", offer)
    if not market.add(work.connection, "offer", offer, ""):
        stored = market.find(work.connection, "offer", offer["id"], for_update=True)
        if stored is None or stored["county"] != message.peer:
            raise SameKeyOtherBody(id=offer["id"])
        if not counts_over(offer, stored):
            return
        market.replace(work.connection, "offer", offer)
    place(work, "offer", offer)
    work.emit("OfferChanged", offer)


def _find(work: Work, offer_id: str, *, for_update: bool = False) -> Document:
    found = market.find(work.connection, "offer", offer_id, for_update=for_update)
    if found is None:
        raise NotFound(kind="offer", id=offer_id)
    return found
