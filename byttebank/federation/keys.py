"""A county's Ed25519 keys, how people compare them, and the one file a private key lives in.

The only module of this package that touches files and draws random numbers.
"""

import base64
import hashlib
import os
import re
import stat
import tempfile
from functools import cached_property
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc.jwk import OKPKey

RAW_BYTES = 32
_PUBLIC_TEXT = re.compile(r"[A-Za-z0-9_-]{43}")
_LARGEST_PEM = 10_000
_FINGERPRINT_PREFIX = b"byttebank/fingerprint/1"


class KeyFileError(Exception):
    """The key file cannot be used. The message names the file and what to do."""


class PublicKey:
    """The public half: 32 raw bytes. Equal when the bytes are."""

    def __init__(self, raw: bytes) -> None:
        """Refuses: `ValueError` when the bytes are not an Ed25519 public key."""
        self.raw = bytes(raw)
        self._key = Ed25519PublicKey.from_public_bytes(self.raw)

    @classmethod
    def from_text(cls, text: str) -> "PublicKey":
        """The key written as base64url. Refuses: `ValueError` when it is not one."""
        if not isinstance(text, str) or not _PUBLIC_TEXT.fullmatch(text):
            raise ValueError("a public key is 43 characters of base64url")
        key = cls(base64.urlsafe_b64decode(text + "="))
        if key.text != text:
            raise ValueError("a public key has one spelling in base64url, and this is another")
        return key

    @cached_property
    def text(self) -> str:
        """The key as base64url without padding (RFC 8037, `x`)."""
        return base64.urlsafe_b64encode(self.raw).rstrip(b"=").decode("ascii")

    @cached_property
    def key_id(self) -> str:
        """The first 16 hexadecimal digits of SHA-256 of the raw key. Names a key; does not prove it."""
        return hashlib.sha256(self.raw).hexdigest()[:16]

    @cached_property
    def jwk(self) -> OKPKey:
        """The key as the JOSE library wants it."""
        return OKPKey.import_key(self._key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PublicKey) and self.raw == other.raw

    def __hash__(self) -> int:
        return hash(self.raw)

    def __repr__(self) -> str:
        return f"PublicKey({self.key_id})"


class SigningKey:
    """The private half. Never printed, never sent."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._private_key = private_key
        self.public_key = PublicKey(private_key.public_key().public_bytes_raw())

    @classmethod
    def from_seed(cls, seed: bytes) -> "SigningKey":
        """The key of a 32-byte seed (RFC 8032, 5.1.5). For tests and the simulator."""
        return cls(Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def key_id(self) -> str:
        """The public key's id."""
        return self.public_key.key_id

    @cached_property
    def jwk(self) -> OKPKey:
        """The key as the JOSE library wants it."""
        return OKPKey.import_key(self._private_key)

    def pem(self) -> bytes:
        """The unencrypted PKCS #8 text that `save_signing_key` writes."""
        return self._private_key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )

    def __repr__(self) -> str:
        return f"SigningKey({self.key_id})"


def fingerprint(public_key: PublicKey) -> str:
    """30 digits in six groups, to be read aloud and compared: `48213 09177 ...`.

    Digits are the same in every language on the line; 30 of them are 99 bits of SHA-256, so nobody finds
    a second key with the same ones (the length Signal's safety numbers have per person).
    """
    digest = hashlib.sha256(_FINGERPRINT_PREFIX + public_key.raw).digest()
    digits = f"{int.from_bytes(digest, 'big') % 10**30:030d}"
    return " ".join(digits[start : start + 5] for start in range(0, 30, 5))


def generate_signing_key() -> SigningKey:
    """A fresh key from the operating system's randomness."""
    return SigningKey(Ed25519PrivateKey.generate())


def save_signing_key(key: SigningKey, path: Path) -> None:
    """The key is in the file, whole, readable by its owner alone (0600), and survives a power cut.

    Refuses: `KeyFileError` when the file exists (a key is never overwritten) or cannot be written.
    """
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise KeyFileError(f"{path.parent}: cannot write the signing key there ({error.strerror})") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.pem())
            file.flush()
            os.fsync(file.fileno())
        # A link fails when the name is taken, where a rename would replace the old key.
        os.link(temporary, path)
        _sync_folder(path.parent)
    except FileExistsError as error:
        raise KeyFileError(f"{path}: there is a file already. Move it away if you want a new key") from error
    except OSError as error:
        raise KeyFileError(f"{path}: cannot write the signing key ({error.strerror})") from error
    finally:
        os.unlink(temporary)


def load_signing_key(path: Path) -> SigningKey:
    """The key in the file.

    Refuses: `KeyFileError` for a file that is missing, unreadable, open to others, or not an unencrypted
    Ed25519 private key in PEM.
    """
    try:
        with path.open("rb") as file:
            status = os.fstat(file.fileno())
            _check_rights(path, status)
            pem = file.read(_LARGEST_PEM + 1)
    except FileNotFoundError as error:
        raise KeyFileError(f"{path}: no such file. Make the signing key with `byttebank init`") from error
    except OSError as error:
        raise KeyFileError(
            f"{path}: cannot be read ({error.strerror}). Let the user that runs the node own it"
        ) from error
    return SigningKey(_parse_pem(path, pem))


def _check_rights(path: Path, status: os.stat_result) -> None:
    """PostgreSQL's rule for key files: 0600, or 0640 when root owns it (a mounted secret)."""
    if not stat.S_ISREG(status.st_mode):
        raise KeyFileError(f"{path}: not a file. Give the path of the PEM file with the signing key")
    is_mounted_secret = status.st_uid == 0 and os.geteuid() != 0
    forbidden = 0o037 if is_mounted_secret else 0o077
    if status.st_mode & forbidden:
        rights = stat.S_IMODE(status.st_mode)
        raise KeyFileError(
            f"{path}: others may read or change the signing key (rights {rights:04o}). "
            f"Run `chmod 600 {path}`, and rotate the key if somebody may have read it"
        )


def _parse_pem(path: Path, pem: bytes) -> Ed25519PrivateKey:
    if len(pem) > _LARGEST_PEM:
        raise KeyFileError(f"{path}: too large for a key. Give the PEM file with the signing key")
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except TypeError as error:
        raise KeyFileError(
            f"{path}: the key is encrypted. Save it without a password, readable by the node alone"
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFileError(
            f"{path}: not a private key in PEM. Restore it from the backup or make one with `byttebank init`"
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(
            f"{path}: a key of another type. Envelopes are signed with Ed25519; see `byttebank init`"
        )
    return key


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
