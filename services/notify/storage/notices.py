"""Notices and reminders: what was told, and what will be."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from byttebank.clock import format_time
from services.notify.storage.tables import notices, reminders

Document = dict[str, Any]


def add_notice(connection: Connection, notice: dict[str, Any]) -> bool:
    """Keep a notice. False when this recipient was told the same on the same occasion before."""
    values = {
        **notice,
        "recipient": notice["person_id"] or notice["library_id"],
        "parameters": json.dumps(notice["parameters"], ensure_ascii=False),
    }
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return connection.execute(dialect.insert(notices).values(values).on_conflict_do_nothing()).rowcount == 1


def list_notices(
    connection: Connection, library_id: str, person_id: str | None, limit: int
) -> list[Document]:
    """`Notice`s for the library, and for the person there if one is named, newest first."""
    to_whom: ColumnElement[bool] = notices.c.person_id.is_(None)
    if person_id is not None:
        to_whom = or_(to_whom, notices.c.person_id == person_id)
    query = (
        select(notices)
        .where(notices.c.library_id == library_id, to_whom)
        .order_by(notices.c.created_at.desc(), notices.c.id.desc())
        .limit(limit)
    )
    return [_notice(row) for row in connection.execute(query).mappings()]


def notices_of_person(connection: Connection, person_id: str) -> list[Document]:
    """`Notice`s for the person alone, newest first."""
    query = select(notices).where(notices.c.person_id == person_id)
    rows = connection.execute(query.order_by(notices.c.created_at.desc(), notices.c.id.desc()))
    return [_notice(row) for row in rows.mappings()]


def find_notice(connection: Connection, notice_id: str) -> Document | None:
    """The `Notice`, or None."""
    row = connection.execute(select(notices).where(notices.c.id == notice_id)).mappings().first()
    return _notice(row) if row else None


def mark_read(connection: Connection, notice_id: str, now: datetime) -> None:
    """The notice is read; the first time counts."""
    unread = (notices.c.id == notice_id) & notices.c.read_at.is_(None)
    connection.execute(update(notices).where(unread).values(read_at=now))


def planned_reminders(connection: Connection, engagement_id: str) -> dict[str, bool]:
    """The engagement's reminders by key, and whether each is done."""
    query = select(reminders.c.key, reminders.c.done_at).where(reminders.c.engagement_id == engagement_id)
    return {key: done_at is not None for key, done_at in connection.execute(query).all()}


def plan_reminder(connection: Connection, engagement_id: str, key: str, due_at: datetime) -> None:
    """The reminder is due then. Only for a key that is not planned yet."""
    connection.execute(insert(reminders).values(engagement_id=engagement_id, key=key, due_at=due_at))


def move_reminder(connection: Connection, engagement_id: str, key: str, due_at: datetime) -> None:
    """The planned reminder is due then instead."""
    connection.execute(update(reminders).where(_is(engagement_id, key)).values(due_at=due_at))


def drop_reminder(connection: Connection, engagement_id: str, key: str) -> None:
    """The reminder is not planned any more."""
    connection.execute(delete(reminders).where(_is(engagement_id, key)))


def finish_reminder(connection: Connection, engagement_id: str, key: str, now: datetime) -> bool:
    """The reminder is done. False when it was done, dropped or moved to a later time in the meantime."""
    is_due = reminders.c.done_at.is_(None) & (reminders.c.due_at <= now)
    changed = update(reminders).where(_is(engagement_id, key), is_due).values(done_at=now)
    return connection.execute(changed).rowcount == 1


def due_reminders(connection: Connection, now: datetime, limit: int) -> list[tuple[str, str]]:
    """(engagement, key) of reminders whose time has come, oldest first."""
    query = (
        select(reminders.c.engagement_id, reminders.c.key)
        .where(reminders.c.done_at.is_(None), reminders.c.due_at <= now)
        .order_by(reminders.c.due_at, reminders.c.engagement_id, reminders.c.key)
        .limit(limit)
    )
    return [(engagement_id, key) for engagement_id, key in connection.execute(query).all()]


def _is(engagement_id: str, key: str) -> Any:
    return (reminders.c.engagement_id == engagement_id) & (reminders.c.key == key)


def _notice(row: Any) -> Document:
    return {
        "id": row["id"],
        "at": format_time(row["created_at"]),
        "library_id": row["library_id"],
        "person_id": row["person_id"],
        "key": row["key"],
        "parameters": json.loads(row["parameters"]),
        "engagement_id": row["engagement_id"] if row["about"] == "engagement" else None,
        "read_at": format_time(row["read_at"]) if row["read_at"] else None,
    }
