"""The county's table of travel times in the ranking: it counts where it knows, and is said to."""

from typing import Any

import pytest
from matching_cast import Matching, a_request, an_id, an_offer, open_offers

from services.matching import operations
from services.matching.operations import shortlists

Document = dict[str, Any]
EIDSKOG = an_id("Eidskog")


@pytest.fixture(autouse=True, params=["each", "shortlist"])
def way_of_looking(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways of ranking keep to the table."""
    if request.param == "shortlist":
        monkeypatch.setattr(shortlists, "FEW_OFFERS", 0)


@pytest.fixture
def county(innlandet: Matching) -> Matching:
    """Jonas in Grue, 50 km away, and Per in Nes, 33 km, can help Eidskog."""
    for one in open_offers("Jonas", "Per"):
        innlandet.hear("OfferChanged", one)
    return innlandet


def know(county: Matching, library: str, minutes: int | None, km: int | None = None) -> None:
    time = {"from_library_id": an_id(library), "to_library_id": EIDSKOG, "minutes": minutes, "km": km}
    county.hear("TravelTimesChanged", {"times": [time]})


def way_to(county: Matching, library: str) -> tuple[int | None, int | None, Document]:
    """Kilometres, minutes, and the reason that is about the way."""
    found = county.ask(operations.candidates, an_id("request"))["candidates"]
    (one,) = [one for one in found if one["library_id"] == an_id(library)]
    (reason,) = [one for one in one["reasons"] if one["code"] in ("distance", "travel_time", "no_travel")]
    return one["distance_km"], one["travel_minutes"], reason


def test_a_minute_counts_as_a_kilometre_where_the_time_is_known(county: Matching) -> None:
    assert way_to(county, "Grue")[2]["code"] == "distance"
    know(county, "Grue", 100)
    km, minutes, reason = way_to(county, "Grue")
    assert (km, minutes) == (50, 100)
    assert (reason["code"], reason["parameters"], reason["score"]) == ("travel_time", {"minutes": 100}, 40)
    assert way_to(county, "Nes")[2]["code"] == "distance", "of this pair nothing is known"


def test_no_way_is_shorter_than_the_crow_flies(county: Matching) -> None:
    know(county, "Grue", 20)
    assert way_to(county, "Grue")[2]["score"] == 50


def test_a_newer_time_counts(county: Matching) -> None:
    know(county, "Grue", 100)
    know(county, "Grue", 200)
    assert way_to(county, "Grue")[1] == 200


def test_what_the_table_no_longer_says_is_judged_as_the_crow_flies(county: Matching) -> None:
    know(county, "Grue", 100)
    know(county, "Grue", None)
    assert way_to(county, "Grue")[2]["code"] == "distance"


def test_how_far_an_offer_goes_is_held_against_the_road(county: Matching) -> None:
    county.hear("OfferChanged", {**an_offer("oJonas", "Jonas"), "max_km": 60, "version": 2})
    assert way_to(county, "Grue")[0] == 50
    know(county, "Grue", 80)
    assert way_to(county, "Grue")[0] == 50, "only the time is known"
    know(county, "Grue", 80, km=62)
    found = county.ask(operations.candidates, an_id("request"))
    assert found["funnel"]["near"] == 1
    assert [one["library_id"] for one in found["candidates"]] == [an_id("Nes")]


def test_work_at_a_distance_asks_for_no_table(county: Matching) -> None:
    know(county, "Grue", 100)
    county.hear("RequestChanged", a_request(version=2, place="online"))
    online = {**an_offer("oJonas", "Jonas"), "places": ["online"], "version": 2}
    county.hear("OfferChanged", online)
    assert way_to(county, "Grue")[1:] == (
        None,
        {"code": "no_travel", "parameters": {"place": "online"}, "is_favourable": True, "score": 60},
    )
