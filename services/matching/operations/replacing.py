"""When the lender calls off, the next is asked before anybody hears that the need is open again."""

from dataclasses import replace
from functools import cache, partial

from byttebank.contracts.refusals import Refusal
from byttebank.storage.work import Work
from services.matching.domain.acts import Outcome
from services.matching.domain.engagement import Engagement
from services.matching.domain.ranking import rank
from services.matching.domain.replacement import (
    asked_instead,
    is_dropped,
    is_turned_down,
    next_to_ask,
    reply_by,
)
from services.matching.operations import possible
from services.matching.operations.candidates import need_of
from services.matching.operations.recording import announce, is_home, share
from services.matching.operations.recording import record as record_alone
from services.matching.operations.staffing import taken_or_needed
from services.matching.storage import engagements, index
from services.matching.storage.rows import Row


def record(work: Work, before: Engagement, outcome: Outcome) -> Engagement:
    """At the home: as `recording.record`, after the next one has been asked where somebody dropped out.

    Asking comes first, so that a need that has a next one is not told to everybody in between.
    """
    after = outcome.engagement
    if is_home(work, before) and (is_dropped(before, after) or is_turned_down(before, after)):
        _ask_next(work, after)
    return record_alone(work, before, outcome)


def _ask_next(work: Work, dropped: Engagement) -> None:
    first = dropped.replaces or dropped.id
    asked = [dropped, *engagements.instead_of(work.connection, first)]
    if dropped.replaces:
        original = engagements.find(work.connection, first)
        asked += [original] if original else []
    asked = list({one.id: one for one in asked}.values())
    last_day = reply_by(work.today, dropped.first_on)
    wanted = _wanted(work, dropped)
    if last_day is None or wanted is None:
        return
    options = index.options(work.connection, wanted, work.county)
    ranking = rank(
        replace(
            need_of(work, wanted),
            first_on=dropped.first_on,
            last_on=dropped.last_on,
            half_days=dropped.half_days,
        ),
        options,
        taken_or_needed(
            work,
            engagements.taken(work.connection, work.today),
            dropped.first_on,
            dropped.last_on,
            dropped.place,
        ),
        today=work.today,
        # All of them: however many come first, who may be asked may stand behind those who may not.
        limit=len(options),
    )
    takes_part = cache(partial(possible.takes_part, work))
    willing = (one for one in ranking.candidates if takes_part(one.option.library_id))
    candidate = next_to_ask(dropped, asked, willing)
    if candidate is None:
        return
    proposal = asked_instead(dropped, candidate, new_id=work.new_id(), reply_by_on=last_day, now=work.now)
    engagements.lock_related(work.connection, proposal.colleague_id, proposal.request_id)
    try:
        possible.check_free(work, proposal)
    except Refusal:
        return
    engagements.write(work.connection, proposal, is_home=True)
    announce(work, proposal)
    share(work, proposal)


def _wanted(work: Work, dropped: Engagement) -> Row | None:
    """The need as a request; of an engagement without one, what it was about. None: it is not wanted now."""
    if dropped.request_id is not None:
        request = index.request(work.connection, dropped.request_id)
        return None if request is None or request["state"] == "closed" else request
    if dropped.skill is None or dropped.purpose != "help":
        return None
    return {
        "county": dropped.home_county,
        "library_id": dropped.host_library_id,
        "skills": [dropped.skill],
        "first_on": dropped.first_on,
        "last_on": dropped.last_on,
        "dates": " ".join(day.isoformat() for day in dropped.dates),
        "half_days": dropped.half_days,
        "place": dropped.place,
    }
