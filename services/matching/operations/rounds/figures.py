"""How the county's rounds stand, for those who watch the node."""

from datetime import datetime
from typing import Any

from byttebank.storage.work import Work
from services.matching.domain.proposal import FULL_DAY
from services.matching.domain.round import AT_WORK, AWAITING
from services.matching.storage import round_figures
from services.matching.storage.rows import Row

Document = dict[str, Any]
OPEN_VANDRING = ("inviting", "planned")


def measured_rounds(work: Work) -> Document:
    """What the gauges show.

    `open_rounds`: by kind, those in which something is still to happen before anything is sent or told.
    `oldest_seconds`: how long what this node does by itself has taken, by kind. `overdue_seconds`: how long
    other counties' answers have been missing beyond the time they had. `is_running`, `seconds`,
    `served_half_days` and `bound_half_days`: of the computation that runs, or was the last. `interrupted`:
    lost, and to be begun again by a person. `waiting_visits`: visits that could not be proposed yet.
    """
    rows = round_figures.at_work(work.connection, AT_WORK)
    joint = [row for row in rows if row["coordinator"] is not None]
    own = [row for row in rows if row["coordinator"] is None]
    by_ourselves = [row for row in joint if row["stage"] not in AWAITING]
    return {
        "open_rounds": {
            "own": len(own),
            "joint": len(joint),
            "vandring": round_figures.count_vandring(work.connection, OPEN_VANDRING),
        },
        "oldest_seconds": {
            "own": max((_seconds(work, _since(row)) for row in own), default=0.0),
            "joint": max((_seconds(work, _since(row)) for row in by_ourselves), default=0.0),
        },
        "overdue_seconds": max((_overdue(work, row) for row in joint), default=0.0),
        "interrupted": round_figures.count_interrupted(work.connection, work.today),
        "waiting_visits": round_figures.count_waiting_visits(work.connection),
        **_computation(work),
    }


def _since(row: Row) -> datetime:
    """When the step under way began."""
    moments = {"publishing": row["published_at"], "computing": row["started_at"]}
    began: datetime = moments.get(row["stage"]) or row["created_at"]
    return began


def _overdue(work: Work, row: Row) -> float:
    deadlines = round_figures.deadlines(work.connection, row["id"], row["coordinator"])
    awaited = {"gathering": "answer_by_at", "collecting": "answer_by_at", "comparing": "agree_by_at"}
    until = deadlines.get(awaited.get(row["stage"], ""))
    return 0.0 if until is None else _seconds(work, until)


def _computation(work: Work) -> Document:
    row = round_figures.newest_computed(work.connection)
    if row is None:
        return {"is_running": False, "seconds": 0.0, "served_half_days": 0, "bound_half_days": 0}
    is_running = row["stage"] == "computing"
    found = (row["progress"] if is_running else row["result"]) or {}
    ended_at = work.now if is_running else row["ended_at"]
    return {
        "is_running": is_running,
        "seconds": 0.0 if ended_at is None else max(0.0, (ended_at - row["started_at"]).total_seconds()),
        "served_half_days": _half_days(found, "half_days_served", "days_served"),
        "bound_half_days": _half_days(found, "half_days_bound", "bound"),
    }


def _half_days(found: Document, name: str, days: str) -> int:
    """Whole days are rounded down where there are half-days, and are all that a round of before knows."""
    half_days = found.get(name)
    return int(FULL_DAY * (found.get(days) or 0) if half_days is None else half_days)


def _seconds(work: Work, since: datetime) -> float:
    return max(0.0, (work.now - since).total_seconds())
