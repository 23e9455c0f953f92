"""Mails on their way out: claimed, handed to a channel by the shell, and what came of it written down."""

from dataclasses import asdict, fields
from typing import Any

from byttebank.clock import format_time
from byttebank.contracts.refusals import NotFound
from byttebank.storage.work import Work
from services.notify.domain.delivery import Delivered, Outcome, OutgoingMail, Refused
from services.notify.domain.retry import LEASE, is_given_up, next_attempt_at
from services.notify.operations.notices import checked_limit
from services.notify.storage import mails


def claim_mails(work: Work, limit: int = 20) -> list[OutgoingMail]:
    """Mails to hand to the channel now, the longest waiting first. Nobody else gets them for ten minutes.

    Whoever dies with a claimed mail leaves it to be claimed again: it is sent at least once, and a second
    copy has the same Message-ID.
    """
    rows = mails.due_mails(work.connection, work.now, limit)
    mails.lease(work.connection, [row["id"] for row in rows], work.now + LEASE)
    names = [field.name for field in fields(OutgoingMail)]
    return [OutgoingMail(**{name: row[name] for name in names}) for row in rows]


def record_outcome(work: Work, mail_id: str, outcome: Outcome, *, keeps_links: bool = True) -> None:
    """The mail is sent, waits for its next try, or after too many refusals is laid aside as failed.

    Without `keeps_links` a letter with somebody's own link is emptied once it is sent: who reads the database
    must not be able to come in by it.
    """
    row = mails.take_mail(work.connection, mail_id)
    if row is None:
        return
    if isinstance(outcome, Delivered):
        sent: dict[str, Any] = {"sent_at": work.now, "last_error": None}
        if not keeps_links and mails.is_about(work.connection, row["notice_id"], "invitation"):
            sent.update(text="", html="")
        mails.change_mail(work.connection, mail_id, sent)
        return
    is_refused = isinstance(outcome, Refused)
    refusals = row["refusals"] + is_refused
    changes: dict[str, Any] = {
        "refusals": refusals,
        "last_error": outcome.reason,
        "next_attempt_at": next_attempt_at(work.now, row["attempts"], is_refused=is_refused),
    }
    if is_given_up(refusals):
        changes["failed_at"] = work.now
    mails.change_mail(work.connection, mail_id, changes)


def mailbox(work: Work, limit: int, *, is_demo: bool) -> list[dict[str, Any]]:
    """`Mail`s as they were written, newest first. Refuses: `NotFound` outside the demonstration."""
    if not is_demo:
        raise NotFound(kind="mailbox", id=work.county)
    return mails.list_mails(work.connection, checked_limit(limit))


def mail_backlog(work: Work) -> dict[str, Any]:
    """`{waiting, failed, oldest_queued_at}`: mails that have not reached anybody."""
    found = asdict(mails.count_backlog(work.connection))
    oldest = found["oldest_queued_at"]
    return {**found, "oldest_queued_at": format_time(oldest) if oldest else None}


def resend_failed(work: Work) -> int:
    """Every mail that was laid aside is tried again from the beginning. Answers how many."""
    return mails.revive_failed(work.connection, work.now)
