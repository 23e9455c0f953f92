"""The county's settings, its libraries, colleagues and vocabulary."""

import pytest
from directory_cast import (
    JONAS,
    KARI,
    SIRI,
    a_colleague,
    a_county,
    a_library,
    a_request,
    add_peer,
    an_actor,
    an_id,
    an_offer,
    local_events,
    sent,
)

from byttebank.contracts.refusals import Malformed, NotFound, SameKeyOtherBody
from byttebank.storage.work import Database
from services.directory import operations

COUNTY = a_county("innlandet")


def test_settings_are_told_once_per_change(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.set_county(work, COUNTY)
        operations.set_county(work, {**COUNTY, "limit_half_days": 6})
    events = local_events(innlandet, "CountyChanged")
    assert [(event["version"], event["limit_half_days"]) for event in events] == [(1, 10), (2, 6)]
    with innlandet.reading() as work:
        assert operations.county(work)["limit_half_days"] == 6


def test_a_node_takes_no_other_countys_settings(innlandet: Database) -> None:
    with pytest.raises(Malformed), innlandet.work() as work:
        operations.set_county(work, {**COUNTY, "slug": "akershus"})


def test_a_library_said_again_is_told_only_when_something_is_new(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.register_library(work, a_library("Eidskog", 60.0, 12.0))
        changed = operations.register_library(work, {**a_library("Eidskog"), "national_number": "2042000"})
    assert changed["version"] == 2
    events = [event for event in local_events(innlandet, "LibraryChanged") if event["id"] == an_id("Eidskog")]
    assert [event["version"] for event in events] == [1, 2]


def test_degrees_that_are_nowhere_on_earth_are_refused(innlandet: Database) -> None:
    with pytest.raises(Malformed) as refused, innlandet.work() as work:
        operations.register_library(work, a_library("Nowhere", latitude=91.0))
    assert refused.value.parameters["errors"][0]["pointer"] == "/latitude"


def test_a_name_no_database_can_keep_is_refused(innlandet: Database) -> None:
    with pytest.raises(Malformed), innlandet.work() as work:
        operations.register_library(work, a_library("N\x00"))


def test_libraries_come_by_name_page_by_page_each_once(innlandet: Database) -> None:
    names = ["Åmot", "Øyer", "Alvdal", "Os", "Trysil"]
    with innlandet.work() as work:
        for name in names:
            operations.register_library(work, a_library(name))
    seen, cursor = [], None
    with innlandet.reading() as work:
        while True:
            page = operations.list_libraries(work, cursor=cursor, limit=2)
            seen += [library["short_name"] for library in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    assert seen == ["Alvdal", "Eidskog", "Grue", "Os", "Trysil", "Øyer", "Åmot"]


def test_a_full_last_page_has_no_next(innlandet: Database) -> None:
    with innlandet.reading() as work:
        assert operations.list_libraries(work, limit=2)["next_cursor"] is None


def test_libraries_are_found_by_part_of_name_or_municipality_in_any_case(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.register_library(work, {**a_library("Åmot"), "municipality_name": "Rena 100%"})
    with innlandet.reading() as work:

        def found(query: str) -> list[str]:
            return [one["short_name"] for one in operations.list_libraries(work, query=query)["items"]]

        assert found("ÅMO") == ["Åmot"]
        assert found("rena") == ["Åmot"]
        assert found("100%") == ["Åmot"]
        assert found("%") == ["Åmot"]
        assert found("_") == []


def test_a_withdrawn_library_is_known_and_not_listed(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.register_library(work, {**a_library("Grue"), "state": "withdrawn"})
        assert operations.get_library(work, an_id("Grue"))["state"] == "withdrawn"
        listed = operations.list_libraries(work)["items"]
    assert [library["short_name"] for library in listed] == ["Eidskog"]


def test_names_of_colleagues_show_as_far_as_each_shares_them(innlandet: Database) -> None:
    with innlandet.reading() as work:

        def names(actor: dict | None) -> list[str | None]:
            return [one["name"] for one in operations.list_colleagues(work, an_id("Eidskog"), actor)]

        assert names(JONAS) == ["Kari", "Jonas"]
        assert names(SIRI) == ["Kari", None]
        assert names(an_actor("Jonas", "Eidskog", "county")) == ["Kari", None]
        assert names(None) == [None, None]


def test_an_email_address_shows_to_the_own_library_only(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.add_colleague(
            work, a_colleague("Kari", "Eidskog", is_manager=True, sharing="all", email="kari@eidskog.example")
        )
        own = operations.list_colleagues(work, an_id("Eidskog"), KARI)
        other = operations.list_colleagues(work, an_id("Eidskog"), SIRI)
    assert [one["email"] for one in own] == ["kari@eidskog.example", "jonas@eidskog.example"]
    assert [one["email"] for one in other] == [None, None]


def test_the_countys_own_services_hear_the_name_as_it_is(innlandet: Database) -> None:
    assert {event["name"] for event in local_events(innlandet, "ColleagueChanged")} == {
        "Kari",
        "Jonas",
        "Siri",
    }


def test_a_new_sharing_choice_follows_what_was_told_before(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(), JONAS)
        operations.create_request(work, a_request(host_contact_id=an_id("Jonas")), KARI)
        operations.add_colleague(
            work,
            a_colleague("Jonas", "Eidskog", sharing="all", can=["weeding"], email="jonas@eidskog.example"),
        )
    offers = [detached["colleague_name"] for _, _, detached in sent(innlandet, "akershus", "OfferPublished")]
    contacts = [
        detached["host_contact_name"] for _, _, detached in sent(innlandet, "akershus", "RequestOpened")
    ]
    assert (offers, contacts) == ([None, "Jonas"], [None, "Jonas"])
    assert [event["colleague_name"] for event in local_events(innlandet, "OfferChanged")] == [None, "Jonas"]
    assert [event["version"] for event in local_events(innlandet, "OfferChanged")] == [1, 2]


def test_a_change_that_nobody_else_sees_tells_no_offer_again(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(), JONAS)
        operations.add_colleague(work, a_colleague("Jonas", "Eidskog", sharing="library", can=["music"]))
    assert len(local_events(innlandet, "OfferChanged")) == 1


@pytest.mark.parametrize(
    "colleague",
    [
        a_colleague("New", "Eidskog", can=["juggling"]),
        a_colleague("New", "Eidskog", wants_to_learn=["weeding", "weeding"]),
        {**a_colleague("New", "Eidskog"), "name": ""},
        {**a_colleague("New", "Eidskog"), "name": None},
        a_colleague("New", "Eidskog", sharing="everybody"),
    ],
)
def test_a_colleague_written_down_wrongly_is_refused(innlandet: Database, colleague: dict) -> None:
    with pytest.raises(Malformed), innlandet.work() as work:
        operations.add_colleague(work, colleague)


def test_a_colleague_needs_a_library_of_ours_and_keeps_it(innlandet: Database) -> None:
    with pytest.raises(NotFound), innlandet.work() as work:
        operations.add_colleague(work, a_colleague("New", "Nes"))
    with pytest.raises(SameKeyOtherBody), innlandet.work() as work:
        operations.add_colleague(work, a_colleague("Jonas", "Grue"))


def test_the_vocabulary_has_a_name_in_every_language_and_codes_once(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.seed_skills(work)
        skills = operations.list_skills(work)
    codes = [skill["code"] for skill in skills]
    assert len(codes) == len(set(codes)) == 50
    assert all(skill["names"][language] for skill in skills for language in ("nb", "nn", "en"))
    assert [(skill["category"], skill["code"]) for skill in skills] == sorted(
        (skill["category"], skill["code"]) for skill in skills
    )
