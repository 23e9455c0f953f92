"""A published round's matches become proposals, each in a transaction: a kill in the middle does no harm."""

from dataclasses import replace
from datetime import date

from byttebank.contracts.market_refusals import TooFar
from byttebank.contracts.refusals import NotOfferedDate, Refusal, RequestClosed
from byttebank.storage.work import Work
from services.matching.domain.distance import Point, way_km
from services.matching.domain.engagement import By, Engagement, Line, between
from services.matching.domain.open_days import days_within
from services.matching.domain.proposal import check_colleague_is_free, check_proposal
from services.matching.domain.silences import reply_by
from services.matching.operations import possible
from services.matching.operations.recording import announce, share
from services.matching.operations.staffing import check_staffing
from services.matching.storage import engagements, index, rounds, travel
from services.matching.storage.rows import Row

PROPOSED_IN_ROUND = "proposed_in_round"
HOST = "host"


def publish_next(work: Work, round_id: str) -> bool:
    """The next match of a round that is being published is proposed, or void because something has changed.

    False when there is none left: then the round is published.
    """
    row = rounds.take_round(work.connection, round_id)
    if row is None or row["stage"] != "publishing":
        return False
    match = rounds.next_planned(work.connection, round_id)
    if match is None:
        rounds.change_round(work.connection, round_id, stage="published")
        return False
    try:
        _propose(work, row, match)
    except Refusal as refusal:
        said = {"code": refusal.code, "parameters": refusal.parameters}
        rounds.settle_match(work.connection, match["engagement_id"], "void", said)
    else:
        rounds.settle_match(work.connection, match["engagement_id"], "proposed")
    return True


def _propose(work: Work, row: Row, match: Row) -> None:
    """The engagement is proposed in nobody's name, so each of the three is asked. It may have been already.

    Refuses: what a proposal between the two libraries is refused for, NotOfferedDate and TooFar.
    """
    if engagements.find(work.connection, match["engagement_id"]) is not None:
        return
    dates = tuple(map(date.fromisoformat, match["dates"]))
    half_days = match["half_days"]
    check_proposal(
        host_library_id=match["host_library_id"],
        lender_library_id=match["lender_library_id"],
        dates=dates,
        half_days=half_days,
        today=work.today,
    )
    host = possible.library(work, match["host_library_id"])
    lender = possible.library(work, match["lender_library_id"])
    possible.check_county(work, lender["county"])
    possible.check_participation(work, host["id"])
    possible.check_participation(work, lender["id"])
    request = _request(work, match, dates)
    possible.check_open(work, host, request["place"], dates)
    offer = _offer(work, match, dates, lender)
    if request["place"] == HOST:
        _check_way(work, offer, lender, host)
    if lender["county"] == work.county:
        possible.check_colleague(work, match["colleague_id"], lender["id"])
    created_by = row["created_by"]
    by = By(created_by["library_id"], created_by["person_id"], created_by["name"], "county")
    engagement = Engagement(
        id=match["engagement_id"],
        **between(host, lender),
        colleague_id=match["colleague_id"],
        colleague_name=offer["colleague_name"],
        dates=dates,
        half_days=half_days,
        request_id=match["request_id"],
        offer_id=match["offer_id"],
        skill=next(iter(request["skills"]), None),
        place=request["place"],
        reply_by_on=max(work.today, min(row["reply_by_on"], reply_by(work.today, dates[0]))),
        history=(Line(work.now, PROPOSED_IN_ROUND, by),),
    )
    engagements.lock_related(work.connection, engagement.colleague_id, engagement.request_id)
    possible.check_uncovered(work, engagement)
    _check_day_is_free(work, engagement)
    named = possible.with_contact_of_request(work, engagement, request)
    engagements.write(work.connection, replace(named, consents={}), is_home=True)
    announce(work, named)
    share(work, named)


def _request(work: Work, match: Row, dates: tuple[date, ...]) -> Row:
    """The request, which still asks for these days. Refuses: RequestClosed."""
    request = index.request(work.connection, match["request_id"])
    if request is None or request["state"] == "closed":
        raise RequestClosed(library_id=match["host_library_id"])
    asked = tuple(map(date.fromisoformat, request["dates"].split()))
    still = days_within(request["first_on"], request["last_on"], dates=asked)
    if not set(dates) <= set(still):
        raise RequestClosed(library_id=match["host_library_id"])
    return request


def _offer(work: Work, match: Row, dates: tuple[date, ...], lender: Row) -> Row:
    """The offer, which still stands on these days. Refuses: OfferExpired, NotOfferedDate."""
    offer = index.offer(work.connection, match["offer_id"])
    if offer is None:
        raise NotOfferedDate(library=lender["short_name"], date=dates[0].isoformat())
    possible.check_offer(work, offer)
    ends = [day for day in (offer["last_on"], offer["expires_on"]) if day is not None]
    still = days_within(
        dates[0],
        dates[-1],
        dates=tuple(sorted(map(date.fromisoformat, offer["dates"].split()))),
        since=offer["first_on"],
        until=min(ends) if ends else None,
        weekdays=frozenset(map(int, offer["weekdays"].split())),
    )
    for day in dates:
        if day not in still:
            raise NotOfferedDate(library=lender["short_name"], date=day.isoformat())
    return offer


def _check_way(work: Work, offer: Row, lender: Row, host: Row) -> None:
    """It is not further than the offer goes, by this county's table of travel times where that says the way:
    a round with other counties does not know it. Refuses: TooFar.
    """
    journey = travel.journeys(work.connection, [host["id"]]).get(host["id"], {}).get(lender["id"])
    km = way_km(_point(lender), _point(host), journey)
    if offer["max_km"] is not None and km is not None and km > offer["max_km"]:
        raise TooFar(library=lender["short_name"], km=km, max_km=offer["max_km"])


def _point(library: Row) -> Point | None:
    if library["latitude"] is None or library["longitude"] is None:
        return None
    return library["latitude"], library["longitude"]


def _check_day_is_free(work: Work, engagement: Engagement) -> None:
    """Nothing else is agreed or asked of the colleague on these days, and enough of her library stay at home.

    Refuses: ColleagueBusy, TooManyAway.
    """
    busy = rounds.busy_half_days(work.connection, engagement.colleague_id, work.today)
    check_colleague_is_free(engagement.colleague_id, engagement.dates, engagement.half_days, busy)
    check_staffing(work, engagement, with_asked=True)
