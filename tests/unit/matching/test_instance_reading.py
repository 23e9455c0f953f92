"""An instance file is read as the format says, or refused with the element that is wrong."""

import copy
import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from instance_cast import MONDAY, TUESDAY, document

from services.matching.domain.instance import Instance, Library
from services.matching.rounds import scanning
from services.matching.rounds.reading import InstanceRefused, Limits, read_content, read_instance

Change = Callable[[dict[str, Any]], Any]


def _read(changed: dict[str, Any]) -> Instance:
    return read_content(json.dumps(changed).encode()).instance


def _refused(content: bytes, limits: Limits = Limits()) -> str:
    with pytest.raises(InstanceRefused) as refusal:
        read_content(content, limits)
    return str(refusal.value)


def test_every_field_is_read_and_each_kind_is_in_the_order_of_its_ids() -> None:
    instance = _read(document())
    assert instance.libraries == (
        Library("eidskog", -1, 2, 60.03, 12.07),
        Library("hamar", 0, 1, 60.79, 11.07),
    )
    kari = instance.colleagues[0]
    assert (kari.id, kari.library, kari.skills) == ("kari", "eidskog", ("children", "weeding"))
    assert (kari.dates, kari.max_days, kari.max_km) == ((MONDAY, TUESDAY), 2, 150.0)
    assert [(one.id, one.days, one.same_person) for one in instance.requests] == [
        ("w1", 2, True),
        ("w2", 1, False),
    ]
    assert (instance.name, instance.source, instance.skills_rule) == ("two", "the tests", "all-of")
    assert (instance.compatible, instance.distances_km) == (None, {})


def test_the_order_of_members_and_elements_changes_nothing() -> None:
    turned = {name: value[::-1] if isinstance(value, list) else value for name, value in document().items()}
    assert _read(dict(reversed(turned.items()))) == _read(document())


@pytest.mark.parametrize("name", ["round.json", "round.json.gz", "round"])
def test_gzip_is_known_by_content_and_not_by_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(json.dumps(document()).encode()))
    assert read_instance(path).instance == _read(document())


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_content(b"\xef\xbb\xbf" + json.dumps(document()).encode()).instance == _read(document())


def test_fields_that_are_not_known_are_ignored_with_one_warning_for_each_name() -> None:
    changed = document()
    changed["extra"] = [[["x" * 100] * 100] * 200]
    for library in changed["libraries"]:
        library["telephone"] = 1
    reading = read_content(json.dumps(changed).encode())
    assert reading.instance == _read(document())
    assert sorted(reading.warnings) == [
        'libraries[]: the field "telephone" is not known and was ignored (2 times).',
        'the field "extra" is not known and was ignored.',
    ]


@pytest.mark.parametrize("name", ["format", "name", "source", "compatible", "distances_km"])
def test_what_may_be_left_out_or_null_may(name: str) -> None:
    left_out, null = document(), document()
    left_out.pop(name, None)
    null[name] = None
    assert _read(left_out) == _read(null)


def test_a_missing_skills_rule_is_all_of_with_a_warning() -> None:
    changed = document()
    del changed["skills_rule"]
    reading = read_content(json.dumps(changed).encode())
    assert reading.instance.skills_rule == "all-of"
    assert reading.warnings == ("skills_rule is missing; all-of was taken.",)


def test_pairs_and_distances_are_read_and_one_direction_counts_for_both() -> None:
    changed = document()
    changed["compatible"] = [["kari", "w1"], ["kari", "w1"]]
    changed["distances_km"] = [["hamar", "eidskog", 90]]
    instance = _read(changed)
    assert instance.compatible == {("kari", "w1")}
    assert instance.distances_km == {("hamar", "eidskog"): 90.0, ("eidskog", "hamar"): 90.0}
    changed["distances_km"] += [["eidskog", "hamar", 95.5]]
    assert _read(changed).distances_km[("eidskog", "hamar")] == 95.5


def test_what_contradicts_itself_can_be_read_and_is_warned_of() -> None:
    changed = document()
    changed["requests"][0]["days"] = 3
    changed["requests"][1]["days"] = 0
    changed["libraries"][1]["balance_days"] = -3
    changed["colleagues"][0]["dates"] = ["2027-03-01"] * 2
    reading = read_content(json.dumps(changed).encode())
    assert reading.instance.colleagues[0].dates == (MONDAY,)
    assert len(reading.warnings) == 4


def test_half_days_counties_and_caps_are_read() -> None:
    changed = document() | {"format": "staff-day-exchange/2", "caps": [["innlandet", "oslo", 1.5]]}
    hamar, eidskog = changed["libraries"]
    hamar.update(county="oslo", balance_half_days=-1, limit_half_days=4)
    eidskog.update(county="innlandet")
    changed["requests"][0].update(half_days=3)
    del changed["requests"][1]["days"]
    changed["requests"][1].update(half_days=2)
    reading = _read(changed)
    one, two = reading.libraries[1], reading.libraries[0]
    assert (one.balance_days + one.limit_days, one.more_half_days, one.county) == (1, 1, "oslo")
    assert (two.balance_days + two.limit_days, two.more_half_days, two.county) == (1, 0, "innlandet")
    assert [(one.days, one.ends_half, one.half_days) for one in reading.requests] == [
        (2, True, 3),
        (1, False, 2),
    ]
    assert reading.caps == {("innlandet", "oslo"): 3}


def _put(kind: str, field: str, value: Any) -> Change:
    return lambda changed: changed[kind][0].update({field: value})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda one: one.update(format="staff-day-exchange/3"), "format is"),
        (lambda one: one.update(skills_rule="some-of"), "write all-of or any-of"),
        (lambda one: one.update(skills_rule=None), "skills_rule is null"),
        (lambda one: one.update(name=5), "name is 5"),
        (lambda one: one.pop("libraries"), "libraries is missing"),
        (lambda one: one.update(colleagues={}), "colleagues is an object"),
        (lambda one: one["libraries"].append(7), "libraries[2]: it is 7"),
        (lambda one: one["libraries"].append(one["libraries"][0]), 'libraries[2] (id "hamar"): the id'),
        (lambda one: one["colleagues"].append(one["colleagues"][1]), 'colleagues[2] (id "ola"): the id'),
        (lambda one: one["requests"][0].pop("days"), 'requests[0] (id "w1"): days is missing'),
        (lambda one: one["libraries"][0].pop("lat"), "only one of lat and lon"),
        (_put("libraries", "id", ""), "id is or holds"),
        (_put("libraries", "id", "a" * 201), "id is or holds"),
        (_put("libraries", "id", "a\nb"), "cannot be printed"),
        (_put("libraries", "id", "\ud800"), "cannot be printed"),
        (_put("libraries", "id", 12), "id is or holds 12"),
        (_put("libraries", "limit_days", -1), "limit_days is -1"),
        (_put("libraries", "limit_days", True), "limit_days is true"),
        (_put("libraries", "limit_days", 1.5), "limit_days is 1.5"),
        (_put("libraries", "balance_days", "3"), 'balance_days is "3"'),
        (_put("libraries", "balance_days", 10**30), "balance_days is 1000"),
        (_put("libraries", "lat", 91), "lat is 91"),
        (_put("libraries", "lat", float("nan")), "NaN is no number"),
        (_put("libraries", "lon", float("inf")), "Infinity is no number"),
        (_put("libraries", "lon", "12"), 'lon is "12"'),
        (_put("colleagues", "library", "oslo"), 'colleagues[0] (id "kari") names the library "oslo"'),
        (_put("colleagues", "max_days", -1), "max_days is -1"),
        (_put("colleagues", "max_days", None), "max_days is null"),
        (_put("colleagues", "max_km", -0.5), "max_km is -0.5"),
        (_put("colleagues", "skills", "weeding"), 'skills is "weeding"'),
        (_put("colleagues", "skills", [["weeding"]]), "skills is or holds an array"),
        (_put("colleagues", "dates", ["2027-02-29"]), 'dates holds "2027-02-29"'),
        (_put("colleagues", "dates", ["20270301"]), 'dates holds "20270301"'),
        (_put("colleagues", "dates", ["2027-W09-1"]), "dates that exist"),
        (_put("colleagues", "dates", [20270301]), "dates holds 20270301"),
        (_put("colleagues", "dates", ["2027-03-01"] * 1101), "dates has 1101 entries"),
        (_put("requests", "library", "oslo"), 'requests[0] (id "w1") names the library "oslo"'),
        (_put("requests", "days", -1), "days is -1"),
        (_put("requests", "same_person", 1), "same_person is 1"),
        (lambda one: one.update(compatible=[["kari"]]), "compatible[0] is wrong"),
        (lambda one: one.update(compatible=[["per", "w1"]]), 'names the colleague "per"'),
        (
            lambda one: one.update(compatible=[["ola", "w1"], ["ola", "w9"]]),
            "compatible[1] names the request",
        ),
        (lambda one: one.update(distances_km=[["hamar", "oslo", 1]]), 'names the library "oslo"'),
        (_put("requests", "half_days", 0), "half_days is 0"),
        (_put("requests", "half_days", 1.5), "half_days is 1.5"),
        (_put("requests", "half_days", 10**10), "half_days is 10000000000"),
        (_put("requests", "half_days", 2), "takes 1 days"),
        (_put("libraries", "limit_half_days", 2), "balance_half_days is missing"),
        (_put("libraries", "county", ""), "county is or holds"),
        (lambda one: one.update(caps={}), "caps is an object"),
        (lambda one: one.update(caps=[["a", "b"]]), "caps[0] is wrong"),
        (lambda one: one.update(caps=[["a", "b", -1]]), "caps[0]: days is -1"),
        (lambda one: one.update(caps=[["a", "b", 0.25]]), "caps[0]: days is 0.25"),
        (lambda one: one.update(caps=[["a", "b", 1], ["a", "b", 2]]), "has two caps"),
        (lambda one: one.update(caps=[["a", "b", 1]]), 'caps names the county "a"'),
        (lambda one: one.update(distances_km=[["hamar", "eidskog", -1]]), "km is -1"),
        (lambda one: one.update(distances_km=[["hamar", "eidskog", 1], ["hamar", "eidskog", 2]]), "two dist"),
    ],
)
def test_what_is_wrong_is_refused_with_the_element_and_the_field(change: Change, words: str) -> None:
    changed = copy.deepcopy(document())
    change(changed)
    assert words in _refused(json.dumps(changed).encode())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not a JSON object"),
        (b"[]", "not a JSON object"),
        (b'{"a": 1', "a comma or } was expected"),
        (b'{"a": 1} x', "something follows"),
        (b'{"a": 1,}', "a name was expected"),
        (b'{"a" 1}', "a colon was expected"),
        (b'{"a": [1 2]}', "Expecting ',' delimiter"),
        (b'{"libraries": [,]}', "line 1, column 16"),
        (b'{"libraries": [{}],\n "libraries": []}', "id is missing"),
        (b'{"libraries": [],\n "libraries": []}', "stands twice"),
        (b'{"libraries": [{"id": "a", "id": "b"}]}', 'names "id" twice'),
        (b'{"libraries": [' + b"9" * 5000 + b"]}", "4300 digits"),
        (b'{"a": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"libraries": [{"a": ' + b'{"a":' * 100_000, "nested too deeply"),
        (b'{"libraries": [{"id": "' + b"a" * 1_100_000 + b'"}]}', "longer than 1048576"),
        (b'{"a": "' + b"a" * 1_100_000 + b'"}', "too large"),
        (b'{"a": tru}', "line 1, column 7"),
        ('{"a": "å"}'.encode("latin-1"), "not UTF-8"),
        (b"\x1f\x8b\x08rubbish", "begins as gzip"),
        (gzip.compress(b"{}" * 100)[:-9], "cut off"),
    ],
)
def test_what_is_no_json_is_refused_with_its_place(content: bytes, words: str) -> None:
    assert words in _refused(content)


def test_a_field_that_is_not_known_may_be_large_and_not_endless(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = {"extra": [["x" * 1000] * 100] * 20, **document()}
    assert _read(changed) == _read(document())
    monkeypatch.setattr(scanning, "MAX_SKIPPED", 10)
    monkeypatch.setattr(scanning, "LARGEST_SLICE", 10_000)
    assert "too large" in _refused(json.dumps(changed).encode())


def test_a_syntax_error_far_into_a_large_file_is_told_with_its_place() -> None:
    changed = document()
    changed["requests"] = [{**changed["requests"][0], "id": f"w{number}"} for number in range(20_000)]
    content = json.dumps(changed, indent=1).replace('"id": "w123"', '"id" "w123"').encode()
    line = content.decode()[: content.decode().index('"id" "w123"')].count("\n") + 1
    assert f"line {line}, column" in _refused(content)


def test_a_small_file_that_unzips_to_more_than_the_limit_is_refused_before_it_fills_memory() -> None:
    bomb = gzip.compress(b" " * 3_000_000)
    assert "More than 1000 bytes of JSON" in _refused(bomb, Limits(content_bytes=1000))
    assert "More than 1000 bytes of JSON" in _refused(gzip.compress(b"{") * 2000, Limits(content_bytes=1000))


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(file_bytes=100), "larger than 100 bytes"),
        (Limits(libraries=1), "libraries has more than 1 elements"),
        (Limits(colleagues=1), "colleagues has more than 1 elements"),
        (Limits(requests=1), "requests has more than 1 elements"),
        (Limits(dates=5), "more than 5 dates"),
        (Limits(pairs=1), "compatible has more than 1 elements"),
    ],
)
def test_there_is_a_limit_to_everything(limits: Limits, words: str) -> None:
    changed = document()
    changed["compatible"] = [["kari", "w1"], ["ola", "w2"]]
    assert words in _refused(json.dumps(changed).encode(), limits)


def test_no_fault_of_a_file_is_a_traceback_however_it_is_cut_or_changed() -> None:
    content = json.dumps(document()).encode()
    for at in range(0, len(content), 7):
        for piece in (b"", b"}", b"]", b'"', b"\\", b"null", b"-", b"\x00", b"\xff"):
            for changed in (content[:at] + piece + content[at + 1 :], content[:at] + piece):
                with suppress(InstanceRefused):
                    read_content(changed)


def test_a_file_that_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.json"):
        with pytest.raises(InstanceRefused, match="cannot be read"):
            read_instance(path)
