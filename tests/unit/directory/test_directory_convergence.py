"""Whatever order peers' messages come in, and however often, the county ends with one model of them."""

import random
from collections.abc import Callable
from itertools import permutations
from typing import Any

import pytest
from directory_cast import a_county, a_library, a_request, add_peer, an_id, an_offer, key_of, received
from hypothesis import given, settings
from hypothesis import strategies as st

from byttebank.contracts.refusals import CountyUnknown
from byttebank.storage.work import Database
from services.directory import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: whatever order messages come in."""

Document = dict[str, Any]
Message = tuple[str, Document, Document | None]
TAKE = {
    "LibraryPublished": operations.receive_library,
    "OfferPublished": operations.receive_offer,
    "RequestOpened": operations.receive_request,
    "ErasePerson": operations.receive_erasure,
}


def said() -> list[Message]:
    """What Akershus has said, in its order: things appear, move, change, end, and somebody is erased."""
    county = {"county": "akershus"}
    nes, hole = ({**a_library(name), **county} for name in ("Nes", "Hole"))
    offer = an_offer(library_id=an_id("Nes"), colleague_id=an_id("Ola"), **county)
    other = an_offer(id=an_id("other"), library_id=an_id("Hole"), colleague_id=an_id("Eva"), **county)
    request = a_request(library_id=an_id("Hole"), host_contact_id=an_id("Ola"), **county)
    named = {"colleague_name": "Ola", "own_words": "bokbuss"}
    contact = {"host_contact_name": "Ola", "own_words": "hyller"}
    return [
        ("LibraryPublished", {**nes, "version": 1}, {"contact_email": "nes@example.no"}),
        ("LibraryPublished", {**hole, "version": 1}, None),
        ("OfferPublished", {**offer, "version": 1}, named),
        ("OfferPublished", {**other, "version": 1}, {"colleague_name": "Eva", "own_words": "joik"}),
        ("RequestOpened", {**request, "version": 1}, contact),
        ("LibraryPublished", {**nes, "version": 2, "latitude": 61.0}, {"contact_email": "ny@example.no"}),
        ("OfferPublished", {**other, "version": 2, "skills": ["music"]}, {"own_words": "orgel"}),
        ("RequestOpened", {**request, "version": 2, "state": "covered"}, None),
        ("RequestOpened", {**request, "version": 3, "state": "open"}, contact),
        ("OfferPublished", {**offer, "version": 2, "skills": [], "state": "withdrawn"}, None),
        ("RequestOpened", {**request, "version": 4, "state": "closed"}, None),
        ("ErasePerson", {"person_id": an_id("Ola")}, None),
        ("LibraryPublished", {**hole, "version": 2, "state": "withdrawn"}, None),
    ]


MESSAGES = said()
LATER = "2026-11-01T00:00:00.000000Z"
NEWEST = (5, 6, 9, 10, 11, 12)
"""The last that was said of each thing: what a county that comes back is told."""


def model_after(
    database: Database, order: list[int], missed: list[int] | None = None
) -> dict[str, list[tuple[Any, ...]]]:
    """The read model after the messages in this order. The database is as before afterwards.

    `missed`: what has come when Akershus leaves, and comes back with one more key and all of the order.
    """
    with database.reading() as work:
        for number in missed or []:
            name, payload, detached = MESSAGES[number]
            TAKE[name](work, received("akershus", name, payload, detached, number + 1))
        if missed is not None:
            operations.leave_peer(work, "akershus")
            keys = [key_of("akershus"), {**key_of("akershus of now"), "valid_from_at": LATER}]
            operations.add_peer(work, "akershus", "Akershus", "https://akershus.example", keys, 200)
        for number in order:
            name, payload, detached = MESSAGES[number]
            TAKE[name](work, received("akershus", name, payload, detached, number + 1))
        tables = {
            "libraries": "id",
            "library_numbers": "number",
            "offers": "id",
            "requests": "id",
        }
        model = {
            table: [
                tuple(row) for row in work.connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY {key}")
            ]
            for table, key in tables.items()
        }
        board = "SELECT thing_id, words, x, ends_on FROM board_entries, board_words b WHERE b.rowid = key"
        rows = work.connection.exec_driver_sql(f"{board} ORDER BY thing_id")
        return {**model, "board": [tuple(row) for row in rows]}


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory, seeded_file: Any) -> Database:
    from byttebank.storage.engine import open_engine

    path = tmp_path_factory.mktemp("convergence") / "innlandet.sqlite"
    path.write_bytes(seeded_file.read_bytes())
    database = Database(open_engine(f"sqlite:///{path}"), county="innlandet", service="directory")
    add_peer(database, "akershus")
    with database.work() as work:
        operations.set_county(work, a_county("innlandet"))
    return database


def test_any_order_and_any_repeats_end_in_one_model(county: Database) -> None:
    whole = list(range(len(MESSAGES)))
    expected = model_after(county, whole)
    assert expected["board"] == []
    assert "Ola" not in str(expected)

    @settings(max_examples=12, deadline=None)
    @given(st.permutations(whole), st.lists(st.sampled_from(whole), max_size=8))
    def converges(order: list[int], repeats: list[int]) -> None:
        mixed = order + repeats
        random.Random(len(repeats)).shuffle(mixed)
        assert model_after(county, mixed) == expected

    converges()


def test_what_has_not_ended_is_on_the_board_in_any_order(county: Database) -> None:
    begun = list(range(7))
    expected = model_after(county, begun)
    assert [row[0] for row in expected["board"]] == sorted([an_id("offer"), an_id("other"), an_id("request")])

    @settings(max_examples=12, deadline=None)
    @given(st.permutations(begun))
    def converges(order: list[int]) -> None:
        assert model_after(county, [*order, *reversed(order)]) == expected

    converges()


def test_what_comes_after_its_person_was_erased_stays_empty_in_any_order(county: Database) -> None:
    late = [0, 1, 2, 4, 11]
    expected = model_after(county, late)
    assert [row[0] for row in expected["board"]] == [an_id("request")]
    assert not any(word in str(expected) for word in ("Ola", "bokbuss", "hyller"))
    for order in list(permutations(late))[::17]:
        assert model_after(county, [*order, order[0]]) == expected


def test_a_county_that_leaves_at_any_moment_and_comes_back_ends_in_the_same_model(county: Database) -> None:
    whole = list(range(len(MESSAGES)))
    expected = model_after(county, whole)

    @settings(max_examples=12, deadline=None)
    @given(
        st.lists(st.sampled_from(whole), max_size=13),
        st.permutations(NEWEST),
        st.lists(st.sampled_from(whole), max_size=8),
    )
    def converges(missed: list[int], snapshot: list[int], stream: list[int]) -> None:
        mixed = [*snapshot, *stream]
        random.Random(len(stream)).shuffle(mixed)
        assert model_after(county, mixed, missed) == expected

    converges()


def test_hundreds_of_orders_end_in_one_model(county: Database) -> None:
    whole = list(range(len(MESSAGES)))
    expected = model_after(county, whole)
    chance = random.Random(5)
    for _ in range(500):
        order = whole + chance.choices(whole, k=chance.randrange(8))
        chance.shuffle(order)
        assert model_after(county, order) == expected, order


def test_a_peer_that_leaves_takes_everything_with_it_and_comes_back_whole(
    innlandet: Database, new_directory: Callable[[str], Database]
) -> None:
    add_peer(innlandet, "akershus")
    for number in range(7):
        name, payload, detached = MESSAGES[number]
        with innlandet.work() as work:
            TAKE[name](work, received("akershus", name, payload, detached, number + 1))
    with innlandet.work() as work:
        left = operations.leave_peer(work, "akershus")
    assert left["state"] == "left"
    with innlandet.reading() as work:
        assert operations.board(work, an_id("Eidskog"))["items"] == []
        assert {one["county"] for one in operations.list_libraries(work)["items"]} == {"innlandet"}
        assert operations.list_offers(work)["items"] == []
    name, payload, detached = MESSAGES[0]
    with pytest.raises(CountyUnknown), innlandet.work() as work:
        TAKE[name](work, received("akershus", name, payload, detached, 19))
    add_peer(innlandet, "akershus")
    for number in range(7):
        name, payload, detached = MESSAGES[number]
        with innlandet.work() as work:
            TAKE[name](work, received("akershus", name, payload, detached, number + 20))
    with innlandet.reading() as work:
        assert len(operations.board(work, an_id("Eidskog"))["items"]) == 3
