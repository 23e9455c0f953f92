"""The board as one library sees it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from directory_cast import (
    KARI,
    SIRI,
    a_colleague,
    a_library,
    a_request,
    add_peer,
    an_id,
    an_offer,
    received,
)

from byttebank.clock import FixedClock
from byttebank.contracts.refusals import Malformed, NotFound
from byttebank.storage.work import Database
from services.directory import operations

Publish = Callable[..., None]


@pytest.fixture
def publish(innlandet: Database) -> Publish:
    """Nes in Akershus, 41 km from Eidskog as the crow flies, publishes offers and requests."""
    add_peer(innlandet, "akershus")
    nes = {**a_library("Nes", 60.12, 11.3), "county": "akershus", "version": 1}
    with innlandet.work() as work:
        operations.receive_library(work, received("akershus", "LibraryPublished", nes))

    def tell(kind: str, **more: Any) -> None:
        mine = {"library_id": an_id("Nes"), "county": "akershus", "version": 1, **more}
        with innlandet.work() as work:
            if kind == "offer":
                offer = an_offer(colleague_id=an_id("Ola"), **mine)
                operations.receive_offer(work, received("akershus", "OfferPublished", offer))
            else:
                operations.receive_request(work, received("akershus", "RequestOpened", a_request(**mine)))

    return tell


def board(database: Database, **wanted: Any) -> list[dict[str, Any]]:
    with database.reading() as work:
        return operations.board(work, an_id("Eidskog"), **wanted)["items"]


def codes(item: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in item["reasons"]]


def test_a_need_names_our_colleagues_who_can(innlandet: Database, publish: Publish) -> None:
    publish("request", skills=["weeding", "music"])
    (item,) = board(innlandet)
    assert (item["kind"], item["library"]["short_name"], item["distance_km"]) == ("need", "Nes", 41)
    assert (item["is_possible"], item["helpers"]) == (True, ["Jonas"])
    assert item["reasons"][0] == {
        "code": "colleague_can",
        "parameters": {"skill": "weeding", "names": ["Jonas"]},
        "is_favourable": True,
        "score": 0,
    }
    assert (item["reasons"][1]["code"], item["reasons"][1]["parameters"]) == ("no_skill", {"skill": "music"})
    assert not item["reasons"][1]["is_favourable"]


def test_a_need_that_nobody_here_can_meet_says_which_skill_is_missing(
    innlandet: Database, publish: Publish
) -> None:
    publish("request", skills=["music"])
    (item,) = board(innlandet)
    assert (item["is_possible"], item["helpers"], codes(item)) == (False, [], ["no_skill"])


def test_who_can_teach_can_do(innlandet: Database, publish: Publish) -> None:
    publish("request")
    with innlandet.reading() as work:
        (item,) = operations.board(work, an_id("Grue"))["items"]
    assert item["helpers"] == ["Siri"]


def test_two_colleagues_of_one_name_are_two_helpers(innlandet: Database, publish: Publish) -> None:
    with innlandet.work() as work:
        twin = {**a_colleague("Twin", "Eidskog", can=["weeding"]), "name": "Jonas"}
        operations.add_colleague(work, twin)
    publish("request")
    assert board(innlandet)[0]["helpers"] == ["Jonas", "Jonas"]


def test_own_things_are_not_on_the_own_board(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.create_request(work, a_request(), KARI)
        operations.create_offer(work, an_offer(), KARI)
        assert len(operations.board(work, an_id("Grue"))["items"]) == 2
    assert board(innlandet) == []


def test_a_private_name_shows_on_no_other_librarys_board(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(), KARI)
        (item,) = operations.board(work, an_id("Grue"))["items"]
    assert item["document"]["colleague_name"] is None


def test_an_offer_that_is_too_far_says_how_far(innlandet: Database, publish: Publish) -> None:
    publish("offer", max_km=40)
    (item,) = board(innlandet)
    assert (item["is_possible"], codes(item)) == (False, ["standing_offer", "too_far"])
    assert item["reasons"][1]["parameters"] == {"km": 41, "max_km": 40, "library": "Nes"}


@pytest.mark.parametrize(("places", "km"), [(["host", "online"], 41), (["online"], None), (["home"], None)])
def test_an_offer_online_is_never_too_far(
    innlandet: Database, publish: Publish, places: list[str], km: int | None
) -> None:
    publish("offer", max_km=0, places=places)
    (item,) = board(innlandet)
    assert (item["is_possible"], item["distance_km"]) == (True, km)
    assert "no_travel" in codes(item)


def test_a_radius_that_reaches_exactly_is_enough(innlandet: Database, publish: Publish) -> None:
    publish("offer", max_km=41)
    assert board(innlandet)[0]["is_possible"]


def test_an_offer_says_when_it_holds(innlandet: Database, publish: Publish, clock: FixedClock) -> None:
    publish("offer", id=an_id("dates"), dates=["2026-12-09", "2026-12-01"])
    publish("offer", id=an_id("span"), first_on="2026-12-01", last_on="2027-01-29")
    publish("offer", id=an_id("standing"))
    clock.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    said = {item["id"]: item["reasons"][0] for item in board(innlandet)}
    assert said[an_id("dates")]["parameters"] == {"dates": ["2026-12-09"]}
    assert said[an_id("span")]["parameters"] == {"first_on": "2026-12-01", "last_on": "2027-01-29"}
    assert said[an_id("standing")]["code"] == "standing_offer"


def test_what_has_ended_or_is_private_is_not_on_the_board(
    innlandet: Database, publish: Publish, clock: FixedClock
) -> None:
    publish("request", id=an_id("past"), last_on="2026-12-01")
    publish("request", id=an_id("covered"), state="covered")
    publish("request", id=an_id("closed"), state="closed")
    publish("offer", id=an_id("withdrawn"), state="withdrawn")
    publish("offer", id=an_id("ended"), dates=["2026-12-01"])
    with innlandet.work() as work:
        quiet = a_request(
            id=an_id("quiet"), library_id=an_id("Grue"), host_contact_id=an_id("Siri"), is_open=False
        )
        operations.create_request(work, quiet, SIRI)
    publish("request", id=an_id("last day"), last_on="2026-12-02")
    clock.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
    assert [item["id"] for item in board(innlandet)] == [an_id("last day")]


def test_the_nearest_comes_first_and_what_needs_no_travel_last(innlandet: Database, publish: Publish) -> None:
    publish("offer", id=an_id("online"), places=["online"])
    publish("request", id=an_id("later"), first_on="2026-12-03")
    publish("request", id=an_id("sooner"), first_on="2026-12-02")
    with innlandet.work() as work:
        grue = an_offer(id=an_id("far"), library_id=an_id("Grue"), colleague_id=an_id("Siri"))
        operations.create_offer(work, grue, SIRI)
    assert [item["id"] for item in board(innlandet)] == [
        an_id("sooner"),
        an_id("later"),
        an_id("far"),
        an_id("online"),
    ]


def test_filters_leave_what_is_wanted(innlandet: Database, publish: Publish) -> None:
    publish("offer", id=an_id("online"), skills=["music"], places=["online"])
    publish("request", id=an_id("need"))
    with innlandet.work() as work:
        grue = an_offer(id=an_id("grue"), library_id=an_id("Grue"), colleague_id=an_id("Siri"))
        operations.create_offer(work, grue, SIRI)

    def seen(**wanted: Any) -> set[str]:
        return {item["id"] for item in board(innlandet, **wanted)}

    assert seen(show="needs") == {an_id("need")}
    assert seen(show="offers") == {an_id("online"), an_id("grue")}
    assert seen(skill="music") == {an_id("online")}
    assert seen(skill="juggling") == set()
    assert seen(county="akershus") == {an_id("online"), an_id("need")}
    assert seen(max_km=45) == {an_id("online"), an_id("need")}
    assert seen(max_km=0) == {an_id("online")}


@pytest.mark.parametrize(
    "wanted",
    [{"show": "everything"}, {"county": "No Such"}, {"max_km": -1}, {"max_km": True}, {"max_km": 1.5}],
)
def test_a_filter_that_makes_no_sense_is_refused(innlandet: Database, wanted: dict[str, Any]) -> None:
    with pytest.raises(Malformed):
        board(innlandet, **wanted)


def test_only_our_own_libraries_have_a_board_here(innlandet: Database, publish: Publish) -> None:
    with innlandet.reading() as work:
        for library_id in (an_id("Nes"), an_id("nothing")):
            with pytest.raises(NotFound):
                operations.board(work, library_id)


def test_a_frozen_countys_things_are_seen_and_cannot_be_taken(innlandet: Database, publish: Publish) -> None:
    publish("request")
    publish("offer")
    with innlandet.work() as work:
        operations.freeze_peer(work, "akershus")
    for item in board(innlandet):
        assert not item["is_possible"]
        assert item["reasons"][-1]["code"] == "county_frozen"


def test_a_library_with_no_place_on_the_map_is_shown_after_those_that_have_one(
    innlandet: Database, publish: Publish
) -> None:
    publish("request")
    with innlandet.work() as work:
        operations.register_library(work, a_library("Nowhere", None, None))
        operations.add_colleague(work, a_colleague("Per", "Nowhere", is_manager=True))
        per = {**KARI, "library_id": an_id("Nowhere"), "person_id": an_id("Per")}
        hidden = a_request(id=an_id("hidden"), library_id=an_id("Nowhere"), host_contact_id=an_id("Per"))
        operations.create_request(work, hidden, per)
    items = board(innlandet)
    assert [(item["id"], item["distance_km"]) for item in items] == [
        (an_id("request"), 41),
        (an_id("hidden"), None),
    ]
    assert [item["id"] for item in board(innlandet, max_km=5000)] == [an_id("request")]
