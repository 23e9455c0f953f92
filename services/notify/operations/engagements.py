"""What an engagement's new state means for people: who is told now, and what they are reminded of later."""

from typing import Any
from zoneinfo import ZoneInfo

from byttebank.storage.work import TIME_ZONE, Work
from services.notify.domain import reminders as planning
from services.notify.domain.engagement import Engagement, engagement_from, kept
from services.notify.domain.telling import reminder_tellings, tellings
from services.notify.operations.telling import tell
from services.notify.storage import copies, notices


def engagement_changed(work: Work, body: dict[str, Any], public_url: str) -> None:
    """Everyone of this county who must know is told, once; reminders are planned for the state as it is.

    A version older than the newest one known changes nothing: what it would ask is answered already.
    """
    document = kept(body)
    engagement = engagement_from(document)
    version, known = copies.take_engagement(work.connection, engagement.id)
    if engagement.version < version:
        return
    copies.write_engagement(work.connection, document)
    tell(work, engagement, tellings(engagement, known["state"] if known else None), public_url)
    _plan(work, engagement)


def due_reminders(work: Work, limit: int = 100) -> list[tuple[str, str]]:
    """(engagement, key) of the reminders to tell now, each with `tell_reminder`."""
    return notices.due_reminders(work.connection, work.now, limit)


def tell_reminder(work: Work, engagement_id: str, key: str, public_url: str) -> int:
    """The reminder is done: told, or dropped because it came too late to be true. Answers new notices."""
    _, known = copies.take_engagement(work.connection, engagement_id)
    if not notices.finish_reminder(work.connection, engagement_id, key, work.now) or known is None:
        return 0
    engagement = engagement_from(known)
    if not planning.is_timely(key, engagement, work.today):
        return 0
    return tell(work, engagement, reminder_tellings(engagement, key), public_url)


def _plan(work: Work, engagement: Engagement) -> None:
    county = copies.find_county(work.connection, work.county)
    zone = ZoneInfo((county and county["time_zone"]) or TIME_ZONE)
    wanted = {reminder.key: reminder for reminder in planning.reminders(engagement, zone)}
    planned = notices.planned_reminders(work.connection, engagement.id)
    for key, is_done in planned.items():
        if not is_done and key not in wanted:
            notices.drop_reminder(work.connection, engagement.id, key)
    for key, reminder in wanted.items():
        if key not in planned and not planning.is_planned_late(reminder, work.now):
            notices.plan_reminder(work.connection, engagement.id, key, reminder.due_at)
        elif planned.get(key) is False:
            notices.move_reminder(work.connection, engagement.id, key, reminder.due_at)
