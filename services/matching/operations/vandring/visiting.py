"""A planned visit becomes an engagement: by itself where the visitor is named, else by the library."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from byttebank.contracts.actor import load_actor
from byttebank.contracts.fields import Contract, Day, load
from byttebank.contracts.refusals import NotFound, NotYourRole, Refusal
from byttebank.contracts.vandring_refusals import DayClosed, VisitAgreed
from byttebank.storage.work import Work
from services.matching.domain.engagement import OPEN, TAKEN, By, Engagement, Line, between
from services.matching.domain.proposal import FULL_DAY, check_colleague_is_free
from services.matching.domain.silences import reply_by
from services.matching.domain.vandring_terms import monday_of
from services.matching.operations import possible
from services.matching.operations.proposing import propose
from services.matching.operations.recording import announce
from services.matching.operations.staffing import check_staffing
from services.matching.operations.vandring.rules import open_days, take_published, terms_of
from services.matching.storage import engagements, rounds, vandring
from services.matching.storage.rows import Row

Document = dict[str, Any]
PURPOSE = "vandring"
PROPOSED_IN_ROUND = "proposed_in_vandring"


def propose_visit(
    work: Work, visit_id: str, engagement_id: str, colleague_id: str, day: str, actor_document: Document
) -> Document:
    """The `Engagement`: the visitor's library proposes that this colleague comes on this day, a whole one.

    Refuses: Malformed, NotYourRole, NotFound (visit, colleague), VandringClosed, VisitAgreed, DayClosed, and
    what `propose` refuses.
    """
    actor = load_actor(actor_document)
    on = date.fromisoformat(load(_VisitDay, {"day": day})["day"])
    found = _visit(work, visit_id)
    row = take_published(work, found["round_id"])
    visit = _visit(work, visit_id)
    if actor.library_id != visit["visitor_id"] or actor.role not in ("library_manager", "colleague"):
        raise NotYourRole(role="library_manager")
    proposal = {
        "id": engagement_id,
        "host_library_id": visit["host_id"],
        "lender_library_id": visit["visitor_id"],
        "colleague_id": colleague_id,
        "purpose": PURPOSE,
        "dates": [day],
        "half_days": FULL_DAY,
    }
    if visit["engagement_id"] != engagement_id:
        if visit["engagement_state"] in OPEN | TAKEN:
            raise VisitAgreed(date=visit["dates"][0])
        visitor, host = _libraries(work, visit)
        terms = terms_of(row)
        if on not in set(open_days(terms, visitor)) & set(open_days(terms, host)):
            raise DayClosed(date=day)
    engagement = propose(work, proposal, actor_document)
    vandring.change_visit(
        work.connection, visit_id, engagement_id=engagement_id, is_waiting=False, refusal=None
    )
    return engagement


def waiting_visits(work: Work, limit: int, after: str = "") -> list[str]:
    """Ids of visits whose visitor is known and that nobody has proposed yet.

    `after`: the last one that was looked at. Those behind it come first, so that all have their turn.
    """
    return vandring.waiting_visits(work.connection, limit, after)


def propose_waiting(work: Work, visit_id: str) -> None:
    """The visit is proposed in nobody's name, so that all three are asked; or it says why it cannot be.

    On the first day of its week on which both are open, the colleague is free and enough of her library stay
    at home. Where there is none, or something has changed, the visitor's library finds a day itself.
    """
    found = vandring.visits(work.connection, visit_id=visit_id)
    if not found or not found[0]["is_waiting"]:
        return
    row = vandring.take_round(work.connection, found[0]["round_id"])
    found = vandring.visits(work.connection, visit_id=visit_id)
    if row is None or row["stage"] != "published" or not found or not found[0]["is_waiting"]:
        return
    visit = found[0]
    try:
        engagement_id = _propose(work, row, visit)
    except Refusal as refusal:
        said = {"code": refusal.code, "parameters": refusal.parameters}
        vandring.change_visit(work.connection, visit_id, is_waiting=False, refusal=said)
    else:
        vandring.change_visit(work.connection, visit_id, is_waiting=False, engagement_id=engagement_id)


def _propose(work: Work, row: Row, visit: Row) -> str:
    """Refuses: NotFound, ParticipationMissing, ColleagueBusy, TooManyAway, DayClosed."""
    visitor, host = _libraries(work, visit)
    colleague_id = visitor["colleague_id"]
    if colleague_id is None:
        raise NotFound(kind="colleague", id=visitor["id"])
    possible.check_colleague(work, colleague_id, visitor["id"])
    for one in (visitor, host):
        possible.check_participation(work, one["id"])
    days = _open_days(work, row, visit, visitor, host)
    created_by = row["created_by"]
    by = By(created_by["library_id"], created_by["person_id"], created_by["name"], "county")
    engagement = Engagement(
        id=work.new_id(),
        **between(host, visitor),
        colleague_id=colleague_id,
        dates=days[:1],
        half_days=FULL_DAY,
        purpose=PURPOSE,
        reply_by_on=reply_by(work.today, days[0]),
        history=(Line(work.now, PROPOSED_IN_ROUND, by),),
    )
    engagements.lock_related(work.connection, colleague_id, None)
    engagement = _on_first_possible(work, engagement, days)
    engagements.write(work.connection, engagement, is_home=True)
    announce(work, engagement)
    return engagement.id


def _open_days(work: Work, row: Row, visit: Row, visitor: Row, host: Row) -> tuple[date, ...]:
    """Days to come of the visit's week on which both are open. Refuses: DayClosed, when there is none."""
    terms = terms_of(row)
    both = set(open_days(terms, visitor)) & set(open_days(terms, host))
    days = sorted(day for day in both if monday_of(day) == visit["week_on"] and day > work.today)
    if not days:
        raise DayClosed(date=visit["week_on"].isoformat())
    return tuple(days)


def _on_first_possible(work: Work, engagement: Engagement, days: tuple[date, ...]) -> Engagement:
    """On the first of the days that nothing is against.

    Refuses, for the first: ColleagueBusy, TooManyAway.
    """
    busy = rounds.busy_half_days(work.connection, engagement.colleague_id, work.today)
    refusals = []
    for day in days:
        wanted = replace(engagement, dates=(day,), reply_by_on=reply_by(work.today, day))
        try:
            _check_day(work, wanted, busy)
        except Refusal as refusal:
            refusals.append(refusal)
        else:
            return wanted
    raise refusals[0]


def _check_day(work: Work, engagement: Engagement, busy: Mapping[date, int]) -> None:
    """Who is only asked counts too. Refuses: ColleagueBusy, TooManyAway."""
    check_colleague_is_free(engagement.colleague_id, engagement.dates, engagement.half_days, busy)
    check_staffing(work, engagement, with_asked=True)


def _libraries(work: Work, visit: Row) -> tuple[Row, Row]:
    """The visitor and the host as they are invited. Refuses: NotFound."""
    by_id = {one["id"]: one for one in vandring.invited(work.connection, visit["round_id"])}
    for side in ("visitor_id", "host_id"):
        possible.library(work, visit[side])
    return by_id[visit["visitor_id"]], by_id[visit["host_id"]]


def _visit(work: Work, visit_id: str) -> Row:
    found = vandring.visits(work.connection, visit_id=visit_id)
    if not found:
        raise NotFound(kind="vandring_visit", id=visit_id)
    return found[0]


class _VisitDay(Contract):
    """The day on which a visit is to be."""

    day = Day(required=True)
