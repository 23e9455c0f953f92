"""A message from another county as a service's operations get it: verified, counted, once."""

from dataclasses import dataclass, field
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
