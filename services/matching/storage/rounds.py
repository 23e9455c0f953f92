"""Rounds as rows, their plans, and what they are gathered from."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, exists, func, insert, or_, select, update

from services.matching.domain.engagement import OPEN, TAKEN
from services.matching.domain.proposal import add_up, spread
from services.matching.storage.index import has_accepted
from services.matching.storage.round_tables import round_matches, rounds
from services.matching.storage.rows import Row, add_once, find
from services.matching.storage.tables import (
    engagements,
    libraries,
    offer_counties,
    offer_skills,
    offers,
    peers,
    requests,
)


def add_round(connection: Connection, row: Row) -> bool:
    """The round is stored. False, and nothing is changed, when there is one with its id."""
    return add_once(connection, rounds, row)


def round_of(connection: Connection, round_id: str) -> Row | None:
    """The round, to read."""
    return find(connection, rounds, round_id)


def take_round(connection: Connection, round_id: str) -> Row | None:
    """The round, locked until the transaction ends."""
    row = (
        connection.execute(select(rounds).where(rounds.c.id == round_id).with_for_update()).mappings().first()
    )
    return None if row is None else dict(row)


def change_round(connection: Connection, round_id: str, **values: Any) -> None:
    """These columns of the round have these values."""
    connection.execute(update(rounds).where(rounds.c.id == round_id).values(values))


def forget_creator(connection: Connection, person_id: str) -> None:
    """No round names the person as who began it; the id stays."""
    begun = select(rounds.c.id, rounds.c.created_by).where(
        rounds.c.created_by["person_id"].as_string() == person_id
    )
    for row in connection.execute(begun).all():
        change_round(connection, row.id, created_by={**row.created_by, "name": None})


def list_rounds(connection: Connection, limit: int) -> list[Row]:
    """Rounds without input and result, the newest first."""
    columns = [column for column in rounds.c if column.name not in ("input", "private")]
    query = select(*columns).order_by(rounds.c.created_at.desc(), rounds.c.id.desc()).limit(limit)
    return [dict(row) for row in connection.execute(query).mappings()]


def rounds_in(connection: Connection, stages: frozenset[str]) -> list[Row]:
    """Id, stage, run, beat and wish to stop of the rounds in these stages, the oldest first."""
    columns = [rounds.c[name] for name in ("id", "stage", "run", "beat_at", "is_stopping", "started_at")]
    query = select(*columns).where(rounds.c.stage.in_(sorted(stages)))
    return [
        dict(row) for row in connection.execute(query.order_by(rounds.c.created_at, rounds.c.id)).mappings()
    ]


def put_matches(connection: Connection, round_id: str, rows: list[Row]) -> None:
    """The plan of the round is these matches and no others."""
    connection.execute(delete(round_matches).where(round_matches.c.round_id == round_id))
    if rows:
        connection.execute(insert(round_matches), [{**row, "round_id": round_id} for row in rows])


def matches(connection: Connection, round_id: str) -> list[Row]:
    """The plan, by number, each with the state its engagement has now (None: there is none)."""
    query = (
        select(round_matches, engagements.c.state.label("engagement_state"))
        .outerjoin(engagements, engagements.c.id == round_matches.c.engagement_id)
        .where(round_matches.c.round_id == round_id)
        .order_by(round_matches.c.number)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def count_matches(connection: Connection, round_ids: list[str]) -> dict[str, dict[str, int]]:
    """How many matches of each round are in which state."""
    query = (
        select(round_matches.c.round_id, round_matches.c.state, func.count())
        .where(round_matches.c.round_id.in_(round_ids))
        .group_by(round_matches.c.round_id, round_matches.c.state)
    )
    found: dict[str, dict[str, int]] = {}
    for round_id, state, count in connection.execute(query):
        found.setdefault(round_id, {})[state] = count
    return found


def next_planned(connection: Connection, round_id: str) -> Row | None:
    """The first match that is neither proposed nor void."""
    query = select(round_matches).where(
        round_matches.c.round_id == round_id, round_matches.c.state == "planned"
    )
    row = connection.execute(query.order_by(round_matches.c.number).limit(1)).mappings().first()
    return None if row is None else dict(row)


def settle_match(connection: Connection, engagement_id: str, state: str, refusal: Row | None = None) -> None:
    """The match is proposed, or void because of the refusal."""
    values = {"state": state, "refusal": refusal}
    connection.execute(
        update(round_matches).where(round_matches.c.engagement_id == engagement_id).values(values)
    )


def open_requests(connection: Connection, county: str, first_on: date, last_on: date) -> list[Row]:
    """Open requests on the board of the county's open libraries that touch the dates, by id.

    Of libraries that have accepted the participation agreement: others cannot agree on days.
    """
    query = (
        select(requests)
        .join(libraries, libraries.c.id == requests.c.library_id)
        .where(
            requests.c.county == county,
            requests.c.state == "open",
            requests.c.is_open,
            requests.c.first_on <= last_on,
            requests.c.last_on >= first_on,
            libraries.c.state == "open",
            has_accepted(),
        )
    )
    return [dict(row) for row in connection.execute(query.order_by(requests.c.id)).mappings()]


def open_offers(connection: Connection, county: str, first_on: date, last_on: date) -> list[Row]:
    """Open offers of help that reach the county and touch the dates, by id, with their `skills`.

    Those of the county's own libraries only where the participation agreement is accepted.
    """
    reaches = or_(
        offers.c.county == county,
        offers.c.reach == "all",
        and_(
            offers.c.reach == "counties",
            exists().where(offer_counties.c.offer_id == offers.c.id, offer_counties.c.county == county),
        ),
    )
    query = (
        select(offers)
        .join(libraries, libraries.c.id == offers.c.library_id)
        .outerjoin(peers, peers.c.county == offers.c.county)
        .where(
            offers.c.state == "open",
            offers.c.purpose == "help",
            or_(offers.c.first_on.is_(None), offers.c.first_on <= last_on),
            or_(offers.c.last_on.is_(None), offers.c.last_on >= first_on),
            libraries.c.state == "open",
            or_(and_(offers.c.county == county, has_accepted()), peers.c.state == "active"),
            reaches,
        )
        .order_by(offers.c.id)
    )
    found = [dict(row) for row in connection.execute(query).mappings()]
    skills: dict[str, set[str]] = {}
    which = offer_skills.c.offer_id.in_(query.with_only_columns(offers.c.id).order_by(None))
    for skill, offer_id in connection.execute(
        select(offer_skills.c.skill, offer_skills.c.offer_id).where(which)
    ):
        skills.setdefault(offer_id, set()).add(skill)
    return [{**row, "skills": frozenset(skills.get(row["id"], ()))} for row in found]


def libraries_by_id(connection: Connection) -> dict[str, Row]:
    """Every library as last heard."""
    return {row["id"]: dict(row) for row in connection.execute(select(libraries)).mappings()}


class Fixed:
    """What stands already and no round may touch: engagements under way or asked for, from `since` on.

    `busy`: dates by colleague. `served`: half-days by request, `served_on`: their dates. `asked`: half-days
    by host library that the ledger does not know of yet, because not everybody has said yes.
    """

    def __init__(self, connection: Connection, since: date) -> None:
        self.busy: dict[str, set[date]] = {}
        self.served: dict[str, int] = {}
        self.served_on: dict[str, set[date]] = {}
        self.asked: dict[str, int] = {}
        names = ("colleague_id", "request_id", "host_library_id", "half_days", "dates", "state", "last_on")
        columns = [engagements.c[name] for name in (*names, "purpose")]
        still_open = select(requests.c.id).where(requests.c.state == "open")
        query = select(*columns).where(
            engagements.c.state.in_(sorted(OPEN | TAKEN)),
            or_(engagements.c.last_on >= since, engagements.c.request_id.in_(still_open)),
        )
        for row in connection.execute(query):
            dates = list(map(date.fromisoformat, row.dates))
            if row.last_on >= since:
                self.busy.setdefault(row.colleague_id, set()).update(spread(row.half_days, dates))
                if row.state in OPEN and row.purpose == "help":
                    self.asked[row.host_library_id] = self.asked.get(row.host_library_id, 0) + row.half_days
            if row.request_id is not None:
                self.served[row.request_id] = self.served.get(row.request_id, 0) + row.half_days
                self.served_on.setdefault(row.request_id, set()).update(dates)


def asked_of_counties(connection: Connection, county: str, since: date) -> dict[str, int]:
    """Half-days from `since` on that this county's libraries have asked for of each other county's, and not
    everybody has said yes to, so the ledger does not know of them.
    """
    asked = func.sum(engagements.c.half_days)
    query = select(engagements.c.lender_county, asked).where(
        engagements.c.state.in_(sorted(OPEN)),
        engagements.c.purpose == "help",
        engagements.c.last_on >= since,
        engagements.c.home_county == county,
        engagements.c.lender_county != county,
    )
    rows = connection.execute(query.group_by(engagements.c.lender_county))
    return {lender: int(half_days) for lender, half_days in rows}


def beat(connection: Connection, round_id: str, run: int, now: datetime, progress: Row | None) -> bool:
    """The run is alive and this far. False when it is not the running one any more."""
    values: Row = {"beat_at": now}
    if progress is not None:
        values["progress"] = progress
    which = (rounds.c.id == round_id) & (rounds.c.run == run) & (rounds.c.stage == "computing")
    return bool(connection.execute(update(rounds).where(which).values(values)).rowcount == 1)


def busy_half_days(connection: Connection, colleague_id: str, since: date) -> dict[date, int]:
    """Half-days by date of what is agreed with the colleague or asked of her."""
    query = select(engagements.c.half_days, engagements.c.dates).where(
        engagements.c.colleague_id == colleague_id,
        engagements.c.last_on >= since,
        engagements.c.state.in_(sorted(OPEN | TAKEN)),
    )
    return add_up(
        (row.half_days, list(map(date.fromisoformat, row.dates))) for row in connection.execute(query)
    )
