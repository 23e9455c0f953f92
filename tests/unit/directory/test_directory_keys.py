"""Keys of other counties: compared by telephone once, and then each signed for by the one before."""

from datetime import UTC, datetime, timedelta

import pytest
from directory_cast import add_peer, key_of, local_events

from byttebank.contracts.refusals import FieldMissing, Malformed, NotNow
from byttebank.federation.errors import BadSignature, MalformedEnvelope, RotationRefused, UnknownKey
from byttebank.federation.keys import SigningKey, fingerprint
from byttebank.federation.rotation import sign_rotation
from byttebank.storage.work import Database
from services.directory import operations

FIRST = SigningKey.from_seed(b"akershus".ljust(32, b"."))
SECOND, THIRD = (SigningKey.from_seed(bytes([number]) * 32) for number in (2, 3))
NOVEMBER = datetime(2026, 11, 1, tzinfo=UTC)


def statement(old: SigningKey, new: SigningKey, days: int = 0, county: str = "akershus") -> bytes:
    valid_from = NOVEMBER + timedelta(days=days)
    return sign_rotation(
        county, old_key=old, new_key=new.public_key, valid_from=valid_from, created_at=valid_from
    )


def key_ids(database: Database) -> list[str]:
    with database.reading() as work:
        return [one["key_id"] for one in operations.list_keys(work)]


def test_the_next_key_is_known_here_and_to_the_services_and_the_peer_shows_its_fingerprint(
    innlandet: Database,
) -> None:
    add_peer(innlandet, "akershus")
    for _ in range(2):
        with innlandet.work() as work:
            peer = operations.accept_rotation(work, statement(FIRST, SECOND))
        assert (peer["state"], peer["fingerprint"]) == ("active", fingerprint(SECOND.public_key))
    assert key_ids(innlandet) == [FIRST.key_id, SECOND.key_id]
    told = local_events(innlandet, "PeerChanged")
    assert [[key["key_id"] for key in one["keys"]] for one in told] == [
        [FIRST.key_id],
        [FIRST.key_id, SECOND.key_id],
    ]
    assert told[-1]["keys"][1]["valid_from_at"] == "2026-11-01T00:00:00.000000Z"


def test_only_the_newest_key_signs_for_the_next(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.accept_rotation(work, statement(FIRST, SECOND))
    for wrong, why in (
        (statement(FIRST, THIRD, days=1), RotationRefused),
        (statement(THIRD, FIRST, days=1), UnknownKey),
        (statement(FIRST, THIRD, county="vestfold"), UnknownKey),
        (statement(SECOND, THIRD, days=1).replace(b'"signature":"', b'"signature":"A'), MalformedEnvelope),
        (b"{}", MalformedEnvelope),
    ):
        with pytest.raises((why, BadSignature)), innlandet.work() as work:
            operations.accept_rotation(work, wrong)
    with innlandet.work() as work:
        operations.accept_rotation(work, statement(SECOND, THIRD, days=1))
    assert key_ids(innlandet) == [FIRST.key_id, SECOND.key_id, THIRD.key_id]


def test_a_frozen_county_has_its_next_key_compared_by_telephone(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.freeze_peer(work, "akershus")
    with pytest.raises(NotNow), innlandet.work() as work:
        operations.accept_rotation(work, statement(FIRST, SECOND))
    with innlandet.work() as work:
        peer = operations.join_peer(work, "akershus", SECOND.public_key.text)
    assert peer["state"] == "frozen", "until it is thawed"
    assert key_ids(innlandet) == [FIRST.key_id, SECOND.key_id]


def test_a_new_key_opens_nothing_with_a_county_that_has_left(innlandet: Database) -> None:
    add_peer(innlandet, "akershus")
    with innlandet.work() as work:
        operations.leave_peer(work, "akershus")
        assert operations.accept_rotation(work, statement(FIRST, SECOND))["state"] == "left"


def test_a_county_joins_with_its_name_and_joins_again_with_what_is_known_of_it(innlandet: Database) -> None:
    with pytest.raises(FieldMissing), innlandet.work() as work:
        operations.join_peer(work, "oslo", SECOND.public_key.text)
    with pytest.raises(Malformed), innlandet.work() as work:
        operations.join_peer(work, "oslo", "no key", "Oslo")
    with innlandet.work() as work:
        peer = operations.join_peer(work, "oslo", SECOND.public_key.text, "Oslo", "https://oslo.example", 40)
    assert (peer["state"], peer["fuse_half_days"]) == ("active", 40)
    with innlandet.work() as work:
        operations.leave_peer(work, "oslo")
        again = operations.join_peer(work, "oslo", SECOND.public_key.text)
    assert again == peer
    with innlandet.work() as work:
        assert (
            operations.join_peer(work, "akershus", key_of("akershus")["public_key"], "Akershus")[
                "fuse_half_days"
            ]
            == 200
        )
