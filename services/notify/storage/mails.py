"""The mail outbox: written with the notice, claimed by whoever sends, kept until its reader is erased."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from byttebank.clock import format_time
from services.notify.storage.tables import mail_outbox, notices

Document = dict[str, Any]


@dataclass(frozen=True)
class Backlog:
    """Mails that have not reached anybody: waiting, or laid aside for good."""

    waiting: int
    failed: int
    oldest_queued_at: datetime | None


def queue_mail(connection: Connection, mail: dict[str, Any]) -> None:
    """The mail is sent after this transaction commits, at least once."""
    connection.execute(insert(mail_outbox).values(attempts=0, refusals=0, **mail))


def erase_person(connection: Connection, person_id: str) -> None:
    """No mail to the person is kept or sent, and no notice that was hers alone."""
    connection.execute(delete(mail_outbox).where(mail_outbox.c.person_id == person_id))
    connection.execute(delete(notices).where(notices.c.person_id == person_id))


def due_mails(connection: Connection, now: datetime, limit: int) -> list[dict[str, Any]]:
    """Mails to try now, the longest waiting first; locked on PostgreSQL."""
    query = (
        select(mail_outbox)
        .where(_is_waiting(), mail_outbox.c.next_attempt_at <= now)
        .order_by(mail_outbox.c.next_attempt_at, mail_outbox.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def lease(connection: Connection, mail_ids: Collection[str], until: datetime) -> None:
    """Nobody else tries these mails before then. Each has one more attempt."""
    if not mail_ids:
        return
    connection.execute(
        update(mail_outbox)
        .where(mail_outbox.c.id.in_(mail_ids))
        .values(next_attempt_at=until, attempts=mail_outbox.c.attempts + 1)
    )


def take_mail(connection: Connection, mail_id: str) -> dict[str, Any] | None:
    """The mail while it waits, None once it is sent or failed; nobody else has it until commit."""
    query = select(mail_outbox).where(mail_outbox.c.id == mail_id, _is_waiting())
    row = connection.execute(query.with_for_update()).mappings().first()
    return dict(row) if row else None


def is_about(connection: Connection, notice_id: str, about: str) -> bool:
    """Whether the notice a mail tells of is about such a thing."""
    query = select(notices.c.id).where(notices.c.id == notice_id, notices.c.about == about)
    return connection.execute(query).first() is not None


def change_mail(connection: Connection, mail_id: str, changes: dict[str, Any]) -> None:
    """These columns of the mail are as given."""
    connection.execute(update(mail_outbox).where(mail_outbox.c.id == mail_id).values(changes))


def revive_failed(connection: Connection, now: datetime) -> int:
    """Every mail that was laid aside waits again, as if it had never been refused; answers how many."""
    changes = {"failed_at": None, "refusals": 0, "attempts": 0, "next_attempt_at": now}
    query = update(mail_outbox).where(mail_outbox.c.failed_at.is_not(None)).values(changes)
    return connection.execute(query).rowcount


def list_mails(connection: Connection, limit: int) -> list[Document]:
    """`Mail`s, newest first."""
    return _mails(connection, select(mail_outbox).limit(limit))


def mails_of_person(connection: Connection, person_id: str) -> list[Document]:
    """`Mail`s to the person, newest first."""
    return _mails(connection, select(mail_outbox).where(mail_outbox.c.person_id == person_id))


def _mails(connection: Connection, query: Select[Any]) -> list[Document]:
    rows = connection.execute(query.order_by(mail_outbox.c.queued_at.desc(), mail_outbox.c.id.desc()))
    return [
        {
            "id": row["id"],
            "created_at": format_time(row["queued_at"]),
            "sent_at": format_time(row["sent_at"]) if row["sent_at"] else None,
            "to": row["to_address"],
            "subject": row["subject"],
            "text": row["text"],
            "html": row["html"],
            "language": row["language"],
        }
        for row in rows.mappings()
    ]


def count_backlog(connection: Connection) -> Backlog:
    """How many mails wait, since when, and how many were laid aside."""
    waiting, oldest = connection.execute(
        select(func.count(), func.min(mail_outbox.c.queued_at)).where(_is_waiting())
    ).one()
    failed = connection.execute(
        select(func.count()).select_from(mail_outbox).where(mail_outbox.c.failed_at.is_not(None))
    ).scalar_one()
    return Backlog(waiting, failed, oldest)


def _is_waiting() -> Any:
    return mail_outbox.c.sent_at.is_(None) & mail_outbox.c.failed_at.is_(None)
