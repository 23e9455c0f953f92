from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from byttebank.clock import FixedClock, format_time, local_date, parse_time


def test_a_moment_survives_the_way_to_text_and_back() -> None:
    moment = datetime(2026, 11, 23, 8, 14, 5, 120_003, tzinfo=UTC)
    assert parse_time(format_time(moment)) == moment


def test_equal_moments_are_equal_texts() -> None:
    oslo = datetime(2026, 7, 1, 2, 0, tzinfo=timezone(timedelta(hours=2)))
    assert format_time(oslo) == format_time(datetime(2026, 7, 1, 0, 0, tzinfo=UTC))


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        parse_time("2026-11-23T08:14:00")
    with pytest.raises(ValueError, match="offset"):
        FixedClock(datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_date_is_the_date_where_the_node_is() -> None:
    just_before_midnight_utc = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert local_date(just_before_midnight_utc, "Europe/Oslo") == date(2026, 7, 1)
