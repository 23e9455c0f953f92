"""What a restored county had published stands again, so that its next change counts in other counties."""

from datetime import UTC, datetime
from typing import Any

import pytest
from directory_cast import a_request, add_peer, an_actor, an_id, an_offer, local_events, sent

from byttebank.contracts.peer import load_peer
from byttebank.contracts.received import SentMessage
from byttebank.storage.work import Database
from services.directory import operations

Document = dict[str, Any]
OWN = {
    "LibraryPublished": operations.own_library,
    "OfferPublished": operations.own_offer,
    "RequestOpened": operations.own_request,
    "PartnershipChanged": operations.own_partnership,
}


def give_back(database: Database, message_type: str, payload: Document) -> None:
    loaded = load_peer("directory", message_type, 1, payload)
    at = datetime(2026, 11, 22, tzinfo=UTC)
    message = SentMessage("akershus", message_type, 1, loaded, "0" * 64, an_id("message"), at)
    with database.work() as work:
        OWN[message_type](work, message)


@pytest.fixture
def published(innlandet: Database) -> dict[str, Document]:
    """An offer and a request as Akershus holds them."""
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.create_offer(work, an_offer(reach="all"), an_actor("Jonas", "Eidskog"))
        operations.create_request(work, a_request(), an_actor("Kari", "Eidskog", "library_manager"))
    return {name: payload for name, payload, _ in sent(innlandet, "akershus")}


def test_a_thing_published_as_newer_than_we_remember_stands_so_and_keeps_our_words(
    innlandet: Database, published: dict[str, Document]
) -> None:
    give_back(innlandet, "RequestOpened", {**published["RequestOpened"], "version": 7})
    with innlandet.reading() as work:
        request = operations.get_request(work, an_id("request"))
    assert (request["version"], request["own_words"]) == (7, "Magasinet må ryddes.")
    assert local_events(innlandet, "RequestChanged")[-1]["version"] == 7
    with innlandet.work() as work:
        operations.close_request(work, an_id("request"), an_actor("Kari", "Eidskog", "library_manager"))
    assert sent(innlandet, "akershus", "RequestOpened")[-1][1]["version"] == 8


def test_a_thing_published_as_older_changes_nothing(
    innlandet: Database, published: dict[str, Document]
) -> None:
    count = len(local_events(innlandet, "OfferChanged"))
    give_back(innlandet, "OfferPublished", published["OfferPublished"])
    assert len(local_events(innlandet, "OfferChanged")) == count


def test_a_thing_that_is_forgotten_is_there_again(
    innlandet: Database, published: dict[str, Document]
) -> None:
    give_back(innlandet, "OfferPublished", {**published["OfferPublished"], "id": an_id("lost"), "version": 3})
    with innlandet.work() as work:
        withdrawn = operations.withdraw_offer(work, an_id("lost"), an_actor("Jonas", "Eidskog"))
    assert withdrawn["version"] == 4


def test_a_library_stands_as_published_and_nobody_elses_does(
    innlandet: Database, published: dict[str, Document]
) -> None:
    library = {**published["LibraryPublished"], "version": 9, "name": "Nytt navn"}
    give_back(innlandet, "LibraryPublished", library)
    give_back(innlandet, "LibraryPublished", {**library, "county": "akershus", "version": 99})
    with innlandet.reading() as work:
        found = operations.get_library(work, library["id"])
    assert (found["version"], found["name"], found["county"]) == (9, "Nytt navn", "innlandet")


def test_a_county_that_had_ended_the_exchange_has_ended_it_and_the_next_it_says_is_newer(
    innlandet: Database,
) -> None:
    add_peer(innlandet, "akershus")
    told = {"is_ended": True, "changed_on": "2026-11-20", "version": 7}
    for _ in range(2):
        give_back(innlandet, "PartnershipChanged", told)
    seen = [(one["state"], one["version"]) for one in local_events(innlandet, "PeerChanged")]
    assert seen == [("active", 1), ("left", 7)]
    add_peer(innlandet, "akershus")
    (_, said, _) = sent(innlandet, "akershus", "PartnershipChanged")[-1]
    assert (said["is_ended"], said["version"]) == (False, 8)


def test_what_was_said_of_an_exchange_that_has_begun_again_since_changes_nothing(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    give_back(innlandet, "PartnershipChanged", {"is_ended": True, "changed_on": "2026-11-20", "version": 1})
    give_back(innlandet, "PartnershipChanged", {"is_ended": False, "changed_on": "2026-11-20", "version": 9})
    with innlandet.reading() as work:
        assert [one["state"] for one in operations.list_peers(work)] == ["active"]
