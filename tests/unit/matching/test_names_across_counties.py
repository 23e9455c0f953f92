"""Names and own words between two counties: never signed, sent when they may be, and once."""

import pytest
from across_cast import accept, act, agree
from matching_cast import Matching, a_colleague, a_proposal, actor, carry

from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: two counties and what they send each other."""


NAMES = ("Kari", "Ola", "Nora", "Per")


def test_no_name_and_no_own_words_are_ever_signed(innlandet: Matching, akershus: Matching) -> None:
    innlandet.do(operations.propose, a_proposal(colleague="Per", own_words="Kari og Per"), actor("Kari"))
    carried = carry(innlandet, akershus)
    accept(akershus, "Nora")
    accept(akershus, "Per")
    carried += carry(innlandet, akershus)
    innlandet.reserve()
    carried += carry(innlandet, akershus)
    innlandet.let_time_pass("2026-12-10")
    act(akershus, "confirm", "Per", True)
    carried += carry(innlandet, akershus)
    act(innlandet, "confirm", "Kari", True)
    carried += carry(innlandet, akershus)
    detached = " ".join(letter.detached or "" for letter in carried)
    assert all(name in detached for name in ("Kari", "Nora", "Per"))
    for letter in carried:
        assert not any(name in letter.body for name in NAMES), letter.body


def test_a_name_that_is_not_shared_stays_at_home_until_it_is_agreed(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    assert akershus.see("Nora")["host_contact_name"] is None
    assert akershus.see("Nora")["colleague_name"] == "Per"
    accept(akershus, "Per")
    (letter,) = akershus.fetch_letters()
    assert "Per" not in (letter.detached or "")
    innlandet.receive(letter, "akershus")
    assert innlandet.see("Kari")["colleague_name"] is None
    accept(akershus, "Nora")
    carry(innlandet, akershus)
    assert innlandet.see("Kari")["colleague_name"] is None
    innlandet.reserve()
    carry(innlandet, akershus)
    found = innlandet.see("Kari")
    assert found["colleague_name"] == "Per"
    assert akershus.see("Nora")["host_contact_name"] == "Kari"
    assert innlandet.told("EngagementChanged")[-1]["colleague_name"] == "Per"


def test_the_name_is_sent_once(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    agree(innlandet, akershus)
    assert len(akershus.told("EngagementAccepted")) == 0
    innlandet.let_time_pass("2026-12-10")
    act(innlandet, "confirm", "Kari", True)
    assert len(carry(innlandet, akershus)) == 1


def test_a_name_shared_with_all_counties_comes_with_the_answer(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    akershus.hear("ColleagueChanged", a_colleague("Per", sharing="all", version=2))
    accept(akershus, "Nora")
    carry(innlandet, akershus)
    found = innlandet.see("Kari")
    assert found["colleague_name"] == "Per"
    assert found["history"][-1]["by_name"] == "Nora"


def test_each_county_sees_its_own_people_in_the_history(asked: tuple[Matching, Matching]) -> None:
    innlandet, akershus = asked
    accept(akershus, "Per")
    carry(innlandet, akershus)
    assert [line["by_name"] for line in akershus.see("Per")["history"]] == [None, "Per"]
    assert [line["by_name"] for line in innlandet.see("Kari")["history"]] == ["Kari", None]
