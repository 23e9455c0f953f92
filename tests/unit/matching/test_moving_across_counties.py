"""An agreed day between two counties moves: the home orders it, and both show the same."""

from typing import Any

import pytest
from across_cast import agree, without_names
from matching_cast import Matching, a_library, actor, an_id, carry

from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: two counties and what they send each other."""
Document = dict[str, Any]
NEW, OTHER = "2026-12-16", "2026-12-17"


@pytest.fixture
def agreed(asked: tuple[Matching, Matching]) -> tuple[Matching, Matching]:
    """Nes in Akershus helps Eidskog in Innlandet on 9 December."""
    agree(*asked)
    return asked


def ask(county: Matching, who: str, day: str = NEW) -> Document:
    found: Document = county.do(operations.ask_move, an_id("engagement"), [day], actor(who))
    return found


def answer(county: Matching, who: str, accepts: bool = True, day: str = NEW) -> Document:
    found: Document = county.do(operations.answer_move, an_id("engagement"), [day], accepts, actor(who))
    return found


def last_lines(county: Matching) -> list[str]:
    return [line["what"] for line in county.see("Kari")["history"]][-2:]


def is_same(innlandet: Matching, akershus: Matching) -> bool:
    return without_names(innlandet.see("Kari")) == without_names(akershus.see("Nora"))


def test_the_lenders_county_asks_and_the_home_moves_it(agreed: tuple[Matching, Matching]) -> None:
    innlandet, akershus = agreed
    old = innlandet.see("Kari")["transfer_id"]
    assert ask(akershus, "Nora")["move"]["dates"] == [NEW]
    answer(akershus, "Per")
    carry(innlandet, akershus)
    assert is_same(innlandet, akershus)
    answer(innlandet, "Kari")
    innlandet.reserve()
    carry(innlandet, akershus)
    assert is_same(innlandet, akershus)
    assert (akershus.see("Nora")["dates"], akershus.see("Nora")["state"]) == ([NEW], "agreed")
    assert [one["transfer_id"] for one in innlandet.told("ReleaseDays")] == [old]
    assert innlandet.told("ReserveDays")[-1]["work_date"] == NEW
    assert akershus.told("ReleaseDays") == akershus.told("ReserveDays") == []


def test_the_home_asks_and_the_last_yes_comes_from_the_other_county(
    agreed: tuple[Matching, Matching],
) -> None:
    innlandet, akershus = agreed
    ask(innlandet, "Kari")
    carry(innlandet, akershus)
    answer(akershus, "Per")
    assert answer(akershus, "Nora")["state"] == "reserving"
    carry(innlandet, akershus)
    innlandet.reserve()
    carry(innlandet, akershus)
    assert is_same(innlandet, akershus)
    assert innlandet.see("Kari")["dates"] == [NEW]


def test_two_wishes_that_cross_leave_one_and_both_show_it(agreed: tuple[Matching, Matching]) -> None:
    innlandet, akershus = agreed
    ask(innlandet, "Kari", NEW)
    ask(akershus, "Nora", OTHER)
    carry(innlandet, akershus)
    assert is_same(innlandet, akershus)
    assert innlandet.see("Kari")["move"]["dates"] == [OTHER]


def test_a_yes_to_a_wish_that_was_taken_back_moves_nothing(agreed: tuple[Matching, Matching]) -> None:
    innlandet, akershus = agreed
    ask(innlandet, "Kari")
    carry(innlandet, akershus)
    answer(innlandet, "Kari", False)
    answer(akershus, "Per")
    answer(akershus, "Nora")
    carry(innlandet, akershus)
    assert is_same(innlandet, akershus)
    assert innlandet.see("Kari")["dates"] == ["2026-12-09"]


def test_the_home_takes_no_wish_for_a_day_on_which_it_is_closed(agreed: tuple[Matching, Matching]) -> None:
    innlandet, akershus = agreed
    innlandet.hear("LibraryChanged", a_library("Eidskog", closed_dates=[NEW], version=2))
    ask(akershus, "Nora")
    carry(innlandet, akershus)
    assert is_same(innlandet, akershus)
    assert innlandet.see("Kari")["move"] is None
    assert last_lines(akershus) == ["move_asked", "move_turned_down"]


def test_a_yes_from_the_other_county_to_a_day_that_cannot_be_any_more_ends_the_wish(
    agreed: tuple[Matching, Matching],
) -> None:
    innlandet, akershus = agreed
    ask(innlandet, "Kari")
    carry(innlandet, akershus)
    innlandet.hear("LibraryChanged", a_library("Eidskog", closed_dates=[NEW], version=2))
    answer(akershus, "Nora")
    carry(innlandet, akershus)
    assert is_same(innlandet, akershus)
    assert akershus.see("Nora")["move"] is None
    assert last_lines(akershus) == ["move_asked", "move_turned_down"]


def test_a_late_yes_says_nothing_of_a_wish_that_nobody_waits_for(agreed: tuple[Matching, Matching]) -> None:
    innlandet, akershus = agreed
    ask(innlandet, "Kari")
    carry(innlandet, akershus)
    answer(innlandet, "Kari", False)
    innlandet.hear("LibraryChanged", a_library("Eidskog", closed_dates=[NEW], version=2))
    answer(akershus, "Nora")
    carry(innlandet, akershus)
    assert is_same(innlandet, akershus)
    assert last_lines(innlandet) == ["move_asked", "move_declined"]
