"""A county decides what counts most among those who could help, and every version of that is kept."""

from typing import Any

import pytest
from matching_cast import Matching, a_request, actor, an_id, open_offers

from byttebank.contracts.fields import load
from byttebank.contracts.ranking import BOUNDS, RankingPreview, RankingVersion, RankingWeights
from byttebank.contracts.refusals import Malformed, NotFound, NotYourRole, StalePage
from services.matching import operations
from services.matching.domain.weights import DEFAULT, NAMES, Weights, changed

COUNTY = {**actor("Kari"), "role": "county"}


def offer(county: Matching) -> None:
    for one in open_offers("Jonas", "Per"):
        county.hear("OfferChanged", one)


def ranked(county: Matching) -> dict[str, int]:
    found = county.ask(operations.candidates, an_id("request"))
    return {one["library_name"]: one["score"] for one in found["candidates"]}


def test_without_a_decision_the_weights_are_those_of_the_handbook(innlandet: Matching) -> None:
    assert innlandet.ask(operations.ranking_weights) == {"version": 0, **DEFAULT.points()}
    assert DEFAULT.points() == {
        "can_teach": 10,
        "all_dates": 20,
        "no_travel": 60,
        "km_per_point": 5,
        "owes_per_half_day": 5,
        "owes_most": 40,
        "first_visit": 15,
        "months_most": 12,
        "same_county": 10,
        "neighbour_county": 5,
    }


def preview(county: Matching, **points: int) -> dict[str, Any]:
    found: dict[str, Any] = county.ask(operations.preview_ranking, points, COUNTY)
    return load(RankingPreview, found)


def test_a_preview_shows_both_orders_and_keeps_nothing(innlandet: Matching) -> None:
    offer(innlandet)
    innlandet.hear("RequestChanged", a_request(is_open=True, version=2))
    now = ranked(innlandet)
    (wanted,) = preview(innlandet, same_county=0, first_visit=20)["requests"]
    assert (wanted["request_id"], wanted["library_name"]) == (an_id("request"), "Eidskog")
    assert {one["library_name"]: one["score"] for one in wanted["before"]} == now
    assert {one["library_name"]: one["score"] - now[one["library_name"]] for one in wanted["after"]} == {
        "Grue": -5,
        "Nes": 5,
    }
    first, second = wanted["after"]
    assert (first["library_name"], first["place"], first["other_place"]) == ("Nes", 1, 2)
    assert (second["library_name"], second["place"], second["other_place"]) == ("Grue", 2, 1)
    innlandet.do(operations.set_ranking_weights, {"same_county": 0, "first_visit": 20}, COUNTY)
    assert {one["library_name"]: one["score"] for one in wanted["after"]} == ranked(innlandet)


def test_a_preview_is_of_open_requests_that_all_see_and_two_or_more_can_help_with(
    innlandet: Matching,
) -> None:
    assert preview(innlandet)["requests"] == [], "nobody offers anything"
    offer(innlandet)
    for number in range(4):
        innlandet.hear("RequestChanged", a_request(f"more {number}", is_open=True))
    assert len(preview(innlandet)["requests"]) == 3
    for name in ("request", *(f"more {number}" for number in range(4))):
        innlandet.hear("RequestChanged", a_request(name, is_open=False, version=9))
    assert preview(innlandet)["requests"] == []


def test_a_preview_is_refused_as_the_change_is(innlandet: Matching) -> None:
    with pytest.raises(NotYourRole):
        innlandet.ask(operations.preview_ranking, {}, actor("Kari"))
    for wrong in ({"luck": 1}, {"owes_most": 100}, {"km_per_point": 0}):
        with pytest.raises(Malformed):
            innlandet.ask(operations.preview_ranking, wrong, COUNTY)


def test_a_changed_weight_changes_the_scores_and_is_named_beside_them(innlandet: Matching) -> None:
    offer(innlandet)
    before = ranked(innlandet)
    innlandet.do(operations.set_ranking_weights, {"same_county": 100}, COUNTY)
    after = ranked(innlandet)
    assert after["Grue"] == before["Grue"] + 90
    assert after["Nes"] == before["Nes"]
    assert innlandet.ask(operations.candidates, an_id("request"))["weights_version"] == 1


def test_earlier_versions_are_kept_and_the_same_points_make_no_new_one(innlandet: Matching) -> None:
    innlandet.do(operations.set_ranking_weights, {"first_visit": 20}, COUNTY)
    innlandet.do(operations.set_ranking_weights, {"can_teach": 0}, COUNTY)
    again = innlandet.do(operations.set_ranking_weights, {"can_teach": 0}, COUNTY)
    assert (again["version"], again["first_visit"], again["can_teach"]) == (2, 20, 0)
    first = innlandet.ask(operations.ranking_weights, 1)
    assert (first["first_visit"], first["can_teach"]) == (20, 10)
    assert innlandet.ask(operations.ranking_weights, 0)["first_visit"] == 15
    for never in (3, -1, 10**30):
        with pytest.raises(NotFound):
            innlandet.ask(operations.ranking_weights, never)


def test_only_the_county_decides(innlandet: Matching) -> None:
    with pytest.raises(NotYourRole):
        innlandet.do(operations.set_ranking_weights, {"first_visit": 20}, actor("Kari"))


@pytest.mark.parametrize(
    "points",
    [
        {"luck": 5},
        {"can_teach": -1},
        {"can_teach": 1001},
        {"owes_most": 100},
        {"km_per_point": 0},
        {"all_dates": True},
    ],
)
def test_what_is_no_weight_is_refused_and_nothing_changes(points: dict[str, int]) -> None:
    with pytest.raises(Malformed):
        changed(Weights(), points, 1)


def test_every_weight_may_be_changed() -> None:
    for name in NAMES:
        assert changed(DEFAULT, {name: 7}, 1).points()[name] == 7


def test_every_version_says_when_and_who_the_newest_first(innlandet: Matching) -> None:
    innlandet.do(operations.set_ranking_weights, {"first_visit": 20}, COUNTY)
    innlandet.do(operations.set_ranking_weights, {"can_teach": 0}, COUNTY)
    listed = innlandet.ask(operations.ranking_versions)
    assert [(one["version"], one["first_visit"], one["set_by"]) for one in listed] == [
        (2, 20, COUNTY["name"]),
        (1, 20, COUNTY["name"]),
        (0, 15, None),
    ]
    assert listed[0]["set_at"].endswith("Z")
    assert listed[2]["set_at"] is None
    assert [one["version"] for one in innlandet.ask(operations.ranking_versions, 1)] == [2, 0]
    for one in listed:
        load(RankingVersion, one)


def test_somebody_else_has_changed_the_weights_meanwhile(innlandet: Matching) -> None:
    innlandet.do(operations.set_ranking_weights, {"first_visit": 20}, COUNTY, 0)
    with pytest.raises(StalePage) as refused:
        innlandet.do(operations.set_ranking_weights, {"first_visit": 30}, COUNTY, 0)
    assert refused.value.parameters == {"version": 1}
    again = innlandet.do(operations.set_ranking_weights, {"first_visit": 20}, COUNTY, 0)
    assert again["version"] == 1, "the same press of the button, once more"


def test_who_wants_nothing_kept_is_named_by_no_version(innlandet: Matching) -> None:
    innlandet.do(operations.set_ranking_weights, {"first_visit": 20}, COUNTY)
    erased = {"person_id": COUNTY["person_id"], "county": "innlandet", "erased_at": "2026-11-22T08:00:00Z"}
    innlandet.hear("PersonErased", erased)
    latest = innlandet.ask(operations.ranking_versions)[0]
    assert (latest["version"], latest["set_by"]) == (1, None)


def test_the_weights_are_those_that_the_contract_names() -> None:
    assert tuple(BOUNDS) == NAMES
    assert set(RankingWeights().fields) == {"version", *NAMES}
