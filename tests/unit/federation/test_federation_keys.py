"""Keys: how they are named, compared by people, and kept in one file."""

import os
import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from byttebank.federation.keys import (
    KeyFileError,
    PublicKey,
    SigningKey,
    fingerprint,
    generate_signing_key,
    load_signing_key,
    save_signing_key,
)

KEY = SigningKey.from_seed(bytes(range(32)))
PEM, PKCS8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8


def write(path: Path, octets: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(octets)
    path.chmod(mode)
    return path


def test_the_public_key_is_that_of_rfc_8032() -> None:
    # RFC 8032, 7.1, test 1.
    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert SigningKey.from_seed(seed).public_key.raw.hex() == public


def test_a_public_key_travels_as_text() -> None:
    text = KEY.public_key.text
    assert PublicKey.from_text(text) == KEY.public_key
    assert len(text) == 43


@pytest.mark.parametrize("text", ["", "A" * 42, "A" * 44, KEY.public_key.text[:-1] + "=", "ø" * 43, None])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="public key"):
        PublicKey.from_text(text)


def test_a_public_key_has_one_spelling_only() -> None:
    text = KEY.public_key.text
    others = [text[:-1] + last for last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"]
    readable = []
    for other in others:
        try:
            readable.append(PublicKey.from_text(other).raw)
        except ValueError:
            continue
    assert len(readable) == len(set(readable))


def test_keys_are_equal_when_their_octets_are() -> None:
    assert PublicKey(KEY.public_key.raw) == KEY.public_key
    assert {PublicKey(KEY.public_key.raw), KEY.public_key} == {KEY.public_key}
    assert generate_signing_key().public_key != KEY.public_key


def test_the_key_id_names_the_public_key() -> None:
    assert KEY.key_id == KEY.public_key.key_id == "56475aa75463474c"


def test_a_fingerprint_is_six_groups_of_five_digits() -> None:
    assert fingerprint(KEY.public_key) == "02037 67298 80300 31467 97416 28297"


def test_fingerprints_of_different_keys_differ() -> None:
    keys = [SigningKey.from_seed(bytes([number]) * 32).public_key for number in range(200)]
    assert len({fingerprint(key) for key in keys}) == 200
    assert all(len(fingerprint(key)) == 35 for key in keys)


def test_a_signing_key_is_never_printed() -> None:
    assert bytes(range(32)).hex() not in repr(KEY)
    assert repr(KEY) == f"SigningKey({KEY.key_id})"


def test_a_saved_key_is_loaded_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "signing-key.pem"
    save_signing_key(KEY, path)
    assert load_signing_key(path).public_key == KEY.public_key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["signing-key.pem"]


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "signing-key.pem"
    save_signing_key(KEY, path)
    with pytest.raises(KeyFileError, match=r"signing-key\.pem: there is a file already"):
        save_signing_key(generate_signing_key(), path)
    assert load_signing_key(path).public_key == KEY.public_key
    assert [each.name for each in tmp_path.iterdir()] == ["signing-key.pem"]


def test_a_key_cannot_be_saved_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot write the signing key"):
        save_signing_key(KEY, tmp_path / "nowhere" / "signing-key.pem")


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match=r"key\.pem: no such file.*byttebank init"):
        load_signing_key(tmp_path / "key.pem")


def test_a_folder_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be read"):
        load_signing_key(tmp_path)


def test_a_file_that_may_not_be_read_says_who_must_own_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path / "key.pem", KEY.pem())
    # Root, who runs the tests in a container, may read everything.
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(KeyFileError, match=r"key\.pem: cannot be read.*user that runs the node"):
        load_signing_key(path)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o660, 0o604, 0o620, 0o610])
def test_a_key_that_others_may_reach_is_refused(tmp_path: Path, mode: int) -> None:
    path = write(tmp_path / "key.pem", KEY.pem(), mode)
    with pytest.raises(KeyFileError, match=f"rights {mode:04o}.*chmod 600"):
        load_signing_key(path)


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_key_of_the_owner_alone_is_read(tmp_path: Path, mode: int) -> None:
    assert load_signing_key(write(tmp_path / "key.pem", KEY.pem(), mode)).key_id == KEY.key_id


def test_a_mounted_secret_of_root_may_be_read_by_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "key.pem", KEY.pem(), 0o440)
    real = os.fstat

    def owned_by_root(descriptor: int) -> os.stat_result:
        fields = list(real(descriptor))
        fields[4] = 0
        return os.stat_result(fields)

    monkeypatch.setattr(os, "fstat", owned_by_root)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert load_signing_key(path).key_id == KEY.key_id
    for mode in (0o460, 0o444):
        path.chmod(mode)
        with pytest.raises(KeyFileError, match="chmod 600"):
            load_signing_key(path)


@pytest.mark.parametrize(
    ("octets", "reason"),
    [
        (b"", "not a private key in PEM"),
        (b"not a key", "not a private key in PEM"),
        (KEY.pem()[:60], "not a private key in PEM"),
        (b"-" * 20_000, "too large"),
        (
            Ed25519PrivateKey.generate().private_bytes(
                PEM, PKCS8, serialization.BestAvailableEncryption(b"secret")
            ),
            "encrypted",
        ),
        (
            ec.generate_private_key(ec.SECP256R1()).private_bytes(PEM, PKCS8, serialization.NoEncryption()),
            "another type",
        ),
        (
            x25519.X25519PrivateKey.generate().private_bytes(PEM, PKCS8, serialization.NoEncryption()),
            "another type",
        ),
    ],
)
def test_a_file_with_something_else_says_what_to_do(tmp_path: Path, octets: bytes, reason: str) -> None:
    with pytest.raises(KeyFileError, match=rf"key\.pem.*{reason}"):
        load_signing_key(write(tmp_path / "key.pem", octets))
