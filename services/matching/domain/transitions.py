"""The engagement's state machine: what each act does in each state, at the home, in whatever order.

`act_on` finds the rule by act and state. Where there is none, people are refused with `NotNow`; an answer
of the ledger that comes late or twice changes nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from byttebank.contracts.refusals import DisputeLate, HostContactMissing, NotNow, NotYet, ProposalExpired
from services.matching.domain import moving, ruling, silences
from services.matching.domain.acts import (
    Accept,
    Act,
    Answer,
    Cancel,
    Decline,
    Dispute,
    HoldMade,
    HoldRefused,
    Order,
    Outcome,
    PeopleAct,
    Posted,
    Ruled,
    TimePassed,
    TurnedDown,
    When,
    Withdraw,
)
from services.matching.domain.engagement import NOBODY, ROLES, By, Engagement, Line, due_on
from services.matching.domain.moving import AnswerMove, AskMove


def act_on(engagement: Engagement, act: Act | AskMove | AnswerMove, when: When) -> Outcome:
    """What the act makes of the engagement.

    A repeated act is answered as the first time. Refuses: `NotNow` for an act of a person that the state
    does not allow; `ProposalExpired`, `HostContactMissing` (accept), `NotYet` (confirm), `DisputeLate`;
    `DateCount`, `DatePast` (move).
    """
    rule = RULES[type(act)].get(engagement.state)
    if rule is not None:
        return moving.without_move(rule(engagement, act, when))
    if isinstance(act, PeopleAct | AskMove | AnswerMove):
        raise NotNow(state=engagement.state, act=act.name)
    return Outcome(engagement)


def _move(engagement: Engagement, when: When, *lines: str, by: By = NOBODY, **changes: Any) -> Engagement:
    written = tuple(Line(when.now, what, by if number == 0 else NOBODY) for number, what in enumerate(lines))
    return replace(engagement, history=(*engagement.history, *written), **changes)


def _stays(engagement: Engagement, _act: Any, _when: When) -> Outcome:
    return Outcome(engagement)


def _accept(engagement: Engagement, act: Accept, when: When) -> Outcome:
    _refuse_when_expired(engagement, when)
    named = _with_host_contact(engagement, act)
    new = [role for role in ROLES if role in act.roles and role not in engagement.consents]
    if not new:
        return Outcome(named)
    consents = {**engagement.consents, **dict.fromkeys(new, when.now)}
    accepted = _move(named, when, "accepted", by=act.by, consents=consents)
    if set(consents) != set(ROLES):
        return Outcome(accepted)
    return _complete(accepted, act, when)


def _accept_again(engagement: Engagement, act: Accept, when: When) -> Outcome:
    """After a refusal by the ledger the host's manager asks once more, with a transfer of its own."""
    if "host_manager" not in act.roles:
        return Outcome(engagement)
    _refuse_when_expired(engagement, when)
    return _complete(_move(_with_host_contact(engagement, act), when, "accepted", by=act.by), act, when)


def _accept_expired(engagement: Engagement, _act: Accept, _when: When) -> Outcome:
    raise ProposalExpired(date=str(engagement.reply_by_on))


def _refuse_when_expired(engagement: Engagement, when: When) -> None:
    if engagement.reply_by_on is not None and when.today > engagement.reply_by_on:
        raise ProposalExpired(date=engagement.reply_by_on.isoformat())


def _with_host_contact(engagement: Engagement, act: Accept) -> Engagement:
    if "host_manager" not in act.roles:
        return engagement
    if act.host_contact_id is not None:
        engagement = replace(
            engagement, host_contact_id=act.host_contact_id, host_contact_name=act.host_contact_name
        )
    if not engagement.has_host_contact:
        raise HostContactMissing()
    return engagement


def _complete(engagement: Engagement, act: Accept, when: When) -> Outcome:
    """All three have said yes; the host's manager not without naming the host contact."""
    if not engagement.moves_days:
        return Outcome(_agree(engagement, when))
    reserving = replace(engagement, state="reserving", transfer_id=act.transfer_id, refusal=None)
    return Outcome(reserving, (Order.RESERVE_DAYS,))


def _agree(engagement: Engagement, when: When, *before: str) -> Engagement:
    release_on = silences.days_after(engagement.last_on, silences.RELEASE_DAYS)
    return _move(engagement, when, *before, "agreed", state="agreed", refusal=None, release_on=release_on)


def _hold_made(engagement: Engagement, act: HoldMade, when: When) -> Outcome:
    return Outcome(_agree(engagement, when, *(["over_limit"] if act.is_over_limit else [])))


def _hold_comes_too_late(engagement: Engagement, _act: HoldMade, _when: When) -> Outcome:
    """It was called off while the ledger was asked: only now is there something to release."""
    return Outcome(engagement, _release(engagement))


def _hold_refused(engagement: Engagement, act: HoldRefused, when: When) -> Outcome:
    refused = _move(
        engagement,
        when,
        "refused",
        state="refused",
        refusal={"code": act.code, "parameters": dict(act.parameters)},
        reply_by_on=silences.reply_by(when.today, engagement.first_on),
    )
    return Outcome(refused)


def _release(engagement: Engagement) -> tuple[Order, ...]:
    return (Order.RELEASE_DAYS,) if engagement.transfer_id is not None else ()


def _decline(engagement: Engagement, act: Decline | Withdraw, when: When) -> Outcome:
    return Outcome(_move(engagement, when, "declined", by=act.by, state="declined"))


def _call_off(engagement: Engagement, act: Cancel | Withdraw, when: When) -> Outcome:
    orders = _release(engagement) if engagement.state == "agreed" else ()
    cancelled = _move(
        engagement, when, "cancelled", by=act.by, state="cancelled", dispute_by_on=_dispute_by(when)
    )
    return Outcome(cancelled, orders)


def _cancel_agreed(engagement: Engagement, act: Cancel, when: When) -> Outcome:
    """Until the first date is over; after that one answers whether it happened."""
    if engagement.happened or when.today > engagement.first_on:
        raise NotNow(state=engagement.state, act=act.name)
    return _call_off(engagement, act, when)


def _withdraw_agreed(engagement: Engagement, act: Withdraw, when: When) -> Outcome:
    """The lender called off in time, whenever we hear of it; but not what the host has answered for."""
    if engagement.happened:
        raise NotNow(state=engagement.state, act=act.name)
    return _call_off(engagement, act, when)


def _answer(engagement: Engagement, act: Answer, when: When) -> Outcome:
    if when.today < engagement.first_on:
        raise NotYet(date=engagement.first_on.isoformat())
    if act.side in engagement.happened:
        return _answer_again(engagement, act, when)
    happened = {**engagement.happened, act.side: act.happened}
    said = _move(engagement, when, "said_yes" if act.happened else "said_no", by=act.by, happened=happened)
    if len(happened) == 1:
        confirm_by = silences.days_after(max(when.today, engagement.last_on), silences.CONFIRM_DAYS)
        state = "carried_out" if act.happened else engagement.state
        return Outcome(replace(said, state=state, confirm_by_on=confirm_by))
    if all(happened.values()):
        return _confirm(said, when, "confirmed")
    if any(happened.values()):
        return Outcome(_move(said, when, "disputed", state="disputed"))
    return _no_show(said, when)


def _answer_again(engagement: Engagement, act: Answer, _when: When) -> Outcome:
    """The same answer, or the one that silence has given, changes nothing; another one is for `dispute`."""
    by_silence = {"confirmed": True, "settled": True, "no_show": False}.get(engagement.state)
    if engagement.happened.get(act.side, by_silence) is not act.happened:
        raise NotNow(state=engagement.state, act=act.name)
    return Outcome(engagement)


def _confirm(engagement: Engagement, when: When, what: str) -> Outcome:
    if not engagement.moves_days:
        return Outcome(_settle(_move(engagement, when, what), when))
    return Outcome(_move(engagement, when, what, state="confirmed"), (Order.POST_DAYS,))


def _settle(engagement: Engagement, when: When) -> Engagement:
    return _move(engagement, when, "settled", state="settled", dispute_by_on=_dispute_by(when))


def _no_show(engagement: Engagement, when: When) -> Outcome:
    ended = _move(engagement, when, "no_show", state="no_show", dispute_by_on=_dispute_by(when))
    return Outcome(ended, _release(engagement))


def _dispute_by(when: When) -> date:
    return silences.days_after(when.today, silences.DISPUTE_DAYS)


def _dispute(engagement: Engagement, act: Dispute, when: When) -> Outcome:
    is_late = engagement.dispute_by_on is not None and when.today > engagement.dispute_by_on
    if engagement.dispute_by_on is not None and (
        is_late or ruling.rulings(engagement) >= ruling.MOST_RULINGS
    ):
        raise DisputeLate(date=engagement.dispute_by_on.isoformat())
    return Outcome(_move(engagement, when, "disputed", by=act.by, state="disputed"))


def _posted(engagement: Engagement, _act: Posted, when: When) -> Outcome:
    return Outcome(_settle(engagement, when))


def _posted_in_dispute(engagement: Engagement, _act: Posted, when: When) -> Outcome:
    return Outcome(_move(engagement, when, "days_posted"))


def _turned_down(engagement: Engagement, act: TurnedDown, when: When) -> Outcome:
    """A delivered day that the other county did not take is a claim, for the counties to settle."""
    refusal = {"code": act.code, "parameters": {}}
    return Outcome(_move(engagement, when, "turned_down", state="disputed", refusal=refusal))


def _time_passed(engagement: Engagement, _act: TimePassed, when: When) -> Outcome:
    due = due_on(engagement)
    if due is None or when.today < due:
        return Outcome(engagement)
    if engagement.state in ("proposed", "refused"):
        return Outcome(_move(engagement, when, "expired", state="expired"))
    if engagement.state == "carried_out":
        return _confirm(engagement, when, "confirmed_by_silence")
    if engagement.state == "agreed" and not engagement.happened:
        return Outcome(_move(engagement, when, "unanswered", state="unanswered"))
    return _no_show(engagement, when)


Rule = Callable[[Engagement, Any, When], Outcome]

_SAME_ANSWER = dict.fromkeys(("confirmed", "settled", "no_show", "disputed"), _answer_again)

RULES: dict[type[Act | AskMove | AnswerMove], dict[str, Rule]] = {
    Accept: {
        "proposed": _accept,
        "refused": _accept_again,
        "expired": _accept_expired,
        "reserving": _stays,
        "agreed": _stays,
    },
    Decline: {"proposed": _decline, "refused": _decline, "declined": _stays},
    Cancel: {"reserving": _call_off, "agreed": _cancel_agreed, "cancelled": _stays},
    Withdraw: {
        "proposed": _decline,
        "refused": _decline,
        "reserving": _call_off,
        "agreed": _withdraw_agreed,
        "declined": _stays,
        "cancelled": _stays,
    },
    Answer: {"agreed": _answer, "carried_out": _answer, "unanswered": _answer, **_SAME_ANSWER},
    Dispute: {
        **dict.fromkeys(
            ("carried_out", "confirmed", "settled", "no_show", "cancelled", "unanswered"), _dispute
        ),
        "disputed": _stays,
    },
    AskMove: moving.ASKING,
    AnswerMove: moving.ANSWERING,
    Ruled: {
        "disputed": ruling.ruled,
        **dict.fromkeys(("confirmed", "settled", "no_show"), ruling.ruled_again),
    },
    HoldMade: {
        "reserving": _hold_made,
        "cancelled": _hold_comes_too_late,
        "confirmed": ruling.hold_made,
    },
    HoldRefused: {"reserving": _hold_refused, "confirmed": ruling.hold_refused},
    Posted: {"confirmed": _posted, "disputed": _posted_in_dispute, "no_show": ruling.posted_late},
    TurnedDown: {"confirmed": _turned_down},
    TimePassed: dict.fromkeys(("proposed", "refused", "carried_out", "agreed", "unanswered"), _time_passed),
}
"""Act -> state -> rule. Each state and act is spelled out in tests/unit/matching/test_engagement_table.py."""
