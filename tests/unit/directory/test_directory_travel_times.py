"""The county's table of travel times: brought in, told, and used by the board where a pair is known."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from directory_cast import a_library, a_request, an_actor, an_id, local_events
from typer.testing import CliRunner

from byttebank.cli.app import app
from byttebank.contracts.local import load_local
from byttebank.storage import messages
from byttebank.storage.work import Database
from services.directory import operations
from services.directory.registers.record import Broken, RegisterRefused
from services.directory.registers.travel_times import Timed, read_times
from services.directory.storage import libraries

Document = dict[str, Any]
EIDSKOG, GRUE, TOLGA, ALVDAL = map(an_id, ("Eidskog", "Grue", "Tolga", "Alvdal"))
FIFTY_KM_NORTH = 0.45


def read(text: str) -> list[Timed | Broken]:
    return list(read_times(io.StringIO(text)))


def bring_in(database: Database, *rows: str, heading: str = "from;to;minutes;km") -> operations.TimesImported:
    with database.work() as work:
        return operations.import_travel_times(work, read("\n".join([heading, *rows])))


@pytest.fixture
def furnished(innlandet: Database) -> Database:
    """Grue, Tolga and Alvdal need help: 50, 100 and 150 km north of Eidskog as the crow flies."""
    with innlandet.work() as work:
        for number, name in enumerate(("Grue", "Tolga", "Alvdal"), 1):
            operations.register_library(work, a_library(name, 60.0 + number * FIFTY_KM_NORTH, 12.0))
            boss = an_actor(f"{name} boss", name, "library_manager")
            operations.add_colleague(
                work, {"id": boss["person_id"], "library_id": an_id(name), "name": f"{name}s leder"}
            )
            wanted = {
                "id": an_id(f"r{name}"),
                "library_id": an_id(name),
                "host_contact_id": boss["person_id"],
            }
            operations.create_request(work, a_request(**wanted), boss)
    return innlandet


def board(database: Database, **filters: Any) -> list[Document]:
    with database.reading() as work:
        items: list[Document] = operations.board(work, EIDSKOG, **filters)["items"]
    return items


def order(database: Database, **filters: Any) -> list[str]:
    return [one["library"]["short_name"] for one in board(database, **filters)]


def test_a_table_is_brought_in_there_and_back_and_once_more_changes_nothing(furnished: Database) -> None:
    rows = (f"{EIDSKOG};{GRUE};80;62", f"{GRUE};{EIDSKOG};85;63", f"{EIDSKOG};{TOLGA};90;")
    first = bring_in(furnished, *rows)
    assert (first.new, first.changed, first.same, first.broken) == (2, 0, 1, 0)
    again = bring_in(furnished, *rows)
    assert (again.new, again.changed, again.same) == (0, 0, 3)
    (told,) = local_events(furnished, "TravelTimesChanged")
    assert load_local("TravelTimesChanged", told) == told
    assert {(one["minutes"], one["km"]) for one in told["times"]} == {(85, 63), (90, None)}, "the longer way"
    changed = bring_in(furnished, f"{GRUE};{EIDSKOG};70;62")
    assert changed.entries[0]["changes"] == {"minutes": [85, 70], "km": [63, 62]}


def test_a_way_without_minutes_is_removed_and_the_straight_line_counts_again(furnished: Database) -> None:
    before = order(furnished)
    bring_in(furnished, f"{EIDSKOG};{GRUE};400;62", f"{EIDSKOG};{TOLGA};90;")
    assert order(furnished) != before
    removed = bring_in(furnished, f"{GRUE};{EIDSKOG};;", f"{EIDSKOG};{ALVDAL};;", f"{EIDSKOG};{TOLGA};90;")
    assert (removed.removed, removed.same, removed.new, removed.changed) == (1, 2, 0, 0)
    assert [one["what"] for one in removed.entries] == ["removed"]
    assert order(furnished) == before
    told = local_events(furnished, "TravelTimesChanged")[-1]
    assert load_local("TravelTimesChanged", told) == told
    assert [(one["minutes"], one["km"]) for one in told["times"]] == [(None, None)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("9999999;{GRUE};80", "9999999 is no library that is known here"),
        ("{GRUE};{GRUE};80", "from a library to itself"),
        ("{EIDSKOG};{GRUE};0", "minutes is 0, not a whole number from 1 to 2880"),
        ("{EIDSKOG};{GRUE};en time", "minutes is en time"),
        ("{EIDSKOG};{GRUE};;62", "minutes is empty"),
        ("{EIDSKOG};{GRUE};80;-1", "km is -1"),
        ("{EIDSKOG};;80", "from which library to which"),
        ("{EIDSKOG};{GRUE};80;62;1", "more cells than the heading has columns"),
        ("2042300;{EIDSKOG};80", "2042300 is the number of several libraries: give the id"),
    ],
)
def test_a_broken_row_is_named_and_left_out(furnished: Database, row: str, reason: str) -> None:
    with furnished.work() as work:
        for county in ("akershus", "vestland"):
            one = {**operations.get_library(work, GRUE), "id": an_id(county), "county": county}
            one |= {"national_number": "2042300"}
            libraries.add_library(work.connection, one)
            libraries.write_numbers(work.connection, one)
    row = row.format(EIDSKOG=EIDSKOG, GRUE=GRUE)
    imported = bring_in(furnished, row, f"{EIDSKOG};{TOLGA};90")
    assert (imported.broken, imported.new) == (1, 1)
    assert imported.entries[0]["where"] == "line 2"
    assert reason in imported.entries[0]["reason"]


def test_one_way_with_two_numbers_is_said_to_be(furnished: Database) -> None:
    imported = bring_in(furnished, f"{EIDSKOG};{GRUE};80", f"{EIDSKOG};{GRUE};90", f"{EIDSKOG};{GRUE};80")
    assert (imported.new, imported.same, imported.broken) == (1, 1, 1)
    assert imported.entries[0]["reason"] == "it stands in line 2 with other numbers"


def test_a_file_without_the_columns_is_refused_whole() -> None:
    with pytest.raises(RegisterRefused, match="from, to and minutes"):
        read("fra;til\n1;2\n")
    assert read("Fra,Til,Minutter\n1,2,30\n") == [Timed("line 2", "1", "2", 30, None)]


def test_a_large_table_is_told_in_messages_below_the_limit(furnished: Database) -> None:
    with furnished.work() as work:
        pattern = operations.get_library(work, GRUE)
        ids = [an_id(f"l{number}") for number in range(30)]
        for one in ids:
            libraries.add_library(work.connection, {**pattern, "id": one})
    bring_in(furnished, *(f"{one};{two};60;50" for one in ids for two in ids if one < two))
    told = local_events(furnished, "TravelTimesChanged")
    assert [len(one["times"]) for one in told] == [250, 185]
    assert max(len(json.dumps(one)) for one in told) < 60_000


def test_where_a_time_is_known_a_minute_counts_as_a_kilometre_and_other_pairs_stay(
    furnished: Database,
) -> None:
    assert order(furnished) == ["Grue", "Tolga", "Alvdal"]
    bring_in(furnished, f"{GRUE};{EIDSKOG};120;70")
    assert order(furnished) == ["Tolga", "Grue", "Alvdal"]
    first, second, _ = board(furnished)
    assert (first["travel_minutes"], first["distance_km"]) == (None, 100)
    assert (second["travel_minutes"], second["travel_km"], second["distance_km"]) == (120, 70, 50)
    bring_in(furnished, f"{ALVDAL};{EIDSKOG};30")
    assert order(furnished)[-1] == "Alvdal", "never nearer than as the crow flies"


def test_pages_follow_each_other_by_that_order(furnished: Database) -> None:
    bring_in(furnished, f"{GRUE};{EIDSKOG};120", f"{TOLGA};{EIDSKOG};200")
    seen, cursor = [], None
    for _ in range(3):
        with furnished.reading() as work:
            page = operations.board(work, EIDSKOG, cursor=cursor, limit=1)
        seen += [one["library"]["short_name"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert seen == ["Grue", "Alvdal", "Tolga"]


def test_a_limit_in_kilometres_is_held_against_the_road_where_it_is_known(furnished: Database) -> None:
    assert order(furnished, max_km=60) == ["Grue"]
    bring_in(furnished, f"{GRUE};{EIDSKOG};60;65", f"{TOLGA};{EIDSKOG};60")
    assert order(furnished, max_km=60) == []
    assert order(furnished, max_km=70) == ["Grue"]
    assert order(furnished, max_km=110) == ["Grue", "Tolga"], "of Tolga only the time is known"


def test_an_offer_goes_as_far_as_the_road_is_long(furnished: Database) -> None:
    offer = {
        "id": an_id("offer"),
        "library_id": GRUE,
        "colleague_id": an_id("Siri"),
        "skills": ["weeding"],
        "half_days": 4,
        "max_km": 60,
    }
    with furnished.work() as work:
        operations.create_offer(work, offer, an_actor("Siri", "Grue", "library_manager"))
    assert len(board(furnished, show="offers", only_possible=True)) == 1
    bring_in(furnished, f"{GRUE};{EIDSKOG};60;65")
    assert board(furnished, show="offers", only_possible=True) == []
    (item,) = board(furnished, show="offers")
    (reason,) = [one for one in item["reasons"] if one["code"] == "too_far"]
    assert reason["parameters"] == {"km": 65, "max_km": 60, "library": "Grue"}


def test_the_command_shows_first_and_keeps_then(
    innlandet: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "byttebank.cli.directory.configurations", lambda _state: [_Node("innlandet", innlandet)]
    )
    file = tmp_path / "times.csv"
    file.write_text(f"fra;til;minutter\n{EIDSKOG};{GRUE};80\n1;2;x\n", encoding="utf-8")
    for arguments, said in (
        (["--dry-run"], "1 new, 0 changed, 0 removed, 0 same, 1 broken\nNothing was changed"),
        ([], "1 new, 0 changed, 0 removed, 0 same, 1 broken\nDone."),
        ([], "0 new, 0 changed, 0 removed, 1 same, 1 broken\nDone."),
    ):
        result = CliRunner().invoke(app, ["directory", "import-travel-times", str(file), *arguments])
        assert result.exit_code == 4
        assert said in result.output
        assert "broken: line 3, 1 - 2: minutes is x" in result.output


class _Node:
    """What the command needs of a node."""

    def __init__(self, county: str, database: Database) -> None:
        self.county, self._url = county, str(database.engine.url)

    def database_url(self, _service: str) -> str:
        return self._url


def test_no_other_county_is_told(furnished: Database) -> None:
    bring_in(furnished, f"{EIDSKOG};{GRUE};80")
    with furnished.reading() as work:
        assert messages.waiting_outbox(work.connection, limit=100, is_local=False) == []
