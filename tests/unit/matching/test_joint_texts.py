"""Long texts in the documents of a joint round: cut up, put together, and nothing but what was signed."""

import base64
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from byttebank.contracts.joint_rounds import CHUNK_CHARACTERS, RULES
from byttebank.federation.papers import Paper
from services.matching.domain import joint_round
from services.matching.domain.joint_round import JointRound, chunks_of, joined
from services.matching.domain.round import hash_of

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
TEXT = Random(1).randbytes(60_000).hex()


def papers(text: str = TEXT) -> list[Paper]:
    return [Paper("PART", "oslo", chunk, b"", NOW) for chunk in chunks_of(text)]


def test_a_text_comes_back_whole_from_its_chunks_in_any_order_and_with_repeats() -> None:
    chunks = papers()
    assert len(chunks) > 2
    assert all(len(one.body["text"]) <= CHUNK_CHARACTERS for one in chunks)
    assert joined(hash_of(TEXT), [*reversed(chunks), *chunks]) == TEXT


def test_there_is_no_text_while_a_chunk_is_missing_or_of_another_text() -> None:
    chunks = papers()
    assert joined(hash_of(TEXT), chunks[1:]) is None
    other = papers(TEXT[::-1])
    assert joined(hash_of(TEXT), [*chunks[1:], other[0]]) is None


@pytest.mark.parametrize("text", ["***", base64.b64encode(b"no gzip").decode()])
def test_what_is_no_packed_text_is_nothing(text: str) -> None:
    body = {"number": 0, "count": 1, "text_hash": hash_of("x"), "text": text}
    assert joined(hash_of("x"), [Paper("PART", "oslo", body, b"", NOW)]) is None


def test_a_text_that_is_not_what_its_hash_says_is_nothing() -> None:
    (chunk,) = papers("what was sent")
    body = {**chunk.body, "text_hash": hash_of("what was said")}
    assert joined(hash_of("what was said"), [replace(chunk, body=body)]) is None


def test_a_text_that_unpacks_to_more_than_may_be_is_not_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = base64.b64encode(packer.compress(b"0" * 100_000) + packer.flush()).decode()
    monkeypatch.setattr(joint_round, "MAX_TEXT_OCTETS", 50_000)
    body = {"number": 0, "count": 1, "text_hash": hash_of("0" * 100_000), "text": packed}
    assert joined(hash_of("0" * 100_000), [Paper("PART", "oslo", body, b"", NOW)]) is None
    with pytest.raises(ValueError, match="more than a joint round can hold"):
        chunks_of("0" * 100_000)


def test_two_inputs_by_one_coordinator_are_a_contradiction_and_the_first_counts() -> None:
    invite: dict[str, Any] = {
        "kind": "INVITE",
        "counties": ["akershus", "oslo"],
        "first_on": "2026-12-07",
        "last_on": "2026-12-18",
        "answer_by_at": "2026-11-23T10:00:00.000000Z",
        "agree_by_at": "2026-11-23T12:00:00.000000Z",
        "rules": RULES,
    }
    invited = Paper("INVITE", "oslo", invite, b"", NOW)
    inputs = [
        Paper("INPUT", "oslo", {"invite_hash": invited.body_hash, "parts": {}, "input_hash": value}, b"", NOW)
        for value in ("a" * 64, "b" * 64)
    ]
    joint = JointRound("round", "akershus", (invited, *inputs, inputs[0]))
    assert joint.input == inputs[0]
    assert joint.contradicting == {"oslo"}
    assert JointRound("round", "akershus", (invited, inputs[0], inputs[0])).contradicting == frozenset()


@pytest.mark.parametrize(
    "change",
    [
        {"rules": RULES + 1},
        {"counties": ["oslo", "trondelag"]},
        {"counties": ["oslo", "akershus"]},
        {"first_on": "2026-12-19"},
        {"agree_by_at": "2026-11-23T10:00:00.000000Z"},
    ],
)
def test_an_invitation_that_makes_no_sense_or_is_not_for_us_is_none(change: dict[str, Any]) -> None:
    body = {
        "counties": ["akershus", "oslo"],
        "first_on": "2026-12-07",
        "last_on": "2026-12-18",
        "answer_by_at": "2026-11-23T10:00:00.000000Z",
        "agree_by_at": "2026-11-23T12:00:00.000000Z",
        "rules": RULES,
    }
    assert JointRound("round", "akershus", (Paper("INVITE", "oslo", body, b"", NOW),)).coordinator == "oslo"
    changed = Paper("INVITE", "oslo", {**body, **change}, b"", NOW)
    assert JointRound("round", "akershus", (changed,)).invite is None


@pytest.mark.parametrize(
    ("changed", "is_fit"),
    [
        ({}, True),
        ({"rules": RULES - 1}, False),
        ({"agree_by_at": "2026-11-26T09:00:00Z"}, False),
        ({"last_on": "2029-12-04"}, False),
        ({"reply_by_on": "2026-12-24"}, False),
        ({"first_on": "2026-11-02", "last_on": "2026-11-06"}, False),
    ],
    ids=["as usual", "earlier rules", "days to agree", "years ahead", "answers after the days", "past"],
)
def test_an_invitation_beyond_reason_is_not_taken_up(changed: dict[str, str], is_fit: bool) -> None:
    """A county that waited for such a round could begin none of its own."""
    terms = {"first_on": "2026-11-30", "last_on": "2026-12-04", "reply_by_on": "2026-11-27", "days_each": 5}
    asked = {"counties": ["innlandet", "oslo"], "rules": RULES, "answer_by_at": "2026-11-23T10:00:00Z"}
    body = {**terms, **asked, "agree_by_at": "2026-11-23T12:00:00Z", **changed}
    joint = JointRound("r", "innlandet", (Paper("INVITE", "oslo", body, b"", NOW),))
    assert joint.is_within_reason(NOW, NOW.date()) is is_fit
