"""Somebody cannot come after all: the ranked next are asked in turn, then the need is open to all again.

Each of those asked has an engagement of its own that `replaces` the first one, so that the history of the
search is kept where every history is kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from services.matching.domain import silences
from services.matching.domain.engagement import FIRST_VERSION, OPEN, Engagement, Line
from services.matching.domain.ranking import Candidate

MOST_ASKED = 5
"""After so many the need goes to everybody: asking one by one takes days that the host does not have."""
ANSWER_DAYS = 2
"""Monday to Friday, to answer; a first proposal has seven days. Somebody waits who already had a yes."""


def is_dropped(before: Engagement, after: Engagement) -> bool:
    """The lender has called off what was agreed. When the host does, nobody is missed."""
    return (
        before.state in ("agreed", "reserving")
        and after.state == "cancelled"
        and after.history[-1].by.library_id == after.lender_library_id
    )


def is_turned_down(before: Engagement, after: Engagement) -> bool:
    """One who was asked instead has said no, or nothing. The host's own no ends the search."""
    return (
        after.replaces is not None
        and before.state in OPEN
        and before.refusal is None
        and after.refusal is None
        and after.state in ("declined", "expired")
        and after.history[-1].by.library_id != after.host_library_id
    )


def reply_by(today: date, first_on: date) -> date | None:
    """The last day to answer; None when there is no time to ask one by one.

    Two working days, and never later than a first proposal would end, nor so late that it ends today.
    """
    last = min(silences.working_days_after(today, ANSWER_DAYS), silences.reply_by(today, first_on))
    return last if today < last < first_on else None


def next_to_ask(
    dropped: Engagement, asked: Sequence[Engagement], candidates: Iterable[Candidate]
) -> Candidate | None:
    """The best of the ranked who is free on every date and has not been asked. None: it opens.

    `asked`: everybody asked so far, the one who dropped out among them.
    """
    if len(asked) > MOST_ASKED:
        return None
    people = {one.colleague_id for one in asked}
    for candidate in candidates:
        if candidate.option.colleague_id not in people and set(dropped.dates) <= set(candidate.dates):
            return candidate
    return None


def asked_instead(
    dropped: Engagement, candidate: Candidate, *, new_id: str, reply_by_on: date, now: datetime
) -> Engagement:
    """The proposal to the next one: the same help, with the host's yes and the host contact it had.

    `dropped` is the last that came to nothing; `replaces` names the first.
    """
    option = candidate.option
    return replace(
        dropped,
        id=new_id,
        version=FIRST_VERSION,
        state="proposed",
        lender_county=option.county,
        lender_library_id=option.library_id,
        lender_library_name=option.library_name,
        colleague_id=option.colleague_id,
        colleague_name=option.colleague_name,
        offer_id=option.offer_id,
        reply_by_on=reply_by_on,
        confirm_by_on=None,
        release_on=None,
        dispute_by_on=None,
        consents={"host_manager": now},
        happened={},
        refusal=None,
        transfer_id=None,
        replaces=dropped.replaces or dropped.id,
        history=(Line(now, "asked_instead"),),
    )
