"""A round goes by the county's table of travel times as the list of candidates does."""

import json
from typing import Any

from matching_cast import Matching, a_request, an_id, an_offer, open_offers
from round_cast import ROUND, begin, compute, publish, report, see

from services.matching import operations

Document = dict[str, Any]


def know(county: Matching, library: str, km: int | None, minutes: int = 80) -> None:
    time = {"from_library_id": an_id(library), "to_library_id": an_id("Eidskog"), "minutes": minutes}
    county.hear("TravelTimesChanged", {"times": [{**time, "km": km}]})


def ask_and_offer(county: Matching, max_km: int | None = 60, **asked: Any) -> None:
    """Eidskog asks for a day; Jonas in Grue, 50 km away as the crow flies, goes so far."""
    county.hear("RequestChanged", a_request(version=2, half_days=2, is_open=True, **asked))
    (offer,) = open_offers("Jonas")
    county.hear("OfferChanged", {**offer, "half_days": 20, "max_km": max_km})


def distances(county: Matching) -> list[float]:
    text = county.ask(operations.matching_round_input, ROUND)
    return [km for _, _, km in json.loads(text)["distances_km"]]


def test_a_round_counts_kilometres_by_road_where_the_table_knows_them(innlandet: Matching) -> None:
    ask_and_offer(innlandet)
    know(innlandet, "Grue", km=58)
    begin(innlandet)
    report(innlandet)
    assert distances(innlandet) == [58]
    compute(innlandet)
    (match,) = see(innlandet)["matches"]
    assert match["distance_km"] == 58
    publish(innlandet)
    assert see(innlandet)["proposed_count"] == 1


def test_nobody_is_matched_further_by_road_than_the_offer_goes(innlandet: Matching) -> None:
    ask_and_offer(innlandet)
    know(innlandet, "Grue", km=62)
    begin(innlandet)
    report(innlandet)
    compute(innlandet)
    seen = see(innlandet)
    assert seen["matches"] == []
    (unmet,) = seen["unmet"]
    assert (unmet["reason"], unmet["parameters"]["free"], unmet["parameters"]["near"]) == (
        "no_candidate",
        1,
        0,
    )


def test_where_only_the_time_is_known_the_straight_line_counts(innlandet: Matching) -> None:
    ask_and_offer(innlandet)
    know(innlandet, "Grue", km=None, minutes=200)
    begin(innlandet)
    report(innlandet)
    assert distances(innlandet) == [50]


def test_work_at_a_distance_has_no_way(innlandet: Matching) -> None:
    ask_and_offer(innlandet, place="online")
    innlandet.hear(
        "OfferChanged",
        {**an_offer("oJonas", "Jonas"), **open_offers("Jonas")[0], "places": ["online"], "version": 2},
    )
    know(innlandet, "Grue", km=62)
    begin(innlandet)
    report(innlandet)
    assert distances(innlandet) == []
    compute(innlandet)
    assert [one["distance_km"] for one in see(innlandet)["matches"]] == [None]


def test_what_the_table_says_meanwhile_voids_what_is_too_far_and_says_so(innlandet: Matching) -> None:
    ask_and_offer(innlandet)
    begin(innlandet)
    report(innlandet)
    compute(innlandet)
    know(innlandet, "Grue", km=62)
    publish(innlandet)
    (match,) = see(innlandet)["matches"]
    assert (match["state"], match["refusal"]) == (
        "void",
        {"code": "too_far", "parameters": {"library": "Grue", "km": 62, "max_km": 60}},
    )
