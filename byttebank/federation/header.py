"""What an envelope says on its outside: from whom, to whom, for which service, as which number.

On the wire, in the protected header of the JWS:

| member | meaning |
|---|---|
| `v`, `alg`, `kid` | version of the envelope (1), `Ed25519`, id of the signing key |
| `typ` | context string `byttebank/<service>`: a signature for one purpose is none for another |
| `from`, `to`, `service` | the channel: two counties (slugs) and the service that both ends are |
| `jti` | message id (UUID), the same on every resend |
| `type`, `type_version` | which contract the payload follows, such as `PREPARE` 1 |
| `created_at` | UTC, microseconds, `Z`; for people and audits, never judged |
| `epoch`, `seq`, `prev_hash` | numbered messages: see `byttebank.federation.channel` |
| `nonce` | control messages, which stand outside the numbers: see `byttebank.federation.control` |

A member not named here is ignored, so that the header can grow; one named in `crit` is refused.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from byttebank.clock import format_time, parse_time
from byttebank.federation.canonical import LARGEST_INTEGER
from byttebank.federation.errors import MalformedEnvelope, WrongContext
from byttebank.federation.jws import HASH_OF_NOTHING, is_hash
from byttebank.identifiers import is_id, is_slug

CONTEXT_PREFIX = "byttebank/"
_SERVICE = re.compile(r"[a-z][a-z0-9_-]{0,29}")
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")
_NONCE = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, kw_only=True)
class EnvelopeHeader:
    """Either numbered (`epoch`, `seq`, `prev_hash`) or a control message (`nonce`), never both."""

    sender: str
    recipient: str
    service: str
    message_id: str
    type: str
    type_version: int
    created_at: datetime
    epoch: int | None = None
    seq: int | None = None
    prev_hash: str | None = None
    nonce: str | None = None

    @property
    def is_control(self) -> bool:
        """Whether the message stands outside the sequence."""
        return self.nonce is not None


def is_nonce(value: object) -> bool:
    """Whether the value is 16 random bytes as 32 hexadecimal digits."""
    return isinstance(value, str) and _NONCE.fullmatch(value) is not None


def is_number(value: object, *, least: int = 1) -> bool:
    """Whether the value is an integer (not a boolean) from `least` up to 53 bits."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= LARGEST_INTEGER


def to_protected(header: EnvelopeHeader) -> dict[str, Any]:
    """The members of the protected header. Refuses: `MalformedEnvelope` for a header no peer would read."""
    if header.created_at.utcoffset() is None:
        raise MalformedEnvelope("created_at needs an offset from UTC")
    members = {
        "typ": CONTEXT_PREFIX + header.service,
        "from": header.sender,
        "to": header.recipient,
        "service": header.service,
        "jti": header.message_id,
        "type": header.type,
        "type_version": header.type_version,
        "created_at": format_time(header.created_at),
        "epoch": header.epoch,
        "seq": header.seq,
        "prev_hash": header.prev_hash,
        "nonce": header.nonce,
    }
    protected = {name: value for name, value in members.items() if value is not None}
    _check(protected)
    return protected


def from_protected(protected: dict[str, Any]) -> EnvelopeHeader:
    """The header of an envelope. Refuses: `MalformedEnvelope`, `WrongContext`."""
    created_at = _check(protected)
    return EnvelopeHeader(
        sender=protected["from"],
        recipient=protected["to"],
        service=protected["service"],
        message_id=protected["jti"],
        type=protected["type"],
        type_version=protected["type_version"],
        created_at=created_at,
        epoch=protected.get("epoch"),
        seq=protected.get("seq"),
        prev_hash=protected.get("prev_hash"),
        nonce=protected.get("nonce"),
    )


def moment(text: object) -> datetime:
    """The UTC time that `byttebank.clock.format_time` wrote. Refuses: `MalformedEnvelope`."""
    try:
        parsed = parse_time(text)  # type: ignore[arg-type]
        is_ours = format_time(parsed) == text
    except (TypeError, ValueError, OverflowError) as error:
        raise MalformedEnvelope(f"{text!r} is not a UTC time") from error
    if not is_ours:
        raise MalformedEnvelope(f"{text!r} is not a UTC time with microseconds and Z")
    return parsed


def _check(protected: dict[str, Any]) -> datetime:
    """`created_at`, when every member is there and well formed."""
    _require(is_slug(protected.get("from")), "from")
    _require(is_slug(protected.get("to")), "to")
    _require(protected["from"] != protected["to"], "to (the sender itself)")
    _require(_matches(_SERVICE, protected.get("service")), "service")
    if protected.get("typ") != CONTEXT_PREFIX + protected["service"]:
        raise WrongContext(f"signed for {protected.get('typ')!r}, not for {protected['service']} messages")
    _require(is_id(protected.get("jti")), "jti")
    _require(_matches(_TYPE, protected.get("type")), "type")
    _require(is_number(protected.get("type_version")), "type_version")
    _check_number(protected)
    return moment(protected.get("created_at"))


def _check_number(protected: dict[str, Any]) -> None:
    if "nonce" in protected:
        _require(is_nonce(protected["nonce"]), "nonce")
        _require(
            not {"epoch", "seq", "prev_hash"} & set(protected), "nonce (a control message has no number)"
        )
        return
    _require(is_number(protected.get("epoch")), "epoch")
    _require(is_number(protected.get("seq")), "seq")
    _require(is_hash(protected.get("prev_hash")), "prev_hash")
    if protected["seq"] == 1:
        _require(protected["prev_hash"] == HASH_OF_NOTHING, "prev_hash (of the first message)")


def _matches(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _require(is_met: bool, name: str) -> None:
    if not is_met:
        raise MalformedEnvelope(f"the header's {name} is missing or not as agreed")
