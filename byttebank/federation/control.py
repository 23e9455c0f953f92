"""The messages by which two ends of a channel agree where they are: HELLO, STATEMENT, RESEND, COPY.

They are signed like all others, carry a nonce instead of a number, and are handled in every state but
`frozen`. A nonce is 16 random bytes as 32 hexadecimal digits; an answer bears that of its question.
Ranges are `[[first, last], ...]`, ascending and separate; members not named here are ignored.

HELLO, a question: "I start. Here is how far I remember. Grant me an epoch." Asked twice: the first is
answered with a challenge, which the second repeats, so that a HELLO from before a restore grants nothing
(as TCP's handshake guards against old SYNs):

    {"challenge": null,                     the challenge it repeats, null at first
     "epoch": 6,                            the last epoch the sender remembers, 0 before the first
     "sent": {"seq": 41, "hash": "...",     its last message as it remembers; 0 and 64 zeros before the first
              "is_recovered": false,        whether it is sure of what it says in `sent`
              "spans": [[1, 1], [6, 9]],    its epochs and the number each began with
              "void": [[5, 5]]}}            its numbers that neither end has or will have

STATEMENT, an answer to HELLO, or (with a nonce of its own) a notice sent now and then while open:

    {"is_grant": true,                      the epoch below is granted in answer to this question
     "epoch": 7,                            the last epoch granted to the recipient
     "challenge": null,                     ask again and repeat this; null with a grant and in a notice
     "received": {"seq": 44, "hash": "...", the recipient's highest message that the sender holds,
                  "envelope": "{...}",      and its octets, which the recipient itself has signed; null before
                                            the first
                  "missing": [[39, 39]]},   numbers the sender knows of and lacks (the lowest 64 ranges)
     "sent": {...}}                         as in HELLO

RESEND: "send these again", byte-identical. Those of `sender`, who is either end; when it is the asker's
own (it has lost them), the answer is COPY, else the envelopes themselves as first sent:

    {"sender": "innlandet", "first": 42, "last": 44}

COPY, an answer to RESEND: all envelopes from first to last that its sender holds; after a grant, what is
not in it is void. It may end before the `last` that was asked for, when that is all that fits:

    {"first": 42, "last": 44, "envelopes": ["{...}", "{...}"]}
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from byttebank.federation.channel import Spans
from byttebank.federation.envelope import Envelope
from byttebank.federation.ranges import Ranges

TYPES = ("HELLO", "STATEMENT", "RESEND", "COPY")
TYPE_VERSION = 1
MAX_MISSING_RANGES = 64
MAX_COPY_OCTETS = 72 * 1024
"""Of the envelopes in one COPY. One of the largest fits, and with base64 all stays within 128 KiB."""


@dataclass(frozen=True)
class Sent:
    """What the author of a HELLO or STATEMENT knows of its own messages."""

    seq: int
    hash: str
    is_recovered: bool
    spans: Spans
    void: Ranges

    def body(self) -> dict[str, Any]:
        """The member `sent` of the payload."""
        return {
            "seq": self.seq,
            "hash": self.hash,
            "is_recovered": self.is_recovered,
            "spans": [list(span) for span in self.spans],
            "void": _pairs(self.void),
        }


@dataclass(frozen=True)
class Hello:
    """See the module's text."""

    nonce: str
    challenge: str | None
    epoch: int
    sent: Sent

    def body(self) -> dict[str, Any]:
        """The payload of the message."""
        return {"challenge": self.challenge, "epoch": self.epoch, "sent": self.sent.body()}


@dataclass(frozen=True)
class Statement:
    """See the module's text. `received_octets` is proven to be the reader's own envelope when read."""

    nonce: str
    is_grant: bool
    epoch: int
    challenge: str | None
    received_seq: int
    received_hash: str
    received_octets: bytes | None
    missing: Ranges
    sent: Sent

    def body(self) -> dict[str, Any]:
        """The payload of the message."""
        octets = self.received_octets
        return {
            "is_grant": self.is_grant,
            "epoch": self.epoch,
            "challenge": self.challenge,
            "received": {
                "seq": self.received_seq,
                "hash": self.received_hash,
                "envelope": None if octets is None else octets.decode("utf-8"),
                "missing": _pairs(self.missing.first_ranges(MAX_MISSING_RANGES)),
            },
            "sent": self.sent.body(),
        }


@dataclass(frozen=True)
class Resend:
    """See the module's text."""

    nonce: str
    sender: str
    first: int
    last: int

    def body(self) -> dict[str, Any]:
        """The payload of the message."""
        return {"sender": self.sender, "first": self.first, "last": self.last}


@dataclass(frozen=True)
class Copy:
    """See the module's text. The envelopes are the reader's own, proven, ascending, within the range."""

    nonce: str
    first: int
    last: int
    envelopes: tuple[Envelope, ...]


Control = Hello | Statement | Resend | Copy


def first_lacking(statement: Statement) -> int:
    """The first number of the reader that the statement's author does not hold."""
    after = statement.received_seq + 1
    return min(statement.missing.pairs[0][0], after) if statement.missing else after


def copy_body(first: int, last: int, held: Sequence[tuple[int, bytes]]) -> dict[str, Any]:
    """The payload of a COPY. `held`: (seq, octets) of all held envelopes from first to last, ascending.

    Ends early, before the first envelope that does not fit.
    """
    room = MAX_COPY_OCTETS
    fitting: list[str] = []
    for seq, octets in held:
        room -= len(octets)
        if room < 0 and fitting:
            return {"first": first, "last": seq - 1, "envelopes": fitting}
        fitting.append(octets.decode("utf-8"))
    return {"first": first, "last": last, "envelopes": fitting}


def _pairs(ranges: Ranges) -> list[list[int]]:
    return [[first, last] for first, last in ranges.pairs]
