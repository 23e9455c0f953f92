"""A document stands alone: anybody who knows the key can check it, and it is good for one audience only."""

from datetime import UTC, datetime

import pytest
from envelope_cast import KEY, KEYRING, NOW, PEER_KEY, opened, resigned, sealed
from hypothesis import given
from hypothesis import strategies as st

from byttebank.federation import errors
from byttebank.federation.document import (
    MAX_OCTETS,
    assemble,
    open_document,
    sign_document,
    signature_parts,
)
from byttebank.federation.jws import sha256

BODY = {"position_half_days": -4, "sequence": [7, 9]}
AUDIENCE = "clearing/2026-11"
OCTETS = sign_document(BODY, audience=AUDIENCE, signer="innlandet", created_at=NOW, key=KEY)


def test_a_document_says_who_signed_what_for_whom_and_when() -> None:
    document = open_document(OCTETS, audience=AUDIENCE, keyring=KEYRING)
    assert (document.signer, document.audience, document.created_at, document.body) == (
        "innlandet",
        AUDIENCE,
        NOW,
        BODY,
    )
    assert (document.key_id, document.document_hash) == (KEY.key_id, sha256(OCTETS))


def test_a_document_travels_inside_an_envelope() -> None:
    envelope = opened(sealed({"position": OCTETS.decode()}))
    inner = open_document(envelope.payload["position"].encode(), audience=AUDIENCE, keyring=KEYRING)
    assert inner.octets == OCTETS


def test_a_document_of_one_round_is_none_of_the_next() -> None:
    with pytest.raises(errors.WrongContext):
        open_document(OCTETS, audience="clearing/2026-12", keyring=KEYRING)


def test_an_envelope_is_no_document_and_a_document_no_envelope() -> None:
    with pytest.raises(errors.WrongContext):
        open_document(sealed(), audience=AUDIENCE, keyring=KEYRING)
    with pytest.raises(errors.EnvelopeError):
        opened(OCTETS)


def test_the_key_of_another_county_does_not_sign() -> None:
    theirs = sign_document(BODY, audience=AUDIENCE, signer="innlandet", created_at=NOW, key=PEER_KEY)
    with pytest.raises(errors.UnknownKey):
        open_document(theirs, audience=AUDIENCE, keyring=KEYRING)
    with pytest.raises(errors.BadSignature):
        open_document(resigned(OCTETS, key=PEER_KEY), audience=AUDIENCE, keyring=KEYRING)


@pytest.mark.parametrize(
    "audience", ["clearing", "ledger", "clearing/", "/7", "clearing/a b", "clearing/a/b"]
)
def test_an_audience_is_a_purpose_and_a_name(audience: str) -> None:
    with pytest.raises(errors.MalformedEnvelope):
        sign_document(BODY, audience=audience, signer="innlandet", created_at=NOW, key=KEY)


def test_what_cannot_be_read_is_not_signed() -> None:
    for signer, created_at, body in (
        ("Innlandet", NOW, BODY),
        ("innlandet", datetime(2026, 1, 1), BODY),  # noqa: DTZ001
        ("innlandet", datetime(2026, 1, 1, tzinfo=UTC), {"a": {1}}),
    ):
        with pytest.raises(errors.MalformedEnvelope):
            sign_document(body, audience=AUDIENCE, signer=signer, created_at=created_at, key=KEY)
    with pytest.raises(errors.TooLarge):
        sign_document({"a": "a" * MAX_OCTETS}, audience=AUDIENCE, signer="innlandet", created_at=NOW, key=KEY)


@pytest.mark.parametrize(("name", "value"), [("from", None), ("from", "X"), ("created_at", None)])
def test_a_document_without_signer_or_time_is_refused_though_signed(name: str, value: str | None) -> None:
    changed = resigned(OCTETS, header=lambda header: {**header, name: value})
    with pytest.raises(errors.MalformedEnvelope):
        open_document(changed, audience=AUDIENCE, keyring=KEYRING)


def test_a_body_that_is_no_object_is_refused_though_signed() -> None:
    with pytest.raises(errors.MalformedEnvelope):
        open_document(resigned(OCTETS, payload=b"[]"), audience=AUDIENCE, keyring=KEYRING)


@given(st.integers(0, len(OCTETS) - 1), st.integers(0, 255))
def test_no_octet_can_be_changed(place: int, octet: int) -> None:
    changed = OCTETS[:place] + bytes([octet]) + OCTETS[place + 1 :]
    if changed == OCTETS:
        return
    with pytest.raises(errors.EnvelopeError):
        open_document(changed, audience=AUDIENCE, keyring=KEYRING)


def test_a_document_is_put_together_from_its_body_and_its_signature() -> None:
    created_at, key_id, signature = signature_parts(OCTETS)
    parts = {"created_at": created_at, "key_id": key_id, "signature": signature}
    assert assemble(BODY, audience=AUDIENCE, signer="innlandet", **parts) == OCTETS
    other = assemble({**BODY, "sequence": [7, 8]}, audience=AUDIENCE, signer="innlandet", **parts)
    with pytest.raises(errors.BadSignature):
        open_document(other, audience=AUDIENCE, keyring=KEYRING)
