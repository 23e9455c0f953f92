"""What counties have signed once can be checked for ever, and is signed the same today."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from envelope_golden import BACK, CHANNEL, FILE, KEYS, MADE_AT, NAMES, PAYLOAD, PREPARE, SALT, SENT, build

from byttebank.federation import detached
from byttebank.federation.channel_row import load_channel
from byttebank.federation.control import Copy, Hello, Resend, Statement
from byttebank.federation.control_reading import read_control
from byttebank.federation.document import open_document
from byttebank.federation.envelope import Envelope, broker_user, open_envelope
from byttebank.federation.jws import sha256
from byttebank.federation.keyring import Keyring, KnownKey
from byttebank.federation.keys import PublicKey
from byttebank.federation.rotation import read_rotation

GOLDEN: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
KEYRING = Keyring(
    KnownKey(county, PublicKey.from_text(key["public_key"]), datetime(2026, 1, 1, tzinfo=UTC))
    for county, key in GOLDEN["keys"].items()
)


def opened(text: str) -> Envelope:
    return open_envelope(
        text.encode(),
        keyring=KEYRING,
        expected_to="vestland",
        expected_service="ledger",
        stamped_sender=broker_user("innlandet"),
    )


@pytest.mark.parametrize("name", sorted(set(GOLDEN) - {"channel_row"}))
def test_the_same_is_signed_today(name: str) -> None:
    assert build()[name] == GOLDEN[name]


def test_the_file_holds_one_of_each() -> None:
    assert set(build()) == set(GOLDEN)


def test_an_old_envelope_is_opened() -> None:
    envelope = opened(GOLDEN["envelope"])
    assert envelope.header == PREPARE
    assert envelope.payload == PAYLOAD
    assert envelope.envelope_hash == GOLDEN["envelope_hash"] == sha256(GOLDEN["envelope"].encode())


def test_old_control_messages_are_read() -> None:
    controls = {
        kind: read_control(opened(text), keyring=KEYRING) for kind, text in GOLDEN["controls"].items()
    }
    hello, statement, resend, copy = (controls[kind] for kind in ("HELLO", "STATEMENT", "RESEND", "COPY"))
    assert isinstance(hello, Hello)
    assert hello.sent == SENT
    assert isinstance(statement, Statement)
    assert (statement.is_grant, statement.epoch, statement.sent) == (True, 7, SENT)
    assert isinstance(resend, Resend)
    assert (resend.sender, resend.first, resend.last) == ("vestland", 1, 4)
    assert isinstance(copy, Copy)
    assert [each.header for each in copy.envelopes] == [BACK]


def test_an_old_document_is_opened() -> None:
    document = open_document(GOLDEN["document"].encode(), audience="clearing/2026-11", keyring=KEYRING)
    assert (document.signer, document.body) == ("innlandet", {"position_half_days": -4})


def test_an_old_rotation_is_read() -> None:
    rotation = read_rotation(GOLDEN["rotation"].encode(), keyring=KEYRING)
    assert (rotation.new_key, rotation.valid_from) == (KEYS["vestland"].public_key, MADE_AT)


def test_an_old_detached_part_still_fits() -> None:
    content, salt = detached.unpack(GOLDEN["detached"].encode())
    assert (content, salt) == (NAMES, SALT)
    assert detached.check(content, salt, opened(GOLDEN["envelope"]).payload["detached"])


def test_an_old_row_is_loaded() -> None:
    assert load_channel(GOLDEN["channel_row"]) == CHANNEL
