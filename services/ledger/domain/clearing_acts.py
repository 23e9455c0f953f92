"""What a county has to do next in a clearing round, given the documents it has and the time.

The reasons for the order are in `services.ledger.domain.clearing`.
"""

from datetime import datetime, timedelta
from enum import Enum

from services.ledger.domain.clearing import Round

CLOSE_AFTER = timedelta(days=3)
"""How long after the last hour for accepts a county that hears nothing asks by itself to close the round."""
OPEN = frozenset({"stated", "accepted", "closing"})
"""The stages in which positions are reserved."""


class Act(Enum):
    """What the county has to do next."""

    STATE = "state"
    """Sign POSITION; the positions are reserved."""
    CHOOSE = "choose"
    """As coordinator: sign INPUT with the positions that have come."""
    ACCEPT = "accept"
    COMMIT = "commit"
    ABORT_EMPTY = "abort_empty"
    ABORT_LATE = "abort_late"
    LEAVE = "leave"
    """Nothing of ours is or will be in the result; what is reserved is free again."""
    APPLY = "apply"
    """Post our legs of the result."""
    ABANDON = "abandon"
    """The coordinator has given up; what is reserved is free again."""
    CLOSE = "close"
    """Sign CLOSE."""
    END = "end"
    """All have signed CLOSE; what is reserved is free again."""


LONGEST = timedelta(days=14)
"""No county lets its positions be reserved for longer before it has accepted anything."""
ENDS = {Act.LEAVE: "left", Act.APPLY: "applied", Act.ABANDON: "aborted", Act.END: "closed"}
"""The stage after an act that frees what is reserved."""


def next_act(round_: Round, now: datetime, *, is_free: bool) -> Act | None:
    """The next thing for the county to do, if any. To be asked again after each.

    `is_free`: the county knows everybody's keys and takes part in no other round that is open.
    """
    if round_.proposal is None or round_.stage in ("applied", "closed"):
        return None
    ending = _ending(round_)
    if ending is not None:
        return ending
    if round_.stage == "heard" and is_free and _is_asked(round_, now):
        return Act.STATE
    if round_.stage == "stated":
        return _judge(round_, now) or _coordinate(round_, now)
    return _coordinate(round_, now) or _patience(round_, now)


def may_close(round_: Round, now: datetime) -> bool:
    """Whether this county may sign CLOSE: it has a vote, has posted nothing, and the last hour has passed."""
    return (
        round_.stage not in ("applied", "closed")
        and round_.county in round_.voters
        and now >= round_.deadline("accept_by_at")
        and round_.find("CLOSE", round_.county) is None
        and not round_.is_committed
    )


def _is_asked(round_: Round, now: datetime) -> bool:
    """Whether a POSITION is wanted of us, and in time."""
    is_late = round_.find("INPUT", round_.coordinator) or round_.find("ABORT", round_.coordinator)
    return (
        round_.find("POSITION", round_.county) is None
        and not is_late
        and now < round_.deadline("answer_by_at")
        and round_.deadline("accept_by_at") - now <= LONGEST
    )


def _ending(round_: Round) -> Act | None:
    if round_.is_committed and round_.county in round_.bound:
        if round_.is_applied_by_another:
            return Act.APPLY
        if round_.county != round_.coordinator and round_.find("CLOSE", round_.county) is None:
            return Act.APPLY
    if round_.stage in OPEN and round_.is_closed_by_all:
        return Act.END
    is_given_up = round_.find("ABORT", round_.coordinator) and not round_.find("COMMIT", round_.coordinator)
    return Act.ABANDON if round_.stage in OPEN and is_given_up else None


def _judge(round_: Round, now: datetime) -> Act | None:
    """Whether to accept what the coordinator has put together."""
    own = round_.find("POSITION", round_.county)
    if round_.chosen is not None and own is not None:
        is_ours = round_.chosen.body["positions"].get(round_.county) == own.body_hash
        if is_ours and round_.county in round_.bound and now < round_.deadline("accept_by_at"):
            return Act.ACCEPT
        return Act.LEAVE
    return Act.LEAVE if now >= round_.deadline("accept_by_at") else None


def _coordinate(round_: Round, now: datetime) -> Act | None:
    """What the coordinator owes the others."""
    if round_.county != round_.coordinator or round_.find("ABORT", round_.county):
        return None
    if round_.find("INPUT", round_.county) is None:
        is_complete = set(round_.counties) <= set(round_.positions)
        return Act.CHOOSE if is_complete or now >= round_.deadline("answer_by_at") else None
    if round_.find("COMMIT", round_.county):
        return None
    if not round_.bound:
        return Act.ABORT_EMPTY
    if set(round_.bound) <= set(round_.agreeing("ACCEPT")):
        return Act.COMMIT
    return Act.ABORT_LATE if now >= round_.deadline("accept_by_at") else None


def _patience(round_: Round, now: datetime) -> Act | None:
    """After the last hour a county joins those who want to close; who has accepted begins after some days."""
    has_waited = round_.stage == "accepted" and now >= round_.deadline("accept_by_at") + CLOSE_AFTER
    return Act.CLOSE if may_close(round_, now) and (round_.closers or has_waited) else None
