"""Whose keys we know, and how a county goes over to a new one."""

from datetime import UTC, datetime, timedelta

import pytest

from byttebank.federation.document import sign_document
from byttebank.federation.errors import BadSignature, MalformedEnvelope, RotationRefused, UnknownKey
from byttebank.federation.keyring import KeyConflict, Keyring
from byttebank.federation.keys import SigningKey
from byttebank.federation.rotation import AUDIENCE, read_rotation, rotate, sign_rotation

FIRST, SECOND, THIRD, STRANGER = (SigningKey.from_seed(bytes([number]) * 32) for number in (1, 2, 3, 9))
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
SUMMER = datetime(2026, 7, 1, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 1, tzinfo=UTC)
KEYRING = Keyring().with_key("innlandet", FIRST.public_key, NEW_YEAR)


def rotation(old: SigningKey, new: SigningKey, valid_from: datetime = SUMMER) -> bytes:
    return sign_rotation(
        "innlandet", old_key=old, new_key=new.public_key, valid_from=valid_from, created_at=NEW_YEAR
    )


def test_a_key_is_found_by_county_and_id() -> None:
    assert KEYRING.find("innlandet", FIRST.key_id) == FIRST.public_key
    assert KEYRING.find("vestland", FIRST.key_id) is None
    assert KEYRING.find("innlandet", SECOND.key_id) is None


def test_a_keyring_does_not_change() -> None:
    more = KEYRING.with_key("innlandet", SECOND.public_key, SUMMER)
    assert len(KEYRING) == 1
    assert [known.public_key for known in more.keys_of("innlandet")] == [FIRST.public_key, SECOND.public_key]


def test_the_same_key_again_changes_nothing() -> None:
    again = KEYRING.with_key("innlandet", FIRST.public_key, NEW_YEAR)
    assert dict(again) == dict(KEYRING)
    assert list(KEYRING) == [("innlandet", FIRST.key_id)]


def test_a_known_key_with_another_date_is_refused() -> None:
    with pytest.raises(KeyConflict):
        KEYRING.with_key("innlandet", FIRST.public_key, SUMMER)


def test_a_date_needs_an_offset() -> None:
    with pytest.raises(ValueError, match="offset"):
        Keyring().with_key("innlandet", FIRST.public_key, datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_newest_key_is_the_one_that_is_valid_last() -> None:
    more = KEYRING.with_key("innlandet", SECOND.public_key, SUMMER)
    newest = more.newest("innlandet")
    assert newest is not None
    assert newest.public_key == SECOND.public_key
    assert more.newest("vestland") is None


def test_a_rotation_signed_by_the_old_key_adds_the_new_and_keeps_the_old() -> None:
    rotated = rotate(KEYRING, rotation(FIRST, SECOND))
    assert rotated["innlandet", SECOND.key_id].valid_from == SUMMER
    assert rotated.find("innlandet", FIRST.key_id) == FIRST.public_key


def test_a_rotation_says_who_when_and_what() -> None:
    read = read_rotation(rotation(FIRST, SECOND), keyring=KEYRING)
    assert (read.county, read.old_key_id, read.new_key, read.valid_from) == (
        "innlandet",
        FIRST.key_id,
        SECOND.public_key,
        SUMMER,
    )


def test_the_same_rotation_twice_changes_nothing_the_second_time() -> None:
    once = rotate(KEYRING, rotation(FIRST, SECOND))
    assert rotate(once, rotation(FIRST, SECOND)) is once


def test_rotations_follow_each_other() -> None:
    twice = rotate(rotate(KEYRING, rotation(FIRST, SECOND)), rotation(SECOND, THIRD, AUTUMN))
    newest = twice.newest("innlandet")
    assert newest is not None
    assert newest.public_key == THIRD.public_key


def test_an_old_key_does_not_open_a_second_line() -> None:
    rotated = rotate(KEYRING, rotation(FIRST, SECOND))
    with pytest.raises(RotationRefused, match="newer key"):
        rotate(rotated, rotation(FIRST, STRANGER, AUTUMN))


@pytest.mark.parametrize("valid_from", [NEW_YEAR, NEW_YEAR - timedelta(days=1)])
def test_a_new_key_is_younger_than_the_present_one(valid_from: datetime) -> None:
    with pytest.raises(RotationRefused, match="older"):
        rotate(KEYRING, rotation(FIRST, SECOND, valid_from))


def test_a_key_does_not_rotate_to_itself() -> None:
    with pytest.raises(RotationRefused):
        rotate(KEYRING, rotation(FIRST, FIRST))


def test_a_stranger_rotates_nothing() -> None:
    with pytest.raises(UnknownKey):
        rotate(KEYRING, rotation(STRANGER, SECOND))


def test_a_rotation_that_was_tampered_with_is_refused() -> None:
    octets = rotation(FIRST, SECOND)
    other = rotation(FIRST, STRANGER)
    payload = octets.split(b'"payload":"')[1].split(b'"')[0]
    swapped = other.replace(other.split(b'"payload":"')[1].split(b'"')[0], payload)
    with pytest.raises(BadSignature):
        rotate(KEYRING, swapped)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"new_key": SECOND.public_key.text},
        {"new_key": "A", "valid_from": "2026-07-01T00:00:00.000000Z"},
        {"new_key": 5, "valid_from": "2026-07-01T00:00:00.000000Z"},
        {"new_key": SECOND.public_key.text, "valid_from": "2026-07-01"},
        {"new_key": SECOND.public_key.text, "valid_from": 5},
    ],
)
def test_a_signed_rotation_of_another_shape_is_refused(body: dict) -> None:
    octets = sign_document(body, audience=AUDIENCE, signer="innlandet", created_at=NEW_YEAR, key=FIRST)
    with pytest.raises(MalformedEnvelope):
        rotate(KEYRING, octets)


def test_a_rotation_date_needs_an_offset() -> None:
    with pytest.raises(MalformedEnvelope):
        rotation(FIRST, SECOND, datetime(2026, 7, 1))  # noqa: DTZ001
