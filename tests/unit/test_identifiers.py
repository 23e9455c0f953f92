import uuid

import pytest

from byttebank.identifiers import is_id, is_slug, new_id, uuid7


def test_a_uuid7_has_its_version_and_variant_and_sorts_by_time() -> None:
    early = uuid7(1_700_000_000_000, b"\xff" * 10)
    late = uuid7(1_700_000_000_001, b"\x00" * 10)
    assert uuid.UUID(early).version == 7
    assert uuid.UUID(early).variant == uuid.RFC_4122
    assert early < late


def test_ten_random_bytes_are_needed() -> None:
    with pytest.raises(ValueError, match="ten"):
        uuid7(0, b"short")


def test_new_ids_differ() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("text", ["", "x", None, 7, "01A2032C-54A9-7304-8E8D-1B36F82EE12A", "{" + "0" * 36])
def test_an_id_is_lower_case_text_with_hyphens(text: object) -> None:
    assert not is_id(text)
    assert is_id("01a2032c-54a9-7304-8e8d-1b36f82ee12a")


@pytest.mark.parametrize("text", ["Innlandet", "a b", "-a", "a-", "a--b", "", None, "a/b", "..", "x" * 41])
def test_a_slug_is_safe_in_queues_and_addresses(text: object) -> None:
    assert not is_slug(text)
    assert is_slug("more-og-romsdal")
