"""One of each thing that a county signs, made with a fixed test key. `main` writes the file if there is none.

The file is the past: other counties hold octets like these and must be able to check them for ever.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from byttebank.federation.channel import Channel, Incoming, Outgoing
from byttebank.federation.channel_row import dump_channel
from byttebank.federation.control import Hello, Resend, Sent, Statement, copy_body
from byttebank.federation.detached import bind, pack
from byttebank.federation.document import sign_document
from byttebank.federation.envelope import seal
from byttebank.federation.header import EnvelopeHeader
from byttebank.federation.jws import HASH_OF_NOTHING, sha256
from byttebank.federation.keys import SigningKey, fingerprint
from byttebank.federation.ranges import Ranges
from byttebank.federation.rotation import sign_rotation

FILE = Path(__file__).parent / "golden" / "envelope-v1.json"
KEYS = {
    "innlandet": SigningKey.from_seed(bytes(range(32))),
    "vestland": SigningKey.from_seed(bytes(range(32, 64))),
}
MADE_AT = datetime(2026, 11, 23, 8, 14, 0, 250000, tzinfo=UTC)
NONCE = "000102030405060708090a0b0c0d0e0f"
SALT = bytes(range(64, 96))
NAMES = {"colleague_name": "Kari Åsen", "own_words": "Jeg kan «katalogisering»\nog mer."}
PREPARE = EnvelopeHeader(
    sender="innlandet",
    recipient="vestland",
    service="ledger",
    message_id="01936000-0000-7000-8000-000000000001",
    type="PREPARE",
    type_version=1,
    created_at=MADE_AT,
    epoch=1,
    seq=1,
    prev_hash=HASH_OF_NOTHING,
)
PAYLOAD = {
    "transfer_id": "01936000-0000-7000-8000-00000000000a",
    "amount_half_days": 3,
    "latitude": 60.7945,
    "reverses": None,
    "is_over_limit": False,
    "detached": bind(NAMES, SALT),
}
BACK = replace(PREPARE, sender="vestland", recipient="innlandet", type="FULFIL")
CONTROL = replace(PREPARE, epoch=None, seq=None, prev_hash=None, nonce=NONCE)
SENT = Sent(12, "a" * 64, True, ((1, 1), (6, 9)), Ranges.of(5, 5))
CHANNEL = Channel(
    "innlandet",
    "vestland",
    "ledger",
    Outgoing(6, 12, "a" * 64, ((1, 1), (6, 9)), Ranges.of(5, 5), False, (14, "b" * 64)),
    Incoming(3, NONCE, NONCE[::-1], ((3, 1),), Ranges.of(2, 3), True),
    nonce=NONCE,
    frozen_because="operator",
)


def build() -> dict[str, Any]:
    """Everything in the file, made by today's code."""
    ours, theirs = KEYS["innlandet"], KEYS["vestland"]
    prepare = seal(PAYLOAD, header=PREPARE, key=ours)
    fulfil = seal({"transfer_id": PAYLOAD["transfer_id"]}, header=BACK, key=theirs)
    statement = Statement(NONCE, True, 7, None, 1, sha256(fulfil), fulfil, Ranges.of(2, 3), SENT)
    controls = {
        "HELLO": Hello(NONCE, NONCE[::-1], 6, SENT).body(),
        "STATEMENT": statement.body(),
        "RESEND": Resend(NONCE, "vestland", 1, 4).body(),
        "COPY": copy_body(1, 4, [(1, fulfil)]),
    }
    return {
        "keys": {
            county: {
                "public_key": key.public_key.text,
                "key_id": key.key_id,
                "fingerprint": fingerprint(key.public_key),
            }
            for county, key in KEYS.items()
        },
        "envelope": prepare.decode(),
        "envelope_hash": sha256(prepare),
        "controls": {
            kind: seal(body, header=replace(CONTROL, type=kind), key=ours).decode()
            for kind, body in controls.items()
        },
        "document": sign_document(
            {"position_half_days": -4},
            audience="clearing/2026-11",
            signer="innlandet",
            created_at=MADE_AT,
            key=ours,
        ).decode(),
        "rotation": sign_rotation(
            "innlandet", old_key=ours, new_key=theirs.public_key, valid_from=MADE_AT, created_at=MADE_AT
        ).decode(),
        "detached": pack(NAMES, SALT).decode(),
        "channel_row": dump_channel(CHANNEL),
    }


def main() -> None:
    """The file is written once and never again."""
    if FILE.exists():
        raise SystemExit(f"{FILE.name} is the past and stays as it is")
    FILE.write_text(json.dumps(build(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
