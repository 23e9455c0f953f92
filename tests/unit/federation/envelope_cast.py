"""A sealed envelope, and ways to take it apart and put it together wrongly."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from byttebank.federation.canonical import encode
from byttebank.federation.envelope import Envelope, open_envelope, seal
from byttebank.federation.header import EnvelopeHeader
from byttebank.federation.jws import HASH_OF_NOTHING
from byttebank.federation.keyring import Keyring
from byttebank.federation.keys import SigningKey

KEY = SigningKey.from_seed(bytes([1]) * 32)
PEER_KEY = SigningKey.from_seed(bytes([2]) * 32)
NOW = datetime(2026, 11, 23, 8, 14, 0, 250000, tzinfo=UTC)
KEYRING = (
    Keyring()
    .with_key("innlandet", KEY.public_key, datetime(2026, 1, 1, tzinfo=UTC))
    .with_key("vestland", PEER_KEY.public_key, datetime(2026, 1, 1, tzinfo=UTC))
)
NUMBERED = EnvelopeHeader(
    sender="innlandet",
    recipient="vestland",
    service="ledger",
    message_id="01936000-0000-7000-8000-000000000001",
    type="PREPARE",
    type_version=1,
    created_at=NOW,
    epoch=1,
    seq=1,
    prev_hash=HASH_OF_NOTHING,
)
CONTROL = replace(NUMBERED, type="HELLO", epoch=None, seq=None, prev_hash=None, nonce="0" * 31 + "1")
PAYLOAD = {"transfer_id": "01936000-0000-7000-8000-00000000000a", "amount_half_days": 3}


def sealed(
    payload: dict[str, Any] | None = None, *, header: EnvelopeHeader = NUMBERED, key: SigningKey = KEY
) -> bytes:
    """The octets of an envelope."""
    return seal(PAYLOAD if payload is None else payload, header=header, key=key)


def opened(octets: bytes, **changes: Any) -> Envelope:
    """The envelope as Vestland's ledger opens what came through Innlandet's link."""
    arguments = {
        "keyring": KEYRING,
        "expected_to": "vestland",
        "expected_service": "ledger",
        "stamped_sender": "county-innlandet",
        **changes,
    }
    return open_envelope(octets, **arguments)


def b64(octets: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Octets of base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def resigned(
    octets: bytes,
    *,
    header: Callable[[dict[str, Any]], Any] = lambda header: header,
    payload: bytes | None = None,
    key: SigningKey = KEY,
) -> bytes:
    """The envelope with another header or payload, and a signature that is valid for just that."""
    members = json.loads(octets)
    changed = header(json.loads(unb64(members["protected"])))
    protected = b64(changed if isinstance(changed, bytes) else encode(changed))
    body = members["payload"] if payload is None else b64(payload)
    signature = key._private_key.sign(f"{protected}.{body}".encode())
    return encode({"payload": body, "protected": protected, "signature": b64(signature)})
