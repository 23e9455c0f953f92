"""What can be proven from kept envelopes alone: who signed what, as which number, after which other.

Nothing here trusts the county that shows its envelopes: signatures, numbers and hashes speak for themselves,
and two counties' copies of one channel are laid beside each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from byttebank.federation.envelope import Envelope, broker_user, open_envelope
from byttebank.federation.errors import EnvelopeError
from byttebank.federation.header import from_protected
from byttebank.federation.jws import HASH_OF_NOTHING, take_apart
from byttebank.federation.keyring import Keyring
from byttebank.federation.ranges import NO_NUMBERS, Ranges


@dataclass(frozen=True)
class Shown:
    """One direction of a channel as one of its ends has kept it. `octets`: the envelopes by number.

    `void`: numbers that the sender had lost and that never count.
    """

    sender: str
    recipient: str
    service: str
    octets: Sequence[tuple[int, bytes]]
    void: Ranges = NO_NUMBERS


def read_shown(shown: Shown, keyring: Keyring) -> tuple[list[Envelope], list[str]]:
    """The envelopes that are what they say, and what is wrong with the others and with their order."""
    opened, broken = [], []
    channel = f"{shown.sender} to {shown.recipient}"
    for seq, octets in sorted(shown.octets):
        try:
            envelope = _open(octets, shown, keyring)
        except EnvelopeError as error:
            broken.append(f"{channel}: message {seq} is no proof: {error}")
            continue
        if envelope.header.seq != seq:
            broken.append(f"{channel}: message {seq} is numbered {envelope.header.seq}")
        opened.append(envelope)
    return opened, broken + _broken_chain(opened, shown, channel)


def compare_shown(sent: Sequence[Envelope], received: Sequence[Envelope]) -> list[str]:
    """Where the two ends of a direction keep different envelopes under one number and epoch: somebody signed
    twice, and both are here to show it.
    """
    places = {(one.header.epoch, one.header.seq): one for one in sent}
    broken = []
    for one in received:
        other = places.get((one.header.epoch, one.header.seq))
        if other is not None and other.envelope_hash != one.envelope_hash:
            broken.append(
                f"{one.header.sender} to {one.header.recipient}: message {one.header.seq} was signed twice,"
                f" {other.envelope_hash[:12]} and {one.envelope_hash[:12]}"
            )
    return broken


def _open(octets: bytes, shown: Shown, keyring: Keyring) -> Envelope:
    claimed = from_protected(take_apart(octets, max_octets=len(octets)).protected)
    return open_envelope(
        octets,
        keyring=keyring,
        expected_to=shown.recipient,
        expected_service=shown.service,
        stamped_sender=broker_user(shown.sender) if claimed.sender == shown.sender else claimed.sender,
    )


def _broken_chain(opened: Sequence[Envelope], shown: Shown, channel: str) -> list[str]:
    """Every number has the hash of the one before it. Numbers that are not shown are named."""
    broken = []
    first = opened[0] if opened else None
    if first is not None and first.header.seq == 1 and first.header.prev_hash != HASH_OF_NOTHING:
        broken.append(f"{channel}: message 1 follows something")
    held = Ranges.from_numbers(one.header.seq or 0 for one in opened)
    if holes := (Ranges.of(1, held.last) - held - shown.void).pairs:
        broken += [f"{channel}: messages {start} to {end} are not shown" for start, end in holes]
    for before, after in pairwise(opened):
        between = Ranges.of((before.header.seq or 0) + 1, (after.header.seq or 0) - 1) - shown.void
        if not between.pairs and after.header.prev_hash != before.envelope_hash:
            broken.append(f"{channel}: message {after.header.seq} does not follow {before.header.seq}")
    return broken
