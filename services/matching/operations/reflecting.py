"""Reflections: what a library writes after a visit, found again by its words, and asked for when missing."""

from datetime import timedelta
from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.actor import load_actor
from byttebank.contracts.fields import load
from byttebank.contracts.refusals import FieldMissing, NotFound, NotYourRole, SameKeyOtherBody
from byttebank.contracts.vandring import NewReflection
from byttebank.contracts.vandring_refusals import NotVisited
from byttebank.storage.work import Work
from services.matching.domain.engagement import HOST, TAKEN
from services.matching.operations.vandring.rules import county, take_published, tell
from services.matching.storage import engagements, vandring
from services.matching.storage import reflections as stored
from services.matching.storage.rows import Row

Document = dict[str, Any]
ANSWERS = ("saw", "learned", "advice")
MAX_LISTED = 200
MAX_WORDS = 8
FIRST_DAYS, SECOND_DAYS = 7, 14
"""Days after the visit on which whoever has not written is asked, and asked once more."""


def write_reflection(work: Work, document: Document, actor_document: Document) -> Document:
    """The `Reflection` of the actor's library about a visit it made or received, instead of any before.

    Refuses: Malformed, FieldMissing (nothing is written), NotFound (an engagement of others), NotYourRole,
    NotVisited (not over yet, or help and no visit), SameKeyOtherBody.
    """
    given = load(NewReflection, document)
    actor = load_actor(actor_document)
    if actor.role not in ("colleague", "library_manager"):
        raise NotYourRole(role="library_manager")
    if not any(given[name].strip() for name in ANSWERS):
        raise FieldMissing(field="saw")
    engagement = engagements.find(work.connection, given["engagement_id"])
    if engagement is None or not engagement.takes_part(actor.library_id):
        raise NotFound(kind="engagement", id=given["engagement_id"])
    is_over = engagement.state in TAKEN and engagement.last_on <= work.today
    if engagement.purpose == "help" or not is_over:
        raise NotVisited()
    before = stored.with_id(work.connection, given["id"])
    if before is not None and (before["engagement_id"], before["library_id"]) != (
        engagement.id,
        actor.library_id,
    ):
        raise SameKeyOtherBody(id=given["id"])
    is_host = engagement.side_of(actor.library_id) == HOST
    names = (engagement.host_library_name, engagement.lender_library_name)
    ids = (engagement.host_library_id, engagement.lender_library_id)
    answers = {name: given[name].strip() for name in ANSWERS}
    row = {
        "id": given["id"],
        "engagement_id": engagement.id,
        "side": "host" if is_host else "visitor",
        "library_id": actor.library_id,
        "library_name": names[0 if is_host else 1],
        "other_library_id": ids[1 if is_host else 0],
        "other_library_name": names[1 if is_host else 0],
        "visited_on": engagement.first_on,
        "written_at": work.now,
        "person_id": actor.person_id,
        **answers,
        "searched": "\n".join((*answers.values(), *names)).casefold(),
    }
    stored.put_reflection(work.connection, row)
    return reflection_document(row)


def reflection(work: Work, engagement_id: str, library_id: str) -> Document | None:
    """The `Reflection` the library has written about the visit, or None."""
    row = stored.of_visit(work.connection, engagement_id, library_id)
    return None if row is None else reflection_document(row)


def reflections(work: Work, words: str = "", limit: int = 50) -> list[Document]:
    """`Reflection`s in which all words (the first 8) stand, the newest first, at most `limit` (to 200)."""
    wanted = words.casefold().split()[:MAX_WORDS]
    found = stored.search(work.connection, wanted, max(1, min(limit, MAX_LISTED)))
    return [reflection_document(row) for row in found]


def remind_of_reflections(work: Work, round_id: str, actor_document: Document) -> int:
    """How many libraries are asked now, at most once a day, for the reflection on a visit that is over.

    Refuses: Malformed, NotYourRole, NotFound, VandringClosed (not published).
    """
    county(actor_document)
    take_published(work, round_id)
    return sum(
        _ask(work, visit, work.today.isoformat())
        for visit in vandring.visits(work.connection, round_id)
        if visit["engagement_state"] in vandring.CARRIED_OUT
    )


def ask_for_reflections(work: Work) -> int:
    """How many libraries are asked now because a week, or two, have gone since their visit.

    Of a visit that is reported late they are asked once, not twice at the same time.
    """
    asked = 0
    for reminders, days in ((2, SECOND_DAYS), (1, FIRST_DAYS)):
        before = work.today - timedelta(days=days)
        for visit_id in vandring.visits_to_remind_of(work.connection, before, reminders):
            (visit,) = vandring.visits(work.connection, visit_id=visit_id)
            vandring.change_visit(work.connection, visit_id, reminders=reminders)
            asked += _ask(work, visit, str(reminders))
    return asked


def are_due(work: Work) -> bool:
    """Whether somebody is to be asked for a reflection."""
    return any(
        vandring.visits_to_remind_of(work.connection, work.today - timedelta(days=days), reminders)
        for reminders, days in ((1, FIRST_DAYS), (2, SECOND_DAYS))
    )


def _ask(work: Work, visit: Row, occasion: str) -> int:
    """How many of the two sides have written nothing; they are asked."""
    row = vandring.round_of(work.connection, visit["round_id"])
    if row is None:
        return 0
    written = vandring.written_sides(work.connection, [visit["engagement_id"]])
    sides = {"visitor", "host"} - written.get(visit["engagement_id"], set())
    engagement = engagements.find(work.connection, visit["engagement_id"])
    if engagement is None:
        return 0
    more = {"engagement_id": visit["engagement_id"]}
    if "visitor" in sides:
        tell(
            work, row, visit["visitor_id"], "reflection", occasion, host=engagement.host_library_name, **more
        )
    if "host" in sides:
        tell(
            work, row, visit["host_id"], "reflection", occasion, lender=engagement.lender_library_name, **more
        )
    return len(sides)


def reflection_document(row: Row) -> Document:
    """The row as a `Reflection`."""
    names = ("id", "engagement_id", "side", "library_id", "library_name")
    return {
        **{name: row[name] for name in (*names, "other_library_id", "other_library_name", *ANSWERS)},
        "visited_on": row["visited_on"].isoformat(),
        "written_at": format_time(row["written_at"]),
    }
