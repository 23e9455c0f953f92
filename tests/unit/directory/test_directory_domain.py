"""Pure rules: distance, text, dates, roles, sharing, cursors."""

from datetime import date

import pytest

from byttebank.contracts.actor import Actor
from byttebank.contracts.refusals import (
    BelowHalfDay,
    DateOrder,
    DatePast,
    DateTooFar,
    FieldMissing,
    Malformed,
    NotYourRole,
    TooManyDays,
)
from services.directory.domain.cursors import check_limit, read_cursor, write_cursor
from services.directory.domain.dates import add_months, check_span
from services.directory.domain.geography import distance_between, distance_km
from services.directory.domain.market import (
    check_half_days,
    check_skills,
    offer_ends_on,
    settle_offer_dates,
)
from services.directory.domain.roles import check_acts_for_colleague, check_acts_for_library
from services.directory.domain.sharing import reaches, shared_name
from services.directory.domain.texts import sort_key, unstorable
from services.directory.domain.versions import counts_over, fingerprint

TODAY = date(2026, 11, 23)
STANDING = {"dates": [], "first_on": None, "last_on": None, "weekdays": [], "expires_on": None}


def test_oslo_to_trondheim_is_the_distance_of_the_atlas() -> None:
    assert distance_km(59.9139, 10.7522, 63.4305, 10.3951) == 391


def test_distance_is_the_same_both_ways_and_zero_to_itself() -> None:
    assert distance_km(60, 12, 63, 10) == distance_km(63, 10, 60, 12)
    assert distance_km(60, 12, 60, 12) == 0


def test_antipodes_are_half_the_circumference_apart_and_no_error() -> None:
    assert distance_km(0, 0, 0, 180) == 20015
    assert distance_km(90, 0, -90, 0) == 20015


def test_a_library_with_no_place_on_the_map_has_no_distance() -> None:
    here = {"latitude": 60.0, "longitude": 12.0}
    assert distance_between(here, {"latitude": None, "longitude": None}) is None
    assert distance_between(here, {"latitude": 60.0, "longitude": 12.0}) == 0


def test_names_sort_as_a_norwegian_reader_expects() -> None:
    names = ["Åmot", "Øyer", "Ærdal", "Zahl", "os", "Oslo", "Asker"]
    assert sorted(names, key=sort_key) == ["Asker", "os", "Oslo", "Zahl", "Ærdal", "Øyer", "Åmot"]


def test_text_that_a_database_cannot_keep_is_pointed_at() -> None:
    document = {"name": "good", "skills": ["fine", "b\x00d"], "names": {"a\ud800": "x"}}
    assert [entry["pointer"] for entry in unstorable(document)] == ["/skills/1", "/names"]
    assert unstorable({"name": "Ål 📚", "n": None, "k": 3}) == []


def test_eighteen_months_end_on_the_last_day_of_a_shorter_month() -> None:
    assert add_months(date(2026, 8, 31), 18) == date(2028, 2, 29)
    assert add_months(date(2026, 12, 1), 1) == date(2027, 1, 1)


def test_a_span_may_begin_today_and_end_in_eighteen_months_but_not_a_day_beyond_either() -> None:
    check_span(TODAY, date(2028, 5, 23), TODAY)
    with pytest.raises(DatePast) as past:
        check_span(date(2026, 11, 22), date(2026, 12, 1), TODAY)
    assert past.value == DatePast(date="2026-11-22")
    with pytest.raises(DateTooFar) as far:
        check_span(TODAY, date(2028, 5, 24), TODAY)
    assert far.value == DateTooFar(date="2028-05-24", months=18)


def test_a_span_that_ends_before_it_begins_is_told_so_even_when_it_is_past_too() -> None:
    with pytest.raises(DateOrder):
        check_span(date(2026, 12, 2), date(2026, 11, 1), TODAY)


@pytest.mark.parametrize("half_days", [0, -1])
def test_less_than_half_a_day_is_no_engagement(half_days: int) -> None:
    with pytest.raises(BelowHalfDay):
        check_half_days(half_days)


def test_twenty_days_are_the_most_of_one_request() -> None:
    check_half_days(40, 40)
    with pytest.raises(TooManyDays) as refused:
        check_half_days(41, 40)
    assert refused.value == TooManyDays(max_half_days=40)


@pytest.mark.parametrize("value", ["4", 1.0, True, None])
def test_what_is_no_whole_number_is_left_to_the_schema(value: object) -> None:
    check_half_days(value, 40)


def test_unknown_and_repeated_skills_are_pointed_at() -> None:
    with pytest.raises(Malformed) as refused:
        check_skills(["weeding", "juggling", "weeding"], {"weeding"})
    assert [entry["pointer"] for entry in refused.value.parameters["errors"]] == ["/skills/1", "/skills/2"]


def test_no_skill_at_all_is_a_field_left_empty() -> None:
    with pytest.raises(FieldMissing):
        check_skills([], {"weeding"})


def test_a_span_with_no_first_day_begins_today() -> None:
    settled = settle_offer_dates({**STANDING, "last_on": "2027-01-29"}, TODAY)
    assert (settled["first_on"], offer_ends_on(settled)) == ("2026-11-23", "2027-01-29")


def test_dates_are_sorted_and_written_once() -> None:
    settled = settle_offer_dates({**STANDING, "dates": ["2026-12-09", "2026-12-01", "2026-12-09"]}, TODAY)
    assert settled["dates"] == ["2026-12-01", "2026-12-09"]


def test_a_standing_offer_ends_by_itself_after_half_a_year() -> None:
    assert offer_ends_on(settle_offer_dates(STANDING, TODAY)) == "2027-05-23"


@pytest.mark.parametrize(
    ("offer", "refusal"),
    [
        ({**STANDING, "dates": ["2026-11-22"]}, DatePast),
        ({**STANDING, "last_on": "2026-11-22"}, DatePast),
        ({**STANDING, "dates": ["2029-01-01"]}, DateTooFar),
        ({**STANDING, "first_on": "2026-12-02", "last_on": "2026-12-01"}, DateOrder),
        ({**STANDING, "first_on": "2026-12-02"}, Malformed),
        ({**STANDING, "dates": ["2026-12-01"], "last_on": "2026-12-02"}, Malformed),
        ({**STANDING, "dates": ["2026-12-01"] * 367}, Malformed),
    ],
)
def test_dates_that_make_no_sense_are_refused(offer: dict[str, object], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        settle_offer_dates(offer, TODAY)


@pytest.mark.parametrize(
    ("person", "library", "role", "may"),
    [
        ("jonas", "eidskog", "colleague", True),
        ("kari", "eidskog", "library_manager", True),
        ("kari", "eidskog", "colleague", False),
        ("siri", "grue", "library_manager", False),
        ("jonas", "grue", "colleague", False),
        ("jonas", "eidskog", "county", False),
        ("jonas", "eidskog", "operator", False),
    ],
)
def test_a_colleague_is_offered_by_herself_or_her_own_manager(
    person: str, library: str, role: str, may: bool
) -> None:
    actor = Actor(person, library, role, "")
    if may:
        check_acts_for_colleague(actor, "eidskog", "jonas")
    else:
        with pytest.raises(NotYourRole):
            check_acts_for_colleague(actor, "eidskog", "jonas")


def test_only_a_librarys_own_people_ask_in_its_name() -> None:
    check_acts_for_library(Actor("jonas", "eidskog", "colleague", ""), "eidskog")
    for actor in (Actor("siri", "grue", "colleague", ""), Actor("x", "eidskog", "county", "")):
        with pytest.raises(NotYourRole):
            check_acts_for_library(actor, "eidskog")


def test_a_name_shows_exactly_as_far_as_its_owner_chose() -> None:
    seen = {
        sharing: [shared_name("Jonas", sharing, place) is not None for place in ("library", "county", "all")]
        for sharing in ("library", "county", "all")
    }
    assert seen == {
        "library": [True, False, False],
        "county": [True, True, False],
        "all": [True, True, True],
    }


def test_an_offer_reaches_the_counties_it_names() -> None:
    assert reaches("all", [], "akershus")
    assert reaches("counties", ["akershus"], "akershus")
    assert not reaches("counties", ["akershus"], "vestfold")
    assert not reaches("county", ["akershus"], "akershus")


def test_the_higher_version_counts_and_taking_back_wins_a_tie() -> None:
    one = {"version": 1, "state": "open", "name": "a"}
    assert counts_over({**one, "version": 2}, {**one, "state": "withdrawn"})
    assert counts_over({**one, "state": "withdrawn"}, {**one, "name": "z"})
    assert not counts_over({**one, "name": "z"}, {**one, "state": "covered"})
    assert not counts_over(one, one)


def test_a_fingerprint_does_not_depend_on_the_order_of_fields() -> None:
    assert (
        fingerprint({"a": 1, "b": [2]}) == fingerprint({"b": [2], "a": 1}) != fingerprint({"a": 1, "b": [3]})
    )


def test_a_cursor_comes_back_as_it_was() -> None:
    assert read_cursor(write_cursor(0, "2026-12-01", "Ål"), int, date, str) == [0, date(2026, 12, 1), "Ål"]
    assert read_cursor(None, str) is None


@pytest.mark.parametrize(
    "cursor",
    ["", "æøå", "x", write_cursor(1), write_cursor("a", "b"), write_cursor("2026-13-01"), 7, "W10=="],
)
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(Malformed):
        read_cursor(cursor, date)


@pytest.mark.parametrize("limit", [0, -1, 201, True, "10", 1.5])
def test_a_page_holds_one_to_two_hundred_items(limit: int) -> None:
    with pytest.raises(Malformed):
        check_limit(limit)
