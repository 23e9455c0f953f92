"""What the rules of recovery ask their caller to do, and the one thing they ask it to look up."""

from dataclasses import dataclass
from typing import Any, NamedTuple

from byttebank.federation.channel import Channel
from byttebank.federation.envelope import Envelope
from byttebank.federation.jws import HASH_OF_NOTHING
from byttebank.federation.ranges import NO_NUMBERS, Ranges


@dataclass(frozen=True)
class Received:
    """What storage holds of the peer's numbered messages: which, and the highest one whole."""

    numbers: Ranges = NO_NUMBERS
    head_hash: str = HASH_OF_NOTHING
    head_octets: bytes | None = None


@dataclass(frozen=True)
class SendControl:
    """Seal and send this control message."""

    type: str
    nonce: str
    body: dict[str, Any]


@dataclass(frozen=True)
class SendAgain:
    """Publish our stored envelopes from first to last again, octet by octet."""

    first: int
    last: int


@dataclass(frozen=True)
class SendCopy:
    """Send COPY with `control.copy_body` over the peer's envelopes we hold from first to last."""

    nonce: str
    first: int
    last: int


@dataclass(frozen=True)
class Adopt:
    """Store these as our own sent messages and let what they decided be so here (FULFIL posts again)."""

    envelopes: tuple[Envelope, ...]


@dataclass(frozen=True)
class Opened:
    """The channel is open: seal what waits in the outbox, take again what waits from the peer."""


@dataclass(frozen=True)
class StartAgain:
    """The peer knows a message or an epoch of ours that we do not: call `start` with a fresh nonce."""


@dataclass(frozen=True)
class Frozen:
    """Alarm: people must look. `reason` is a code; the channel is frozen already."""

    reason: str
    seq: int


Effect = SendControl | SendAgain | SendCopy | Adopt | Opened | StartAgain | Frozen


class Step(NamedTuple):
    """The channel afterwards, and what to do, in this order."""

    channel: Channel
    effects: tuple[Effect, ...] = ()
