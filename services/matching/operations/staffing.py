"""Keeping enough colleagues at home: what is proposed, ranked, agreed on and put into a round.

Each county judges for its own libraries, whose colleagues it knows. A colleague counts as away once she has
said yes, so that no two can say yes to the same last place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from byttebank.storage.work import Work
from services.matching.domain.engagement import Engagement
from services.matching.domain.participants import Helping, Wanted
from services.matching.domain.proposal import FULL_DAY
from services.matching.storage import staffing

HOST = "host"
Taken = Mapping[str, Mapping[date, int]]


def check_staffing(work: Work, engagement: Engagement, *, with_asked: bool = False) -> None:
    """Enough of the lending library stay at home on the dates; `with_asked`: also if all the asked say yes.

    Refuses: TooManyAway.
    """
    if engagement.place != HOST or engagement.lender_county != work.county:
        return
    staffing.hold(work.connection, engagement.lender_library_id)
    found = staffing.staffings(
        work.connection,
        work.county,
        engagement.first_on,
        library_id=engagement.lender_library_id,
        except_id=engagement.id,
        with_asked=with_asked,
    )
    for one in found.values():
        one.check(engagement.colleague_id, engagement.dates)


def taken_or_needed(work: Work, taken: Taken, first_on: date, last_on: date, place: str) -> Taken:
    """`taken`, half-days by colleague and date, with whole days for those who must stay at home."""
    if place != HOST:
        return taken
    blocked = {colleague_id: dict(days) for colleague_id, days in taken.items()}
    days = [first_on + timedelta(number) for number in range((last_on - first_on).days + 1)]
    for one in staffing.staffings(work.connection, work.county, first_on).values():
        for day in filter(one.is_full, days):
            for colleague_id in one.colleagues - one.away_on(day):
                blocked.setdefault(colleague_id, {})[day] = FULL_DAY
    return blocked


def within_staffing(
    work: Work, helping: Sequence[Helping], wanted: Sequence[Wanted], since: date
) -> list[Helping]:
    """The offers of a round without the days on which their colleague must stay at home.

    Where fewer may go on a day than have offered it, those keep the day who can serve most of what is wanted,
    so that every plan of what is left keeps enough at home, and the bound is true for it.
    """
    found = staffing.staffings(work.connection, work.county, since, with_asked=True)
    if not found:
        return list(helping)
    dropped: set[tuple[str, date]] = set()
    offered: dict[tuple[str, date], dict[str, list[Helping]]] = {}
    for one in helping:
        if one.library_id in found and HOST in one.places:
            for day in one.dates:
                offered.setdefault((one.library_id, day), {}).setdefault(one.colleague_id, []).append(one)
    for (library_id, day), by_colleague in offered.items():
        room = found[library_id].room_on(day)
        if room is None or room >= len(by_colleague):
            continue
        able = [
            (-_served(offers, wanted, day), colleague_id) for colleague_id, offers in by_colleague.items()
        ]
        dropped |= {(colleague_id, day) for _, colleague_id in sorted(able)[max(room, 0) :]}
    return [
        one
        if HOST not in one.places
        else replace(one, dates=frozenset(day for day in one.dates if (one.colleague_id, day) not in dropped))
        for one in helping
    ]


def _served(offers: Sequence[Helping], wanted: Sequence[Wanted], day: date) -> int:
    """How many of the requests for the day one of the colleague's offers fits."""
    return sum(
        1
        for one in wanted
        if day in one.dates
        and any(
            one.library_id != offer.library_id and offer.skills.issuperset(one.skills) for offer in offers
        )
    )
