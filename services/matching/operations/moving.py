"""An agreed engagement moves to other dates when both sides and the colleague say yes, for every purpose."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from byttebank.contracts.fields import load
from byttebank.contracts.moves import MoveAnswer, NewMove
from byttebank.contracts.vandring_refusals import DayClosed
from byttebank.storage.work import Work
from services.matching.domain.engagement import Engagement
from services.matching.domain.moving import AnswerMove, AskMove, check_dates
from services.matching.domain.proposal import check_proposal
from services.matching.domain.transitions import act_on
from services.matching.domain.vandring_terms import monday_of
from services.matching.operations import possible
from services.matching.operations.answering import act
from services.matching.operations.parties import by, consenting_roles, part_taker
from services.matching.operations.recording import is_home, take, when
from services.matching.operations.vandring.rules import open_days, terms_of
from services.matching.storage import vandring

Document = dict[str, Any]


def ask_move(work: Work, engagement_id: str, dates: list[str], actor_document: Document) -> Document:
    """The `Engagement` with these dates asked for instead; its own hold until all three have said yes.

    Whoever asks has said yes. Another wish takes the place of the last one; the same wish of the other side
    is a yes. Refuses: Malformed, NotFound, NotYourRole, NotNow, DateCount, DatePast, DateTooFar,
    LibraryClosed, ColleagueBusy, TooManyAway, CountyFrozen, CountyUnknown, ParticipationMissing,
    DayClosed (of a vandring).
    """
    engagement = take(work, engagement_id)
    actor = part_taker(engagement, actor_document)
    wanted = _days(load(NewMove, {"dates": dates})["dates"])
    wish = AskMove(
        by(engagement, actor), consenting_roles(engagement, actor), wanted, _transfer(work, engagement)
    )
    # Whether it can be moved at all is said before what is wrong with the dates.
    act_on(engagement, wish, when(work))
    check_move(work, engagement, wanted)
    possible.check_participation(work, actor.library_id)
    payload = {
        "engagement_id": engagement.id,
        "dates": [day.isoformat() for day in wanted],
        "roles": sorted(wish.roles),
    }
    shown = act(work, engagement, wish, actor, "EngagementMoveAsked", payload)
    follow_visit(work, engagement, shown["dates"])
    return shown


def answer_move(
    work: Work, engagement_id: str, dates: list[str], accepts: bool, actor_document: Document
) -> Document:
    """The `Engagement` with the actor's answer to these dates in each of the actor's roles.

    The last yes moves it, and days that are given are set aside anew; a no leaves all as it was, and whoever
    asked takes the wish back with it. Refuses: as `ask_move`; NotNow also when the wish is another by now.
    """
    engagement = take(work, engagement_id)
    actor = part_taker(engagement, actor_document)
    given = load(MoveAnswer, {"dates": dates, "accepts": accepts})
    wanted = _days(given["dates"])
    answer = AnswerMove(
        by(engagement, actor),
        consenting_roles(engagement, actor),
        wanted,
        given["accepts"],
        _transfer(work, engagement),
    )
    if given["accepts"] and act_on(engagement, answer, when(work)).engagement != engagement:
        check_move(work, engagement, wanted)
        possible.check_participation(work, actor.library_id)
    payload = {
        "engagement_id": engagement.id,
        "dates": [day.isoformat() for day in wanted],
        "accepts": given["accepts"],
        "roles": sorted(answer.roles),
    }
    shown = act(work, engagement, answer, actor, "EngagementMoveAnswered", payload)
    follow_visit(work, engagement, shown["dates"])
    return shown


def check_move(work: Work, engagement: Engagement, dates: Sequence[date]) -> None:
    """The engagement could be on these dates, as far as this county knows.

    Refuses: DateCount, DatePast, DateTooFar, LibraryClosed, ColleagueBusy, TooManyAway, CountyFrozen,
    CountyUnknown, NotFound (the host is no more), DayClosed.
    """
    check_dates(engagement, dates, work.today)
    check_proposal(
        host_library_id=engagement.host_library_id,
        lender_library_id=engagement.lender_library_id,
        dates=dates,
        half_days=engagement.half_days,
        today=work.today,
    )
    possible.check_county(work, engagement.home_county)
    possible.check_county(work, engagement.lender_county)
    host = possible.library(work, engagement.host_library_id)
    possible.check_open(work, host, engagement.place, dates)
    _check_season(work, engagement, dates)
    possible.check_free(work, replace(engagement, dates=tuple(sorted(dates))))


def follow_visit(work: Work, before: Engagement, dates: Sequence[str]) -> None:
    """The plan of a vandring says the week in which the visit is now, so that a repair leaves it there."""
    if tuple(dates) == tuple(day.isoformat() for day in before.dates):
        return
    visit = vandring.visit_of_engagement(work.connection, before.id)
    if visit is not None:
        vandring.change_visit(work.connection, visit["id"], week_on=monday_of(date.fromisoformat(dates[0])))


def _check_season(work: Work, engagement: Engagement, dates: Sequence[date]) -> None:
    """Days of the round on which both its libraries are open. Refuses: DayClosed."""
    visit = vandring.visit_of_engagement(work.connection, engagement.id)
    row = vandring.round_of(work.connection, visit["round_id"]) if visit else None
    if visit is None or row is None:
        return
    sides = (visit["visitor_id"], visit["host_id"])
    open_to = [
        set(open_days(terms_of(row), one))
        for one in vandring.invited(work.connection, row["id"])
        if one["id"] in sides
    ]
    for day in dates:
        if not all(day in days for days in open_to):
            raise DayClosed(date=day.isoformat())


def _transfer(work: Work, engagement: Engagement) -> str | None:
    return work.new_id() if is_home(work, engagement) else None


def _days(texts: Sequence[str]) -> tuple[date, ...]:
    return tuple(sorted(map(date.fromisoformat, texts)))
