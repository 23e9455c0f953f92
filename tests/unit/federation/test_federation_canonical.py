"""One way to write a value: equal values are equal octets, and nothing else is read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byttebank.federation.canonical import LARGEST_INTEGER, MAX_DEPTH, NotCanonical, decode, encode
from byttebank.federation.errors import MalformedEnvelope, TooDeep

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
NAMES = st.text(st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"], exclude_characters="\x00"))
SCALARS = (
    st.none() | st.booleans() | st.integers(-LARGEST_INTEGER, LARGEST_INTEGER) | st.floats(1e-4, 1e15) | TEXTS
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4)
)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@given(VALUES)
def test_what_is_written_is_read_back_and_written_the_same(value: Any) -> None:
    octets = encode(value, max_depth=40)
    again = decode(octets, max_depth=40)
    assert again == value
    assert encode(again, max_depth=40) == octets


@given(st.dictionaries(NAMES, SCALARS, min_size=2))
def test_the_order_of_members_does_not_matter(value: dict[str, Any]) -> None:
    assert encode(dict(reversed(value.items()))) == encode(value)


def test_it_is_written_as_rfc_8785_says() -> None:
    value = {"b": [1, True, None], "a": 'Å "\\\n\x1f', "é": 59.913, "B": -1, "": 60.0}
    text = '{"":60,"B":-1,"a":"Å \\"\\\\\\n\\u001f","b":[1,true,null],"é":59.913}'
    assert encode(value) == text.encode()


@pytest.mark.parametrize(
    "value",
    [
        2**53,
        -(2**53),
        float("nan"),
        float("inf"),
        0.00001,
        1e300,
        {1: 1},
        {"\U0001f600": 1},
        {"a\x00": 1},
        "\x00",
        "\ud800",
        b"octets",
        {1, 2},
        nested(MAX_DEPTH + 1),
    ],
)
def test_what_would_not_arrive_as_it_was_is_not_written(value: Any) -> None:
    with pytest.raises(NotCanonical):
        encode(value)


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b" 1",
        b"1 ",
        b"01",
        b"-0",
        b"1.0",
        b"1e3",
        b"1e999",
        b"0.00001",
        b"NaN",
        b"Infinity",
        b"nul",
        b'{"a":1,"a":1}',
        b'{"b":1,"a":1}',
        b'{"a": 1}',
        b'"\\u00e5"',
        b'"\\/"',
        b'"\\ud800"',
        b'"\\u0000"',
        b'"\xff"',
        b'"\xed\xa0\x80"',
        b'\xef\xbb\xbf"a"',
        b'"open',
        b"9007199254740992",
        b"9" * 5000,
        b'{"a":1}{"a":1}',
        b"'a'",
    ],
)
def test_any_other_spelling_is_refused(octets: bytes) -> None:
    with pytest.raises(MalformedEnvelope):
        decode(octets)


def test_the_deepest_that_is_allowed_is_read_and_one_deeper_is_refused() -> None:
    assert decode(json.dumps(nested(MAX_DEPTH)).encode()) == nested(MAX_DEPTH)
    with pytest.raises(TooDeep):
        decode(json.dumps(nested(MAX_DEPTH + 1)).encode())


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'[{"":'])
def test_no_depth_brings_the_parser_down(opening: bytes) -> None:
    with pytest.raises(TooDeep):
        decode(opening * 60_000)


def test_brackets_inside_texts_are_not_depth() -> None:
    text = "[" * 100 + '\\"{'
    assert decode(encode(text)) == text


@given(st.binary(max_size=200))
def test_whatever_the_octets_only_two_refusals_come_out(octets: bytes) -> None:
    try:
        value = decode(octets)
    except (MalformedEnvelope, TooDeep):
        return
    assert encode(value) == octets
