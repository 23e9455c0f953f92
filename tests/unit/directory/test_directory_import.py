"""Libraries from registers: dry, again, broken, dangerous, and of another country."""

import io
import json
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from directory_cast import a_county, a_library, an_id, local_events
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.contracts.market_refusals import CoordinatesSwapped, NumberTaken, OutsideArea
from byttebank.contracts.refusals import DateOrder
from byttebank.storage.work import Database
from services.directory import operations
from services.directory.domain.municipalities import municipality_on
from services.directory.operations.municipalities import norwegian_municipalities
from services.directory.registers.basebibliotek import read_base_bibliotek
from services.directory.registers.csv_file import read_csv
from services.directory.registers.files import read_register
from services.directory.registers.record import Broken, Record, RegisterRefused, kind_of

Document = dict[str, Any]
SAMPLE = Path(__file__).parent / "files" / "basebibliotek-sample.xml"
TODAY = date(2026, 11, 23)
HEADING = "number;name;kind;municipality_code;latitude;longitude;email\n"
GRUE = "2042300;Grue folkebibliotek;folkebibliotek;3417;60,45;12,05;grue@example.no\n"


def csv(text: str) -> list[Record | Broken]:
    return list(read_csv(io.StringIO(text), TODAY))


def bring_in(database: Database, records: list[Record | Broken]) -> operations.Imported:
    with database.work() as work:
        return operations.import_libraries(work, records)


def xml(body: str, head: str = "") -> list[Record | Broken]:
    text = (
        f'<?xml version="1.0"?>{head}<BaseBibliotek xmlns="http://nb.no/BaseBibliotek">{body}</BaseBibliotek>'
    )
    return list(read_base_bibliotek(io.BytesIO(text.encode())))


def test_the_national_register_is_read_with_its_traps() -> None:
    with SAMPLE.open("rb") as file:
        read = list(read_base_bibliotek(file))
    broken = [one for one in read if isinstance(one, Broken)]
    assert (len(read), [(one.where, one.reason) for one in broken]) == (
        8,
        [("record 17", "it has no library number (bibnr)")],
    )
    first = read[0]
    assert isinstance(first, Record)
    assert first.values["name"] == "Nasjonalbiblioteket Seksjon Publikumstjenesten, Veiledningen"
    assert first.values["former_numbers"] == ["0030102", "0030104", "1030054"]
    assert (first.values["latitude"], first.values["municipality_code"]) == (59.914276, "0305")
    assert "maskert" not in repr(read), "passwords are not read"


def test_codes_of_before_are_todays_municipality(new_directory: Callable[[str], Database]) -> None:
    known = norwegian_municipalities()
    for old, new in (("3041", "3324"), ("3004", "3107"), ("0305", "0301"), ("3107", "3107")):
        found = municipality_on(known, old, TODAY)
        assert found is not None
        assert found.code == new
    then = municipality_on(known, "3041", date(2022, 1, 1))
    assert then is not None
    assert (then.code, then.county_code) == ("3041", "30")
    buskerud = new_directory("buskerud")
    with buskerud.work() as work:
        operations.set_county(work, {**a_county("buskerud"), "code": "NO-33"})
    imported = bring_in(buskerud, list(read_register(SAMPLE, TODAY)))
    assert (imported.rows, imported.broken, imported.new) == (8, 1, 2)
    assert imported.elsewhere == 5
    with buskerud.reading() as work:
        krodsherad = operations.get_library(work, "2062200")
    assert (krodsherad["municipality_code"], krodsherad["municipality_name"]) == ("3318", "Krødsherad")


def test_every_code_that_ended_has_become_one_of_today() -> None:
    known = norwegian_municipalities()
    today = [code for code in known if municipality_on(known, code, TODAY) == known[code]]
    assert len(today) == 357
    assert all(municipality_on(known, code, TODAY) is not None for code in known)


def test_brought_in_again_nothing_changes_and_nobody_is_told(innlandet: Database) -> None:
    first = bring_in(innlandet, csv(HEADING + GRUE))
    assert (first.new, first.changed) == (1, 0)
    told = len(local_events(innlandet, "LibraryChanged"))
    again = bring_in(innlandet, csv(HEADING + GRUE))
    assert (again.new, again.changed, again.same, again.entries) == (0, 0, 1, [])
    assert len(local_events(innlandet, "LibraryChanged")) == told


def test_differences_are_shown_field_by_field_and_what_is_not_said_stays(innlandet: Database) -> None:
    bring_in(innlandet, csv(HEADING + GRUE))
    moved = GRUE.replace("60,45", "60,46").replace("grue@example.no", "")
    (entry,) = bring_in(innlandet, csv(HEADING + moved)).entries
    assert (entry["what"], entry["changes"]) == ("changed", {"latitude": [60.45, 60.46]})
    with innlandet.reading() as work:
        assert operations.get_library(work, "2042300")["contact_email"] == "grue@example.no"


def test_a_library_that_was_here_without_a_number_gets_it(innlandet: Database) -> None:
    bring_in(innlandet, csv("name;kind;number\nGrue bibliotek;public;2042300\n"))
    with innlandet.reading() as work:
        assert operations.get_library(work, "2042300")["id"] == an_id("Grue")


def test_a_new_number_makes_the_old_one_an_alias(innlandet: Database) -> None:
    bring_in(innlandet, csv(HEADING + GRUE))
    renumbered = "name;kind;number;former_numbers\nGrue folkebibliotek;public;2341700;2042300 1042300\n"
    (entry,) = bring_in(innlandet, csv(renumbered)).entries
    assert entry["changes"]["national_number"] == ["2042300", "2341700"]
    with innlandet.reading() as work:
        found = {operations.get_library(work, one)["id"] for one in ("2341700", "2042300", "1042300")}
        assert operations.list_libraries(work, query="1042300")["items"][0]["id"] in found
    assert len(found) == 1


def test_broken_rows_are_named_and_the_rest_come_in(innlandet: Database) -> None:
    rows = [
        GRUE,
        GRUE.replace("folkebibliotek;f", "bokbuss;f"),
        ";;public;3417;;;\n",
        "2042301;Ås;public;9999;;;\n",
        "2042302;Langt;public;3417;north;east;\n",
        "2042303;Lengre;public;3417;99;12;\n",
        "2042304;Mye;public;3417;60;12;a@b;more\n",
        "2030000;Deichman;public;0301;;;\n",
        "2042305;Forsvaret;FAG;3417;;;\n",
        "2042306;Sámi girjerádju 📚;vgs;3417;;;\n",
    ]
    imported = bring_in(innlandet, csv(HEADING + "".join(rows)))
    assert (imported.rows, imported.new, imported.broken, imported.elsewhere) == (10, 2, 6, 2)
    reasons = {entry["where"]: entry["reason"] for entry in imported.entries if entry["what"] == "broken"}
    assert reasons["line 3"] == "2042300 stands in line 2 already"
    assert reasons["line 4"] == "it has no name"
    assert "9999" in reasons["line 5"]
    assert set(reasons) == {f"line {number}" for number in (3, 4, 5, 6, 7, 8)}


def test_a_row_that_no_reader_understands_is_named_and_takes_no_other_with_it(innlandet: Database) -> None:
    rows = [
        "2042301;Uten type\n",
        f"2042302;{'x' * 140_000};public;3417;;;\n",
        '2042303;"Sitat" og mer;public;3417;;;\n',
        '2042304;"Begynt\n2042305;Slukt;public;3417;;;\n2042306;"Slutt" her;public;3417;;;\n',
        '2042307;"To\nlinjer";public;3417;;;\n',
        GRUE,
    ]
    imported = bring_in(innlandet, csv(HEADING + "".join(rows)))
    broken = {entry["where"]: entry["reason"] for entry in imported.entries if entry["what"] == "broken"}
    assert broken.pop("line 2") == "it has no kind"
    assert set(broken) == {"line 3", "line 4", "lines 5 to 7"}
    assert all("a quotation mark too many or an endless cell" in reason for reason in broken.values())
    assert [entry["name"] for entry in imported.entries if entry["what"] == "new"] == [
        "To linjer",
        "Grue folkebibliotek",
    ]


def test_a_quotation_that_never_ends_is_named_by_where_it_may_begin() -> None:
    with pytest.raises(RegisterRefused, match="line 3 or after is never closed"):
        csv(HEADING + GRUE + '2042301;"Ås;public;3417;;;\n')


def test_a_register_that_names_the_number_as_a_former_one_too_is_brought_in_once(innlandet: Database) -> None:
    rows = "number;name;kind;former_numbers\n2042301;Ås;public;2042301|2042302\n"
    assert bring_in(innlandet, csv(rows)).new == 1
    assert bring_in(innlandet, csv(rows)).same == 1


def test_what_closed_for_good_is_taken_off_and_what_closed_for_now_has_closed_days(
    innlandet: Database,
) -> None:
    record = (
        "<record rid='{rid}' tstamp='2026-01-01 10:00:00'><bibnr>{number}</bibnr><bibltype>FBI</bibltype>"
    )
    record += "<kommnr>3417</kommnr><inst>Bibliotek {rid}</inst><landkode>NO</landkode>{closed}</record>"
    away = "<stengt_fra>2026-12-01</stengt_fra><stengt_til>2026-12-03</stengt_til><stengt>U</stengt>"
    body = record.format(rid=1, number="2000001", closed=away) + record.format(
        rid=2, number="2000002", closed=""
    )
    assert bring_in(innlandet, xml(body)).new == 2
    with innlandet.reading() as work:
        closed = operations.get_library(work, "2000001")["closed_dates"]
    assert closed == ["2026-12-01", "2026-12-02", "2026-12-03"]
    body = record.format(rid=2, number="2000002", closed="<stengt>X</stengt>")
    imported = bring_in(innlandet, xml(body + record.format(rid=3, number="3", closed="<stengt>x</stengt>")))
    assert (imported.closed, imported.elsewhere) == (1, 1)
    with innlandet.reading() as work:
        gone = operations.get_library(work, "2000002")
    assert (gone["state"], gone["closed_on"]) == ("withdrawn", "2026-11-23")


BOMB = "<!DOCTYPE b [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {new} '{f'&{old};' * 10}'>" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (BOMB + "]>", "<record><bibnr>&i;</bibnr></record>"),
        ("<!DOCTYPE b [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>", "<record><bibnr>&x;</bibnr></record>"),
        ("<!DOCTYPE b SYSTEM 'http://example.org/b.dtd'>", ""),
        ("", "<record><bibnr>1"),
    ],
)
def test_bombs_external_entities_and_broken_xml_are_refused(head: str, body: str) -> None:
    with pytest.raises(RegisterRefused):
        xml(body, head)


def test_xml_in_an_encoding_that_cannot_be_read_is_refused_with_what_to_do() -> None:
    for encoding in ("utf-7", "no-such"):
        text = f'<?xml version="1.0" encoding="{encoding}"?><BaseBibliotek/>'
        with pytest.raises(RegisterRefused, match="Save it in UTF-8"):
            list(read_base_bibliotek(io.BytesIO(text.encode())))


def test_a_refused_file_changes_nothing(innlandet: Database) -> None:
    good = "<record rid='1'><bibnr>2000001</bibnr><inst>A</inst><bibltype>FBI</bibltype></record>"
    text = f'<BaseBibliotek xmlns="http://nb.no/BaseBibliotek">{good}<record>'
    with pytest.raises(RegisterRefused), innlandet.work() as work:
        operations.import_libraries(work, read_base_bibliotek(io.BytesIO(text.encode())))
    with innlandet.reading() as work:
        assert len(operations.list_libraries(work)["items"]) == 2


@pytest.mark.parametrize("text", ["", "a;b\n1;2\n", "<html></html>"])
def test_what_is_no_register_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(text)
    with pytest.raises(RegisterRefused):
        list(read_register(path, TODAY))


def test_kinds_are_combined_and_a_public_library_is_public_first() -> None:
    kinds = {text: kind_of(text) for text in ("FBI", "FBI+VGS", "VGS", "Fylkesbibliotek", "FAG", "HØY", "")}
    assert list(kinds.values()) == [
        "public",
        "public",
        "upper_secondary",
        "county",
        "other",
        "other",
        "other",
    ]


def test_a_number_belongs_to_one_library(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.register_library(work, {**a_library("Grue", 60.45, 12.05), "national_number": "2042300"})
        with pytest.raises(NumberTaken):
            operations.register_library(work, {**a_library("Eidskog"), "former_numbers": ["2042300"]})


@pytest.mark.parametrize(
    ("changes", "is_refused"),
    [
        ({"municipality_code": "3416"}, True),
        ({}, True),
        ({"municipality_name": "Atlantis"}, False),
        ({"country": "SE"}, False),
        ({"latitude": 60.0, "longitude": 12.1}, False),
        ({"latitude": 55.7, "longitude": 12.6}, False),
    ],
)
def test_latitude_and_longitude_the_wrong_way_round_are_refused_where_no_area_is_set(
    innlandet: Database, changes: Document, is_refused: bool
) -> None:
    swapped = {**a_library("Ny", 12.1, 60.0), "municipality_name": "Eidskog", **changes}
    with innlandet.work() as work:
        if not is_refused:
            operations.register_library(work, swapped)
            return
        with pytest.raises(CoordinatesSwapped) as refused:
            operations.register_library(work, swapped)
    found = {"latitude": 12.1, "longitude": 60.0, "municipality": "Eidskog"}
    assert refused.value.parameters == found


def test_where_a_library_was_once_said_to_lie_stops_nobody_who_changes_something_else(
    innlandet: Database,
) -> None:
    swapped = {**a_library("Ny", 12.1, 60.0), "municipality_name": "Atlantis"}
    with innlandet.work() as work:
        operations.register_library(work, swapped)
        renamed = operations.register_library(work, {**swapped, "municipality_name": "Eidskog"})
        assert renamed["version"] == 2
        with pytest.raises(CoordinatesSwapped):
            operations.register_library(work, {**swapped, "municipality_name": "Eidskog", "latitude": 12.2})


def test_a_register_that_exchanges_latitude_and_longitude_later_changes_nothing(innlandet: Database) -> None:
    bring_in(innlandet, csv(HEADING + GRUE))
    (entry,) = bring_in(innlandet, csv(HEADING + GRUE.replace("60,45;12,05", "12,05;60,45"))).entries
    assert entry["what"] == "broken"
    assert bring_in(innlandet, csv(HEADING + GRUE)).same == 1


def test_a_register_without_places_is_not_stopped_by_where_a_library_was_once_said_to_lie(
    innlandet: Database,
) -> None:
    swapped = {
        **a_library("Grue", 12.05, 60.45),
        "municipality_name": "Atlantis",
        "national_number": "2042300",
    }
    with innlandet.work() as work:
        operations.register_library(work, swapped)
    heading = HEADING.replace("latitude;longitude;", "")
    (entry,) = bring_in(innlandet, csv(heading + GRUE.replace("60,45;12,05;", ""))).entries
    assert entry["what"] == "changed"
    assert (entry["changes"]["name"][1], "latitude" in entry["changes"]) == ("Grue folkebibliotek", False)


def test_a_library_lies_in_the_countys_area_and_closes_after_it_opened(innlandet: Database) -> None:
    with innlandet.work() as work:
        operations.set_county(work, {**a_county("innlandet"), "area": [59.8, 7.0, 62.7, 13.0]})
        with pytest.raises(OutsideArea):
            operations.register_library(work, a_library("Eidskog", 12.0, 60.0))
        days = {"opened_on": "2026-02-01", "closed_on": "2026-01-01"}
        with pytest.raises(DateOrder):
            operations.register_library(work, {**a_library("Eidskog"), **days})
    swapped = GRUE.replace("60,45;12,05", "12,05;60,45")
    (entry,) = bring_in(innlandet, csv(HEADING + swapped)).entries
    assert entry["what"] == "broken"


def test_a_county_of_a_neighbouring_country_has_its_own_codes_holidays_and_language(
    new_directory: Callable[[str], Database],
) -> None:
    varmland = new_directory("varmland")
    county = {**a_county("varmland"), "code": "SE-S", "country": "SE", "time_zone": "Europe/Stockholm"}
    with varmland.work() as work:
        operations.set_county(work, county)
    rows = "number;name;kind;municipality_code;country\nSE-Eda;Eda bibliotek;public;1730;\n"
    rows += "NO-1;Grue;public;3417;NO\n"
    imported = bring_in(varmland, csv(rows))
    assert (imported.new, imported.elsewhere, imported.broken) == (1, 1, 0)
    with varmland.reading() as work:
        eda = operations.get_library(work, "SE-Eda")
    assert (eda["country"], eda["municipality_code"]) == ("SE", "1730")


@pytest.mark.parametrize(("is_dry_run", "libraries"), [(True, 2), (False, 3)])
def test_the_command_shows_differences_and_a_dry_run_keeps_nothing(
    tmp_path: Path, furnished_file: Path, is_dry_run: bool, libraries: int
) -> None:
    (tmp_path / "innlandet").mkdir()
    (tmp_path / "innlandet" / "directory.sqlite").write_bytes(furnished_file.read_bytes())
    file = tmp_path / "list.csv"
    file.write_text("\ufeff" + HEADING + GRUE + ";;public;;;;\n", encoding="utf-8")
    options = ["directory", "import", str(file), "--state", str(tmp_path), "--json"]
    done = CliRunner().invoke(app, [*options, "--dry-run"] if is_dry_run else options)
    assert done.exit_code == 4, done.output
    told = json.loads(done.stdout)
    assert (told["new"], told["broken"], told["is_kept"]) == (1, 1, not is_dry_run)
    with sqlite3.connect(tmp_path / "innlandet" / "directory.sqlite") as connection:
        assert connection.execute("SELECT count(*) FROM libraries").fetchone() == (libraries,)
    text = CliRunner().invoke(app, ["directory", "import", str(file), "--state", str(tmp_path)])
    assert "broken: line 3, no number: it has no name" in text.output
