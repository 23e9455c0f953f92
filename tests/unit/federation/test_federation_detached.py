"""Names travel beside the signature, are bound by it, and can be erased."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byttebank.federation.canonical import NotCanonical
from byttebank.federation.detached import MAX_OCTETS, SALT_BYTES, bind, check, pack, unpack
from byttebank.federation.errors import EnvelopeError, MalformedEnvelope, TooDeep, TooLarge

CONTENT = {"colleague_name": "Kari Åsen", "own_words": "Jeg kan katalogisering."}
SALT = bytes(range(32))


def test_content_is_bound_by_a_salted_hash() -> None:
    reference = bind(CONTENT, SALT)
    assert list(reference) == ["sha256"]
    assert check(CONTENT, SALT, reference)


def test_the_order_of_members_does_not_matter() -> None:
    assert bind(dict(reversed(CONTENT.items())), SALT) == bind(CONTENT, SALT)


def test_other_content_or_another_salt_does_not_fit() -> None:
    reference = bind(CONTENT, SALT)
    assert not check({**CONTENT, "colleague_name": "Kari Aasen"}, SALT, reference)
    assert not check(CONTENT, bytes(32), reference)
    assert not check({}, SALT, reference)


@pytest.mark.parametrize(
    "reference", [None, {}, [], "a", {"sha256": None}, {"sha256": "ø" * 64}, {"sha256": "\ud800"}]
)
def test_a_reference_of_another_shape_fits_nothing(reference: Any) -> None:
    assert not check(CONTENT, SALT, reference)


def test_content_that_does_not_travel_fits_nothing_and_is_not_bound() -> None:
    assert not check({"a": {1}}, SALT, bind(CONTENT, SALT))
    with pytest.raises(NotCanonical):
        bind({"a": {1}}, SALT)


@pytest.mark.parametrize("salt", [b"", bytes(31), bytes(33)])
def test_a_salt_has_32_bytes(salt: bytes) -> None:
    with pytest.raises(ValueError, match="32 random bytes"):
        bind(CONTENT, salt)
    assert not check(CONTENT, salt, bind(CONTENT, SALT))
    assert SALT_BYTES == 32


def test_content_and_salt_travel_together() -> None:
    assert unpack(pack(CONTENT, SALT)) == (CONTENT, SALT)


def test_a_part_that_is_too_large_is_neither_packed_nor_unpacked() -> None:
    with pytest.raises(TooLarge):
        pack({"own_words": "a" * MAX_OCTETS}, SALT)
    with pytest.raises(TooLarge):
        unpack(b"a" * (MAX_OCTETS + 1))


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"{}",
        b"[]",
        b'{"content":{},"salt":"00"}',
        b'{"content":[],"salt":"' + b"0" * 64 + b'"}',
        b'{"content":{},"salt":null}',
        b'{"content":{},"salt":"' + b"F" * 64 + b'"}',
    ],
)
def test_a_part_of_another_shape_is_refused(octets: bytes) -> None:
    with pytest.raises(MalformedEnvelope):
        unpack(octets)


def test_a_part_that_is_too_deep_is_refused() -> None:
    with pytest.raises(TooDeep):
        unpack(b"[" * 1000)


@given(st.binary(max_size=300))
def test_whatever_the_octets_only_envelope_errors_come_out(octets: bytes) -> None:
    with pytest.raises(EnvelopeError):
        unpack(octets)
