"""How rounds stand, for those who watch the node."""

import json
from collections.abc import Iterable
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from byttebank.clock import parse_time
from services.matching.storage.round_tables import joint_documents, rounds
from services.matching.storage.rows import Row
from services.matching.storage.vandring_tables import vandring_rounds, vandring_visits

COLUMNS = ("id", "stage", "coordinator", "created_at", "started_at", "ended_at", "published_at")


def at_work(connection: Connection, stages: Iterable[str]) -> list[Row]:
    """Rounds in these stages, when they were begun and who invited; without what they are computed from."""
    columns = [rounds.c[name] for name in COLUMNS]
    rows = connection.execute(select(*columns).where(rounds.c.stage.in_(sorted(stages)))).mappings()
    return [dict(row) for row in rows]


def newest_computed(connection: Connection) -> Row | None:
    """The round whose computation began last: its stage, times, progress and result."""
    columns = [rounds.c[name] for name in (*COLUMNS, "progress", "result")]
    query = select(*columns).where(rounds.c.started_at.is_not(None))
    row = connection.execute(query.order_by(rounds.c.started_at.desc()).limit(1)).mappings().first()
    return None if row is None else dict(row)


def count_interrupted(connection: Connection, today: date) -> int:
    """Rounds whose computation was lost and some of whose days are still to come."""
    query = select(func.count()).where(rounds.c.stage == "interrupted", rounds.c.last_on >= today)
    return connection.execute(query).scalar_one()


def deadlines(connection: Connection, round_id: str, coordinator: str) -> dict[str, datetime]:
    """`answer_by_at` and `agree_by_at` as the coordinator has set them; empty without its invitation."""
    query = select(joint_documents.c.body).where(
        joint_documents.c.round_id == round_id,
        joint_documents.c.kind == "INVITE",
        joint_documents.c.signer == coordinator,
    )
    text = connection.execute(query.order_by(joint_documents.c.number).limit(1)).scalar_one_or_none()
    said = json.loads(text) if text else {}
    return {name: parse_time(said[name]) for name in ("answer_by_at", "agree_by_at") if name in said}


def count_vandring(connection: Connection, stages: Iterable[str]) -> int:
    """Vandring rounds in these stages."""
    query = select(func.count()).where(vandring_rounds.c.stage.in_(sorted(stages)))
    return connection.execute(query).scalar_one()


def count_waiting_visits(connection: Connection) -> int:
    """Visits that are to be proposed by themselves and are not yet."""
    return connection.execute(select(func.count()).where(vandring_visits.c.is_waiting)).scalar_one()
