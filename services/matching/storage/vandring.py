"""Vandring rounds as rows: who is invited, who visits whom, who wants to swap, and who has been where."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from services.matching.storage.rows import Row, add_once, find
from services.matching.storage.tables import engagements, libraries
from services.matching.storage.vandring_tables import (
    reflections,
    vandring_libraries,
    vandring_rounds,
    vandring_swaps,
    vandring_visits,
)

CARRIED_OUT = frozenset({"carried_out", "confirmed", "settled"})


def add_round(connection: Connection, row: Row, library_ids: Iterable[str]) -> bool:
    """The round is stored and these are invited. False, and nothing is changed, when it was already."""
    if not add_once(connection, vandring_rounds, row):
        return False
    rows = [{"round_id": row["id"], "library_id": one} for one in sorted(set(library_ids))]
    connection.execute(insert(vandring_libraries), rows)
    return True


def round_of(connection: Connection, round_id: str) -> Row | None:
    """The round, to read."""
    return find(connection, vandring_rounds, round_id)


def take_round(connection: Connection, round_id: str) -> Row | None:
    """The round, locked until the transaction ends."""
    query = select(vandring_rounds).where(vandring_rounds.c.id == round_id).with_for_update()
    row = connection.execute(query).mappings().first()
    return None if row is None else dict(row)


def change_round(connection: Connection, round_id: str, **values: Any) -> None:
    """These columns of the round have these values."""
    connection.execute(update(vandring_rounds).where(vandring_rounds.c.id == round_id).values(values))


def list_rounds(
    connection: Connection, limit: int | None = None, *, library_id: str | None = None
) -> list[Row]:
    """Rounds, the newest first; only those a library is invited to, where one is named."""
    query = select(vandring_rounds)
    if library_id is not None:
        query = query.join(vandring_libraries, vandring_libraries.c.round_id == vandring_rounds.c.id)
        query = query.where(vandring_libraries.c.library_id == library_id)
    query = query.order_by(vandring_rounds.c.created_at.desc(), vandring_rounds.c.id.desc())
    return [dict(row) for row in connection.execute(query.limit(limit)).mappings()]


def counts(connection: Connection, round_ids: list[str]) -> dict[str, Row]:
    """By round: how many are invited, take part, do not or have left, and visits in the plan."""
    found: dict[str, Row] = {
        one: {"invited_count": 0, "yes_count": 0, "no_count": 0, "visit_count": 0} for one in round_ids
    }
    has_left = vandring_libraries.c.left_at.is_not(None)
    columns = (vandring_libraries.c.round_id, vandring_libraries.c.answer, has_left)
    query = select(*columns, func.count()).where(vandring_libraries.c.round_id.in_(round_ids))
    for round_id, answer, left, count in connection.execute(query.group_by(*columns)):
        found[round_id]["invited_count"] += count
        if answer is not None:
            found[round_id]["yes_count" if answer and not left else "no_count"] += count
    visits = (
        select(vandring_visits.c.round_id, func.count())
        .where(vandring_visits.c.round_id.in_(round_ids))
        .group_by(vandring_visits.c.round_id)
    )
    for round_id, count in connection.execute(visits):
        found[round_id]["visit_count"] = count
    return found


def invited(connection: Connection, round_id: str) -> list[Row]:
    """Who is invited, each with the library as last heard, by name."""
    query = (
        select(vandring_libraries, libraries)
        .join(libraries, libraries.c.id == vandring_libraries.c.library_id)
        .where(vandring_libraries.c.round_id == round_id)
        .order_by(libraries.c.short_name, libraries.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def invitations_of(connection: Connection, library_id: str) -> dict[str, Row]:
    """By round: the library's own invitation, with the library as last heard."""
    query = select(vandring_libraries, libraries).join(
        libraries, libraries.c.id == vandring_libraries.c.library_id
    )
    rows = connection.execute(query.where(vandring_libraries.c.library_id == library_id)).mappings()
    return {row["round_id"]: dict(row) for row in rows}


def change_library(connection: Connection, round_id: str, library_id: str, **values: Any) -> None:
    """These columns of the invitation have these values."""
    which = (vandring_libraries.c.round_id == round_id) & (vandring_libraries.c.library_id == library_id)
    connection.execute(update(vandring_libraries).where(which).values(values))


def put_visits(connection: Connection, round_id: str, rows: list[Row], gone: Iterable[str] = ()) -> None:
    """The plan has these visits beside those it has; `gone`: ids of visits that are no more."""
    connection.execute(delete(vandring_visits).where(vandring_visits.c.id.in_(sorted(gone))))
    if rows:
        empty = {"engagement_id": None, "is_waiting": False, "refusal": None, "reminders": 0}
        connection.execute(insert(vandring_visits), [{**empty, **row, "round_id": round_id} for row in rows])


def drop_plan(connection: Connection, round_id: str) -> None:
    """The round has no plan."""
    connection.execute(delete(vandring_visits).where(vandring_visits.c.round_id == round_id))


def visits(connection: Connection, round_id: str | None = None, *, visit_id: str | None = None) -> list[Row]:
    """Visits of a round, or one visit, each with its engagement's state and dates (None without one)."""
    query = select(
        vandring_visits,
        engagements.c.state.label("engagement_state"),
        engagements.c.dates,
        engagements.c.last_on.label("visited_on"),
    ).outerjoin(engagements, engagements.c.id == vandring_visits.c.engagement_id)
    if round_id is not None:
        query = query.where(vandring_visits.c.round_id == round_id)
    if visit_id is not None:
        query = query.where(vandring_visits.c.id == visit_id)
    query = query.order_by(vandring_visits.c.visitor_id, vandring_visits.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def visit_of_engagement(connection: Connection, engagement_id: str) -> Row | None:
    """The visit that the engagement is, if it is one."""
    query = select(vandring_visits).where(vandring_visits.c.engagement_id == engagement_id)
    found = connection.execute(query).mappings().first()
    return None if found is None else dict(found)


def change_visit(connection: Connection, visit_id: str, **values: Any) -> None:
    """These columns of the visit have these values."""
    connection.execute(update(vandring_visits).where(vandring_visits.c.id == visit_id).values(values))


def waiting_visits(connection: Connection, limit: int, after: str = "") -> list[str]:
    """Ids of visits that are to be proposed by themselves: those after this id, then from the beginning."""
    query = select(vandring_visits.c.id).where(vandring_visits.c.is_waiting)
    is_passed = vandring_visits.c.id <= after
    query = query.order_by(is_passed, vandring_visits.c.id)
    return list(connection.execute(query.limit(limit)).scalars())


def visits_to_remind_of(connection: Connection, before: date, reminders: int) -> list[str]:
    """Ids of visits that took place on `before` or earlier and were followed up fewer times than this."""
    query = (
        select(vandring_visits.c.id)
        .join(engagements, engagements.c.id == vandring_visits.c.engagement_id)
        .where(
            vandring_visits.c.reminders < reminders,
            engagements.c.last_on <= before,
            engagements.c.state.in_(sorted(CARRIED_OUT)),
        )
        .order_by(vandring_visits.c.id)
    )
    return list(connection.execute(query).scalars())


def has_been(
    connection: Connection, library_ids: Iterable[str], except_round: str, today: date
) -> set[tuple[str, str]]:
    """(visitor, host) where the visitor has been, or is to go in another published round.

    A visit of a round that is over counts only if it took place. So does help given at the other's place.
    """
    among = sorted(set(library_ids))
    planned = (
        select(vandring_visits.c.visitor_id, vandring_visits.c.host_id)
        .join(vandring_rounds, vandring_rounds.c.id == vandring_visits.c.round_id)
        .outerjoin(engagements, engagements.c.id == vandring_visits.c.engagement_id)
        .where(
            vandring_rounds.c.stage == "published",
            vandring_rounds.c.id != except_round,
            vandring_visits.c.visitor_id.in_(among),
            or_(vandring_rounds.c.last_on >= today, engagements.c.state.in_(sorted(CARRIED_OUT))),
        )
    )
    done = select(engagements.c.lender_library_id, engagements.c.host_library_id).where(
        engagements.c.state.in_(sorted(CARRIED_OUT)),
        engagements.c.place == "host",
        engagements.c.lender_library_id.in_(among),
        engagements.c.id.not_in(
            select(vandring_visits.c.engagement_id).where(
                vandring_visits.c.round_id == except_round, vandring_visits.c.engagement_id.is_not(None)
            )
        ),
    )
    return {(one, other) for query in (planned, done) for one, other in connection.execute(query)}


def add_swap(connection: Connection, row: Row) -> bool:
    """The wish is stored. False, and nothing is changed, when there is one with its id."""
    return add_once(connection, vandring_swaps, row)


def swap(connection: Connection, swap_id: str) -> Row | None:
    """The wish to swap."""
    return find(connection, vandring_swaps, swap_id)


def swaps(connection: Connection, round_id: str) -> list[Row]:
    """The round's wishes to swap, the oldest first."""
    query = select(vandring_swaps).where(vandring_swaps.c.round_id == round_id)
    query = query.order_by(vandring_swaps.c.asked_at, vandring_swaps.c.id)
    return [dict(row) for row in connection.execute(query).mappings()]


def asked_swaps(connection: Connection, other_id: str) -> list[Row]:
    """Wishes that wait for this library's answer, with the asker's name, the oldest first."""
    query = (
        select(vandring_swaps, libraries.c.short_name)
        .join(libraries, libraries.c.id == vandring_swaps.c.asker_id)
        .where(vandring_swaps.c.other_id == other_id, vandring_swaps.c.state == "asked")
        .order_by(vandring_swaps.c.asked_at, vandring_swaps.c.id)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def settle_swap(connection: Connection, swap_id: str, state: str) -> None:
    """The wish is accepted or declined."""
    connection.execute(update(vandring_swaps).where(vandring_swaps.c.id == swap_id).values(state=state))


def void_swaps(connection: Connection, round_id: str, library_ids: Iterable[str]) -> None:
    """Wishes that wait for an answer and concern one of these libraries are void."""
    among = sorted(set(library_ids))
    which = (vandring_swaps.c.round_id == round_id) & (vandring_swaps.c.state == "asked")
    concerned = or_(vandring_swaps.c.asker_id.in_(among), vandring_swaps.c.other_id.in_(among))
    connection.execute(update(vandring_swaps).where(which, concerned).values(state="void"))


def written_sides(connection: Connection, engagement_ids: Iterable[str]) -> dict[str, set[str]]:
    """By engagement: which sides have written a reflection."""
    query = select(reflections.c.engagement_id, reflections.c.side)
    found: dict[str, set[str]] = {}
    for engagement_id, side in connection.execute(
        query.where(reflections.c.engagement_id.in_(sorted(set(engagement_ids))))
    ):
        found.setdefault(engagement_id, set()).add(side)
    return found


def forget_colleague(connection: Connection, person_id: str) -> None:
    """No invitation names the person any more, nor any round as who began it."""
    begun = select(vandring_rounds.c.id, vandring_rounds.c.created_by).where(
        vandring_rounds.c.created_by["person_id"].as_string() == person_id
    )
    for row in connection.execute(begun).all():
        nameless = {**row.created_by, "name": None}
        connection.execute(
            update(vandring_rounds).where(vandring_rounds.c.id == row.id).values(created_by=nameless)
        )
    which = vandring_libraries.c.colleague_id == person_id
    connection.execute(update(vandring_libraries).where(which).values(colleague_id=None))
