"""Time passes: proposals expire, one yes is believed, and days nobody answered for are free again."""

from byttebank.storage.work import Work
from services.matching.domain.acts import TimePassed
from services.matching.domain.transitions import act_on
from services.matching.operations.recording import take, when
from services.matching.operations.replacing import record
from services.matching.storage import engagements


def due(work: Work, limit: int = 100) -> list[str]:
    """Ids of engagements for which a silence has its effect today, the longest waiting first."""
    return engagements.due_ids(work.connection, work.today, limit)


def pass_time(work: Work, engagement_id: str) -> None:
    """The silence has had its effect, if it is still silent. Refuses: NotFound."""
    engagement = take(work, engagement_id)
    record(work, engagement, act_on(engagement, TimePassed(), when(work)))
