"""Who is made up, and that it is the same everywhere, every day."""

from datetime import date, timedelta

import pytest

from byttebank.identifiers import is_id
from demo.accounts import caretaker_accounts, list_sign_ins
from demo.market import offers_of, requests_of
from demo.past import past_days
from demo.people import ascii_name, people_of
from demo.reference import COUNTIES, fixed_id, read_counties, read_libraries
from services.directory.domain.dates import check_span
from services.directory.domain.market import settle_offer_dates

LIBRARIES = read_libraries()
PEOPLE = {library.id: people_of(library) for library in LIBRARIES}


def by_name(county: str, short_name: str) -> str:
    (found,) = [one.id for one in LIBRARIES if (one.county, one.short_name) == (county, short_name)]
    return found


def test_ids_are_the_same_on_every_machine() -> None:
    assert fixed_id("library", "innlandet") == "0194621c-2800-716d-8bbe-b4eabf356d12"
    everything = [one.id for one in LIBRARIES] + [one.id for people in PEOPLE.values() for one in people]
    assert all(map(is_id, everything))
    assert len(everything) == len(set(everything))


def test_every_county_has_a_county_library_and_two_schools_and_says_what_is_made_up() -> None:
    for county in COUNTIES:
        own = [one for one in LIBRARIES if one.county == county]
        assert [one.kind for one in own].count("county") == 1
        assert [one.kind for one in own].count("upper_secondary") == 2
        assert all(one.is_demo == one.name.endswith("(demo)") for one in own)
        assert all(one.is_demo == one.short_name.endswith("(demo)") for one in own)


def test_a_placeholder_name_has_no_number_and_a_real_one_keeps_its_own() -> None:
    eidskog = next(one for one in LIBRARIES if one.short_name == "Eidskog")
    nes = next(one for one in LIBRARIES if one.short_name == "Nes")
    assert (eidskog.name, eidskog.national_number) == ("Eidskog bibliotek", None)
    assert (nes.name, nes.national_number) == ("Nes folkebibliotek", "2023600")


def test_municipalities_go_by_the_name_people_use() -> None:
    names = {one.short_name for one in LIBRARIES}
    assert {"Snåsa", "Røyrvik", "Trondheim", "Våler"} <= names
    assert not any(" - " in name or "(Innlandet)" in name for name in names)


def test_the_cast_of_the_design_is_there() -> None:
    cast = {
        ("innlandet", "Eidskog"): ["Kari Moen", "Jonas Berg"],
        ("innlandet", "Grue"): ["Siri Haugen"],
        ("innlandet", "Hamar"): ["Lars Solberg", "Trine Solheim"],
        ("innlandet", "Ringsaker"): ["Ellen Hagen", "Mona Ruud"],
    }
    for (county, short_name), names in cast.items():
        assert [person.name for person in PEOPLE[by_name(county, short_name)]] == names


def test_every_library_has_one_manager_and_one_to_four_people() -> None:
    for people in PEOPLE.values():
        assert 1 <= len(people) <= 4
        assert [person.is_manager for person in people] == [True] + [False] * (len(people) - 1)
        assert len({person.name for person in people}) == len(people)


@pytest.mark.parametrize("county", COUNTIES)
def test_an_email_address_is_one_persons_and_of_no_real_domain(county: str) -> None:
    own = [one for one in LIBRARIES if one.county == county]
    addresses = [person.email for one in own for person in PEOPLE[one.id]]
    addresses += [account["email"] for account in caretaker_accounts(read_counties()[county], own)]
    assert len(addresses) == len(set(addresses))
    assert all(address.endswith(".example") and address.isascii() for address in addresses)


def test_names_become_plain_letters() -> None:
    assert ascii_name("Østre Toten") == "ostre-toten"
    assert ascii_name("Sjøglimt vgs.") == "sjoglimt-vgs"


def test_people_chose_differently_how_far_their_names_go() -> None:
    chosen = {person.sharing for people in PEOPLE.values() for person in people}
    assert chosen == {"library", "county", "all"}


@pytest.mark.parametrize("days", range(0, 400, 29))
def test_offers_and_requests_make_sense_whatever_the_day_of_loading(days: int) -> None:
    loaded_on = date(2026, 11, 22) + timedelta(days=days)
    requests = 0
    for library in LIBRARIES:
        for _, offer in offers_of(library, loaded_on):
            settle_offer_dates({"dates": [], "first_on": None, "last_on": None, **offer}, loaded_on)
        for _, request in requests_of(library, loaded_on):
            first_on, last_on = map(date.fromisoformat, (request["first_on"], request["last_on"]))
            check_span(first_on, last_on, loaded_on)
            assert first_on.weekday() < 5
            requests += 1
    assert requests > 20


def test_every_county_has_somebody_who_can_help_any_day() -> None:
    loaded_on = date(2026, 11, 22)
    standing = {
        library.county
        for library in LIBRARIES
        for _, offer in offers_of(library, loaded_on)
        if "weeding" in offer["skills"] or "cataloguing" in offer["skills"]
        if not offer.get("dates") and "max_km" not in offer and offer["reach"] == "all"
    }
    assert standing == set(COUNTIES)


@pytest.mark.parametrize("days", range(0, 800, 61))
def test_the_past_is_working_days_of_the_last_year(days: int) -> None:
    loaded_on = date(2026, 11, 22) + timedelta(days=days)
    past = past_days(LIBRARIES, loaded_on)
    assert all(loaded_on - timedelta(days=370) < one.work_date < loaded_on for one in past)
    assert all(one.work_date.weekday() < 5 for one in past)
    assert [one.work_date for one in past] == sorted(one.work_date for one in past)


def test_the_shown_sign_ins_are_people_who_exist() -> None:
    known = {person.email for people in PEOPLE.values() for person in people}
    shown = list_sign_ins()
    assert len(shown) == 14
    assert {entry["county"] for entry in shown} == set(COUNTIES)
    assert all(
        entry["email"] in known for entry in shown if entry["role"] in ("library_manager", "colleague")
    )
    assert {entry["role"] for entry in shown} == {"library_manager", "colleague", "county", "operator"}
