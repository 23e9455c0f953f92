import pytest
from hypothesis import given
from hypothesis import strategies as st

from byttebank.days import NotHalfDays, days_from_half_days, half_days_from_days


@pytest.mark.parametrize(
    ("days", "half_days"), [(1, 2), (0.5, 1), ("1,5", 3), ("2", 4), (0, 0), (-1, -2), (" 1.5 ", 3)]
)
def test_days_as_people_write_them_become_half_days(days: object, half_days: int) -> None:
    assert half_days_from_days(days) == half_days  # type: ignore[arg-type]


@pytest.mark.parametrize("days", [0.25, "0.3", "one", "", "nan", "inf", "1e400x", "½"])
def test_what_is_not_whole_half_days_is_refused(days: object) -> None:
    with pytest.raises(NotHalfDays):
        half_days_from_days(days)  # type: ignore[arg-type]


@given(st.integers(min_value=-10_000, max_value=10_000))
def test_half_days_survive_the_way_there_and_back(half_days: int) -> None:
    assert half_days_from_days(days_from_half_days(half_days)) == half_days
