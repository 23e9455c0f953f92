"""A request to one library alone: who hears of it, its no, and its silence."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from directory_cast import (
    KARI,
    SIRI,
    a_colleague,
    a_county,
    a_library,
    a_request,
    add_peer,
    an_actor,
    an_id,
    local_events,
    received,
    sent,
)

from byttebank.clock import FixedClock
from byttebank.contracts.refusals import (
    CountyFrozen,
    CountyUnknown,
    NotFound,
    NotNow,
    NotYourRole,
    RequestClosed,
)
from byttebank.storage.work import Database
from services.directory import operations
from services.directory.storage import libraries

Document = dict[str, Any]
REQUEST = an_id("request")
ODA = an_actor("Oda", "Nes", "library_manager")


@pytest.fixture
def federated(innlandet: Database) -> Database:
    """Innlandet with its neighbour Akershus, where Nes is, and Vestland."""
    for peer in ("akershus", "vestland"):
        add_peer(innlandet, peer)
    nes = {**a_library("Nes"), "county": "akershus", "version": 1}
    with innlandet.work() as work:
        operations.set_county(work, {**a_county("innlandet"), "neighbours": ["akershus", "vestland"]})
        operations.receive_library(work, received("akershus", "LibraryPublished", nes))
    return innlandet


@pytest.fixture
def akershus(new_directory: Callable[[str], Database]) -> Database:
    """Akershus with Nes and its manager, Oda."""
    database = new_directory("akershus")
    with database.work() as work:
        operations.set_county(work, a_county("akershus"))
        operations.register_library(work, a_library("Nes"))
        operations.add_colleague(work, a_colleague("Oda", "Nes", is_manager=True))
    add_peer(database, "innlandet")
    return database


def ask(database: Database, library: str, **more: Any) -> Document:
    request = a_request(to_library_id=an_id(library), is_open=False, reach="county", **more)
    with database.work() as work:
        return operations.create_request(work, request, KARI)


def told_of(database: Database) -> list[tuple[str, str]]:
    return [(one["what"], one["request_id"]) for one in local_events(database, "DirectRequestChanged")]


def carry(sender: Database, receiver: Database, message_type: str) -> None:
    """The newest of these messages is received, each with a number of its own."""
    messages = sent(sender, receiver.county, message_type)
    name, payload, detached = messages[-1]
    message = received(sender.county, name, payload, detached, seq=len(messages))
    operation = operations.receive_declined if name == "RequestDeclined" else operations.receive_request
    with receiver.work() as work:
        operation(work, message)


def days_pass(database: Database, clock: FixedClock, days: int) -> int:
    clock.move_to(clock.now() + timedelta(days))
    with database.work() as work:
        assert operations.widen_requests(work) == 0, "it never widens by itself"
        return operations.tell_unanswered(work)


def waiting(database: Database, library: str) -> list[str]:
    with database.reading() as work:
        return [one["id"] for one in operations.asked_directly(work, an_id(library))]


def test_a_library_of_the_county_is_asked_and_nobody_else_sees_it(federated: Database) -> None:
    stored = ask(federated, "Grue")
    assert (stored["reply_by_on"], stored["widens_on"]) == ("2026-11-30", None)
    assert told_of(federated) == [("asked", REQUEST)]
    assert sent(federated, "akershus", "RequestOpened") == sent(federated, "vestland", "RequestOpened") == []
    assert waiting(federated, "Grue") == [REQUEST]
    with federated.reading() as work:
        assert operations.board(work, an_id("Grue"))["items"] == []
        assert operations.list_requests(work)["items"] == []


def test_a_library_of_another_county_is_asked_through_its_county_alone(
    federated: Database, akershus: Database
) -> None:
    ask(federated, "Nes")
    assert told_of(federated) == [], "nobody here is asked"
    assert sent(federated, "vestland", "RequestOpened") == []
    carry(federated, akershus, "RequestOpened")
    carry(federated, akershus, "RequestOpened")
    assert told_of(akershus) == [("asked", REQUEST)]
    assert waiting(akershus, "Nes") == [REQUEST]
    with akershus.reading() as work:
        assert operations.list_requests(work)["items"] == []


def test_a_no_is_told_to_who_asks_and_asks_nobody_why(federated: Database) -> None:
    ask(federated, "Grue")
    for _ in range(2):
        with federated.work() as work:
            declined = operations.decline_request(work, REQUEST, SIRI)
    assert (declined["direct_answer"], declined["version"]) == ("declined", 2)
    assert told_of(federated) == [("asked", REQUEST), ("declined", REQUEST)]
    assert waiting(federated, "Grue") == []


def test_a_no_from_another_county_comes_home(federated: Database, akershus: Database) -> None:
    ask(federated, "Nes")
    carry(federated, akershus, "RequestOpened")
    for _ in range(2):
        with akershus.work() as work:
            assert operations.decline_request(work, REQUEST, ODA)["direct_answer"] == "declined"
    assert len(sent(akershus, "innlandet", "RequestDeclined")) == 1
    assert waiting(akershus, "Nes") == []
    for _ in range(2):
        carry(akershus, federated, "RequestDeclined")
    assert told_of(federated) == [("declined", REQUEST)]
    with federated.reading() as work:
        assert operations.get_request(work, REQUEST)["version"] == 2
    carry(federated, akershus, "RequestOpened")
    with akershus.reading() as work:
        assert operations.get_request(work, REQUEST)["version"] == 2


def test_only_the_county_of_who_was_asked_says_no(federated: Database) -> None:
    ask(federated, "Nes")
    message = received("vestland", "RequestDeclined", {"request_id": REQUEST})
    with federated.work() as work, pytest.raises(NotFound):
        operations.receive_declined(work, message)
    assert told_of(federated) == []


def test_who_was_not_asked_cannot_say_no(federated: Database) -> None:
    ask(federated, "Grue")
    with federated.work() as work:
        with pytest.raises(NotFound):
            operations.decline_request(work, REQUEST, KARI)
        with pytest.raises(NotYourRole):
            operations.decline_request(work, REQUEST, an_actor("Ola", "Grue"))
        operations.close_request(work, REQUEST, KARI)
        with pytest.raises(RequestClosed):
            operations.decline_request(work, REQUEST, SIRI)


def test_a_week_of_silence_is_told_once_and_a_late_no_is_a_no(federated: Database, clock: FixedClock) -> None:
    ask(federated, "Grue", last_on="2026-12-20")
    assert days_pass(federated, clock, 7) == 0
    assert days_pass(federated, clock, 1) == 1
    assert days_pass(federated, clock, 1) == 0
    assert told_of(federated) == [("asked", REQUEST), ("unanswered", REQUEST)]
    assert waiting(federated, "Grue") == [REQUEST], "it may still answer"
    with federated.work() as work:
        operations.decline_request(work, REQUEST, SIRI)
    assert told_of(federated)[2:] == [("declined", REQUEST)]


def test_an_answer_under_way_is_no_silence(federated: Database, clock: FixedClock) -> None:
    ask(federated, "Grue", last_on="2026-12-20")
    engagement = {
        "id": an_id("engagement"),
        "request_id": REQUEST,
        "home_county": "innlandet",
        "host_library_id": an_id("Eidskog"),
        "half_days": 2,
        "state": "proposed",
        "reply_by_on": "2026-12-02",
        "version": 1,
    }
    with federated.work() as work:
        operations.engagement_changed(work, engagement)
    assert days_pass(federated, clock, 9) == 0
    with federated.work() as work:
        operations.engagement_changed(work, {**engagement, "state": "expired", "version": 2})
    assert days_pass(federated, clock, 1) == 1


def test_opened_to_all_it_widens_as_any_and_who_was_asked_goes_on_seeing_it(
    federated: Database, akershus: Database, clock: FixedClock
) -> None:
    ask(federated, "Nes")
    carry(federated, akershus, "RequestOpened")
    with federated.work() as work:
        opened = operations.open_request(work, REQUEST, KARI)
    assert (opened["reach"], opened["widens_on"], opened["reply_by_on"]) == ("county", "2026-11-26", None)
    carry(federated, akershus, "RequestOpened")
    assert waiting(akershus, "Nes") == [REQUEST], "the board does not reach so far yet"
    with federated.reading() as work:
        assert len(operations.board(work, an_id("Grue"))["items"]) == 1
    clock.move_to(clock.now() + timedelta(3))
    with federated.work() as work:
        assert operations.widen_requests(work) == 1
    carry(federated, akershus, "RequestOpened")
    assert waiting(akershus, "Nes") == []
    with akershus.reading() as work:
        assert operations.get_request(work, REQUEST)["is_open"] is True
        assert len(operations.list_requests(work)["items"]) == 1
    with akershus.work() as work, pytest.raises(NotNow):
        operations.decline_request(work, REQUEST, ODA)


def test_nobody_is_asked_through_a_county_that_is_stopped_or_unknown(federated: Database) -> None:
    with federated.work() as work:
        operations.freeze_peer(work, "akershus")
    with pytest.raises(CountyFrozen):
        ask(federated, "Nes")
    with federated.work() as work:
        far = {**a_library("Far"), "county": "finnmark", "version": 1}
        libraries.add_library(work.connection, {**operations.get_library(work, an_id("Grue")), **far})
    with pytest.raises(CountyUnknown):
        ask(federated, "Far")
