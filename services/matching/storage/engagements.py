"""Engagements as rows: read, locked, written whole."""

from dataclasses import fields
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, Text, cast, delete, insert, or_, select, update

from byttebank.clock import format_time, parse_time
from services.matching.domain.engagement import By, Engagement, Line, Move, due_on
from services.matching.domain.proposal import add_up, takes_time
from services.matching.storage.rows import Row, add_once
from services.matching.storage.tables import early_answers, engagements

FIELDS = tuple(field.name for field in fields(Engagement))


def find(connection: Connection, engagement_id: str) -> Engagement | None:
    """The engagement, to read."""
    return _one(connection, select(engagements).where(engagements.c.id == engagement_id))


def take(connection: Connection, engagement_id: str) -> Engagement | None:
    """The engagement, locked until the transaction ends, with all that share its colleague or request.

    Locks are taken in the order of ids, so that two who need the same rows wait and never deadlock.
    """
    found = find(connection, engagement_id)
    if found is None:
        return None
    lock_related(connection, found.colleague_id, found.request_id)
    return find(connection, engagement_id)


def lock_related(connection: Connection, colleague_id: str, request_id: str | None) -> None:
    """All engagements of the colleague and of the request are locked until the transaction ends."""
    query = select(engagements.c.id).where(_is_related(colleague_id, request_id))
    connection.execute(query.order_by(engagements.c.id).with_for_update()).all()


def of_request(connection: Connection, request_id: str, *, except_id: str) -> list[Engagement]:
    """The request's other engagements, by id."""
    query = select(engagements).where(engagements.c.request_id == request_id)
    return _many(connection, query.where(engagements.c.id != except_id).order_by(engagements.c.id))


def instead_of(connection: Connection, engagement_id: str) -> list[Engagement]:
    """Those who were asked instead of the engagement's colleague, in the order they were asked."""
    query = select(engagements).where(engagements.c.replaces == engagement_id)
    return sorted(_many(connection, query), key=lambda one: (one.history[0].at, one.id))


def of_person(connection: Connection, person_id: str) -> list[Engagement]:
    """Engagements whose colleague, host contact or history the person is part of, locked, by id."""
    named = or_(
        engagements.c.colleague_id == person_id,
        engagements.c.host_contact_id == person_id,
        cast(engagements.c.history, Text).contains(person_id, autoescape=True),
    )
    return _many(connection, select(engagements).where(named).order_by(engagements.c.id).with_for_update())


def forget_names(connection: Connection, engagement: Engagement) -> None:
    """The engagement is stored with the names and words it has now; nothing else of it changes, nor when
    silence has its effect.
    """
    row = _to_row(engagement, is_home=False)
    names = ("colleague_name", "host_contact_name", "own_words", "history")
    of_engagement = engagements.c.id == engagement.id
    connection.execute(update(engagements).where(of_engagement).values({name: row[name] for name in names}))
    of_early = early_answers.c.engagement_id == engagement.id
    connection.execute(update(early_answers).where(of_early).values(detached={}))


def of_library(connection: Connection, library_id: str, state: str | None) -> list[Engagement]:
    """Engagements in which the library takes part, in one state or all, by id."""
    query = select(engagements).where(
        or_(engagements.c.host_library_id == library_id, engagements.c.lender_library_id == library_id)
    )
    if state is not None:
        query = query.where(engagements.c.state == state)
    return _many(connection, query.order_by(engagements.c.id))


def in_state(connection: Connection, state: str) -> list[Engagement]:
    """Every engagement in the state, by id."""
    return _many(
        connection, select(engagements).where(engagements.c.state == state).order_by(engagements.c.id)
    )


def taken(
    connection: Connection, since: date, *, colleague_id: str | None = None, except_id: str | None = None
) -> dict[str, dict[date, int]]:
    """Half-days by colleague and date, of engagements that take time and are not over on a day."""
    columns = (engagements.c.colleague_id, engagements.c.half_days, engagements.c.dates)
    query = select(*columns).where(engagements.c.takes_time, engagements.c.last_on >= since)
    if colleague_id is not None:
        query = query.where(engagements.c.colleague_id == colleague_id)
    if except_id is not None:
        query = query.where(engagements.c.id != except_id)
    parts: dict[str, list[tuple[int, list[date]]]] = {}
    for row in connection.execute(query):
        dates = list(map(date.fromisoformat, row.dates))
        parts.setdefault(row.colleague_id, []).append((row.half_days, dates))
    return {colleague: add_up(found) for colleague, found in parts.items()}


def due_ids(connection: Connection, today: date, limit: int) -> list[str]:
    """Ids of engagements for which a silence has its effect today, the longest waiting first."""
    query = select(engagements.c.id).where(engagements.c.due_on <= today)
    return list(
        connection.execute(query.order_by(engagements.c.due_on, engagements.c.id).limit(limit)).scalars()
    )


def add(connection: Connection, engagement: Engagement, *, is_home: bool) -> bool:
    """The new engagement is stored. False, and nothing is changed, when somebody has just used its id."""
    return add_once(connection, engagements, _to_row(engagement, is_home))


def write(connection: Connection, engagement: Engagement, *, is_home: bool) -> None:
    """The engagement is stored whole, whether it was there or not. `is_home`: time has effects here."""
    row = _to_row(engagement, is_home)
    done = connection.execute(update(engagements).where(engagements.c.id == engagement.id).values(row))
    if done.rowcount == 0:
        connection.execute(insert(engagements).values(row))


def keep_early_answer(connection: Connection, row: Row) -> None:
    """The answer waits for its proposal."""
    connection.execute(insert(early_answers).values(row))


def take_early_answers(connection: Connection, engagement_id: str, peer: str) -> list[Row]:
    """The answers of a peer that waited for a proposal, in the order they came; they wait no longer."""
    which = (early_answers.c.engagement_id == engagement_id) & (early_answers.c.peer == peer)
    rows = connection.execute(select(early_answers).where(which).order_by(early_answers.c.id)).mappings()
    found = [dict(row) for row in rows]
    connection.execute(delete(early_answers).where(which))
    return found


def _is_related(colleague_id: str, request_id: str | None) -> Any:
    is_of_colleague = engagements.c.colleague_id == colleague_id
    if request_id is None:
        return is_of_colleague
    return or_(is_of_colleague, engagements.c.request_id == request_id)


def _one(connection: Connection, query: Select[Any]) -> Engagement | None:
    found = _many(connection, query)
    return found[0] if found else None


def _many(connection: Connection, query: Select[Any]) -> list[Engagement]:
    return [_from_row(row) for row in connection.execute(query).mappings()]


def _to_row(engagement: Engagement, is_home: bool) -> Row:
    row: Row = {name: getattr(engagement, name) for name in FIELDS}
    row["due_on"] = due_on(engagement) if is_home else None
    row["dates"] = [day.isoformat() for day in engagement.dates]
    row["last_on"] = engagement.last_on
    row["takes_time"] = takes_time(engagement)
    row["consents"] = {role: format_time(at) for role, at in engagement.consents.items()}
    row["happened"] = dict(engagement.happened)
    row["refusal"] = None if engagement.refusal is None else dict(engagement.refusal)
    row["move"] = None if engagement.move is None else _move_row(engagement.move)
    row["history"] = [
        {"at": format_time(line.at), "what": line.what, **vars(line.by)} for line in engagement.history
    ]
    return row


def _from_row(row: Any) -> Engagement:
    values = {name: row[name] for name in FIELDS}
    values["dates"] = tuple(map(date.fromisoformat, row["dates"]))
    values["consents"] = {role: parse_time(at) for role, at in row["consents"].items()}
    values["move"] = None if row["move"] is None else _move(row["move"])
    values["history"] = tuple(
        Line(
            parse_time(line["at"]),
            line["what"],
            By(line["library_id"], line["person_id"], line["name"], line["role"]),
        )
        for line in row["history"]
    )
    return Engagement(**values)


def _move_row(move: Move) -> Row:
    return {
        "dates": [day.isoformat() for day in move.dates],
        "asked_by": move.asked_by,
        "consents": {role: format_time(at) for role, at in move.consents.items()},
    }


def _move(row: Row) -> Move:
    consents = {role: parse_time(at) for role, at in row["consents"].items()}
    return Move(tuple(map(date.fromisoformat, row["dates"])), row["asked_by"], consents)
