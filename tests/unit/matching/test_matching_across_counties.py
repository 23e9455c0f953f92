"""An engagement between Eidskog in Innlandet, its home, and Nes in Akershus."""

import pytest
from across_cast import accept, act, agree, without_names
from matching_cast import Matching, a_library, a_proposal, actor, an_id, carry, posted

from byttebank.contracts.refusals import ColleagueBusy
from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: two counties and what they send each other."""


def test_the_lenders_county_shows_what_the_home_has_told(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    assert without_names(akershus.see("Nora")) == without_names(innlandet.see("Kari"))
    assert akershus.see("Nora")["own_words"] == "Kom gjerne kl. 9"
    (told,) = akershus.told("EngagementChanged")
    assert (told["version"], told["state"]) == (1, "proposed")


def test_the_whole_way_between_two_counties(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    agree(innlandet, akershus)
    assert innlandet.see("Kari")["state"] == akershus.see("Nora")["state"] == "agreed"
    innlandet.let_time_pass("2026-12-10")
    assert act(akershus, "confirm", "Per", True)["state"] == "carried_out"
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["happened"] == {"lender": True}
    act(innlandet, "confirm", "Kari", True)
    carry(innlandet, akershus)
    assert akershus.see("Nora")["state"] == "confirmed"
    assert akershus.told("PostDays") == akershus.told("ReserveDays") == []
    innlandet.post()
    carry(innlandet, akershus)
    assert akershus.see("Nora")["state"] == "settled"
    assert without_names(akershus.see("Nora")) == without_names(innlandet.see("Kari"))


def test_the_reservation_names_the_lenders_county(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    accept(akershus, "Nora")
    accept(akershus, "Per")
    carry(innlandet, akershus)
    (order,) = innlandet.told("ReserveDays")
    assert (order["payee_county"], order["payee_library_id"]) == ("akershus", an_id("Nes"))


def test_an_answer_shows_at_once_and_the_home_has_the_last_word(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    assert set(accept(akershus, "Nora")["consents"]) == {"host_manager", "lender_manager"}
    act(innlandet, "decline", "Kari")
    carry(innlandet, akershus)
    found = akershus.see("Nora")
    assert found["state"] == "declined"
    assert without_names(found) == without_names(innlandet.see("Kari"))


def test_a_second_click_at_the_lender_sends_nothing_more(asked: tuple[Matching, Matching]) -> None:
    _, akershus = asked
    first = accept(akershus, "Nora")
    assert accept(akershus, "Nora") == first
    assert len(akershus.told("EngagementAccepted")) == 1


def test_a_no_from_the_lender_counts_as_calling_off_when_it_was_agreed_meanwhile(
    asked: tuple[Matching, Matching],
) -> None:
    innlandet, akershus = asked
    accept(akershus, "Nora")
    accept(akershus, "Per")
    letters = akershus.fetch_letters()
    for letter in letters:
        innlandet.receive(letter, "akershus")
    innlandet.reserve()
    act(akershus, "cancel", "Per")
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["state"] == akershus.see("Per")["state"] == "cancelled"
    assert len(innlandet.told("ReleaseDays")) == 1


def test_a_withdrawal_that_comes_too_late_is_put_right_at_the_lender(
    asked: tuple[Matching, Matching],
) -> None:
    innlandet, akershus = asked
    agree(innlandet, akershus)
    akershus.let_time_pass("2026-12-09")
    act(akershus, "cancel", "Nora")
    act(innlandet, "confirm", "Kari", True)
    assert akershus.see("Nora")["state"] == "cancelled"
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["state"] == akershus.see("Nora")["state"] == "carried_out"


def test_the_lender_disagrees_across_the_border(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    agree(innlandet, akershus)
    innlandet.let_time_pass("2026-12-10")
    act(innlandet, "confirm", "Kari", True)
    carry(innlandet, akershus)
    act(akershus, "dispute", "Nora")
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["state"] == "disputed"


def test_time_counts_at_the_home_alone(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    akershus.let_time_pass("2026-12-20")
    assert akershus.see("Nora")["state"] == "proposed"
    innlandet.let_time_pass("2026-12-20")
    carry(innlandet, akershus)
    assert akershus.see("Nora")["state"] == "expired"


def test_the_lenders_books_may_know_it_first(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    agree(innlandet, akershus)
    innlandet.let_time_pass("2026-12-10")
    act(akershus, "confirm", "Nora", True)
    carry(innlandet, akershus)
    act(innlandet, "confirm", "Kari", True)
    carry(innlandet, akershus)
    (order,) = innlandet.told("ReserveDays")
    akershus.hear("DaysPosted", posted(order))
    assert akershus.see("Nora")["state"] == "settled"
    assert innlandet.see("Kari")["state"] == "confirmed"
    innlandet.post()
    carry(innlandet, akershus)
    assert without_names(akershus.see("Nora")) == without_names(innlandet.see("Kari"))


def test_the_lenders_county_knows_its_colleagues_calendar(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    innlandet.do(operations.propose, a_proposal("second", "Per"), actor("Kari"))
    carry(innlandet, akershus)
    accept(akershus, "Per")
    with pytest.raises(ColleagueBusy):
        accept(akershus, "Per", "second")


def test_the_hosts_county_says_no_to_a_day_on_which_the_host_is_closed(
    innlandet: Matching, akershus: Matching
) -> None:
    innlandet.hear("LibraryChanged", a_library("Eidskog", closed_dates=["2026-12-09"], version=2))
    akershus.do(operations.propose, a_proposal(colleague="Per"), actor("Nora"))
    carry(innlandet, akershus)
    carry(innlandet, akershus)
    engagement = akershus.ask(operations.get_engagement, an_id("engagement"), actor("Nora"))
    assert (engagement["state"], engagement["refusal"]["code"]) == ("declined", "library_closed")
