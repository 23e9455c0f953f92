"""Moving an agreed engagement to other dates, which are agreed on when all three have said yes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

from byttebank.contracts.refusals import DateCount, DatePast, NotNow
from services.matching.domain import silences
from services.matching.domain.acts import Order, Outcome, When
from services.matching.domain.engagement import ROLES, By, Engagement, Line, Move

ASKED, ACCEPTED, MOVED, KEPT = "move_asked", "move_accepted", "moved", "move_declined"
TURNED_DOWN = "move_turned_down"


@dataclass(frozen=True)
class AskMove:
    """These dates instead of the agreed ones; whoever asks has said yes to them. Another wish replaces it."""

    name: ClassVar[str] = "move"
    by: By
    roles: frozenset[str]
    dates: tuple[date, ...]
    transfer_id: str | None = None


@dataclass(frozen=True)
class AnswerMove:
    """Yes or no to these dates. `transfer_id` is for the days, should this be the last yes."""

    name: ClassVar[str] = "move"
    by: By
    roles: frozenset[str]
    dates: tuple[date, ...]
    accepts: bool
    transfer_id: str | None = None


def check_dates(engagement: Engagement, dates: Sequence[date], today: date) -> None:
    """As many dates as were agreed on, none of them past. Refuses: DateCount, DatePast."""
    if len(set(dates)) != len(engagement.dates):
        raise DateCount(count=len(engagement.dates))
    for day in dates:
        if day < today:
            raise DatePast(date=day.isoformat())


def ask(engagement: Engagement, act: AskMove, when: When) -> Outcome:
    """The wish stands beside the agreement. Refuses: DateCount, DatePast, NotNow (its day is over)."""
    _refuse_when_over(engagement, when)
    check_dates(engagement, act.dates, when.today)
    dates = tuple(sorted(act.dates))
    if dates == engagement.dates:
        return Outcome(engagement)
    if engagement.move is not None and engagement.move.dates == dates:
        # Both sides have the same wish: the second to ask says yes to the first.
        return answer(engagement, AnswerMove(act.by, act.roles, dates, True, act.transfer_id), when)
    asked = _told(engagement, when, ASKED, act.by)
    move = Move(dates, act.by.library_id or "", dict.fromkeys(_in_order(act.roles), when.now))
    return _ended(replace(asked, move=move), act.transfer_id, when)


def answer(engagement: Engagement, act: AnswerMove, when: When) -> Outcome:
    """Yes in these roles, or the dates stay as they were; whoever asked may take the wish back.

    Refuses: NotNow when the wish is another one by now, or the agreed day is over.
    """
    dates = tuple(sorted(act.dates))
    if engagement.dates == dates and act.accepts:
        return Outcome(engagement)
    move = engagement.move
    if move is None or move.dates != dates:
        if move is None and not act.accepts:
            return Outcome(engagement)
        raise NotNow(state=engagement.state, act=act.name)
    if not act.accepts:
        return Outcome(_told(replace(engagement, move=None), when, KEPT, act.by))
    _refuse_when_over(engagement, when)
    check_dates(engagement, dates, when.today)
    new = [role for role in _in_order(act.roles) if role not in move.consents]
    if not new:
        return Outcome(engagement)
    consents = {**move.consents, **dict.fromkeys(new, when.now)}
    said = _told(replace(engagement, move=replace(move, consents=consents)), when, ACCEPTED, act.by)
    return _ended(said, act.transfer_id, when)


def answer_late(engagement: Engagement, act: AnswerMove, _when: When) -> Outcome:
    """The days of the new dates are being set aside: the same yes again changes nothing. Refuses: NotNow."""
    if not act.accepts or tuple(sorted(act.dates)) != engagement.dates:
        raise NotNow(state=engagement.state, act=act.name)
    return Outcome(engagement)


def turn_down(engagement: Engagement, act: AskMove | AnswerMove, when: When) -> Outcome:
    """The home cannot have these dates, which the other county did not know: the wish ends, and says so.

    What nobody waits for, a yes to another wish or to a day that is over, changes nothing.
    """
    dates = tuple(sorted(act.dates))
    is_asked = isinstance(act, AskMove)
    stands = is_asked or (engagement.move is not None and engagement.move.dates == dates)
    if engagement.state != "agreed" or _is_over(engagement, when) or dates == engagement.dates or not stands:
        return Outcome(engagement)
    asked = _told(engagement, when, ASKED, act.by) if is_asked else engagement
    return Outcome(_told(replace(asked, move=None), when, TURNED_DOWN, By()))


def _ended(engagement: Engagement, transfer_id: str | None, when: When) -> Outcome:
    """Moved, when nobody's yes is missing. The book names the day of work, so days are set aside anew."""
    move = engagement.move
    if move is None or set(move.consents) != set(ROLES):
        return Outcome(engagement)
    moved = replace(
        _told(engagement, when, MOVED, By()),
        dates=move.dates,
        move=None,
        release_on=silences.days_after(move.dates[-1], silences.RELEASE_DAYS),
    )
    if not engagement.moves_days:
        return Outcome(moved)
    reserving = replace(moved, state="reserving", transfer_id=transfer_id)
    orders = (Order.RELEASE_DAYS, Order.RESERVE_DAYS) if engagement.transfer_id else (Order.RESERVE_DAYS,)
    return Outcome(reserving, orders)


def without_move(outcome: Outcome) -> Outcome:
    """A wish to move ends with the agreement it is about, and when somebody has said how the day went."""
    engagement = outcome.engagement
    if engagement.move is None or (engagement.state == "agreed" and not engagement.happened):
        return outcome
    return replace(outcome, engagement=replace(engagement, move=None))


def _refuse_when_over(engagement: Engagement, when: When) -> None:
    if _is_over(engagement, when):
        raise NotNow(state=engagement.state, act=AskMove.name)


def _is_over(engagement: Engagement, when: When) -> bool:
    return bool(engagement.happened) or when.today > engagement.first_on


def _in_order(roles: frozenset[str]) -> list[str]:
    return [role for role in ROLES if role in roles]


def _told(engagement: Engagement, when: When, what: str, by: By) -> Engagement:
    return replace(engagement, history=(*engagement.history, Line(when.now, what, by)))


ASKING: dict[str, Callable[[Engagement, AskMove, When], Outcome]] = {"agreed": ask}
ANSWERING: dict[str, Callable[[Engagement, AnswerMove, When], Outcome]] = {
    "agreed": answer,
    "reserving": answer_late,
}
"""State -> rule: parts of the table in `transitions`."""
