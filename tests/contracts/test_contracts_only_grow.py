"""The golden files hold one example and the shape of each contract: they must keep loading and never shrink.

A new contract gets its file from `python tests/contracts/write_golden.py`, which rewrites no old one.
"""

import json

import pytest
from contract_shapes import CONTRACTS, GOLDEN, is_same_or_wider, shape

from byttebank.contracts.fields import load
from byttebank.contracts.refusals import Malformed, all_refusals

NAMES = sorted(CONTRACTS)


@pytest.mark.parametrize("name", NAMES)
def test_each_contract_has_a_golden_file(name: str) -> None:
    assert (GOLDEN / f"{name}.json").exists(), "run python tests/contracts/write_golden.py"


@pytest.mark.parametrize("name", NAMES)
def test_the_example_of_old_still_loads_to_the_same(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    loaded = load(CONTRACTS[name], golden["example"])
    assert {key: loaded[key] for key in golden["example"]} == golden["example"]


@pytest.mark.parametrize("name", NAMES)
def test_no_field_was_removed_renamed_narrowed_or_made_compulsory(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert is_same_or_wider(old=golden["shape"], new=shape(CONTRACTS[name])) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_newer_neighbours_extra_field_is_ignored(name: str) -> None:
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    assert "of_next_year" not in load(CONTRACTS[name], {**golden["example"], "of_next_year": 1})


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_document_is_refused_with_a_pointer(name: str) -> None:
    for document in (None, [], "text", 7):
        with pytest.raises(Malformed) as refused:
            load(CONTRACTS[name], document)
        assert refused.value.parameters["errors"]


def test_the_check_sees_a_field_that_is_gone_and_one_that_became_compulsory() -> None:
    old = {"a": {"type": "String", "required": False}, "b": {"type": "Id", "required": False}}
    new = {"b": {"type": "Id", "required": True}, "c": {"type": "Day", "required": True}}
    assert len(is_same_or_wider(old=old, new=new)) == 3


def test_refusal_codes_are_stable_and_each_is_used_once() -> None:
    codes = [refusal.code for refusal in all_refusals()]
    assert len(codes) == len(set(codes))
    known = json.loads((GOLDEN / "refusal-codes.json").read_text(encoding="utf-8"))
    assert set(known) <= set(codes), "a code that clients know was removed"
    assert set(codes) <= set(known), "run python tests/contracts/write_golden.py"
