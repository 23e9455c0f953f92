"""Which library was reminded of which promise."""

from datetime import date, datetime

from sqlalchemy import Boolean, Column, Connection, Date, String, Table

from byttebank.storage.columns import UtcTime
from services.ledger.storage.tables import insert_into, metadata

promise_reminders = Table(
    "promise_reminders",
    metadata,
    Column("promise_id", String(36), primary_key=True),
    Column("due_on", Date, primary_key=True),
    Column("is_late", Boolean, primary_key=True),
    Column("told_at", UtcTime, nullable=False),
)


def remind_once(
    connection: Connection, promise_id: str, due_on: date, now: datetime, *, is_late: bool
) -> bool:
    """The reminder is told. False when it was told for this date before."""
    values = {"promise_id": promise_id, "due_on": due_on, "is_late": is_late, "told_at": now}
    told = insert_into(connection, promise_reminders).values(values).on_conflict_do_nothing()
    return connection.execute(told).rowcount == 1
