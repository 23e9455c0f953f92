"""When people are reminded of an engagement, and when a late reminder is no use any more."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from services.notify.domain.engagement import Engagement

MORNING = time(8, 0)
AFTER_WORK = time(15, 0)


@dataclass(frozen=True)
class Reminder:
    """A notice of this key is due at this moment."""

    key: str
    due_at: datetime


def reminders(engagement: Engagement, zone: tzinfo) -> tuple[Reminder, ...]:
    """What the engagement will have people reminded of, as it stands now; `zone` is the node's.

    Proposed: the morning before the answer is due. Agreed: the mornings a week and a day before the first
    day, and after work on the last one. In every other state nothing.
    """
    planned: list[tuple[str, date, time]] = []
    if engagement.state == "proposed" and engagement.reply_by_on is not None:
        planned.append(("proposal_reminder", engagement.reply_by_on - timedelta(days=1), MORNING))
    if engagement.state == "agreed":
        planned.append(("reminder_7", engagement.first_on - timedelta(days=7), MORNING))
        planned.append(("reminder_1", engagement.first_on - timedelta(days=1), MORNING))
        planned.append(("did_it_happen", engagement.last_on, AFTER_WORK))
    return tuple(
        Reminder(key, datetime.combine(day, hour, tzinfo=zone).astimezone(UTC)) for key, day, hour in planned
    )


def is_planned_late(reminder: Reminder, now: datetime) -> bool:
    """Whether a reminder came into being after its time, so that it would only repeat fresh news.

    The question whether it happened is asked however late.
    """
    return reminder.due_at <= now and reminder.key != "did_it_happen"


def is_timely(key: str, engagement: Engagement, today: date) -> bool:
    """Whether a due reminder still says something true: a node may have been down when it was due."""
    if key == "proposal_reminder":
        return (
            engagement.state == "proposed"
            and engagement.reply_by_on is not None
            and today <= engagement.reply_by_on
        )
    if engagement.state != "agreed":
        return False
    days_left = (engagement.first_on - today).days
    if key == "reminder_7":
        return 6 <= days_left <= 7
    if key == "reminder_1":
        return days_left == 1
    return key == "did_it_happen"
