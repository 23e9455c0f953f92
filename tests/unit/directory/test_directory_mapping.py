"""The vocabulary and its county's own entries, the mapping of skills, and what a library says of itself."""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from directory_cast import (
    JONAS,
    KARI,
    SIRI,
    a_colleague,
    a_county,
    a_library,
    a_request,
    add_peer,
    an_actor,
    an_id,
    an_offer,
    local_events,
    received,
    sent,
)
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.cli.mapping import write_rows
from byttebank.contracts.market_refusals import SkillKnown, SkillRetired
from byttebank.contracts.refusals import Malformed, NotYourRole, SameKeyOtherBody
from byttebank.storage.work import Database
from services.directory import operations
from services.directory.operations.skills import shared_skills
from services.directory.storage import libraries

Document = dict[str, Any]
COUNTY = an_actor("Anne", "Fylkesbiblioteket", "county")
DIALECT: Document = {
    "code": "local-history",
    "category": "dissemination",
    "names": {"nb": "lokalhistorie", "nn": "lokalhistorie"},
    "maps_to": "dissemination",
}


def test_the_vocabulary_is_named_in_three_languages_and_every_word_once() -> None:
    skills = shared_skills()
    assert len(skills) == len({skill["code"] for skill in skills}) == 50
    for language in ("nb", "nn", "en"):
        names = [skill["names"][language] for skill in skills]
        assert all(names)
        assert len(set(names)) == len(names)


def test_a_countys_own_skill_is_told_to_others_as_the_shared_one(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.write_skill(work, DIALECT, COUNTY)
        operations.create_offer(work, an_offer(skills=["local-history", "dissemination"]), JONAS)
    (_, payload, _) = sent(innlandet, "akershus", "OfferPublished")[0]
    assert payload["skills"] == ["dissemination"]
    with innlandet.reading() as work:
        assert operations.board(work, an_id("Grue"), text="lokalhistorier")["items"]
        assert operations.get_offer(work, an_id("offer"))["skills"] == ["local-history", "dissemination"]


def test_only_what_the_county_has_added_is_its_own_to_change(innlandet: Database) -> None:
    with innlandet.work() as work:
        assert operations.write_skill(work, DIALECT, COUNTY)["is_own"]
        assert [one["code"] for one in operations.list_skills(work) if one["is_own"]] == [DIALECT["code"]]


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"code": "weeding"}, SameKeyOtherBody),
        ({"code": "Lokal historie"}, Malformed),
        ({"category": "cooking"}, Malformed),
        ({"maps_to": "cooking"}, Malformed),
        ({"names": {"en": "local history"}}, Malformed),
        ({"names": {"nb": "x" * 101}}, Malformed),
        ({"names": {"nb": "KASSERING"}}, SkillKnown),
        ({"names": {"nb": "Noe helt annet", "en": " weeding "}}, SkillKnown),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(
    innlandet: Database, change: Document, refusal: type[Exception]
) -> None:
    with innlandet.work() as work, pytest.raises(refusal):
        operations.write_skill(work, {**DIALECT, **change}, COUNTY)


def test_a_skill_may_be_retired_and_taken_up_again(innlandet: Database) -> None:
    for is_retired in (True, False):
        with innlandet.work() as work:
            operations.write_skill(work, {**DIALECT, "is_retired": is_retired}, COUNTY)
            assert [one["code"] for one in operations.list_skills(work) if one["is_retired"]] == (
                [DIALECT["code"]] if is_retired else []
            )


def test_a_skill_whose_name_has_come_to_the_shared_ones_since_may_be_retired(innlandet: Database) -> None:
    twice = {**DIALECT, "names": {"nb": "Kassering"}}
    with innlandet.work() as work:
        libraries.write_skill(work.connection, {**twice, "is_retired": False})
        assert operations.write_skill(work, {**twice, "is_retired": True}, COUNTY)["is_retired"]
    with innlandet.work() as work, pytest.raises(SkillKnown):
        operations.write_skill(
            work, {**twice, "names": {"nb": "Kassering", "nn": "katalogisering og klassifikasjon"}}, COUNTY
        )


def retire(database: Database, **more: Any) -> None:
    with database.work() as work:
        operations.write_skill(work, {**DIALECT, **more, "is_retired": True}, COUNTY)


def test_nobody_takes_up_a_retired_skill_by_any_way_in(innlandet: Database) -> None:
    retire(innlandet)
    code = DIALECT["code"]
    for field in ("can", "can_teach", "wants_to_learn"):
        with innlandet.work() as work, pytest.raises(SkillRetired) as refused:
            operations.set_skills(work, an_id("Jonas"), {"can": ["weeding"], field: [code]}, JONAS)
        assert refused.value.parameters == {"skill": code, "field": field}
    with innlandet.work() as work, pytest.raises(SkillRetired) as refused:
        operations.create_offer(work, an_offer(skills=["weeding", code]), KARI)
    assert refused.value.parameters["field"] == "skills"
    with innlandet.work() as work, pytest.raises(SkillRetired):
        operations.create_request(work, a_request(skills=[code]), KARI)
    for event in ("ColleagueChanged", "OfferChanged", "RequestChanged"):
        assert all(code not in str(body) for body in local_events(innlandet, event))


def test_who_has_a_retired_skill_saves_everything_else_and_offers_it(innlandet: Database) -> None:
    code = DIALECT["code"]
    with innlandet.work() as work:
        operations.write_skill(work, DIALECT, COUNTY)
        operations.set_skills(work, an_id("Jonas"), {"can": [code]}, JONAS)
        operations.create_request(work, a_request(skills=[code]), KARI)
    retire(innlandet)
    with innlandet.work() as work:
        saved = operations.set_skills(work, an_id("Jonas"), {"can": ["weeding"], "can_teach": [code]}, JONAS)
        assert (saved["can"], saved["can_teach"]) == (["weeding"], [code])
        assert operations.create_offer(work, an_offer(skills=[code]), KARI)["skills"] == [code]
        widened = operations.widen_request(work, an_id("request"), KARI, "all", 4)
        assert (widened["skills"], widened["widens_after_days"]) == ([code], 4)
        operations.set_skills(work, an_id("Jonas"), {}, JONAS)
    with innlandet.work() as work, pytest.raises(SkillRetired):
        operations.set_skills(work, an_id("Jonas"), {"can": [code]}, JONAS)


def test_what_another_county_offers_is_kept_whatever_we_have_retired(innlandet: Database) -> None:
    retire(innlandet)
    add_peer(innlandet, "akershus")
    offer = {**an_offer(skills=[DIALECT["code"]]), "county": "akershus", "version": 1}
    message = received("akershus", "OfferPublished", {**offer, "library_id": an_id("Nes")})
    with innlandet.work() as work:
        operations.receive_offer(work, message)
        assert operations.get_offer(work, an_id("offer"))["skills"] == [DIALECT["code"]]


def test_the_vocabulary_is_the_countys_to_write(innlandet: Database) -> None:
    with innlandet.work() as work, pytest.raises(NotYourRole):
        operations.write_skill(work, DIALECT, KARI)


@pytest.fixture
def mapped(innlandet: Database) -> dict[str, Document]:
    """Eidskog has three people, Grue one; Grue needs music, which nobody has."""
    with innlandet.work() as work:
        eva = a_colleague("Eva", "Eidskog", can=["games"], wants_to_learn=["web", "games"])
        operations.add_colleague(work, eva)
        request = a_request(library_id=an_id("Grue"), host_contact_id=an_id("Siri"), skills=["music"])
        operations.create_request(work, request, SIRI)
    with innlandet.reading() as work:
        return {place["name"]: place for place in operations.mapping(work)["places"]}


def test_each_municipality_has_what_exists_is_wanted_and_is_missing(mapped: dict[str, Document]) -> None:
    assert list(mapped) == ["Innlandet", "Eidskog", "Grue"]
    eidskog = mapped["Eidskog"]
    assert eidskog["exist"] == ["weeding", "dissemination", "games"]
    assert (eidskog["wanted"], eidskog["missing"]) == (["web", "games"], ["web"])
    assert eidskog["conclusion"] == {
        "code": "mapping_lacks",
        "parameters": {"exist": 3, "all": 50, "skills": ["web"]},
    }
    assert mapped["Innlandet"]["missing"] == ["web", "music"]


def test_where_few_work_only_what_they_offer_openly_is_mapped(
    innlandet: Database, mapped: dict[str, Document]
) -> None:
    grue = mapped["Grue"]
    assert (grue["exist"], grue["missing"], grue["is_from_offers"]) == ([], ["music"], True)
    assert not any(name in str(mapped) for name in ("Siri", "Jonas", "Eva", an_id("Siri")))
    with innlandet.work() as work:
        offer = an_offer(library_id=an_id("Grue"), colleague_id=an_id("Siri"), skills=["weeding"])
        operations.create_offer(work, offer, SIRI)
    with innlandet.reading() as work:
        places = {place["name"]: place for place in operations.mapping(work)["places"]}
    assert places["Grue"]["exist"] == ["weeding"]


def test_what_only_one_or_two_in_small_places_can_is_not_told_by_the_countys_figures(
    innlandet: Database, mapped: dict[str, Document]
) -> None:
    def skills(database: Database) -> set[str]:
        with database.reading() as work:
            whole = operations.mapping(work)["places"][0]
        return {*whole["exist"], *whole["wanted"]}

    with innlandet.work() as work:
        operations.add_colleague(work, a_colleague("Siri", "Grue", can=["book-bus"], is_manager=True))
    assert "book-bus" not in skills(innlandet)
    with innlandet.work() as work:
        operations.register_library(work, a_library("Hamar"))
        for name in ("Ada", "Bo"):
            operations.add_colleague(work, a_colleague(name, "Hamar"))
    assert "book-bus" in skills(innlandet)
    with innlandet.work() as work:
        operations.erase_person(work, an_id("Bo"), COUNTY)
    assert "book-bus" not in skills(innlandet)


def test_where_nothing_is_known_nothing_is_concluded(new_directory: Callable[[str], Database]) -> None:
    database = new_directory("akershus")
    with database.work() as work:
        operations.set_county(work, a_county("akershus"))
        operations.register_library(work, a_library("Nes"))
    with database.reading() as work:
        places = operations.mapping(work)["places"]
    assert [place["conclusion"]["code"] for place in places] == ["mapping_unknown"] * 2


def test_a_library_says_who_is_contacted_and_when_it_is_closed(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    page = {
        "contact_name": "Kari",
        "contact_email": "post@eidskog.example",
        "website": "https://eidskog.example",
        "closed_dates": ["2026-12-24", "2026-12-23", "2026-12-24"],
    }
    with innlandet.work() as work:
        stored = operations.set_library_page(work, an_id("Eidskog"), page, KARI)
        assert stored["closed_dates"] == ["2026-12-23", "2026-12-24"]
        operations.set_library_page(work, an_id("Eidskog"), {"contact_phone": "62 00 00 00"}, COUNTY)
        for actor in (JONAS, SIRI):
            with pytest.raises(NotYourRole):
                operations.set_library_page(work, an_id("Eidskog"), page, actor)
        with pytest.raises(Malformed):
            operations.set_library_page(work, an_id("Eidskog"), {"website": "javascript:alert(1)"}, KARI)
    (_, payload, detached) = sent(innlandet, "akershus", "LibraryPublished")[-1]
    assert (payload["contact_email"], payload["contact_name"], payload["contact_phone"]) == (None, None, None)
    assert detached == {
        "contact_name": "Kari",
        "contact_email": "post@eidskog.example",
        "contact_phone": "62 00 00 00",
    }


def test_libraries_are_the_countys_to_write(innlandet: Database) -> None:
    with innlandet.work() as work:
        assert operations.write_library(work, a_library("Ny"), COUNTY)["country"] == "NO"
        with pytest.raises(NotYourRole):
            operations.write_library(work, a_library("Nyere"), KARI)


def test_the_reference_of_counties_is_dated() -> None:
    folder = Path(operations.__file__).parents[1] / "reference"
    rows = list(csv.DictReader((folder / "counties.csv").read_text(encoding="utf-8").splitlines()))
    today = [row for row in rows if not row["valid_until"]]
    assert (len(rows), len(today)) == (18, 15)
    assert {row["code"] for row in rows} - {row["code"] for row in today} == {"30", "38", "54"}


def test_the_command_writes_the_mapping_for_a_spreadsheet(tmp_path: Path, furnished_file: Path) -> None:
    (tmp_path / "innlandet").mkdir()
    (tmp_path / "innlandet" / "directory.sqlite").write_bytes(furnished_file.read_bytes())
    options = ["directory", "mapping", "--state", str(tmp_path)]
    done = CliRunner().invoke(app, [*options, "--format", "csv"])
    assert done.exit_code == 0, done.output
    heading, *rows = csv.reader(done.stdout.lstrip("\ufeff").splitlines(), delimiter=";")
    assert heading[-3:] == ["exists", "wanted", "missing"]
    assert ["innlandet", "", "Innlandet", "weeding", "kassering", "1", "0", "0"] in rows
    shown = CliRunner().invoke(app, options)
    assert "Innlandet: 2 skills exist, nothing missing" in shown.output


def test_no_cell_is_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    place = {"name": "=1+1", "municipality_code": None, "exist": ["web"], "wanted": [], "missing": []}
    write_rows({"innlandet": {"places": [place]}}, {"web": "@nett"})
    assert "innlandet;;'=1+1;web;'@nett;1;0;0" in capsys.readouterr().out
