"""Looking things up on the board: words in any ending, days, distance, pages, and only what one can take."""

from datetime import date
from typing import Any

import pytest
from directory_cast import JONAS, KARI, SIRI, a_library, a_request, add_peer, an_id, an_offer, received

from byttebank.contracts.refusals import DateOrder, Malformed
from byttebank.storage.work import Database
from services.directory import operations
from services.directory.domain.entries import mark
from services.directory.domain.geography import chord_square, distance_between, point_of
from services.directory.domain.looking import Looking
from services.directory.domain.other_words import OF_CATEGORIES, OF_SKILLS
from services.directory.domain.stems import stem, stems
from services.directory.operations.skills import shared_skills

Document = dict[str, Any]


def board(database: Database, library: str = "Eidskog", **wanted: Any) -> list[Document]:
    with database.reading() as work:
        return list(operations.board(work, an_id(library), **wanted)["items"])


def ids(items: list[Document]) -> list[str]:
    return [item["id"] for item in items]


@pytest.fixture
def asked(innlandet: Database) -> Database:
    """Grue needs weeding on 1 to 4 December, and Jonas of Eidskog is offered on Tuesdays."""
    with innlandet.work() as work:
        request = a_request(library_id=an_id("Grue"), host_contact_id=an_id("Siri"))
        operations.create_request(work, request, SIRI)
        offer = an_offer(weekdays=[2], first_on="2026-12-01", last_on="2027-01-31", max_km=60)
        operations.create_offer(work, offer, JONAS)
    return innlandet


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kassere", "kassering"),
        ("Kasserer", "kasseringa"),
        ("plaste", "plasting"),
        ("formidla", "formidling"),
        ("katalogisere", "katalogiseringen"),
        ("bøker", "bok"),
        ("bokbussen", "bokbuss"),
        ("leiar", "leiaren"),
        ("arrangementet", "arrangement"),
        ("kasseres", "kassasjon"),
        ("integrere", "integrasjonen"),
    ],
)
def test_a_word_is_found_in_its_other_endings(one: str, other: str) -> None:
    assert stem(one) == stem(other)


def test_short_words_sami_letters_and_emoji_stay_whole_or_are_none() -> None:
    assert stems("er ČÁLLIT 📚 spill a_b") == ["er", "čállit", "spill", "a", "b"]


FOUND = ["kassere", "KASSERT magasinet", "weeding", "rydd", "grue", "kassasjon", "utrangere"]
FOUND += ["Samling", "collection", "kassering på magasinet til Grue"]


@pytest.mark.parametrize("text", FOUND)
def test_free_text_finds_skills_in_any_language_own_words_and_places(asked: Database, text: str) -> None:
    assert ids(board(asked, text=text, show="needs")) == [an_id("request")]


@pytest.mark.parametrize("text", ["musikk", "kassere bokbuss", "'; DROP", '" OR "', "-*&|!:"])
def test_every_word_must_be_there_and_none_is_an_operator(asked: Database, text: str) -> None:
    assert board(asked, text=text) == [] or not stems(text)


def test_other_words_are_those_of_skills_and_categories_that_are() -> None:
    shared = shared_skills()
    assert set(OF_SKILLS) <= {one["code"] for one in shared}
    assert set(OF_CATEGORIES) == {one["category"] for one in shared}


SAID = """
routine-desk: vakter skranke ekspedere
cataloguing: katalogiserer klassifisere klassifiserte metadata
book-covering: plaste bøkene
shelf-tidying: rydde hyller hylleryddinga
weeding: kassere kassert kassasjon magasinrydding
children: barna barnebok eventyrstund
school-library: skolebibliotek skulebiblioteket
upper-secondary-library: vgs vidaregåande
integration: inkludere integrasjon språkkafé
information-literacy: kildekritisk kjeldekritikken
it-operations: drifte ikt
web: nettside nettstad
library-room: rom innrede møbler
self-service-hours: meråpent meråpne meirope
planning: planlegge bibliotekplaner
project-management: prosjektleder søknader
leadership: leder leiarar leiing
marketing: markedsføre marknadsføre plakater
owner-dialogue: politikk politisk eierne
negotiation: forhandle avtaler leverandører
interlibrary-loan: fjernlåne innlån
"""


def test_what_librarians_say_finds_the_skill_that_it_is() -> None:
    skills = {one["code"]: one for one in shared_skills()}
    missed = []
    for line in SAID.strip().splitlines():
        code, words = line.split(": ")
        own = {*stems(" ".join(skills[code]["names"].values())), mark("s", code)}
        own.add(mark("c", skills[code]["category"]))
        for word in words.split():
            (group,) = Looking(text=word).groups
            if not any(one in own or any(o.startswith(one.rstrip("*")) for o in own) for one in group):
                missed.append((code, word))
    assert missed == []


def test_a_category_finds_all_its_skills(asked: Database) -> None:
    assert ids(board(asked, category="collection")) == [an_id("request")]
    assert board(asked, category="dissemination") == []


@pytest.mark.parametrize(
    ("first_on", "last_on", "is_found"),
    [
        ("2026-12-08", "2026-12-08", True),
        ("2026-12-09", "2026-12-14", False),
        ("2027-02-01", "2027-02-28", False),
        ("2026-11-01", "2026-12-01", True),
        ("2026-11-25", "2027-06-01", True),
    ],
)
def test_an_offer_on_tuesdays_is_for_tuesdays(
    asked: Database, first_on: str, last_on: str, is_found: bool
) -> None:
    items = board(asked, "Grue", show="offers", first_on=first_on, last_on=last_on)
    assert bool(items) == is_found


def test_only_what_can_be_taken_leaves_out_what_nobody_can_and_what_is_too_far(asked: Database) -> None:
    assert ids(board(asked, only_possible=True)) == [an_id("request")]
    with asked.work() as work:
        jonas = {"id": an_id("Jonas"), "library_id": an_id("Eidskog"), "name": "Jonas", "can": ["music"]}
        operations.add_colleague(work, jonas)
    assert board(asked, only_possible=True) == []
    (item,) = board(asked)
    assert [reason["code"] for reason in item["reasons"] if not reason["is_favourable"]] == ["no_skill"]
    assert ids(board(asked, "Grue", only_possible=True)) == [an_id("offer")]
    with asked.work() as work:
        operations.register_library(work, a_library("Grue", 61.5, 12.05))
    assert board(asked, "Grue", only_possible=True) == []
    assert board(asked, "Grue")[0]["reasons"][1]["code"] == "too_far"


def test_pages_follow_each_other_without_gap_or_repeat(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        for number in range(9):
            north = None if number == 8 else 60.0 + number % 3 * 1.7
            library = {**a_library(f"L{number}", north), "county": "akershus", "version": 1}
            operations.receive_library(work, received("akershus", "LibraryPublished", library))
            offer = an_offer(
                id=an_id(f"o{number}"),
                library_id=an_id(f"L{number}"),
                county="akershus",
                version=1,
                places=["online"] if number == 7 else ["host"],
            )
            operations.receive_offer(work, received("akershus", "OfferPublished", offer))
    whole = ids(board(innlandet))
    paged: list[str] = []
    cursor: str | None = None
    while True:
        with innlandet.reading() as work:
            page = operations.board(work, an_id("Eidskog"), cursor=cursor, limit=2)
        paged += ids(page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert paged == whole
    assert len(set(whole)) == 9
    assert set(whole[-2:]) == {an_id("o7"), an_id("o8")}, "what has no distance comes last"
    assert set(ids(board(innlandet, max_km=190))) == {an_id(f"o{number}") for number in (0, 1, 3, 4, 6, 7)}


def test_a_library_that_closes_or_comes_late_takes_and_brings_its_things(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    library = {**a_library("Nes"), "county": "akershus", "version": 1}
    offer = an_offer(library_id=an_id("Nes"), county="akershus", version=1)
    with innlandet.work() as work:
        operations.receive_offer(work, received("akershus", "OfferPublished", offer))
    assert board(innlandet) == []
    with innlandet.work() as work:
        operations.receive_library(work, received("akershus", "LibraryPublished", library))
    assert ids(board(innlandet)) == [an_id("offer")]
    with innlandet.work() as work:
        gone = {**library, "state": "withdrawn", "version": 2}
        operations.receive_library(work, received("akershus", "LibraryPublished", gone))
    assert board(innlandet) == []


def test_a_board_that_is_younger_than_its_things_is_filled(asked: Database) -> None:
    with asked.work() as work:
        work.connection.exec_driver_sql("DELETE FROM board_entries")
        work.connection.exec_driver_sql("DELETE FROM board_words")
        assert operations.place_missing(work) == 2
        assert operations.place_missing(work) == 0
    assert ids(board(asked)) == [an_id("request")]


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ({"first_on": "2026-12-02", "last_on": "2026-12-01"}, DateOrder),
        ({"first_on": "yesterday"}, Malformed),
        ({"text": "x" * 201}, Malformed),
        ({"text": "\x00"}, Malformed),
        ({"limit": 0}, Malformed),
        ({"cursor": "abc"}, Malformed),
        ({"show": "everything"}, Malformed),
    ],
)
def test_a_filter_that_makes_no_sense_is_refused(
    asked: Database, wanted: Document, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        board(asked, **wanted)


def test_lines_through_the_earth_order_as_distances_over_it() -> None:
    eidskog = {"latitude": 60.0, "longitude": 12.0}
    places = [{"latitude": 58.0 + step, "longitude": 5.0 + step * 2} for step in range(12)]
    here = point_of(eidskog)
    assert here is not None

    def square(place: Document) -> int:
        there = point_of(place)
        assert there is not None
        return sum((a - b) ** 2 for a, b in zip(here, there, strict=True))

    by_line = sorted(places, key=square)
    by_ground = sorted(places, key=lambda place: distance_between(eidskog, place) or 0)
    assert by_line == by_ground
    for place in places:
        km = distance_between(eidskog, place)
        assert km is not None
        assert chord_square(km - 1) < square(place) <= chord_square(km) + 2_000_000


def test_covered_and_closed_requests_leave_the_board_at_once(asked: Database) -> None:
    engagement = {
        "id": an_id("engagement"),
        "request_id": an_id("request"),
        "home_county": "innlandet",
        "host_library_id": an_id("Grue"),
        "half_days": 2,
        "state": "agreed",
        "version": 3,
    }
    with asked.work() as work:
        operations.engagement_changed(work, engagement)
    assert board(asked) == []
    with asked.work() as work:
        operations.engagement_changed(work, {**engagement, "state": "cancelled", "version": 4})
    assert ids(board(asked)) == [an_id("request")]
    with asked.work() as work:
        operations.close_request(work, an_id("request"), SIRI)
    assert board(asked) == []
    assert KARI["role"] == "library_manager"
    assert date(2026, 12, 1).isoweekday() == 2
