"""Libraries are reminded of what they have promised: once before the day, and once when it has passed."""

from datetime import date

from byttebank.storage.work import Work
from services.ledger.domain.promises import is_near
from services.ledger.operations.promises import open_promises
from services.ledger.storage.promise_reminders import remind_once


def remind_of_promises(work: Work) -> int:
    """`PromiseDue` is told of each promise that is near its day or past it, once for each date.

    A promise without a date is due at its horizon. One that is dated anew is told of anew. Answers how many.
    """
    told = 0
    for promise in open_promises(work):
        due_on = date.fromisoformat(promise["dated_on"] or promise["horizon_on"])
        is_late = promise["is_late"]
        if not is_late and not is_near(due_on, work.today):
            continue
        if not remind_once(work.connection, promise["id"], due_on, work.now, is_late=is_late):
            continue
        body = {
            "promise_id": promise["id"],
            "library_id": promise["library_id"],
            "half_days": promise["open_half_days"],
            "due_on": due_on.isoformat(),
            "is_late": is_late,
        }
        work.emit("PromiseDue", body)
        told += 1
    return told
