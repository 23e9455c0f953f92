"""Every row of the word list's table of numbers and dates."""

from datetime import date, time

import pytest

from byttebank.language import (
    LanguageUnknown,
    calendar_leaf,
    capitalised,
    date_near,
    date_sentence,
    date_short,
    date_span,
    dates_phrase,
    days_column,
    days_count,
    days_phrase,
    distance_phrase,
    list_phrase,
    money_phrase,
    month_name,
    quoted,
    time_phrase,
    travel_time_phrase,
    week_phrase,
    weekday_name,
)

TODAY = date(2027, 2, 1)
THURSDAY = date(2027, 3, 4)


@pytest.mark.parametrize(
    ("language", "phrases"),
    [
        ("nb", ["ingen dager", "en halv dag", "en dag", "1,5\u00a0dager", "2\u00a0dager", "10\u00a0dager"]),
        ("nn", ["ingen dagar", "ein halv dag", "ein dag", "1,5\u00a0dagar", "2\u00a0dagar", "10\u00a0dagar"]),
        ("en", ["no days", "half a day", "one day", "1.5\u00a0days", "2\u00a0days", "10\u00a0days"]),
    ],
)
def test_days_in_a_sentence(language: str, phrases: list[str]) -> None:
    assert [days_phrase(half_days, language) for half_days in (0, 1, 2, 3, 4, 20)] == phrases


@pytest.mark.parametrize(
    ("language", "counts"),
    [
        ("nb", ["0\u00a0dager", "en halv dag", "1\u00a0dag", "1,5\u00a0dager", "4\u00a0dager"]),
        ("nn", ["0\u00a0dagar", "ein halv dag", "1\u00a0dag", "1,5\u00a0dagar", "4\u00a0dagar"]),
        ("en", ["0\u00a0days", "half a day", "1\u00a0day", "1.5\u00a0days", "4\u00a0days"]),
    ],
)
def test_days_where_the_figure_stands_out(language: str, counts: list[str]) -> None:
    assert [days_count(half_days, language) for half_days in (0, 1, 2, 3, 8)] == counts


def test_days_in_a_column_have_a_real_minus_sign() -> None:
    assert [days_column(half_days) for half_days in (0, 1, 2, 3, -4, -1)] == [
        "0",
        "0,5",
        "1",
        "1,5",
        "\u22122",
        "\u22120,5",
    ]
    assert [days_column(half_days, signed=True) for half_days in (2, 0, -2)] == ["+1", "0", "\u22121"]
    assert days_column(-3, signed=True, language="en") == "\u22121.5"


@pytest.mark.parametrize("phrase", [days_phrase, days_count])
def test_fewer_than_no_days_are_not_a_phrase(phrase: object) -> None:
    with pytest.raises(ValueError, match="half_days is -1"):
        phrase(-1)  # type: ignore[operator]


def test_days_are_counted_in_whole_half_days() -> None:
    with pytest.raises(TypeError, match="half-days"):
        days_phrase(1.5)  # type: ignore[arg-type]


def test_a_date_in_a_sentence() -> None:
    assert date_sentence(THURSDAY, "nb", TODAY) == "torsdag 4. mars"
    assert date_sentence(date(2027, 3, 6), "nn", TODAY) == "laurdag 6. mars"
    assert date_sentence(THURSDAY, "en", TODAY) == "Thursday 4 March"


def test_another_year_is_written() -> None:
    last_year = date(2026, 2, 1)
    assert date_sentence(THURSDAY, "nb", last_year) == "4. mars 2027"
    assert date_sentence(THURSDAY, "en", last_year) == "4 March 2027"
    assert date_short(THURSDAY, "nb", last_year) == "4.\u00a0mars\u00a02027"


def test_a_short_date_stays_on_one_line() -> None:
    assert date_short(THURSDAY, "nb", TODAY) == "tor.\u00a04.\u00a0mars"
    assert date_short(date(2027, 3, 6), "nn", TODAY) == "lau.\u00a06.\u00a0mars"
    assert date_short(THURSDAY, "en", TODAY) == "Thu\u00a04\u00a0March"
    assert date_short(date(2027, 11, 26), "nb", TODAY) == "fre.\u00a026.\u00a0nov."


def test_every_weekday_has_its_name() -> None:
    week = [date(2027, 3, day) for day in range(1, 8)]
    assert " ".join(weekday_name(day) for day in week) == (
        "mandag tirsdag onsdag torsdag fredag lørdag søndag"
    )
    assert " ".join(weekday_name(day, "nn") for day in week) == (
        "måndag tysdag onsdag torsdag fredag laurdag søndag"
    )
    assert " ".join(calendar_leaf(day).weekday for day in week) == "man. tir. ons. tor. fre. lør. søn."
    assert " ".join(calendar_leaf(day, "nn").weekday for day in week) == "mån. tys. ons. tor. fre. lau. søn."


def test_spans_write_the_month_and_the_year_once_where_they_can() -> None:
    assert date_span(THURSDAY, date(2027, 3, 6), "nb", TODAY) == "4.–6. mars"
    assert date_span(THURSDAY, date(2027, 3, 6), "en", TODAY) == "4–6 March"
    assert date_span(date(2027, 3, 30), date(2027, 4, 2), "nb", TODAY) == "30. mars–2. april"
    assert date_span(date(2027, 3, 30), date(2027, 4, 2), "en", TODAY) == "30 March–2 April"
    assert date_span(date(2028, 3, 4), date(2028, 3, 6), "nb", TODAY) == "4.–6. mars 2028"
    assert date_span(date(2027, 12, 30), date(2028, 1, 2), "nb", TODAY) == (
        "30. desember 2027–2. januar 2028"
    )
    assert date_span(THURSDAY, THURSDAY, "nb", TODAY) == "torsdag 4. mars"


def test_a_span_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="cannot end on 2027-03-03"):
        date_span(THURSDAY, date(2027, 3, 3), "nb", TODAY)


def test_some_dates_are_gathered_into_spans_and_single_days() -> None:
    days = [date(2027, 3, 11), THURSDAY, date(2027, 3, 5), THURSDAY]
    assert dates_phrase(days, "nb", TODAY) == "4.–5. mars og torsdag 11. mars"
    assert dates_phrase([THURSDAY], "en", TODAY) == "Thursday 4 March"
    with pytest.raises(ValueError, match="no dates"):
        dates_phrase([], "nb", TODAY)


def test_near_days_have_words_of_their_own() -> None:
    days = [date(2027, 1, 31), TODAY, date(2027, 2, 2), date(2027, 2, 3)]
    assert [date_near(day, "nb", TODAY) for day in days] == [
        "i går",
        "i dag",
        "i morgen",
        "onsdag 3. februar",
    ]
    assert date_near(days[2], "nn", TODAY) == "i morgon"
    assert date_near(days[0], "en", TODAY) == "yesterday"


def test_a_calendar_leaf_has_three_lines() -> None:
    leaf = calendar_leaf(date(2027, 11, 26))
    assert (leaf.weekday, leaf.day, leaf.month) == ("fre.", "26.", "nov.")
    english = calendar_leaf(date(2027, 11, 26), "en")
    assert (english.weekday, english.day, english.month) == ("Fri", "26", "Nov")


def test_months_weeks_and_times() -> None:
    assert month_name(3) == "mars"
    assert month_name(12, "en") == "December"
    with pytest.raises(ValueError, match="13 is not a month"):
        month_name(13)
    assert [week_phrase(12, language) for language in ("nb", "nn", "en")] == [
        "uke\u00a012",
        "veke\u00a012",
        "week\u00a012",
    ]
    assert time_phrase(time(9, 30)) == "kl.\u00a009.30"
    assert time_phrase(time(9, 30), "en") == "09:30"


def test_lists() -> None:
    names = ["Grue", "Tolga", "Rendalen"]
    assert list_phrase(names) == "Grue, Tolga og Rendalen"
    assert list_phrase(names, "en") == "Grue, Tolga and Rendalen"
    assert list_phrase(names[:2], "nn") == "Grue og Tolga"
    assert list_phrase(names[:1]) == "Grue"
    assert list_phrase([]) == ""


def test_distance_and_travel() -> None:
    assert distance_phrase(80) == "80\u00a0km"
    assert distance_phrase(1204.6) == "1\u00a0205\u00a0km"
    assert travel_time_phrase(80) == "1\u00a0time 20\u00a0min"
    assert travel_time_phrase(80, "en") == "1\u00a0h 20\u00a0min"
    assert travel_time_phrase(120) == "2\u00a0timer"
    assert travel_time_phrase(52) == "52\u00a0min"
    assert travel_time_phrase(0) == "0\u00a0min"
    with pytest.raises(ValueError, match="km is -1"):
        distance_phrase(-1)


def test_money() -> None:
    assert money_phrase(125000) == "1\u00a0250\u00a0kr"
    assert money_phrase(125050, "nn") == "1\u00a0250,50\u00a0kr"
    assert money_phrase(125000, "en") == "NOK\u00a01,250"
    assert money_phrase(125050, "en") == "NOK\u00a01,250.50"
    assert money_phrase(-5) == "\u22120,05\u00a0kr"


def test_quotations_and_capitals() -> None:
    assert [quoted("Ta kontakt", language) for language in ("nb", "en")] == ["«Ta kontakt»", "“Ta kontakt”"]
    assert capitalised("torsdag 4. mars passet ikke") == "Torsdag 4. mars passet ikke"
    assert capitalised("") == ""


def test_a_language_without_words_is_refused() -> None:
    with pytest.raises(LanguageUnknown, match=r"'sv'.*nb, nn, en"):
        days_phrase(2, "sv")
