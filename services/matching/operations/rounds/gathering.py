"""What a round is computed from, gathered at one moment from matching's index and the ledger's answer."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from byttebank.storage.work import Work
from services.matching.domain.distance import Point
from services.matching.domain.open_days import days_between, days_within
from services.matching.domain.participants import Helping, Roads, Standing, Wanted
from services.matching.domain.proposal import FULL_DAY
from services.matching.domain.round import canonical, hash_of
from services.matching.domain.round_input import RoundInput, round_input
from services.matching.operations.possible import closed_to
from services.matching.operations.staffing import within_staffing
from services.matching.storage import rounds, travel
from services.matching.storage.rows import Row

Document = dict[str, Any]
ONE_DAY = timedelta(days=1)


def accounts_reported(work: Work, body: Document) -> None:
    """The round has its input and waits to be computed, or has failed because there is nothing to compute.

    An answer to a round that does not wait for one, or to a joint round, changes nothing here.
    """
    row = rounds.take_round(work.connection, body["round_id"])
    if row is None or row["stage"] != "gathering" or row["coordinator"] is not None:
        return
    found = _gather(work, row, body)
    requests, colleagues = found.instance["requests"], found.instance["colleagues"]
    private = {
        "salt": row["private"]["salt"],
        "names": found.names,
        "funnels": found.funnels,
        "left_out": found.left_out,
        "balances": {one["library_id"]: one["balance_half_days"] for one in body["accounts"]},
    }
    if not requests or not colleagues:
        code = "nobody_offers" if requests else "only_left_out" if found.left_out else "no_requests"
        refusal = {"code": code, "parameters": {}}
        failed = {"stage": "failed", "refusal": refusal, "ended_at": work.now, "private": private}
        rounds.change_round(work.connection, row["id"], **failed)
        return
    wait_for_computation(work, row["id"], found, canonical(found.instance), private)


def wait_for_computation(work: Work, round_id: str, found: RoundInput, text: str, private: Document) -> None:
    """The round has this input, whose canonical text is given, and waits until somebody computes it."""
    rounds.change_round(
        work.connection,
        round_id,
        stage="waiting",
        input=text,
        input_hash=hash_of(text),
        private=private,
        result=_totals(found),
    )


def _totals(found: RoundInput) -> Document:
    """How much takes part: requests, colleagues, days asked for."""
    requests = found.instance["requests"]
    half_days = sum(one.get("half_days", FULL_DAY * one["days"]) for one in requests)
    return {
        "request_count": len(requests),
        "colleague_count": len({one["colleague_id"] for one in found.names["helpers"].values()}),
        "days_wanted": half_days // FULL_DAY,
        "half_days_wanted": half_days,
    }


def _gather(work: Work, row: Row, body: Document) -> RoundInput:
    found = gathered(work, row, body["accounts"])
    rooms = {(one["county"], work.county): one["may_receive_half_days"] for one in rooms_of(work, body)}
    return round_input(
        round_id=row["id"],
        county=work.county,
        salt=row["private"]["salt"],
        days_each=row["days_each"],
        standings=found.standings,
        wanted=[one for one in found.wanted if one.half_days > 0],
        helping=[one for one in found.helping if one.dates],
        points=found.points,
        roads=found.roads,
        rooms=rooms,
    )


def rooms_of(work: Work, body: Document) -> list[Document]:
    """`{county, may_receive_half_days, may_give_half_days}`: what the limit with each other county leaves.

    What has been asked for and not answered will count against it too.
    """
    asked = rounds.asked_of_counties(work.connection, work.county, work.today)
    return [
        {**one, "may_receive_half_days": one["may_receive_half_days"] - asked.get(one["county"], 0)}
        for one in body.get("counties", [])
    ]


@dataclass(frozen=True)
class Gathered:
    """What takes part in a round as it stands at this moment, before anything is left out."""

    standings: dict[str, Standing]
    wanted: list[Wanted]
    helping: list[Helping]
    points: dict[str, Point | None]
    roads: Roads


def gathered(work: Work, row: Row, accounts: list[Document]) -> Gathered:
    """The county's open requests, the offers that reach it, and the libraries' accounts, for the round's
    days.
    """
    # Nobody is asked for today.
    first_on, last_on = max(row["first_on"], work.today + ONE_DAY), row["last_on"]
    fixed = rounds.Fixed(work.connection, work.today)
    libraries = rounds.libraries_by_id(work.connection)

    @cache
    def closed_days(library_id: str, place: str) -> frozenset[date]:
        return closed_to(libraries[library_id], place, days_between(first_on, last_on))

    standings = {
        one["library_id"]: Standing(
            one["balance_half_days"],
            one["available_half_days"] - fixed.asked.get(one["library_id"], 0),
        )
        for one in accounts
    }
    wanted = [
        _wanted(one, fixed, closed_days(one["library_id"], one["place"]), _asked(one, first_on, last_on))
        for one in rounds.open_requests(work.connection, work.county, first_on, last_on)
    ]
    helping = [
        _helping(one, fixed, _offered(one, first_on, last_on))
        for one in rounds.open_offers(work.connection, work.county, first_on, last_on)
    ]
    points = {one: _point(library) for one, library in libraries.items()}
    hosts = {one.library_id for one in wanted if one.place == "host"}
    return Gathered(
        standings,
        wanted,
        within_staffing(work, helping, wanted, first_on),
        points,
        travel.journeys(work.connection, hosts),
    )


def _wanted(row: Row, fixed: rounds.Fixed, closed: frozenset[date], days: tuple[date, ...]) -> Wanted:
    left_out = closed | fixed.served_on.get(row["id"], set())
    return Wanted(
        request_id=row["id"],
        library_id=row["library_id"],
        skills=tuple(row["skills"]),
        dates=tuple(day for day in days if day not in left_out),
        half_days=row["half_days"] - fixed.served.get(row["id"], 0),
        same_person=row["same_person"],
        place=row["place"],
    )


def _helping(row: Row, fixed: rounds.Fixed, days: tuple[date, ...]) -> Helping:
    busy = fixed.busy.get(row["colleague_id"], set())
    return Helping(
        offer_id=row["id"],
        county=row["county"],
        library_id=row["library_id"],
        colleague_id=row["colleague_id"],
        skills=row["skills"],
        dates=frozenset(day for day in days if day not in busy),
        places=tuple(row["places"].split()),
        max_km=row["max_km"],
    )


def _asked(row: Row, first_on: date, last_on: date) -> tuple[date, ...]:
    dates = tuple(sorted(_dates(row["dates"])))
    return days_within(first_on, last_on, dates=dates, since=row["first_on"], until=row["last_on"])


def _offered(row: Row, first_on: date, last_on: date) -> tuple[date, ...]:
    ends = [day for day in (row["last_on"], row["expires_on"]) if day is not None]
    return days_within(
        first_on,
        last_on,
        dates=tuple(sorted(_dates(row["dates"]))),
        since=row["first_on"],
        until=min(ends) if ends else None,
        weekdays=frozenset(map(int, row["weekdays"].split())),
    )


def _dates(text: str) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, text.split()))


def _point(library: Row) -> Point | None:
    if library["latitude"] is None or library["longitude"] is None:
        return None
    return library["latitude"], library["longitude"]
