"""Two counties, one service, two channels: what we number and send, and how we judge what arrives.

Each message has a `seq`, one higher than the one before, and the hash of the envelope before it, so a
county cannot lose, insert or exchange a message unseen. The broker may lose, repeat and reorder: messages
are accepted in any order, and a hole is fetched later. Numbers are for audit and holes, not for ordering
business effects.

**Epochs.** A restored backup forgets numbers that are already out there, perhaps still in a queue. So each
start of a node begins a new epoch, which the peer grants (`byttebank.federation.recovery`): with the
grant it says up to where it holds our messages, and promises never to take a message of an older epoch
beyond that. Number and epoch together are never used for two messages, and a number counts in one epoch
only, the one whose span it lies in. This is the fencing of consensus protocols (Lamport's ballots, Kafka's
producer epochs). Without it a message that was under way during a restore would look like a number signed
twice, and the decision in it would contradict the one made afterwards.

**Void numbers.** What the sender has lost and the peer does not hold when it grants is void: it is never
taken later, never sent again, and not a hole.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from byttebank.federation.jws import HASH_OF_NOTHING
from byttebank.federation.ranges import NO_NUMBERS, Ranges

MAX_SPANS = 400
"""Epochs that are remembered per channel; a message of an older one is 400 restarts late."""

MAX_VOID_RANGES = 100
"""Losses per channel that fit into a control message. More than that is for people."""

Spans = tuple[tuple[int, int], ...]
"""(epoch, its first number), ascending in both. An epoch ends where the next begins."""


class ChannelState(StrEnum):
    """`recovering`: nothing is sealed or decided. `frozen`: neither, until an operator thaws it."""

    RECOVERING = "recovering"
    OPEN = "open"
    FROZEN = "frozen"


class Decision(StrEnum):
    """What to do with a numbered message that has arrived.

    `accept`: store it and let it have its effect, in one transaction. `duplicate`: it has had it.
    `wait`: not now; ask again later or forget it, the sender has it. `stale`: void, or of an epoch that
    was given up; keep the octets aside, never act on them. `equivocation`: the sender has signed two
    things that cannot both be; store both, freeze, alarm.
    """

    ACCEPT = "accept"
    DUPLICATE = "duplicate"
    WAIT = "wait"
    STALE = "stale"
    EQUIVOCATION = "equivocation"


class ChannelNotOpen(Exception):
    """Nothing is numbered while the channel is recovering or frozen. The message stays in the outbox."""


@dataclass(frozen=True)
class Outgoing:
    """What we have numbered for the peer.

    `epoch` is the last one granted to us. `goal`: the number and hash of our own message that the peer
    holds and we must fetch up to. `last_hash` is the hash of the last message that is not void.
    """

    epoch: int = 0
    last_seq: int = 0
    last_hash: str = HASH_OF_NOTHING
    spans: Spans = ()
    void: Ranges = NO_NUMBERS
    is_recovered: bool = False
    goal: tuple[int, str] | None = None


@dataclass(frozen=True)
class Incoming:
    """What we have granted the peer.

    `epoch` is the last one granted, `granted_nonce` the question that was answered so. `challenge` is what
    the next question must repeat, so that none from before a restore is taken for a new one.
    """

    epoch: int = 0
    granted_nonce: str = ""
    challenge: str = ""
    spans: Spans = ()
    void: Ranges = NO_NUMBERS
    is_recovered: bool = False


NOTHING_SENT = Outgoing()
NOTHING_GRANTED = Incoming()


@dataclass(frozen=True)
class Channel:
    """Both directions between this county and one peer for one service: one row, changed under its lock.

    `nonce` is that of our open question, or empty. `frozen_because` is empty or a reason's code.
    """

    county: str
    peer: str
    service: str
    outgoing: Outgoing = NOTHING_SENT
    incoming: Incoming = NOTHING_GRANTED
    nonce: str = ""
    frozen_because: str = ""

    @property
    def state(self) -> ChannelState:
        """Open when both directions are recovered and nobody has frozen it."""
        if self.frozen_because:
            return ChannelState.FROZEN
        if self.outgoing.is_recovered and self.incoming.is_recovered:
            return ChannelState.OPEN
        return ChannelState.RECOVERING


@dataclass(frozen=True)
class Number:
    """The next message's place in the channel."""

    epoch: int
    seq: int
    prev_hash: str


def number(channel: Channel) -> Number:
    """The place of the next message. It is taken only by `numbered`, in the same transaction.

    Refuses: `ChannelNotOpen`.
    """
    if channel.state is not ChannelState.OPEN:
        raise ChannelNotOpen(f"the {channel.service} channel to {channel.peer} is {channel.state}")
    out = channel.outgoing
    return Number(out.epoch, out.last_seq + 1, out.last_hash)


def numbered(channel: Channel, envelope_hash: str) -> Channel:
    """The channel after the envelope with the next number is sealed and stored. Refuses: `ChannelNotOpen`."""
    place = number(channel)
    return replace(channel, outgoing=replace(channel.outgoing, last_seq=place.seq, last_hash=envelope_hash))


def receive(
    channel: Channel,
    *,
    epoch: int,
    seq: int,
    prev_hash: str,
    envelope_hash: str,
    held_hash: str | None,
    held_epoch: int | None,
    hash_before: str | None,
    prev_hash_after: str | None,
) -> Decision:
    """What to do with a verified, numbered envelope from the peer. The channel itself does not change.

    From storage, None where no such message is held: hash and epoch of the held envelope with this `seq`,
    the hash of the one before, and the `prev_hash` inside the one after.
    """
    if held_hash == envelope_hash:
        return Decision.DUPLICATE
    if channel.state is not ChannelState.OPEN:
        return Decision.WAIT
    incoming = channel.incoming
    if epoch > incoming.epoch:
        return Decision.WAIT
    is_of_other_epoch = held_epoch is not None and held_epoch != epoch
    if seq in incoming.void or is_of_other_epoch or not _is_in_its_epoch(incoming.spans, epoch, seq):
        return Decision.STALE
    contradicts = (
        held_hash is not None
        or (hash_before is not None and hash_before != prev_hash)
        or (prev_hash_after is not None and prev_hash_after != envelope_hash)
    )
    return Decision.EQUIVOCATION if contradicts else Decision.ACCEPT


def missing(channel: Channel, held: Ranges, *, up_to: int) -> Ranges:
    """The peer's numbers up to `up_to` that are neither held nor void."""
    return Ranges.of(1, up_to) - held - channel.incoming.void


def freeze(channel: Channel, reason: str) -> Channel:
    """Nothing is sealed, decided, promised or asked until `thaw`. The first reason stays."""
    return replace(channel, frozen_because=channel.frozen_because or reason)


def begin_span(spans: Spans, epoch: int, first_seq: int) -> Spans:
    """The epoch begins at that number; what older epochs had from there on is given up."""
    kept = tuple(span for span in spans if span[1] < first_seq)
    return (*kept, (epoch, first_seq))[-MAX_SPANS:]


def _is_in_its_epoch(spans: Spans, epoch: int, seq: int) -> bool:
    owners = [span_epoch for span_epoch, first_seq in spans if first_seq <= seq]
    if owners:
        return epoch == owners[-1]
    # Before the oldest span that is remembered: any epoch older than that one will do.
    return not spans or epoch < spans[0][0]
