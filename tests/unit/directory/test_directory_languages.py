"""The language of a library and of a colleague: who may choose it, who hears of it, and what keeps it."""

from typing import Any

import pytest
from directory_cast import (
    JONAS,
    KARI,
    SIRI,
    a_colleague,
    a_library,
    add_peer,
    an_actor,
    an_id,
    local_events,
    received,
    sent,
)

from byttebank.contracts.refusals import Malformed, NotFound, NotYourRole
from byttebank.storage.work import Database
from services.directory import operations

EIDSKOG, GRUE = an_id("Eidskog"), an_id("Grue")


def test_a_manager_chooses_for_the_library_and_everybody_is_told_once(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    for _ in range(2):
        with innlandet.work() as work:
            changed = operations.set_library_language(work, EIDSKOG, "nn", KARI)
    assert (changed["language"], changed["version"]) == ("nn", 2)
    heard = [one for one in local_events(innlandet, "LibraryChanged") if one["id"] == EIDSKOG]
    assert [(one["language"], one["version"]) for one in heard] == [(None, 1), ("nn", 2)]
    told = [payload for _, payload, _ in sent(innlandet, "akershus") if payload.get("id") == EIDSKOG]
    assert [one["language"] for one in told] == [None, "nn"]
    with innlandet.work() as work:
        assert operations.set_library_language(work, EIDSKOG, None, KARI)["language"] is None


@pytest.mark.parametrize("actor", [JONAS, SIRI, an_actor("Kari", "Eidskog", "operator")])
def test_nobody_else_chooses_for_the_library(innlandet: Database, actor: dict[str, Any]) -> None:
    with pytest.raises(NotYourRole), innlandet.work() as work:
        operations.set_library_language(work, EIDSKOG, "nn", actor)
    with innlandet.reading() as work:
        assert operations.get_library(work, EIDSKOG)["language"] is None


def test_the_county_chooses_for_the_county_library_only(innlandet: Database) -> None:
    county = an_actor("Ingrid", "Grue", "county")
    with innlandet.work() as work:
        assert operations.set_library_language(work, GRUE, "en", county)["language"] == "en"
    with pytest.raises(NotYourRole), innlandet.work() as work:
        operations.set_library_language(work, EIDSKOG, "en", county)


def test_a_colleague_chooses_her_own_language_and_nobody_chooses_it_for_her(innlandet: Database) -> None:
    with innlandet.work() as work:
        changed = operations.set_colleague_language(work, an_id("Jonas"), "en", JONAS)
        operations.set_colleague_language(work, an_id("Jonas"), "en", JONAS)
    assert (changed["language"], changed["version"]) == ("en", 2)
    heard = [one for one in local_events(innlandet, "ColleagueChanged") if one["id"] == an_id("Jonas")]
    assert [one["language"] for one in heard] == [None, "en"]
    for other in (KARI, SIRI):
        with pytest.raises(NotYourRole), innlandet.work() as work:
            operations.set_colleague_language(work, an_id("Jonas"), "nn", other)


@pytest.mark.parametrize("language", ["xx", "se", "", "NN", 1, "nb-NO"])
def test_a_language_we_have_no_texts_in_is_refused(innlandet: Database, language: Any) -> None:
    for choose, thing, actor in (
        (operations.set_library_language, EIDSKOG, KARI),
        (operations.set_colleague_language, an_id("Kari"), KARI),
    ):
        with pytest.raises(Malformed) as refused, innlandet.work() as work:
            choose(work, thing, language, actor)
        assert refused.value.parameters["errors"][0]["pointer"] == "/language"
    with pytest.raises(Malformed), innlandet.work() as work:
        operations.register_library(work, {**a_library("Eidskog"), "language": language})


def test_whoever_is_not_there_has_no_language(innlandet: Database) -> None:
    with pytest.raises(NotFound), innlandet.work() as work:
        operations.set_library_language(work, an_id("Nowhere"), "nn", an_actor("Kari", "Nowhere", "county"))
    with pytest.raises(NotFound), innlandet.work() as work:
        operations.set_colleague_language(work, an_id("Nobody"), "nn", an_actor("Nobody", "Eidskog"))


def test_a_library_and_a_colleague_said_again_keep_what_was_chosen(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.set_library_language(work, EIDSKOG, "nn", KARI)
        operations.set_colleague_language(work, an_id("Jonas"), "en", JONAS)
        library = operations.register_library(work, {**a_library("Eidskog"), "national_number": "2042000"})
        colleague = operations.add_colleague(work, a_colleague("Jonas", "Eidskog", can=["weeding"]))
        assert (library["language"], colleague["language"]) == ("nn", "en")
        library = operations.register_library(work, {**a_library("Eidskog"), "language": None})
        assert library["language"] is None


def test_other_libraries_do_not_see_which_language_somebody_reads(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.set_colleague_language(work, an_id("Kari"), "en", KARI)
        own, other = (operations.list_colleagues(work, EIDSKOG, actor) for actor in (JONAS, SIRI))
    assert [one["language"] for one in own if one["id"] == an_id("Kari")] == ["en"]
    assert [one["language"] for one in other] == [None, None]


def test_a_library_of_an_older_or_newer_neighbour_is_taken_as_it_is(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    library = {**a_library("Nes"), "county": "akershus", "version": 1}
    for seq, (language, kept) in enumerate(((None, None), ("se", "se")), start=1):
        said = {**library, "version": seq} | ({"language": language} if language else {})
        with innlandet.work() as work:
            operations.receive_library(work, received("akershus", "LibraryPublished", said, seq=seq))
        with innlandet.reading() as work:
            assert operations.get_library(work, an_id("Nes"))["language"] == kept
