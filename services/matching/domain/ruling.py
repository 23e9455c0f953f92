"""The county's ruling on a disagreement: it happened, or it did not; and what becomes of the days.

Where the days stand is read from the history: set aside, posted, or let go. A ruling never edits the book.
Days that were let go are set aside again under a new transfer and posted then; days that are posted go back.
"""

from dataclasses import replace

from byttebank.contracts.refusals import NotNow
from services.matching.domain.acts import HoldMade, HoldRefused, Order, Outcome, Posted, Ruled, When
from services.matching.domain.engagement import NOBODY, By, Engagement, Line

HAPPENED, DID_NOT = "ruled_happened", "ruled_not_happened"
MOST_RULINGS = 2
"""The one who was told no may appeal once; the second ruling stands."""
HELD, POSTED, LET_GO = "held", "posted", "let_go"
_STANDS_AFTER = {
    "agreed": HELD,
    "days_posted": POSTED,
    "settled": POSTED,
    "no_show": LET_GO,
    "cancelled": LET_GO,
    "turned_down": LET_GO,
    DID_NOT: LET_GO,
}


def rulings(engagement: Engagement) -> int:
    """How often the county has ruled."""
    return sum(line.what in (HAPPENED, DID_NOT) for line in engagement.history)


def days_stand(engagement: Engagement) -> str:
    """Where the engagement's days are: held, posted or let go."""
    stand = LET_GO
    for line in engagement.history:
        stand = _STANDS_AFTER.get(line.what, stand)
        if line.what == HAPPENED and stand == LET_GO:
            stand = HELD
    return stand


def ruled(engagement: Engagement, act: Ruled, when: When) -> Outcome:
    """The engagement as the county says it was, and what the ledger has to do for it."""
    stand = days_stand(engagement)
    has_days = engagement.moves_days and engagement.transfer_id is not None
    if not act.happened:
        told = _told(engagement, when, DID_NOT, act.by, "no_show")
        return Outcome(told, (Order.REVERSE_DAYS,) if has_days and stand != LET_GO else (), act.reason)
    if not has_days or stand == POSTED:
        return Outcome(_told(engagement, when, HAPPENED, act.by, "settled"), (), act.reason)
    told = replace(_told(engagement, when, HAPPENED, act.by, "confirmed"), refusal=None)
    if stand == HELD:
        return Outcome(told, (Order.POST_DAYS,), act.reason)
    return Outcome(replace(told, transfer_id=act.transfer_id), (Order.RESERVE_DAYS,), act.reason)


def ruled_again(engagement: Engagement, act: Ruled, _when: When) -> Outcome:
    """The same ruling changes nothing; there is nothing to rule on without a disagreement."""
    last = next(
        (line.what for line in reversed(engagement.history) if line.what in (HAPPENED, DID_NOT)), None
    )
    if last != (HAPPENED if act.happened else DID_NOT):
        raise NotNow(state=engagement.state, act=act.name)
    return Outcome(engagement)


def hold_made(engagement: Engagement, _act: HoldMade, _when: When) -> Outcome:
    """The days the county has awarded are set aside anew: they are posted at once."""
    return Outcome(engagement, (Order.POST_DAYS,) if rulings(engagement) else ())


def hold_refused(engagement: Engagement, act: HoldRefused, when: When) -> Outcome:
    """The awarded days could not be set aside: the disagreement is with the county again, and says why."""
    if not rulings(engagement):
        return Outcome(engagement)
    told = _told(engagement, when, "turned_down", NOBODY, "disputed")
    return Outcome(replace(told, refusal={"code": act.code, "parameters": dict(act.parameters)}))


def posted_late(engagement: Engagement, _act: Posted, _when: When) -> Outcome:
    """Days that were on their way when the county ruled against them go back now."""
    was_ruled_out = bool(engagement.history) and engagement.history[-1].what == DID_NOT
    return Outcome(engagement, (Order.REVERSE_DAYS,) if was_ruled_out else ())


def _told(engagement: Engagement, when: When, what: str, by: By, state: str) -> Engagement:
    return replace(engagement, history=(*engagement.history, Line(when.now, what, by)), state=state)
