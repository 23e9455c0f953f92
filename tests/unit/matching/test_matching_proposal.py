"""What a proposal must hold, and how much of a day is taken."""

from datetime import date
from typing import Any

import pytest
from engagement_cast import accept, after, in_state, proposed
from hypothesis import given
from hypothesis import strategies as st

from byttebank.contracts.refusals import (
    BelowHalfDay,
    ColleagueBusy,
    DatePast,
    DateTooFar,
    OwnLibrary,
    Refusal,
    TooManyDays,
)
from byttebank.contracts.resources import ENGAGEMENT_STATES
from services.matching.domain.proposal import (
    add_up,
    check_colleague_is_free,
    check_proposal,
    months_after,
    spread,
    takes_time,
)

TODAY = date(2026, 11, 23)
GOOD: dict[str, Any] = {
    "host_library_id": "eidskog",
    "lender_library_id": "grue",
    "dates": [date(2026, 12, 9)],
    "half_days": 2,
    "today": TODAY,
}


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"lender_library_id": "eidskog"}, OwnLibrary(library_id="eidskog")),
        ({"half_days": 0}, BelowHalfDay()),
        ({"half_days": -2}, BelowHalfDay()),
        ({"half_days": 41}, TooManyDays(max_half_days=40)),
        ({"dates": [date(2026, 11, 22)]}, DatePast(date="2026-11-22")),
        ({"dates": [date(2026, 12, 9), date(2026, 11, 20)]}, DatePast(date="2026-11-20")),
        ({"dates": [date(2028, 5, 24)]}, DateTooFar(date="2028-05-24", months=18)),
    ],
)
def test_what_is_refused(changes: dict[str, Any], refusal: Refusal) -> None:
    with pytest.raises(type(refusal)) as refused:
        check_proposal(**{**GOOD, **changes})
    assert refused.value == refusal


@pytest.mark.parametrize(
    "changes",
    [{}, {"half_days": 1}, {"half_days": 40}, {"dates": [TODAY]}, {"dates": [date(2028, 5, 23)]}],
)
def test_what_is_just_allowed(changes: dict[str, Any]) -> None:
    check_proposal(**{**GOOD, **changes})


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2026-11-23", 18, "2028-05-23"),
        ("2026-08-31", 18, "2028-02-29"),
        ("2025-08-31", 18, "2027-02-28"),
        ("2026-12-31", 1, "2027-01-31"),
        ("2026-10-31", 1, "2026-11-30"),
    ],
)
def test_months_later_is_the_same_day_or_the_last_of_the_month(day: str, months: int, later: str) -> None:
    assert months_after(date.fromisoformat(day), months) == date.fromisoformat(later)


DAYS = [date(2026, 12, day) for day in (7, 8, 9)]


@pytest.mark.parametrize(
    ("half_days", "loads"), [(1, [1, 0, 0]), (3, [1, 1, 1]), (4, [2, 1, 1]), (6, [2, 2, 2]), (9, [2, 2, 2])]
)
def test_half_days_are_spread_over_the_dates(half_days: int, loads: list[int]) -> None:
    assert list(spread(half_days, DAYS).values()) == loads


@given(st.integers(1, 6))
def test_nothing_is_lost_in_spreading_what_fits(half_days: int) -> None:
    assert sum(spread(half_days, DAYS).values()) == half_days


def test_two_halves_make_a_full_day_and_more_is_too_much() -> None:
    taken = add_up([(1, [DAYS[0]])])
    check_colleague_is_free("jonas", [DAYS[0]], 1, taken)
    with pytest.raises(ColleagueBusy) as refused:
        check_colleague_is_free("jonas", [DAYS[1], DAYS[0]], 4, taken)
    assert refused.value.parameters == {"date": "2026-12-07", "colleague_id": "jonas"}


@pytest.mark.parametrize("state", ENGAGEMENT_STATES)
def test_a_colleague_is_taken_once_she_has_agreed(state: str) -> None:
    free = ("proposed", "declined", "expired", "cancelled", "no_show")
    assert takes_time(in_state(state)) is (state not in free)


def test_her_own_yes_takes_the_day_and_her_managers_does_not() -> None:
    day = date(2026, 11, 24)
    assert takes_time(after(proposed(), (accept("colleague"), day)).engagement)
    assert not takes_time(after(proposed(), (accept("lender_manager"), day)).engagement)
