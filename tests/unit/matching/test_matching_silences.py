"""Until when one may answer, and which days stand still."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.domain.silences import (
    days_after,
    easter_sunday,
    reply_by,
    stands_still,
    working_days_before,
)

DAYS = st.dates(date(2020, 1, 1), date(2060, 12, 31))


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    "text",
    [
        "1818-03-22",
        "1943-04-25",
        "2000-04-23",
        "2024-03-31",
        "2025-04-20",
        "2026-04-05",
        "2027-03-28",
        "2038-04-25",
        "2049-04-18",
    ],
)
def test_easter_falls_where_the_calendar_says(text: str) -> None:
    assert easter_sunday(day(text).year) == day(text)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-07-01", "2026-07-31"),
        ("2026-12-24", "2027-01-01"),
        ("2026-03-29", "2026-04-06"),
        ("2027-03-21", "2027-03-29"),
    ],
)
def test_holiday_weeks_stand_still_from_their_first_to_their_last_day(first: str, last: str) -> None:
    one = timedelta(days=1)
    span = (day(last) - day(first)).days
    assert all(stands_still(day(first) + number * one) for number in range(span + 1))
    assert not stands_still(day(first) - one)
    assert not stands_still(day(last) + one)


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2026-11-23", 7, "2026-11-30"),
        ("2026-06-28", 7, "2026-08-05"),
        ("2026-07-10", 1, "2026-08-01"),
        ("2026-12-20", 7, "2027-01-05"),
        ("2026-03-27", 14, "2026-04-19"),
        ("2026-11-23", 0, "2026-11-23"),
    ],
)
def test_days_are_counted_without_those_that_stand_still(start: str, count: int, end: str) -> None:
    assert days_after(day(start), count) == day(end)


@given(DAYS, st.integers(1, 60))
def test_exactly_so_many_counted_days_lie_between(start: date, count: int) -> None:
    end = days_after(start, count)
    days = [start + timedelta(days=number) for number in range(1, (end - start).days + 1)]
    assert sum(not stands_still(one) for one in days) == count
    assert not stands_still(end)


@pytest.mark.parametrize(
    ("end", "start"),
    [("2026-12-09", "2026-12-07"), ("2026-12-07", "2026-12-03"), ("2026-12-08", "2026-12-04")],
)
def test_two_working_days_before_step_over_the_weekend(end: str, start: str) -> None:
    assert working_days_before(day(end), 2) == day(start)


@pytest.mark.parametrize(
    ("proposed", "first", "last_to_reply", "why"),
    [
        ("2026-11-23", "2027-02-01", "2026-11-30", "seven days"),
        ("2026-11-23", "2026-11-27", "2026-11-25", "two working days before the date"),
        ("2026-11-26", "2026-12-01", "2026-11-27", "two working days, over a weekend"),
        ("2026-11-23", "2026-11-25", "2026-11-24", "never less than the next day"),
        ("2026-11-23", "2026-11-24", "2026-11-24", "a proposal for tomorrow"),
        ("2026-11-23", "2026-11-23", "2026-11-23", "a proposal for today"),
        ("2026-06-29", "2026-09-01", "2026-08-06", "July stands still"),
        ("2026-07-10", "2026-08-03", "2026-07-30", "but the date comes all the same"),
        ("2026-12-21", "2027-02-01", "2027-01-06", "Christmas stands still"),
        ("2027-03-19", "2027-06-01", "2027-04-04", "Easter stands still"),
    ],
)
def test_a_proposal_ends(proposed: str, first: str, last_to_reply: str, why: str) -> None:
    assert reply_by(day(proposed), day(first)) == day(last_to_reply), why


@given(DAYS, st.integers(0, 540))
def test_nobody_is_asked_to_answer_in_the_past_or_after_the_date(proposed: date, ahead: int) -> None:
    first = proposed + timedelta(days=ahead)
    assert proposed <= reply_by(proposed, first) <= first
