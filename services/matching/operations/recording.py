"""What every change of an engagement has in common: it is stored, told here and there, and ordered."""

import uuid
from dataclasses import replace
from typing import Any

from byttebank.contracts.refusals import NotFound
from byttebank.storage.work import Work
from services.matching.domain.acts import Order, Outcome, When
from services.matching.domain.engagement import NOBODY, OPEN, Engagement, Line
from services.matching.domain.names import THIS_COUNTY, Viewer, people_in
from services.matching.domain.proposal import covered_half_days
from services.matching.operations.documents import engagement_document, peer_documents
from services.matching.storage import engagements, index

RULED = "Fylkesbiblioteket har avgjort"
"""Why days go back that were on their way when the county ruled: its own words stand in the ruling before."""


def when(work: Work) -> When:
    """The moment of the work."""
    return When(work.now, work.today)


def is_home(work: Work, engagement: Engagement) -> bool:
    """Whether this county orders the engagement's transitions."""
    return engagement.home_county == work.county


def take(work: Work, engagement_id: str) -> Engagement:
    """The engagement, locked until the work ends. Refuses: NotFound."""
    engagement = engagements.take(work.connection, engagement_id)
    if engagement is None:
        raise NotFound(kind="engagement", id=engagement_id)
    return engagement


def shown(work: Work, engagement: Engagement, library_id: str) -> dict[str, Any]:
    """The contract's `Engagement` as a library of this county sees it."""
    people = index.people(work.connection, people_in(engagement))
    return engagement_document(engagement, people, Viewer(library_id))


def record(work: Work, before: Engagement, outcome: Outcome) -> Engagement:
    """At the home: the outcome is the next version, both counties are told, the ledger has its orders.

    Nothing is done when nothing changed. A request that is covered by it is asked of nobody else any more.
    """
    if outcome.engagement == before:
        order(work, before, outcome)
        return before
    after = replace(outcome.engagement, version=before.version + 1)
    engagements.write(work.connection, after, is_home=True)
    order(work, after, outcome, released=before.transfer_id)
    announce(work, after)
    share(work, after)
    if after.state == "agreed" and before.state != "agreed":
        _decline_the_others(work, after)
    return after


def restate(work: Work, engagement: Engagement) -> None:
    """At the home: the lender's county is told again, as a new version, so that it shows what counts."""
    again = replace(engagement, version=engagement.version + 1)
    engagements.write(work.connection, again, is_home=True)
    share(work, again)


def announce(work: Work, engagement: Engagement) -> None:
    """This county's services hear how the engagement stands, with the names that both libraries see."""
    people = index.people(work.connection, people_in(engagement))
    work.emit("EngagementChanged", engagement_document(engagement, people, THIS_COUNTY))


def share(work: Work, engagement: Engagement) -> None:
    """At the home: the lender's county hears how the engagement stands, if it is another one."""
    if engagement.lender_county == work.county:
        return
    people = index.people(work.connection, people_in(engagement))
    payload, detached = peer_documents(engagement, people)
    work.send(engagement.lender_county, "EngagementShared", payload, detached=detached)


def order(work: Work, engagement: Engagement, outcome: Outcome, released: str | None = None) -> None:
    """The ledger is told what to do about the engagement's days.

    `released`: the transfer whose days go, where others are set aside instead.
    """
    for wanted in outcome.orders:
        is_release = wanted is Order.RELEASE_DAYS
        body: dict[str, Any] = {"transfer_id": (is_release and released) or engagement.transfer_id}
        if wanted is Order.REVERSE_DAYS:
            body.update(reversal_id=_reversal_id(engagement), reason=outcome.reason or RULED)
        elif wanted is not Order.RELEASE_DAYS:
            body["amount_half_days"] = engagement.half_days
        if wanted is Order.RESERVE_DAYS:
            body.update(
                engagement_id=engagement.id,
                part=1,
                payer_library_id=engagement.host_library_id,
                payee_library_id=engagement.lender_library_id,
                payee_county=engagement.lender_county,
                skill=engagement.skill,
                work_date=engagement.first_on.isoformat(),
            )
        work.emit(wanted.value, body)


def _reversal_id(engagement: Engagement) -> str:
    """The id under which the engagement's days go back: the same however often it is asked for."""
    return str(uuid.uuid5(uuid.UUID(engagement.transfer_id), "ruled"))


def _decline_the_others(work: Work, agreed: Engagement) -> None:
    if agreed.request_id is None:
        return
    others = engagements.of_request(work.connection, agreed.request_id, except_id=agreed.id)
    if not is_covered(work, agreed.request_id, covered_half_days([agreed, *others])):
        return
    for other in others:
        if other.state in OPEN and is_home(work, other):
            refusal = {"code": "already_covered", "parameters": {"library_id": agreed.host_library_id}}
            history = (*other.history, Line(work.now, "declined", NOBODY))
            declined = replace(other, state="declined", refusal=refusal, history=history)
            record(work, other, Outcome(declined))


def is_covered(work: Work, request_id: str, half_days: int) -> bool:
    """Whether so many half-days are all the help that the request asked for."""
    request = index.request(work.connection, request_id)
    return request is not None and half_days >= request["half_days"]
