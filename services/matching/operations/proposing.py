"""Putting a date to three parties: by the host, whose county is the home, or by the lender."""

from dataclasses import replace
from datetime import date
from typing import Any

from byttebank.contracts.actor import Actor, load_actor
from byttebank.contracts.fields import load
from byttebank.contracts.proposal import Proposal
from byttebank.contracts.refusals import (
    HostContactMissing,
    Malformed,
    NotFound,
    NotYourRole,
    SameKeyOtherBody,
)
from byttebank.storage.work import Work
from services.matching.domain.engagement import Engagement, Line, between
from services.matching.domain.names import people_in
from services.matching.domain.proposal import check_proposal, is_same_proposal
from services.matching.domain.silences import reply_by
from services.matching.operations import possible
from services.matching.operations.documents import peer_documents
from services.matching.operations.parties import by, roles_of
from services.matching.operations.recording import announce, is_home, share, shown, take
from services.matching.storage import engagements, index
from services.matching.storage.rows import Row

Document = dict[str, Any]


def propose(work: Work, document: Document, actor_document: Document) -> Document:
    """The `Engagement`, proposed, with the proposer's consent in every role the proposer has.

    The host's county is its home; for a host elsewhere a copy is kept and the home is asked.
    Refuses: Malformed, NotFound (library, colleague, offer or request not known here), OwnLibrary,
    NotYourRole (neither library's; at the lender neither the manager nor the colleague), BelowHalfDay,
    TooManyDays, DatePast, DateTooFar, LibraryClosed (the host), ColleagueBusy, HostContactMissing (proposed
    by the host), OfferExpired, AlreadyCovered, RequestClosed, CountyUnknown, CountyFrozen,
    ParticipationMissing (of a library of ours), SameKeyOtherBody.
    """
    proposal = load(Proposal, document)
    actor = load_actor(actor_document)
    stored = engagements.find(work.connection, proposal["id"])
    if stored is not None:
        return _answer_again(work, stored, proposal, actor)
    engagement = _checked(work, proposal, actor)
    if not engagements.add(work.connection, engagement, is_home=is_home(work, engagement)):
        return _answer_again(work, take(work, engagement.id), proposal, actor)
    announce(work, engagement)
    if is_home(work, engagement):
        share(work, engagement)
    else:
        people = index.people(work.connection, people_in(engagement))
        payload, detached = peer_documents(engagement, people)
        work.send(engagement.home_county, "EngagementProposed", payload, detached=detached)
    return shown(work, engagement, actor.library_id)


def _answer_again(work: Work, stored: Engagement, proposal: Document, actor: Actor) -> Document:
    if not stored.takes_part(actor.library_id) or not is_same_proposal(stored, proposal):
        raise SameKeyOtherBody(id=stored.id)
    return shown(work, stored, actor.library_id)


def _checked(work: Work, proposal: Document, actor: Actor) -> Engagement:
    dates = tuple(sorted({date.fromisoformat(day) for day in proposal["dates"]}))
    check_proposal(
        host_library_id=proposal["host_library_id"],
        lender_library_id=proposal["lender_library_id"],
        dates=dates,
        half_days=proposal["half_days"],
        today=work.today,
    )
    host = possible.library(work, proposal["host_library_id"])
    lender = possible.library(work, proposal["lender_library_id"])
    possible.check_open(work, host, proposal["place"], dates)
    _check_proposer(work, proposal, actor, host if actor.library_id == host["id"] else lender)
    possible.check_county(work, host["county"])
    possible.check_county(work, lender["county"])
    possible.check_participation(work, host["id"])
    possible.check_participation(work, lender["id"])
    request = _request(work, proposal)
    offer = _offer(work, proposal)
    if lender["county"] == work.county:
        possible.check_colleague(work, proposal["colleague_id"], lender["id"])
    engagement = Engagement(
        **{name: proposal[name] for name in ("id", "request_id", "offer_id", "colleague_id", "half_days")},
        **{name: proposal[name] for name in ("purpose", "place", "own_words")},
        **between(host, lender),
        colleague_name=offer["colleague_name"] if offer else None,
        skill=proposal["skill"] or next(iter(request["skills"] if request else ()), None),
        dates=dates,
        reply_by_on=reply_by(work.today, dates[0]),
    )
    engagements.lock_related(work.connection, engagement.colleague_id, engagement.request_id)
    possible.check_uncovered(work, engagement)
    possible.check_free(work, engagement)
    named = _with_host_contact(work, engagement, proposal, request)
    if actor.library_id == host["id"] and not named.has_host_contact:
        raise HostContactMissing()
    return replace(
        named,
        consents=dict.fromkeys(sorted(roles_of(named, actor)), work.now),
        history=(Line(work.now, "proposed", by(named, actor)),),
    )


def _check_proposer(work: Work, proposal: Document, actor: Actor, library: Row) -> None:
    """Anybody at the host may ask; at the lender the manager, or the colleague for herself."""
    may = actor.library_id == library["id"] and library["county"] == work.county
    if actor.role == "colleague":
        is_self = actor.person_id == proposal["colleague_id"]
        may = may and (is_self or actor.library_id == proposal["host_library_id"])
    if not may or actor.role not in ("colleague", "library_manager"):
        raise NotYourRole(role="library_manager")


def _request(work: Work, proposal: Document) -> Row | None:
    if proposal["request_id"] is None:
        return None
    request = index.request(work.connection, proposal["request_id"])
    if request is None:
        raise NotFound(kind="request", id=proposal["request_id"])
    if request["library_id"] != proposal["host_library_id"]:
        raise _wrong("/request_id", "A request of another library than the host.")
    return request


def _offer(work: Work, proposal: Document) -> Row | None:
    if proposal["offer_id"] is None:
        return None
    offer = index.offer(work.connection, proposal["offer_id"])
    if offer is None:
        raise NotFound(kind="offer", id=proposal["offer_id"])
    of_whom = (offer["library_id"], offer["colleague_id"])
    if of_whom != (proposal["lender_library_id"], proposal["colleague_id"]):
        raise _wrong("/offer_id", "An offer of another colleague.")
    possible.check_offer(work, offer)
    return offer


def _with_host_contact(
    work: Work, engagement: Engagement, proposal: Document, request: Row | None
) -> Engagement:
    """The contact named in the proposal, else the request's."""
    if proposal["host_contact_id"] is None:
        return possible.with_contact_of_request(work, engagement, request)
    contact_id, name = possible.host_contact(
        work, engagement.host_library_id, proposal["host_contact_id"], proposal["host_contact_name"]
    )
    return replace(engagement, host_contact_id=contact_id, host_contact_name=name)


def _wrong(pointer: str, detail: str) -> Malformed:
    return Malformed(errors=[{"pointer": pointer, "detail": detail}])
