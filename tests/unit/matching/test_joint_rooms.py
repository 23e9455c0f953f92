"""Half-days, and limits between counties, in rounds that several counties hold together."""

from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from joint_cast import COUNTIES, a_room

from byttebank.contracts.fields import load
from byttebank.contracts.joint_rounds import PartText
from services.matching.domain.joint_input import MOST_ROOM, assembled, county_of, own_part
from services.matching.domain.participants import Helping, Standing, Wanted
from services.matching.domain.round import canonical, matches_of
from services.matching.domain.round_input import RoundInput
from services.matching.rounds.reading import read_content
from services.matching.rounds.solving import solve

Document = dict[str, Any]
MONDAY = date(2026, 12, 7)


def one_pair(receive: int | None, give: int | None) -> RoundInput:
    """Somebody in Akershus offers ten days, a library in Oslo asks for three and a half. What each of the
    two says of the other; None: nothing."""
    days = tuple(MONDAY + timedelta(days=number) for number in range(4))
    helping = Helping("o", "akershus", "nes", "per", frozenset({"x"}), frozenset(days), ("host",), None)
    wanted = Wanted("r", "deichman", ("x",), days, 7, False, "host")
    rooms = {
        "oslo": [] if receive is None else [a_room("akershus", receive=receive)],
        "akershus": [] if give is None else [a_room("oslo", give=give)],
    }
    parts = {
        county: load(
            PartText,
            own_part(
                salt=county,
                peers=COUNTIES,
                standings={"nes": Standing(0, 20), "deichman": Standing(0, 20)},
                wanted=[wanted] if county == "oslo" else [],
                helping=[helping] if county == "akershus" else [],
                points={},
                rooms=rooms[county],
            ).part,
        )
        for county in ("akershus", "oslo")
    }
    return assembled("round", 5, parts)


@pytest.mark.parametrize(
    ("receive", "give", "cap"),
    [(2, 5, 1), (5, 2, 1), (3, 3, 1.5), (0, 9, 0), (None, 4, 2), (4, None, 2), (-3, 9, 0)],
)
def test_no_more_goes_between_two_counties_than_both_say_may(
    receive: int | None, give: int | None, cap: float
) -> None:
    instance = one_pair(receive, give).instance
    assert instance["caps"] == [["akershus", "oslo", cap]]
    assert sorted(one["county"] for one in instance["libraries"]) == ["akershus", "oslo"]
    assert instance["format"] == "staff-day-exchange/2"


@pytest.mark.parametrize("room", [None, 7, 100])
def test_a_limit_that_nobody_can_reach_is_not_told(room: int | None) -> None:
    """Who reads the file need not learn how much two counties may still exchange."""
    instance = one_pair(room, room).instance
    assert "caps" not in instance
    assert all("county" not in one for one in instance["libraries"])


def test_a_limit_beyond_what_may_be_said_is_as_good_as_any() -> None:
    part = own_part(
        salt="s",
        peers=COUNTIES,
        standings={},
        wanted=[],
        helping=[],
        points={},
        rooms=[a_room("oslo", receive=10**9, give=-4)],
    ).part
    assert load(PartText, part)["rooms"] == [a_room("oslo", receive=MOST_ROOM, give=0)]


def test_a_part_without_limits_has_none() -> None:
    part = own_part(salt="s", peers=COUNTIES, standings={}, wanted=[], helping=[], points={}).part
    del part["rooms"]
    assert load(PartText, part)["rooms"] == []


@pytest.mark.simulation
@pytest.mark.parametrize("seed", range(12))
def test_no_plan_takes_two_counties_beyond_their_limit(seed: int) -> None:
    random = Random(seed)
    parts, rooms = a_country(random)
    whole = assembled(f"round {seed}", 4, parts)
    outcome = solve(read_content(canonical(whole.instance).encode()).instance)
    gone: dict[tuple[str, str], int] = {}
    for match in matches_of(outcome.plan, whole.names, lambda *_: ""):
        way = county_of(match.colleague_id), county_of(match.request_id)
        gone[way] = gone.get(way, 0) + match.half_days
    for (lender, host), half_days in gone.items():
        if lender != host:
            assert half_days <= min(rooms[host][lender][0], rooms[lender][host][1])


def a_country(random: Random) -> tuple[dict[str, Document], dict[str, dict[str, tuple[int, int]]]]:
    """Three counties of two libraries and what limits each says, in half-days, from and to each other one."""
    rooms = {
        county: {other: (random.randrange(8), random.randrange(8)) for other in COUNTIES if other != county}
        for county in COUNTIES
    }
    days = [MONDAY + timedelta(days=number) for number in range(5)]
    parts = {}
    for county in COUNTIES:
        libraries = [f"{county} {number}" for number in range(2)]
        wanted = [
            Wanted(
                f"r{county}{n}",
                random.choice(libraries),
                ("x",),
                tuple(days),
                random.randint(1, 7),
                n == 0,
                "host",
            )
            for n in range(3)
        ]
        helping = [
            Helping(
                f"o{county}{n}",
                county,
                random.choice(libraries),
                f"c{county}{n}",
                frozenset({"x"}),
                frozenset(random.sample(days, 4)),
                ("host",),
                None,
            )
            for n in range(2)
        ]
        parts[county] = own_part(
            salt=county,
            peers=COUNTIES,
            standings={one: Standing(0, random.randrange(2, 12)) for one in libraries},
            wanted=wanted,
            helping=helping,
            points={},
            rooms=[a_room(other, *room) for other, room in rooms[county].items()],
        ).part
    return parts, rooms
