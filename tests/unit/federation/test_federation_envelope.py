"""What is sealed is opened as it was; everything else is refused by name, whatever the octets are."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from envelope_cast import (
    CONTROL,
    KEY,
    KEYRING,
    NUMBERED,
    PAYLOAD,
    PEER_KEY,
    b64,
    opened,
    resigned,
    sealed,
    unb64,
)
from hypothesis import given
from hypothesis import strategies as st

from byttebank.federation import errors
from byttebank.federation.envelope import MAX_CONTROL_OCTETS, MAX_OCTETS
from byttebank.federation.jws import sha256
from byttebank.federation.keyring import Keyring
from byttebank.federation.keys import SigningKey

OCTETS = sealed()


def all_errors(kind: type[errors.EnvelopeError] = errors.EnvelopeError) -> list[type[errors.EnvelopeError]]:
    return [kind, *(each for below in kind.__subclasses__() for each in all_errors(below))]


def without(name: str) -> Callable[[dict], dict]:
    return lambda header: {key: value for key, value in header.items() if key != name}


def with_(**members: Any) -> Callable[[dict], dict]:
    return lambda header: {**header, **members}


def test_what_is_sealed_is_opened_as_it_was() -> None:
    envelope = opened(OCTETS)
    assert envelope.header == NUMBERED
    assert envelope.payload == PAYLOAD
    assert envelope.key_id == KEY.key_id
    assert envelope.octets == OCTETS
    assert envelope.envelope_hash == sha256(OCTETS)
    assert envelope.payload_hash == sha256(unb64(json.loads(OCTETS)["payload"]))


def test_a_control_message_has_a_nonce_and_no_number() -> None:
    header = opened(sealed(header=CONTROL)).header
    assert header == CONTROL
    assert header.is_control
    assert not NUMBERED.is_control


def test_the_same_message_is_the_same_octets_every_time() -> None:
    assert sealed() == OCTETS
    assert sealed(dict(reversed(PAYLOAD.items()))) == OCTETS


def test_it_is_a_flattened_jws_that_anybody_can_check() -> None:
    members = json.loads(OCTETS)
    assert set(members) == {"payload", "protected", "signature"}
    signed = f"{members['protected']}.{members['payload']}".encode()
    public_key = Ed25519PublicKey.from_public_bytes(KEY.public_key.raw)
    public_key.verify(unb64(members["signature"]), signed)


def test_the_hours_offset_of_the_sender_is_not_kept() -> None:
    moved = NUMBERED.created_at.astimezone(timezone(timedelta(hours=1)))
    assert sealed(header=replace(NUMBERED, created_at=moved)) == OCTETS


@pytest.mark.parametrize(
    "changes",
    [
        {"sender": "Innlandet"},
        {"sender": ""},
        {"recipient": "innlandet"},
        {"recipient": "vest land"},
        {"service": "Ledger"},
        {"service": "clearing/7"},
        {"message_id": "7"},
        {"message_id": "01936000-0000-7000-8000-00000000000A"},
        {"type": ""},
        {"type": "pre pare"},
        {"type": "A" * 61},
        {"type_version": 0},
        {"type_version": True},
        {"created_at": datetime(2026, 1, 1)},  # noqa: DTZ001
        {"seq": 0},
        {"seq": 2**53},
        {"seq": None},
        {"epoch": None},
        {"epoch": 0},
        {"prev_hash": None},
        {"prev_hash": "A" * 64},
        {"prev_hash": "1" * 64},
        {"nonce": "0" * 32},
        {"nonce": "0" * 32, "seq": None},
        {"nonce": "zz", "seq": None, "epoch": None, "prev_hash": None},
        {"nonce": None, "seq": None, "epoch": None, "prev_hash": None},
    ],
)
def test_a_header_that_no_peer_would_read_is_not_sealed(changes: dict[str, Any]) -> None:
    with pytest.raises(errors.MalformedEnvelope):
        sealed(header=replace(NUMBERED, **changes))


@pytest.mark.parametrize("payload", [[], "text", {"a": 2**60}, {"a": {1}}, {"a": "\ud800"}])
def test_a_payload_that_no_peer_would_read_is_not_sealed(payload: Any) -> None:
    with pytest.raises(errors.MalformedEnvelope):
        sealed(payload)


def test_an_envelope_is_at_most_64_kib_and_a_control_message_twice_that() -> None:
    room = (MAX_OCTETS - len(sealed({"a": ""}))) * 3 // 4 - 4
    assert len(opened(sealed({"a": "a" * room})).octets) <= MAX_OCTETS
    too_much = {"a": "a" * (room + 20)}
    with pytest.raises(errors.TooLarge):
        sealed(too_much)
    opened(sealed(too_much, header=CONTROL))
    with pytest.raises(errors.TooLarge):
        sealed({"a": "a" * MAX_CONTROL_OCTETS}, header=CONTROL)


def test_a_numbered_envelope_that_is_too_large_is_refused_though_signed() -> None:
    with pytest.raises(errors.TooLarge):
        opened(resigned(OCTETS, payload=b'{"a":"' + b"a" * MAX_OCTETS + b'"}'))


def test_octets_beyond_any_limit_are_not_even_read() -> None:
    with pytest.raises(errors.TooLarge):
        opened(b"{" * (MAX_CONTROL_OCTETS + 1))


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"expected_to": "rogaland"}, errors.WrongRecipient),
        ({"expected_service": "matching"}, errors.WrongService),
        ({"stamped_sender": "county-rogaland"}, errors.WrongSender),
        ({"stamped_sender": "innlandet"}, errors.WrongSender),
        ({"stamped_sender": None}, errors.WrongSender),
        ({"keyring": Keyring()}, errors.UnknownKey),
    ],
)
def test_an_envelope_for_or_from_somebody_else_is_refused(
    arguments: dict[str, Any], error: type[errors.EnvelopeError]
) -> None:
    with pytest.raises(error):
        opened(OCTETS, **arguments)


def test_the_key_of_another_county_does_not_sign_for_this_one() -> None:
    with pytest.raises(errors.UnknownKey):
        opened(sealed(key=PEER_KEY))


def test_an_unknown_key_is_worth_another_try_and_nothing_else_is() -> None:
    assert [kind.code for kind in all_errors() if kind.is_transient] == ["unknown_key"]


def test_every_refusal_has_its_own_code() -> None:
    codes = [kind.code for kind in all_errors()]
    assert len(set(codes)) == len(codes)


def test_an_old_key_opens_what_it_has_signed_after_a_rotation() -> None:
    newer = KEYRING.with_key("innlandet", SigningKey.from_seed(bytes(32)).public_key, NUMBERED.created_at)
    assert opened(OCTETS, keyring=newer).payload == PAYLOAD


def test_a_claimed_key_id_does_not_help_another_signature() -> None:
    forged = resigned(OCTETS, key=PEER_KEY)
    with pytest.raises(errors.BadSignature):
        opened(forged)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (with_(alg="none"), errors.WrongAlgorithm),
        (with_(alg="EdDSA"), errors.WrongAlgorithm),
        (with_(alg="HS256"), errors.WrongAlgorithm),
        (with_(alg=None), errors.WrongAlgorithm),
        (without("alg"), errors.WrongAlgorithm),
        (with_(crit=["epoch"]), errors.UnknownCriticalHeader),
        (with_(crit=[]), errors.UnknownCriticalHeader),
        (with_(b64=False), errors.MalformedEnvelope),
        (with_(b64=False, crit=["b64"]), errors.UnknownCriticalHeader),
        (with_(jwk={"kty": "OKP", "crv": "Ed25519", "x": KEY.public_key.text}), errors.MalformedEnvelope),
        (with_(jku="https://example.org/keys"), errors.MalformedEnvelope),
        (with_(x5c=["MIIB"]), errors.MalformedEnvelope),
        (with_(v=2), errors.NewerVersion),
        (with_(v=2, alg="ML-DSA-65"), errors.NewerVersion),
        (with_(v=0), errors.MalformedEnvelope),
        (with_(v=True), errors.MalformedEnvelope),
        (with_(v="1"), errors.MalformedEnvelope),
        (without("v"), errors.MalformedEnvelope),
        (without("kid"), errors.MalformedEnvelope),
        (with_(kid="A" * 16), errors.MalformedEnvelope),
        (with_(kid="0" * 16), errors.UnknownKey),
        (with_(typ="byttebank/matching"), errors.WrongContext),
        (with_(typ="JWT"), errors.WrongContext),
        (without("typ"), errors.MalformedEnvelope),
        (without("from"), errors.MalformedEnvelope),
        (without("to"), errors.MalformedEnvelope),
        (without("service"), errors.MalformedEnvelope),
        (without("jti"), errors.MalformedEnvelope),
        (without("type"), errors.MalformedEnvelope),
        (without("type_version"), errors.MalformedEnvelope),
        (without("created_at"), errors.MalformedEnvelope),
        (without("seq"), errors.MalformedEnvelope),
        (without("epoch"), errors.MalformedEnvelope),
        (without("prev_hash"), errors.MalformedEnvelope),
        (with_(nonce="0" * 32), errors.MalformedEnvelope),
        (with_(nonce=None), errors.MalformedEnvelope),
        (with_(seq=1.5), errors.MalformedEnvelope),
        (with_(seq="1"), errors.MalformedEnvelope),
        (with_(created_at="2026-11-23T08:14:00Z"), errors.MalformedEnvelope),
        (with_(created_at="2026-11-23T09:14:00.250000+01:00"), errors.MalformedEnvelope),
        (with_(created_at="2026-11-23T08:14:00.250000"), errors.MalformedEnvelope),
        (with_(created_at="0001-01-01T00:00:00.000000+23:00"), errors.MalformedEnvelope),
        (with_(created_at=5), errors.MalformedEnvelope),
        (with_(**{"from": "rogaland"}), errors.WrongSender),
        (with_(to="rogaland"), errors.WrongRecipient),
        (with_(service="matching", typ="byttebank/matching"), errors.WrongService),
        (lambda header: list(header), errors.MalformedEnvelope),
        (lambda header: json.dumps(header).encode(), errors.MalformedEnvelope),
        (lambda header: b'{"v":1,' + json.dumps(header)[1:].encode(), errors.MalformedEnvelope),
        (with_(more=[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]), errors.TooDeep),
        (with_(more="a" * 5000), errors.TooLarge),
    ],
)
def test_a_header_that_is_not_as_agreed_is_refused_though_signed(
    change: Callable[[dict], Any], error: type[errors.EnvelopeError]
) -> None:
    def header(protected: dict) -> Any:
        changed = change(protected)
        return (
            changed
            if isinstance(changed, bytes)
            else json.dumps(changed, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        )

    with pytest.raises(error) as caught:
        opened(resigned(OCTETS, header=header))
    assert type(caught.value) is error


def test_a_member_that_is_not_known_yet_is_ignored() -> None:
    assert opened(resigned(OCTETS, header=with_(tone="friendly"))).header == NUMBERED


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"1", b'{"a": 1}', b'{"a":1,"a":1}', b'{"a":1e3}', b'{"a":"\xff"}', b'{"b":1,"a":1}'],
)
def test_a_payload_that_is_not_canonical_is_refused_though_signed(payload: bytes) -> None:
    with pytest.raises(errors.MalformedEnvelope):
        opened(resigned(OCTETS, payload=payload))


def test_a_payload_that_is_too_deep_is_refused_though_signed() -> None:
    with pytest.raises(errors.TooDeep):
        opened(resigned(OCTETS, payload=b'{"a":' + b"[" * 40 + b"]" * 40 + b"}"))


def members(**changes: Any) -> bytes:
    merged = {**json.loads(OCTETS), **changes}
    return json.dumps(
        {name: value for name, value in merged.items() if value is not ...},
        sort_keys=True,
        separators=(",", ":"),
    ).encode()


@pytest.mark.parametrize(
    "octets",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        OCTETS + b"\n",
        b" " + OCTETS,
        OCTETS[:-1],
        json.dumps(json.loads(OCTETS)).encode(),
        members(header={"kid": KEY.key_id}),
        members(signature=...),
        members(protected=...),
        members(payload=...),
        members(signature=""),
        members(signature=None),
        members(signature="A"),
        members(signature=b64(bytes(63))),
        members(payload=5),
        members(payload="eyJhIjoxfQ=="),
        members(payload="eyJhIjoxfR"),
        members(payload="ey+/"),
        members(payload="ø"),
        members(protected="bm8"),
        members(signatures=[]),
    ],
)
def test_octets_in_another_form_are_refused(octets: bytes) -> None:
    with pytest.raises(errors.EnvelopeError) as caught:
        opened(octets)
    assert caught.value.code == "malformed"


@given(st.integers(0, len(OCTETS) - 1), st.integers(0, 255))
def test_no_octet_can_be_changed(place: int, octet: int) -> None:
    changed = OCTETS[:place] + bytes([octet]) + OCTETS[place + 1 :]
    if changed == OCTETS:
        return
    with pytest.raises(errors.EnvelopeError):
        opened(changed)


@given(st.integers(0, len(OCTETS)), st.integers(0, len(OCTETS)), st.binary(max_size=30))
def test_no_part_can_be_cut_doubled_or_put_in(start: int, end: int, inserted: bytes) -> None:
    changed = OCTETS[:start] + inserted + OCTETS[end:]
    if changed == OCTETS:
        return
    with pytest.raises(errors.EnvelopeError):
        opened(changed)


@given(st.binary(max_size=400))
def test_whatever_the_octets_only_envelope_errors_come_out(octets: bytes) -> None:
    with pytest.raises(errors.EnvelopeError):
        opened(octets)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(json.loads(unb64(json.loads(OCTETS)["protected"])))), JSON_VALUES)
def test_whatever_a_header_member_is_only_envelope_errors_come_out(name: str, value: Any) -> None:
    def header(protected: dict) -> bytes:
        changed = {**protected, name: value}
        return json.dumps(changed, sort_keys=True, separators=(",", ":")).encode("utf-8", "surrogatepass")

    try:
        opened(resigned(OCTETS, header=header))
    except errors.EnvelopeError:
        return


@given(st.binary(max_size=120))
def test_whatever_is_signed_as_header_or_payload_only_envelope_errors_come_out(octets: bytes) -> None:
    with pytest.raises(errors.EnvelopeError):
        opened(resigned(OCTETS, header=lambda _: octets))
    try:
        opened(resigned(OCTETS, payload=octets))
    except errors.EnvelopeError:
        return


@pytest.mark.parametrize(
    "octets",
    [
        b"[" * 100_000,
        b'{"payload":' * 10_000,
        b'{"payload":"' + b"A" * 100_000,
        b'{"payload":' + b"1" * 100_000 + b"}",
        b'{"payload":"\\ud800","protected":"\\udfff","signature":""}',
        "\ufeff".encode() + OCTETS,
        OCTETS.decode().encode("utf-16"),
        b"\x00" * 1000,
    ],
)
def test_hostile_octets_are_refused_quickly_and_by_name(octets: bytes) -> None:
    with pytest.raises(errors.EnvelopeError):
        opened(octets)
