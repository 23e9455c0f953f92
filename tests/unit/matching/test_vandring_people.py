"""What is kept of a person who takes part in vandring: shown to her alone, erased when she is."""

import pytest
from matching_cast import Matching, an_id
from vandring_cast import COUNTY, ROUND, agree, carry_out, colleague, published, visit_by

from byttebank.contracts.refusals import NotYourRole
from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: many libraries answer."""


def test_an_erased_person_is_named_in_no_invitation_and_her_own_words_are_gone(innlandet: Matching) -> None:
    visit = visit_by(published(innlandet, names=True), "Grue")
    agree(innlandet, visit)
    carry_out(innlandet, visit)
    written = {"id": an_id("refl"), "engagement_id": visit["engagement_id"], "saw": "Fint"}
    innlandet.do(operations.write_reflection, written, colleague("Grue"))
    innlandet.hear("PersonErased", {"person_id": an_id("cGrue")})
    assert innlandet.ask(operations.reflections) == []
    own = innlandet.ask(operations.library_vandring, ROUND, an_id("Grue"))
    assert own["libraries"][0]["colleague_id"] is None


def test_a_person_sees_what_is_kept_of_her_and_nobody_else_does(innlandet: Matching) -> None:
    visit = visit_by(published(innlandet, names=True), "Grue")
    agree(innlandet, visit)
    carry_out(innlandet, visit)
    written = {"id": an_id("refl"), "engagement_id": visit["engagement_id"], "saw": "Fint"}
    innlandet.do(operations.write_reflection, written, colleague("Grue"))
    kept = innlandet.ask(operations.export_person, an_id("cGrue"), colleague("Grue"))
    assert [one["saw"] for one in kept["reflections"]] == ["Fint"]
    assert kept["vandring_invitations"] == [{"round_id": ROUND, "library_id": an_id("Grue")}]
    assert (kept["rounds"], kept["vandring_rounds"], kept["ranking_weights"]) == ([], [], [])
    innlandet.do(operations.set_ranking_weights, {"first_visit": 20}, COUNTY)
    of_county = innlandet.ask(operations.export_person, COUNTY["person_id"], COUNTY)
    assert [one["id"] for one in of_county["vandring_rounds"]] == [ROUND]
    assert [one["version"] for one in of_county["ranking_weights"]] == [1]
    with pytest.raises(NotYourRole):
        innlandet.ask(operations.export_person, an_id("cGrue"), COUNTY)
    innlandet.hear("PersonErased", {"person_id": an_id("cGrue")})
    after = innlandet.ask(operations.export_person, an_id("cGrue"), colleague("Grue"))
    assert not any(after.values())
