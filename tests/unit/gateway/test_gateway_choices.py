"""What the forms let one choose from."""

from datetime import date

from gateway.pages.choices import date_windows, open_days, working_days

MONDAY = date(2026, 11, 23)


def test_the_days_of_a_need_are_working_days_from_today_on() -> None:
    assert working_days("2026-11-20", "2026-11-24", MONDAY) == ["2026-11-23", "2026-11-24"]
    assert working_days("2026-11-27", "2026-11-30", MONDAY) == ["2026-11-27", "2026-11-30"]


def test_a_need_in_a_weekend_can_be_met_in_the_weekend() -> None:
    assert working_days("2026-11-28", "2026-11-29", MONDAY) == ["2026-11-28", "2026-11-29"]


def test_days_that_have_been_cannot_be_chosen() -> None:
    assert working_days("2026-11-16", "2026-11-20", MONDAY) == []


def test_a_day_and_a_half_needs_two_days_in_a_row() -> None:
    days = ["2026-11-23", "2026-11-24", "2026-11-25"]
    assert [value for value, _ in date_windows(days, 3)] == ["2026-11-23,2026-11-24", "2026-11-24,2026-11-25"]


def test_no_day_is_offered_on_which_the_library_is_closed() -> None:
    days = ["2026-12-23", "2026-12-24", "2026-12-25"]
    norwegian = {"country": "NO", "closed_dates": ["2026-12-24"]}
    assert open_days(days, norwegian) == ["2026-12-23"]
    assert open_days(days, {"country": None, "closed_dates": []}) == days
    assert open_days(days, None) == days
