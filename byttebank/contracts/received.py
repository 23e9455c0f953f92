"""Messages between counties as a service's operations get them: verified, counted, once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ReceivedMessage:
    """`payload` is loaded by its schema; `payload_hash` is SHA-256 (hex) of its signed octets."""

    peer: str
    message_type: str
    version: int
    payload: dict[str, Any]
    payload_hash: str
    message_id: str
    seq: int
    detached: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SentMessage:
    """A message of our own that we had lost, in a restored backup, and that `peer` has returned.

    `payload_hash` and `created_at` are those of the signed bytes. Names that went beside them are gone.
    """

    peer: str
    message_type: str
    version: int
    payload: dict[str, Any]
    payload_hash: str
    message_id: str
    created_at: datetime


@dataclass(frozen=True)
class BrokenMessage:
    """A verified message of a type that we know, with a payload that is not as agreed: any JSON object."""

    peer: str
    message_type: str
    version: int
    payload: dict[str, Any]


class TooEarly(Exception):
    """What the message builds on has not come yet. Nothing was changed; it is kept and tried again."""

    code = "too_early"
    is_transient = True
