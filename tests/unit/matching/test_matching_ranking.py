"""Who comes first and why; who is left out and where."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain import ranking, weights
from services.matching.domain.ranking import Need, Option, Ranking, rank, working_days

TODAY = date(2026, 11, 23)
HERE, NEAR, FAR = (60.0, 12.0), (60.45, 12.05), (63.4, 10.4)
NEED = Need(
    county="innlandet",
    skills=("weeding",),
    first_on=date(2026, 12, 7),
    last_on=date(2026, 12, 11),
    half_days=2,
    place="host",
    at=HERE,
    neighbours=frozenset({"akershus"}),
)
OPTION = Option(
    offer_id="offer-1",
    county="innlandet",
    library_id="grue",
    library_name="Grue",
    colleague_id="jonas",
    colleague_name=None,
    dates=(),
    first_on=None,
    last_on=None,
    places=("host",),
    max_km=None,
    at=NEAR,
    given=0,
    received=0,
)


def ranked(*options: Option, need: Need = NEED, taken: Any = None, limit: int = 10) -> Ranking:
    return rank(need, options, taken or {}, today=TODAY, limit=limit)


def codes(result: Ranking, number: int = 0) -> dict[str, int]:
    return {reason.code: reason.score for reason in result.candidates[number].reasons}


def test_a_candidate_has_dates_distance_and_a_reason_for_each_part_of_the_score() -> None:
    (candidate,) = ranked(OPTION).candidates
    assert [day.day for day in candidate.dates] == [7, 8, 9, 10, 11]
    assert candidate.distance_km == 50
    assert [reason.code for reason in candidate.reasons] == [
        "can",
        "free_on",
        "distance",
        "first_visit",
        "same_county",
    ]
    assert candidate.score == sum(reason.score for reason in candidate.reasons) == 100 + 20 + 50 + 15 + 10


@pytest.mark.parametrize(
    ("changes", "code", "parameters", "score"),
    [
        ({"can_teach": frozenset({"weeding"})}, "can_teach", {"skill": "weeding"}, 10),
        ({"received": 4}, "owes", {"half_days": 4}, 20),
        ({"received": 100}, "owes", {"half_days": 100}, 40),
        ({"given": 3, "received": 0}, "gives", {"half_days": 3}, -15),
        ({"last_visit_on": date(2026, 8, 23)}, "last_visit", {"months": 3}, 3),
        ({"last_visit_on": date(2020, 1, 1)}, "last_visit", {"months": 83}, 12),
        ({"last_visit_on": date(2026, 12, 1)}, "last_visit", {"months": 0}, 0),
        ({"county": "akershus"}, "other_county", {"county": "akershus"}, 5),
        ({"county": "troms"}, "other_county", {"county": "troms"}, 0),
        ({"at": FAR}, "distance", {"km": 387}, 0),
        ({"at": HERE}, "distance", {"km": 0}, 60),
        ({"dates": (date(2026, 12, 9),)}, "free_on", {"dates": ["2026-12-09"]}, 20),
    ],
)
def test_each_reason_has_its_parameters_and_its_weight(
    changes: dict[str, Any], code: str, parameters: dict[str, Any], score: int
) -> None:
    (candidate,) = ranked(OPTION._replace(**changes)).candidates
    (reason,) = [reason for reason in candidate.reasons if reason.code == code]
    assert (dict(reason.parameters), reason.score) == (parameters, score)
    assert reason.is_favourable is (score >= 0)


def test_a_balance_we_do_not_know_or_that_is_even_is_no_reason() -> None:
    assert {"owes", "gives"}.isdisjoint(codes(ranked(OPTION._replace(given=None, received=None))))
    assert {"owes", "gives"}.isdisjoint(codes(ranked(OPTION._replace(given=4, received=4))))


def test_those_who_owe_come_first() -> None:
    owes = OPTION._replace(offer_id="offer-2", library_id="tolga", colleague_id="b", received=2)
    gives = OPTION._replace(offer_id="offer-3", library_id="hamar", colleague_id="c", given=2)
    order = [one.option.offer_id for one in ranked(gives, OPTION, owes).candidates]
    assert order == ["offer-2", "offer-1", "offer-3"]


def test_fewer_free_dates_than_asked_for_count_in_proportion() -> None:
    need = replace(NEED, half_days=8)
    one_day = OPTION._replace(dates=(date(2026, 12, 8),))
    assert codes(ranked(one_day, need=need))["free_on"] == 5
    assert codes(ranked(OPTION, need=need))["free_on"] == 20


def test_the_funnel_counts_libraries_and_not_offers() -> None:
    again = OPTION._replace(offer_id="offer-2", colleague_id="siri")
    busy = OPTION._replace(offer_id="offer-3", library_id="tolga", colleague_id="b")
    far = OPTION._replace(offer_id="offer-4", library_id="hamar", colleague_id="c", at=FAR, max_km=100)
    taken = {"b": {date(2026, 12, day): 2 for day in range(7, 12)}}
    result = ranked(OPTION, again, busy, far, taken=taken)
    assert (result.can, result.free, result.near) == (3, 2, 1)
    assert len(result.candidates) == 2


def test_a_colleague_is_one_candidate_with_her_best_offer() -> None:
    better = OPTION._replace(offer_id="offer-2", dates=(date(2026, 12, 8),), can_teach=frozenset({"weeding"}))
    assert [one.option.offer_id for one in ranked(OPTION, better).candidates] == ["offer-2"]


@pytest.mark.parametrize(
    ("changes", "days"),
    [
        ({}, [7, 8, 9, 10, 11]),
        ({"dates": (date(2026, 12, 1), date(2026, 12, 9), date(2026, 12, 14))}, [9]),
        ({"dates": (date(2026, 12, 12),)}, []),
        ({"first_on": date(2026, 12, 9)}, [9, 10, 11]),
        ({"last_on": date(2026, 12, 8)}, [7, 8]),
        ({"first_on": date(2026, 12, 8), "last_on": date(2026, 12, 8)}, [8]),
        ({"last_on": date(2026, 12, 1)}, []),
    ],
)
def test_dates_of_the_offer_inside_the_window_of_the_request(
    changes: dict[str, Any], days: list[int]
) -> None:
    result = ranked(OPTION._replace(**changes))
    assert [day.day for one in result.candidates for day in one.dates] == days
    assert result.free == (1 if days else 0)


def test_days_that_have_been_are_not_offered() -> None:
    need = replace(NEED, first_on=date(2026, 11, 16), last_on=date(2026, 11, 24))
    assert [day.day for day in ranked(OPTION, need=need).candidates[0].dates] == [23, 24]
    over = replace(NEED, first_on=date(2026, 11, 16), last_on=date(2026, 11, 20))
    assert ranked(OPTION, need=over).free == 0


def test_a_single_saturday_can_be_asked_for_and_offered() -> None:
    saturday = date(2026, 12, 12)
    need = replace(NEED, first_on=saturday, last_on=saturday)
    assert ranked(OPTION, need=need).candidates[0].dates == (saturday,)
    whole_week = replace(NEED, first_on=saturday, last_on=date(2026, 12, 18))
    assert ranked(OPTION._replace(dates=(saturday,)), need=whole_week).candidates[0].dates == (saturday,)
    assert saturday not in ranked(OPTION, need=whole_week).candidates[0].dates


def test_half_a_day_fits_beside_half_a_day_and_a_whole_one_does_not() -> None:
    taken = {"jonas": {date(2026, 12, 7): 1, date(2026, 12, 8): 2}}
    half = ranked(OPTION, need=replace(NEED, half_days=1), taken=taken).candidates[0]
    whole = ranked(OPTION, taken=taken).candidates[0]
    assert [day.day for day in half.dates] == [7, 9, 10, 11]
    assert [day.day for day in whole.dates] == [9, 10, 11]


@pytest.mark.parametrize(
    ("place", "places", "max_km", "is_near"),
    [
        ("host", ("host",), None, True),
        ("host", ("host",), 50, True),
        ("host", ("host",), 49, False),
        ("host", ("online",), None, False),
        ("online", ("online", "host"), 1, True),
        ("home", ("home",), 1, True),
        ("online", ("host",), None, False),
    ],
)
def test_the_place_and_the_journey(
    place: str, places: tuple[str, ...], max_km: int | None, is_near: bool
) -> None:
    result = ranked(OPTION._replace(places=places, max_km=max_km), need=replace(NEED, place=place))
    assert result.near == int(is_near)
    if is_near:
        assert ("no_travel" in codes(result)) is (place != "host")


def test_a_library_without_a_place_on_the_map_is_asked_all_the_same() -> None:
    lost = OPTION._replace(at=None, max_km=10)
    result = ranked(lost)
    assert result.near == 1
    assert result.candidates[0].distance_km is None
    assert "distance" not in codes(result)


def test_every_skill_is_named_and_counts_once() -> None:
    need = replace(NEED, skills=("weeding", "cataloguing"))
    (candidate,) = ranked(OPTION._replace(can_teach=frozenset({"cataloguing"})), need=need).candidates
    named = [(one.code, one.parameters["skill"], one.score) for one in candidate.reasons[:3]]
    assert named == [("can", "weeding", 100), ("can", "cataloguing", 0), ("can_teach", "cataloguing", 10)]


def test_only_so_many_candidates_as_asked_for_but_all_are_counted() -> None:
    options = [
        OPTION._replace(offer_id=f"offer-{number}", colleague_id=f"c{number}", library_id=f"l{number}")
        for number in range(30)
    ]
    result = ranked(*options, limit=3)
    assert (len(result.candidates), result.near) == (3, 30)


@given(st.permutations(range(12)))
def test_the_order_does_not_depend_on_the_order_of_the_offers(numbers: list[int]) -> None:
    options = [
        OPTION._replace(offer_id=f"offer-{number:02}", colleague_id=f"c{number // 2}", received=number % 3)
        for number in numbers
    ]
    expected = ranked(*sorted(options, key=lambda one: one.offer_id)).candidates
    assert ranked(*options).candidates == expected


@given(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 30))
def test_working_days_are_inside_the_window(first: date, length: int) -> None:
    last = date.fromordinal(first.toordinal() + length)
    days = working_days(first, last)
    assert days
    assert all(first <= day <= last for day in days)
    if length >= 6:
        assert all(day.weekday() < 5 for day in days)


def test_the_weights_keep_a_score_above_zero() -> None:
    worst = ranking.SKILL - weights.BOUNDS["owes_most"][1]
    assert worst > 0
