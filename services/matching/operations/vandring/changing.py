"""After a plan is published: two libraries swap hosts, or one drops out and the rest stands."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from byttebank.contracts.actor import Actor, load_actor
from byttebank.contracts.refusals import NotFound, NotYourRole, SameKeyOtherBody
from byttebank.contracts.vandring_refusals import SwapImpossible, SwapOver, VandringClosed, VisitAgreed
from byttebank.storage.work import Work
from services.matching.domain.acts import Cancel, Outcome
from services.matching.domain.engagement import NOBODY, OPEN, TAKEN, By, Line
from services.matching.domain.transitions import act_on
from services.matching.domain.vandring import SwapRefused, Visit, swapped
from services.matching.operations.recording import record, when
from services.matching.operations.recording import take as take_engagement
from services.matching.operations.vandring.deciding import answer_vandring, tell_own_visits
from services.matching.operations.vandring.rules import (
    participant,
    rules_of,
    speaker_for,
    take,
    take_published,
    taking_part,
    tell,
    terms_of,
    visit_of,
)
from services.matching.operations.vandring.showing import library_vandring
from services.matching.storage import vandring
from services.matching.storage.rows import Row

Document = dict[str, Any]
VISIT_CHANGED = "visit_changed"


def ask_vandring_swap(
    work: Work, round_id: str, swap_id: str, other_library_id: str, actor_document: Document
) -> Document:
    """The `VandringRound` as the asker sees it; the other library is asked to exchange hosts.

    Refuses: Malformed, NotYourRole, NotFound (round, or one of the two visits nobody), VandringClosed,
    SwapImpossible, VisitAgreed (one of the two visits), SameKeyOtherBody.
    """
    actor = _manager(actor_document)
    row = take_published(work, round_id)
    stored = vandring.swap(work.connection, swap_id)
    wish = {"round_id": round_id, "asker_id": actor.library_id, "other_id": other_library_id}
    if stored is not None:
        if any(stored[name] != value for name, value in wish.items()):
            raise SameKeyOtherBody(id=swap_id)
        return library_vandring(work, round_id, actor.library_id)
    _after_swap(work, row, actor.library_id, other_library_id)
    is_asked = any(
        one["state"] == "asked" and all(one[name] == value for name, value in wish.items())
        for one in vandring.swaps(work.connection, round_id)
    )
    if not is_asked:
        vandring.add_swap(work.connection, {"id": swap_id, "state": "asked", "asked_at": work.now, **wish})
        names = {one["id"]: one["short_name"] for one in vandring.invited(work.connection, round_id)}
        tell(work, row, other_library_id, "vandring_swap", _now(work), library=names[actor.library_id])
    return library_vandring(work, round_id, actor.library_id)


def answer_vandring_swap(work: Work, swap_id: str, accepts: bool, actor_document: Document) -> Document:
    """The `VandringRound` as the answering library sees it; after a yes the two visit each other's hosts.

    What was proposed for either visit is off; everybody concerned is told.
    Refuses: Malformed, NotYourRole, NotFound, SwapOver, SwapImpossible, VisitAgreed, VandringClosed.
    """
    actor = _manager(actor_document)
    found = vandring.swap(work.connection, swap_id)
    if found is None or found["other_id"] != actor.library_id:
        raise NotFound(kind="vandring_swap", id=swap_id)
    row = take_published(work, found["round_id"])
    wish = vandring.swap(work.connection, swap_id) or found
    answer = "accepted" if accepts else "declined"
    if wish["state"] == answer:
        return library_vandring(work, row["id"], actor.library_id)
    if wish["state"] != "asked":
        raise SwapOver()
    names = {one["id"]: one["short_name"] for one in vandring.invited(work.connection, row["id"])}
    if accepts:
        old, new = _after_swap(work, row, wish["asker_id"], wish["other_id"])
        vandring.settle_swap(work.connection, swap_id, answer)
        _replace(work, row, old, new, NOBODY, apart=(wish["asker_id"], wish["other_id"]))
        for one in (wish["asker_id"], wish["other_id"]):
            _tell(work, row, one, "vandring_swapped")
    else:
        vandring.settle_swap(work.connection, swap_id, answer)
        tell(
            work,
            row,
            wish["asker_id"],
            "vandring_swap_declined",
            _now(work),
            library=names[actor.library_id],
        )
    return library_vandring(work, row["id"], actor.library_id)


def leave_vandring(work: Work, round_id: str, library_id: str, actor_document: Document) -> Document:
    """The `VandringRound` as the library sees it: it visits nobody and nobody comes; nobody asks why.

    Visits that have taken place stay; all other libraries keep theirs, and those who lost one are put
    together anew as far as the rules allow. Before the plan is published it is the same as a no.
    Refuses: Malformed, NotYourRole, NotFound, VandringClosed (put away).
    """
    actor = speaker_for(actor_document, library_id)
    row = take(work, round_id)
    if row["stage"] == "discarded":
        raise VandringClosed()
    if row["stage"] != "published":
        return answer_vandring(work, round_id, library_id, {"takes_part": False}, actor_document)
    invited = vandring.invited(work.connection, round_id)
    own = next((one for one in invited if one["id"] == library_id), None)
    if own is None:
        raise NotFound(kind="vandring_round", id=round_id)
    if own["left_at"] is not None or not own["answer"]:
        return library_vandring(work, round_id, library_id)
    rows = vandring.visits(work.connection, round_id)
    terms = terms_of(row)
    participants = [participant(terms, one, work.today) for one in taking_part(invited)]
    rules = rules_of(work, row, [one.id for one in participants])
    done = [visit_of(one) for one in rows if _is_done(work, one)]
    # Imported here: a county without a vandring never carries the solver.
    from services.matching.rounds.vandring import repaired

    plan = repaired(participants, rules, [visit_of(one) for one in rows], library_id, done)
    kept = set(plan.visits)
    old = [one for one in rows if visit_of(one) not in kept]
    new = sorted(kept - {visit_of(one) for one in rows})
    vandring.change_library(work.connection, round_id, library_id, left_at=work.now)
    by = By(actor.library_id, actor.person_id, actor.name, None)
    _replace(work, row, old, new, by, apart=(library_id,))
    if actor.library_id != library_id:
        _tell(work, row, library_id, "vandring_changed")
    return library_vandring(work, round_id, library_id)


def _after_swap(work: Work, row: Row, one: str, other: str) -> tuple[list[Row], list[Visit]]:
    """The two rows of the plan that go, and the visits that come instead.

    Refuses: NotFound, VisitAgreed, SwapImpossible.
    """
    invited = vandring.invited(work.connection, row["id"])
    rows = vandring.visits(work.connection, row["id"])
    old = [visit for visit in rows if visit["visitor_id"] in (one, other)]
    if one == other or len(old) != 2:
        raise NotFound(kind="vandring_visit", id=other)
    for visit in old:
        if visit["engagement_state"] in TAKEN:
            raise VisitAgreed(date=visit["dates"][0])
    terms = terms_of(row)
    participants = [participant(terms, library, work.today) for library in invited]
    rules = rules_of(work, row, [library.id for library in participants])
    try:
        plan = swapped(rules, participants, [visit_of(visit) for visit in rows], one, other)
    except SwapRefused as refused:
        visitor, _, why = refused.objections[0]
        names = {library["id"]: library["short_name"] for library in invited}
        raise SwapImpossible(library=names[visitor], sits_out=why) from refused
    return old, [visit for visit in plan if visit.visitor in (one, other)]


def _replace(
    work: Work, row: Row, old: list[Row], new: Iterable[Visit], by: By, *, apart: tuple[str, ...]
) -> None:
    """These visits are no more and those are planned; everybody concerned but those `apart` is told."""
    for visit in old:
        _call_off(work, visit, by)
    invited = vandring.invited(work.connection, row["id"])
    colleagues = {one["id"]: one["colleague_id"] for one in invited}
    rows = [
        {
            "id": work.new_id(),
            "visitor_id": visit.visitor,
            "host_id": visit.host,
            "week_on": visit.week,
            "is_waiting": colleagues[visit.visitor] is not None,
        }
        for visit in new
    ]
    vandring.put_visits(work.connection, row["id"], rows, [one["id"] for one in old])
    concerned = {one[side] for one in [*old, *rows] for side in ("visitor_id", "host_id")}
    vandring.void_swaps(work.connection, row["id"], concerned)
    for library_id in sorted(concerned - set(apart)):
        _tell(work, row, library_id, "vandring_changed")


def _call_off(work: Work, visit: Row, by: By) -> None:
    """What was proposed or agreed for the visit is off, and both libraries and the colleague hear of it."""
    if visit["engagement_id"] is None:
        return
    engagement = take_engagement(work, visit["engagement_id"])
    if engagement.state in OPEN:
        refusal = {"code": VISIT_CHANGED, "parameters": {}}
        history = (*engagement.history, Line(work.now, "declined", by))
        declined = replace(engagement, state="declined", refusal=refusal, history=history)
        record(work, engagement, Outcome(declined))
    elif engagement.state == "agreed":
        record(work, engagement, act_on(engagement, Cancel(by), when(work)))


def _is_done(work: Work, visit: Row) -> bool:
    """Whether the visit has taken place, or its day has been, so that it stays in the plan."""
    if visit["engagement_state"] == "agreed":
        return bool(visit["dates"][0] < work.today.isoformat())
    return visit["engagement_state"] in TAKEN


def _tell(work: Work, row: Row, library_id: str, key: str) -> None:
    invited = vandring.invited(work.connection, row["id"])
    visits = vandring.visits(work.connection, row["id"])
    tell_own_visits(work, row, library_id, invited, visits, key, _now(work))


def _now(work: Work) -> str:
    """The occasion of something that may happen again: its moment."""
    return f"{work.now:%Y%m%d%H%M%S%f}"


def _manager(document: Document) -> Actor:
    actor = load_actor(document)
    if actor.role != "library_manager":
        raise NotYourRole(role="library_manager")
    return actor
