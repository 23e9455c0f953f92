"""Days from before are brought in whole or not at all; bad rows are named, the same row counts once."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ledger_cast import COUNTY_LIBRARY, EIDSKOG, HAMAR, LOM, Ledger, library_document, number

from byttebank.cli.opening import FileRefused, read_rows
from services.ledger import operations

ROWS: list[dict[str, Any]] = [
    {"library": EIDSKOG, "days": "-1,5", "date": "2024-05-06", "note": "Vandring 2024"},
    {"library": "hamar bibliotek", "days": "2", "date": "2025-01-02", "note": ""},
    {"library": LOM, "days": 0.5, "date": "2025-01-02"},
]


def bring_in(ledger: Ledger, *rows: dict[str, Any]) -> Any:
    return ledger.do(operations.import_opening, enumerate(rows, 2))


def refused(ledger: Ledger, *rows: dict[str, Any]) -> Any:
    with pytest.raises(operations.ImportRefused) as refusal:
        bring_in(ledger, *rows)
    return refusal.value.imported


def test_days_are_brought_in_once_however_often(innlandet: Ledger) -> None:
    first = bring_in(innlandet, *ROWS)
    assert (first.rows, first.new, first.known, first.half_days) == (3, 3, 0, 2)
    again = bring_in(innlandet, *ROWS)
    assert (again.rows, again.new, again.known) == (3, 0, 3)
    assert [innlandet.account(one)["balance_half_days"] for one in (EIDSKOG, HAMAR, LOM)] == [-3, 4, 1]
    line = innlandet.see(operations.statement, EIDSKOG)["lines"][0]
    assert (line["kind"], line["reason"], line["work_date"]) == ("opening", "Vandring 2024", "2024-05-06")
    assert innlandet.broken_rules() == []
    assert innlandet.see(operations.trial_balance)["imbalance_half_days"] == 0


BAD = [
    ({"library": "Ukjent"}, "no library of this county's books is called 'Ukjent'"),
    ({"library": ""}, "no library is named"),
    ({"days": "0"}, "zero days"),
    ({"days": "1,3"}, "steps of half a day"),
    ({"days": "mange"}, "not a number"),
    ({"days": "401"}, "more than 400"),
    ({"days": "NaN"}, "not a number"),
    ({"days": None}, "no number of days"),
    ({"days": True}, "not a text or number"),
    ({"date": "2027-01-01"}, "has not come yet"),
    ({"date": "2099-01-01"}, "too far"),
    ({"date": "1066-01-01"}, "too far"),
    ({"date": "i fjor"}, "not a date"),
    ({"note": "x" * 501}, "the note"),
    ({"id": "7"}, "not an id"),
    ({"dager": "1"}, "unknown column 'dager'"),
]


@pytest.mark.parametrize(("changes", "fault"), BAD, ids=[fault for _, fault in BAD])
def test_one_bad_row_and_nothing_is_brought_in(
    innlandet: Ledger, changes: dict[str, Any], fault: str
) -> None:
    found = refused(innlandet, ROWS[0], {**ROWS[1], **changes}, ROWS[2])
    assert (found.rows, found.bad) == (3, 1)
    assert found.faults[0].startswith("line 3: ")
    assert fault in found.faults[0]
    assert innlandet.account(EIDSKOG)["balance_half_days"] == 0
    assert innlandet.see(operations.county_statement)["lines"] == []


def test_a_row_twice_in_a_file_and_an_id_used_for_something_else_are_bad(innlandet: Ledger) -> None:
    assert "the same as a row before it" in refused(innlandet, ROWS[0], ROWS[0]).faults[0]
    far = [{**ROWS[0], "note": str(n)} for n in range(600)]
    assert refused(innlandet, *far, far[0]).faults[0].startswith("line 602: the same")
    bring_in(innlandet, {**ROWS[0], "id": number(990)})
    assert "stands for something else" in refused(innlandet, {**ROWS[1], "id": number(990)}).faults[0]


def test_a_closed_account_is_bad(innlandet: Ledger) -> None:
    closing = {"id": number(901), "library_id": LOM, "how": "gift", "reason": "Slutt"}
    innlandet.do(operations.close_account, closing, COUNTY_LIBRARY)
    assert "closed" in refused(innlandet, ROWS[2]).faults[0]


def test_a_county_that_joined_ours_brings_its_positions(innlandet: Ledger) -> None:
    bring_in(innlandet, {"library": "peer:oslo", "days": "3", "date": "2025-01-02"})
    assert innlandet.position("oslo")["net_half_days"] == 6
    assert innlandet.broken_rules() == []


def test_only_the_first_hundred_faults_are_named_and_all_are_counted(innlandet: Ledger) -> None:
    found = refused(innlandet, *({**ROWS[0], "days": "0"} for _ in range(150)))
    assert (found.bad, len(found.faults)) == (150, 100)


@pytest.mark.simulation
def test_memory_does_not_grow_with_the_file(innlandet: Ledger) -> None:
    def many(count: int) -> Iterator[tuple[int, dict[str, Any]]]:
        for n in range(count):
            yield n + 2, {"library": EIDSKOG, "days": "1", "date": "2025-01-02", "note": f"{count}.{n}"}

    peaks = []
    for count in (1000, 6000):
        tracemalloc.start()
        innlandet.do(operations.import_opening, many(count))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0], peaks


@pytest.mark.simulation
def test_bad_rows_in_the_middle_of_very_many_are_named_and_nothing_is_half_done(innlandet: Ledger) -> None:
    """Twenty thousand here; a million take as long a time for each row, and no more memory."""
    bad = {9_998: {"days": "0"}, 9_999: {"library": "Atlantis"}, 10_000: {"date": "2999-01-01"}}

    def many() -> Iterator[tuple[int, dict[str, Any]]]:
        for n in range(20_000):
            yield (
                n + 2,
                {"library": EIDSKOG, "days": "1", "date": "2025-01-02", "note": str(n), **bad.get(n, {})},
            )

    with pytest.raises(operations.ImportRefused) as refused_:
        innlandet.do(operations.import_opening, many())
    found = refused_.value.imported
    assert (found.rows, found.bad) == (20_000, 3)
    assert [fault.partition(":")[0] for fault in found.faults] == ["line 10000", "line 10001", "line 10002"]
    assert innlandet.account(EIDSKOG)["balance_half_days"] == 0
    assert innlandet.see(operations.county_statement)["lines"] == []


def test_files_are_read_as_people_save_them(tmp_path: Path) -> None:
    excel = tmp_path / "a.csv"
    excel.write_bytes(
        "\ufeffLibrary;Days;Date;Note\r\nLom;1,5;2025-01-02;«ja»\r\n\r\nTolga;1;2025-01-03\r\n".encode()
    )
    assert list(read_rows(excel)) == [
        (2, {"library": "Lom", "days": "1,5", "date": "2025-01-02", "note": "«ja»"}),
        (4, {"library": "Tolga", "days": "1", "date": "2025-01-03"}),
    ]
    commas = tmp_path / "b.csv"
    commas.write_text("library,days,date\nLom,1,2025-01-02,x\n", encoding="utf-8")
    assert next(read_rows(commas))[1]["(more cells than columns)"] == "x"
    lines = tmp_path / "c.jsonl"
    lines.write_text('{"library": "Lom", "days": 1, "date": "2025-01-02"}\n\n[]\n{', encoding="utf-8")
    assert [line for line, _ in read_rows(lines)] == [1, 3, 4]


@pytest.mark.parametrize("content", [b"", b"navn;dager\n", b"library;days;date\n\xff\xfe"])
def test_a_file_that_is_none_is_refused_whole(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    with pytest.raises(FileRefused):
        list(read_rows(file))
    with pytest.raises(FileRefused):
        list(read_rows(tmp_path / "missing.csv"))


def test_a_name_that_two_libraries_have_needs_an_id(innlandet: Ledger) -> None:
    innlandet.do(operations.library_changed, library_document(LOM, 2, name="Hamar bibliotek"))
    assert "several libraries" in refused(innlandet, ROWS[1]).faults[0]
