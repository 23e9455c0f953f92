"""Reflections on visits: written when the visit is over, found by their words, asked for."""

import pytest
from matching_cast import Matching, actor, an_id
from vandring_cast import COUNTY, ROUND, agree, carry_out, leader, published, see, told, visit_by

from byttebank.contracts.refusals import FieldMissing, NotFound
from byttebank.contracts.vandring_refusals import NotVisited
from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: many libraries answer."""


def test_a_reflection_is_written_when_the_visit_is_over_found_by_its_words_and_asked_for(
    innlandet: Matching,
) -> None:
    visit = visit_by(published(innlandet, names=True), "Grue")
    agree(innlandet, visit)
    written = {"id": an_id("refl"), "engagement_id": visit["engagement_id"], "saw": "Åpne hyller, 100 %"}
    with pytest.raises(NotVisited):
        innlandet.do(operations.write_reflection, written, leader("Grue"))
    carry_out(innlandet, visit)
    with pytest.raises(FieldMissing):
        innlandet.do(operations.write_reflection, {**written, "saw": " "}, leader("Grue"))
    with pytest.raises(NotFound):
        innlandet.do(operations.write_reflection, written, actor("Nora"))
    innlandet.do(operations.write_reflection, written, leader("Grue"))
    again = innlandet.do(
        operations.write_reflection,
        {**written, "id": an_id("refl2"), "saw": "Åpne hyller og kaffe", "advice": "Ta med barna"},
        leader("Grue"),
    )
    assert innlandet.ask(operations.reflections, "ÅPNE grue") == [again]
    assert innlandet.ask(operations.reflections, "100 %") == []
    assert innlandet.ask(operations.reflection, visit["engagement_id"], an_id("Grue")) == again
    assert visit_by(see(innlandet), "Grue")["has_reflection_of"] == ["visitor"]
    assert innlandet.do(operations.remind_of_reflections, ROUND, COUNTY) == 1
    assert told(innlandet, "reflection") == [visit["host_library_name"]]


def test_a_missing_reflection_is_asked_for_after_a_week_and_once_more_after_two(innlandet: Matching) -> None:
    visit = visit_by(published(innlandet, names=True), "Grue")
    agree(innlandet, visit)
    carry_out(innlandet, visit)
    day = int(visit["dates"][0][-2:])
    for after, asked in ((6, 0), (7, 2), (8, 0), (14, 2), (15, 0)):
        innlandet.let_time_pass(f"2027-01-{day + after}")
        assert innlandet.do(operations.ask_for_reflections) == asked
    occasions = [one["occasion"] for one in innlandet.told("VandringTold") if one["key"] == "reflection"]
    assert occasions == ["1", "1", "2", "2"]
