"""An engagement in each state, as it got there, with the acts that may meet it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from services.matching.domain.acts import (
    Accept,
    Act,
    Answer,
    Cancel,
    Decline,
    Dispute,
    HoldMade,
    HoldRefused,
    Outcome,
    Posted,
    Ruled,
    TimePassed,
    TurnedDown,
    When,
    Withdraw,
)
from services.matching.domain.engagement import By, Engagement, Line
from services.matching.domain.silences import reply_by
from services.matching.domain.transitions import act_on

HOST, LENDER, COLLEAGUE = "eidskog", "grue", "jonas"
BY_HOST = By(HOST, "kari", "Kari", "host_manager")
BY_LENDER = By(LENDER, "siri", "Siri", "lender_manager")
BY_COLLEAGUE = By(LENDER, COLLEAGUE, "Jonas", "colleague")
BY_COUNTY = By("fylket", "dag", "Dag", "county")
PROPOSED_ON = date(2026, 11, 23)
WORKED_ON = date(2026, 12, 9)


def at(day: date) -> When:
    """Ten in the morning of a day."""
    return When(datetime(day.year, day.month, day.day, 10, tzinfo=UTC), day)


def proposed(**changes: Any) -> Engagement:
    """Eidskog asks for Jonas on 9 December; Kari has said yes by asking."""
    when = at(PROPOSED_ON)
    engagement = Engagement(
        id="engagement",
        version=1,
        state="proposed",
        home_county="innlandet",
        lender_county="innlandet",
        host_library_id=HOST,
        host_library_name="Eidskog",
        lender_library_id=LENDER,
        lender_library_name="Grue",
        colleague_id=COLLEAGUE,
        dates=(WORKED_ON,),
        half_days=2,
        host_contact_id="kari",
        host_contact_name="Kari",
        reply_by_on=reply_by(PROPOSED_ON, WORKED_ON),
        consents={"host_manager": when.now},
        history=(Line(when.now, "proposed", BY_HOST),),
    )
    return replace(engagement, **changes)


def accept(*roles: str, by: By = BY_LENDER, **more: Any) -> Accept:
    return Accept(by, frozenset(roles), transfer_id="transfer", **more)


LAST_YES = accept("lender_manager", "colleague")
YES_OF_LENDER = Answer(BY_LENDER, "lender", True)
NO_OF_LENDER = Answer(BY_LENDER, "lender", False)
YES_OF_HOST = Answer(BY_HOST, "host", True)
NO_OF_HOST = Answer(BY_HOST, "host", False)


def after(engagement: Engagement, *acts: tuple[Act, date]) -> Outcome:
    """What the acts make of it, one after the other."""
    outcome = Outcome(engagement)
    for act, day in acts:
        outcome = act_on(outcome.engagement, act, at(day))
    return outcome


EARLY, LATE = (date(2026, 11, 24), date(2026, 12, 10))
ON_THE_WAY: dict[str, tuple[tuple[Act, date], ...]] = {
    "proposed": (),
    "reserving": ((LAST_YES, EARLY),),
    "refused": ((LAST_YES, EARLY), (HoldRefused("limit_hard"), EARLY)),
    "agreed": ((LAST_YES, EARLY), (HoldMade(), EARLY)),
    "declined": ((Decline(BY_LENDER), EARLY),),
    "expired": ((TimePassed(), LATE),),
}
AGREED = ON_THE_WAY["agreed"]
ON_THE_WAY |= {
    "cancelled": (*AGREED, (Cancel(BY_HOST), EARLY)),
    "carried_out": (*AGREED, (YES_OF_LENDER, LATE)),
    "confirmed": (*AGREED, (YES_OF_LENDER, LATE), (YES_OF_HOST, LATE)),
    "settled": (*AGREED, (YES_OF_LENDER, LATE), (YES_OF_HOST, LATE), (Posted(), LATE)),
    "no_show": (*AGREED, (NO_OF_LENDER, LATE), (NO_OF_HOST, LATE)),
    "disputed": (*AGREED, (YES_OF_LENDER, LATE), (NO_OF_HOST, LATE)),
    "unanswered": (*AGREED, (TimePassed(), date(2027, 1, 5))),
}


def in_state(state: str, **changes: Any) -> Engagement:
    """The engagement after what brings it there."""
    return after(proposed(**changes), *ON_THE_WAY[state]).engagement


ACTS: dict[str, Act] = {
    "accept": LAST_YES,
    "accept_host": accept("host_manager", by=BY_HOST),
    "decline": Decline(BY_LENDER),
    "cancel": Cancel(BY_LENDER),
    "withdraw": Withdraw(BY_LENDER),
    "yes": YES_OF_LENDER,
    "no": NO_OF_LENDER,
    "yes_host": YES_OF_HOST,
    "no_host": NO_OF_HOST,
    "dispute": Dispute(BY_LENDER),
    "hold_made": HoldMade(),
    "hold_refused": HoldRefused("limit_hard"),
    "posted": Posted(),
    "turned_down": TurnedDown("payee_closed"),
    "time_passed": TimePassed(),
    "ruled_yes": Ruled(BY_COUNTY, True, "Begge var der", "another"),
    "ruled_no": Ruled(BY_COUNTY, False, "Ingen kom", "another"),
}
