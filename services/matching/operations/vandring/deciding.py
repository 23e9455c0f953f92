"""Vandring rounds as the county library decides: invited to, planned, published, put away."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from byttebank.contracts.fields import load
from byttebank.contracts.refusals import DatePast, NotFound, SameKeyOtherBody
from byttebank.contracts.vandring import NewVandringRound, VandringAnswer
from byttebank.contracts.vandring_refusals import (
    AnswerLate,
    NoVisitPossible,
    TooFewLibraries,
    VandringClosed,
    VandringOpen,
)
from byttebank.storage.work import Work
from services.matching.domain.vandring import Visit
from services.matching.domain.vandring_terms import (
    LEAST_LIBRARIES,
    SEVERAL,
    VandringTerms,
    check_vandring,
    why_out,
)
from services.matching.operations import possible
from services.matching.operations.vandring.rules import (
    COUNTY_ROLES,
    county,
    participant,
    rules_of,
    speaker_for,
    take,
    taking_part,
    tell,
    terms_of,
)
from services.matching.operations.vandring.showing import library_vandring, vandring_round
from services.matching.storage import index, vandring
from services.matching.storage.rows import Row

Document = dict[str, Any]
BEFORE = ("inviting", "planned")
"""Stages in which libraries answer and the plan may change."""
FRIDAY = timedelta(days=4)
"""From the Monday of a week to the last day on which somebody travels."""


def create_vandring_round(work: Work, document: Document, actor_document: Document) -> Document:
    """The `VandringRound`; every library of it is asked whether it takes part.

    Refuses: Malformed, NotYourRole, FieldMissing (name), DateOrder, DatePast, DateTooFar, VandringTooLong,
    NotFound (a library that is not open here), TooFewLibraries, VandringOpen, SameKeyOtherBody.
    """
    given = load(NewVandringRound, document)
    actor = county(actor_document)
    terms = _terms(given)
    stored = vandring.round_of(work.connection, given["id"])
    if stored is not None:
        invited = {one["id"] for one in vandring.invited(work.connection, stored["id"])}
        # Who all were when all were invited may have changed since.
        is_other = given["library_ids"] is not None and set(given["library_ids"]) != invited
        if terms_of(stored) != terms or is_other:
            raise SameKeyOtherBody(id=stored["id"])
        return vandring_round(work, stored["id"])
    check_vandring(terms, work.today)
    library_ids = _invited(work, given["library_ids"])
    if len(library_ids) < LEAST_LIBRARIES:
        raise TooFewLibraries(needed=LEAST_LIBRARIES)
    work.take_turn()
    _check_alone(work, terms)
    row = {
        "id": given["id"],
        **{name: getattr(terms, name) for name in ("name", "first_on", "last_on", "reply_by_on")},
        "max_km": terms.max_km,
        "sizes": terms.sizes,
        "closed_dates": " ".join(day.isoformat() for day in sorted(terms.closed)),
        "stage": "inviting",
        "created_at": work.now,
        "created_by": {"person_id": actor.person_id, "library_id": actor.library_id, "name": actor.name},
        "is_shortest": False,
    }
    vandring.add_round(work.connection, row, library_ids)
    for library_id in library_ids:
        tell(work, row, library_id, "vandring_invited", reply_by_on=terms.reply_by_on.isoformat())
    return vandring_round(work, given["id"])


def answer_vandring(
    work: Work, round_id: str, library_id: str, document: Document, actor_document: Document
) -> Document:
    """The `VandringRound` as the library sees it, with its answer; a plan made before it is void.

    Refuses: Malformed, NotYourRole, NotFound (round, invitation, colleague), VandringClosed, AnswerLate
    (by the library itself, after the last day).
    """
    given = load(VandringAnswer, document)
    actor = speaker_for(actor_document, library_id)
    row = take(work, round_id)
    own = next((one for one in vandring.invited(work.connection, round_id) if one["id"] == library_id), None)
    if own is None:
        raise NotFound(kind="vandring_round", id=round_id)
    colleague_id = given["colleague_id"] if given["takes_part"] else None
    if (own["answer"], own["colleague_id"]) == (given["takes_part"], colleague_id):
        return library_vandring(work, round_id, library_id)
    if row["stage"] not in BEFORE:
        raise VandringClosed()
    if work.today > row["reply_by_on"] and actor.role not in COUNTY_ROLES:
        raise AnswerLate(date=row["reply_by_on"].isoformat())
    if colleague_id is not None:
        possible.check_colleague(work, colleague_id, library_id)
    vandring.change_library(
        work.connection, round_id, library_id, answer=given["takes_part"], colleague_id=colleague_id
    )
    if row["stage"] == "planned" and own["answer"] is not given["takes_part"]:
        vandring.drop_plan(work.connection, round_id)
        vandring.change_round(work.connection, round_id, stage="inviting")
    return library_vandring(work, round_id, library_id)


def plan_vandring_round(work: Work, round_id: str, actor_document: Document) -> Document:
    """The `VandringRound` with the best plan for those who have said yes now. Nobody is told.

    No visit is planned in a week without an open day to come.
    Refuses: Malformed, NotYourRole, NotFound, VandringClosed, DatePast (the last day), TooFewLibraries,
    NoVisitPossible.
    """
    county(actor_document)
    row = take(work, round_id)
    if row["stage"] not in BEFORE:
        raise VandringClosed()
    if row["last_on"] <= work.today:
        raise DatePast(date=row["last_on"].isoformat())
    libraries = taking_part(vandring.invited(work.connection, round_id))
    if len(libraries) < LEAST_LIBRARIES:
        raise TooFewLibraries(needed=LEAST_LIBRARIES)
    terms = terms_of(row)
    participants = [participant(terms, one, work.today) for one in libraries]
    rules = rules_of(work, row, [one.id for one in participants])
    # Imported here: a county without a vandring never carries the solver.
    from services.matching.rounds.vandring import assign

    plan = assign(participants, rules)
    if not plan.visits:
        why = {why_out(rules, one, participants) for one in participants}
        raise NoVisitPossible(sits_out=why.pop() if len(why) == 1 else SEVERAL)
    vandring.drop_plan(work.connection, round_id)
    vandring.put_visits(work.connection, round_id, [_row(work, one) for one in plan.visits])
    vandring.change_round(work.connection, round_id, stage="planned", is_shortest=plan.is_shortest)
    return vandring_round(work, round_id)


def publish_vandring_round(work: Work, round_id: str, actor_document: Document) -> Document:
    """The `VandringRound`, published: everybody who takes part is told; published already: as it is.

    Visits whose visitor is known are proposed one by one by the service.
    Refuses: Malformed, NotYourRole, NotFound, VandringClosed (put away), TooFewLibraries (no plan),
    DatePast (a week of the plan has been: it is to be planned anew).
    """
    county(actor_document)
    row = take(work, round_id)
    if row["stage"] == "published":
        return vandring_round(work, round_id)
    if row["stage"] == "discarded":
        raise VandringClosed()
    if row["stage"] != "planned":
        raise TooFewLibraries(needed=LEAST_LIBRARIES)
    visits = vandring.visits(work.connection, round_id)
    for visit in visits:
        if visit["week_on"] + FRIDAY <= work.today:
            raise DatePast(date=(visit["week_on"] + FRIDAY).isoformat())
    vandring.change_round(work.connection, round_id, stage="published", published_at=work.now)
    invited = vandring.invited(work.connection, round_id)
    colleagues = {one["id"]: one["colleague_id"] for one in invited}
    for visit in visits:
        if colleagues[visit["visitor_id"]] is not None:
            vandring.change_visit(work.connection, visit["id"], is_waiting=True)
    for one in taking_part(invited):
        tell_own_visits(work, row, one["id"], invited, visits, "vandring_published")
    return vandring_round(work, round_id)


def discard_vandring_round(work: Work, round_id: str, actor_document: Document) -> Document:
    """The `VandringRound`, put away unpublished; a second time changes nothing.

    Refuses: Malformed, NotYourRole, NotFound, VandringClosed (published).
    """
    county(actor_document)
    row = take(work, round_id)
    if row["stage"] == "published":
        raise VandringClosed()
    vandring.change_round(work.connection, round_id, stage="discarded")
    return vandring_round(work, round_id)


def tell_own_visits(
    work: Work,
    row: Row,
    library_id: str,
    invited: Sequence[Row],
    visits: Sequence[Row],
    key: str,
    occasion: str = "",
) -> None:
    """The library is told whom it visits and who comes; or, published without either, that it sits out."""
    names = {one["id"]: one["short_name"] for one in invited}
    host = next((names[one["host_id"]] for one in visits if one["visitor_id"] == library_id), None)
    visitor = next((names[one["visitor_id"]] for one in visits if one["host_id"] == library_id), None)
    if host is None and visitor is None and key == "vandring_published":
        key = "vandring_sits_out"
    tell(work, row, library_id, key, occasion, host=host, lender=visitor)


def _row(work: Work, visit: Visit) -> Row:
    return {
        "id": work.new_id(),
        "visitor_id": visit.visitor,
        "host_id": visit.host,
        "week_on": visit.week,
    }


def _invited(work: Work, library_ids: list[str] | None) -> list[str]:
    known = {one["id"] for one in index.open_libraries(work.connection, work.county)}
    if library_ids is None:
        return sorted(known)
    for one in library_ids:
        if one not in known:
            raise NotFound(kind="library", id=one)
    return sorted(set(library_ids))


def _check_alone(work: Work, terms: VandringTerms) -> None:
    """Two rounds in the same weeks would send the same people away twice."""
    for row in vandring.list_rounds(work.connection):
        is_in_the_way = row["stage"] in BEFORE or (
            row["stage"] == "published"
            and row["first_on"] <= terms.last_on
            and terms.first_on <= row["last_on"]
        )
        if is_in_the_way:
            raise VandringOpen(round_id=row["id"], name=row["name"])


def _terms(given: Document) -> VandringTerms:
    days = {name: date.fromisoformat(given[name]) for name in ("first_on", "last_on", "reply_by_on")}
    return VandringTerms(
        name=given["name"].strip(),
        max_km=given["max_km"],
        sizes=given["sizes"],
        closed=frozenset(map(date.fromisoformat, given["closed_dates"])),
        **days,
    )
