"""A round of matching is published: each match proposed once, and what has changed meanwhile left out."""

import pytest
from matching_cast import Matching, a_library, a_proposal, a_request, actor, an_id
from round_cast import COUNTY, ROUND, begin, compute, offer, publish, report, see

from byttebank.storage.work import Work
from services.matching import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: rounds are gathered, computed and published."""


def test_publishing_proposes_each_match_once_and_asks_all_three(computed: Matching) -> None:
    publish(computed)
    seen = see(computed)
    assert seen["stage"] == "published"
    assert {one["state"] for one in seen["matches"]} == {"proposed"}
    assert {one["engagement_state"] for one in seen["matches"]} == {"proposed"}
    for match in seen["matches"]:
        engagement = computed.ask(operations.get_engagement, match["engagement_id"], actor("Kari"))
        assert engagement["consents"] == {}
        assert engagement["reply_by_on"] == "2026-11-30"
        assert [line["what"] for line in engagement["history"]] == ["proposed_in_round"]
    assert computed.do(operations.publish_matching_round, ROUND, COUNTY)["stage"] == "published"
    assert len(computed.told("EngagementChanged")) == len(seen["matches"])


def test_a_proposal_of_a_round_is_agreed_by_three_ordinary_clicks(computed: Matching) -> None:
    publish(computed)
    match = next(one for one in see(computed)["matches"] if one["lender_library_name"] == "Grue")
    for who in ("Kari", "Siri", "Jonas"):
        engagement = computed.do(operations.accept, match["engagement_id"], actor(who))
    assert engagement["state"] == "reserving"


def test_a_round_that_dies_while_it_publishes_goes_on_and_doubles_nothing(computed: Matching) -> None:
    computed.do(operations.publish_matching_round, ROUND, COUNTY)

    def killed_before_the_commit(work: Work) -> None:
        operations.publish_next(work, ROUND)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        computed.do(killed_before_the_commit)
    assert computed.told("EngagementChanged") == []
    while computed.do(operations.publish_next, ROUND):
        pass
    told = [one["id"] for one in computed.told("EngagementChanged")]
    assert sorted(told) == sorted(one["engagement_id"] for one in see(computed)["matches"])
    assert len(told) == len(set(told))


def test_what_has_changed_meanwhile_voids_only_its_own_proposal(innlandet: Matching) -> None:
    innlandet.hear("RequestChanged", a_request(version=2, half_days=2, is_open=True))
    innlandet.hear("RequestChanged", a_request("second", half_days=2, is_open=True))
    offer(innlandet, "Jonas", "Per")
    begin(innlandet, days_each=1)
    report(innlandet)
    compute(innlandet)
    gone = next(one for one in see(innlandet)["matches"] if one["request_id"] == an_id("request"))
    innlandet.hear("RequestChanged", a_request(version=3, half_days=2, state="closed"))
    publish(innlandet)
    states = {one["engagement_id"]: one["state"] for one in see(innlandet)["matches"]}
    assert states.pop(gone["engagement_id"]) == "void"
    assert set(states.values()) == {"proposed"}


def test_a_colleague_who_was_asked_meanwhile_is_not_asked_twice(computed: Matching) -> None:
    match = next(one for one in see(computed)["matches"] if one["lender_library_name"] == "Grue")
    proposal = a_proposal(dates=match["dates"], half_days=2 * len(match["dates"]))
    computed.do(operations.propose, proposal, actor("Kari"))
    publish(computed)
    (refused,) = [one for one in see(computed)["matches"] if one["lender_library_name"] == "Grue"]
    assert (refused["state"], refused["refusal"]["code"]) == ("void", "colleague_busy")


def test_a_day_that_the_host_has_closed_meanwhile_is_not_proposed(computed: Matching) -> None:
    before = see(computed)["matches"]
    closed = a_library("Eidskog", closed_dates=[day for one in before for day in one["dates"]], version=2)
    computed.hear("LibraryChanged", closed)
    publish(computed)
    after = see(computed)["matches"]
    assert {one["state"] for one in after} == {"void"}
    assert {one["refusal"]["code"] for one in after} == {"library_closed"}


def test_published_matches_stand_fixed_in_the_next_round(computed: Matching) -> None:
    publish(computed)
    later = an_id("later")
    computed.hear("RequestChanged", a_request("another", half_days=40, is_open=True))
    begin(computed, id=later, name="Uke 51")
    report(computed, later, Eidskog=100)
    compute(computed, later)
    before, after = (
        {(one["lender_library_id"], day) for one in see(computed, which)["matches"] for day in one["dates"]}
        for which in (ROUND, later)
    )
    assert after
    assert not before & after
    assert an_id("request") not in {one["request_id"] for one in see(computed, later)["matches"]}


def test_nobody_is_matched_on_a_day_for_which_another_round_has_asked(computed: Matching) -> None:
    publish(computed)
    days = sorted({day for one in see(computed)["matches"] for day in one["dates"]})
    later = an_id("later")
    computed.hear("RequestChanged", a_request("another", half_days=2, is_open=True, dates=days))
    begin(computed, id=later)
    report(computed, later, Eidskog=100)
    compute(computed, later)
    asked, again = (
        {(one["lender_library_id"], day) for one in see(computed, which)["matches"] for day in one["dates"]}
        for which in (ROUND, later)
    )
    assert not asked & again
