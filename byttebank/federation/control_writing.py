"""Writing control messages: what a channel has to say about itself, as effects to carry out."""

from byttebank.federation.channel import Channel, Outgoing, missing
from byttebank.federation.control import Hello, Resend, Sent, Statement
from byttebank.federation.effects import Effect, Received, SendAgain, SendControl
from byttebank.federation.ranges import Ranges

MAX_REQUESTS = 16
"""RESENDs in one step; the next reminder asks for the rest."""


def hello(channel: Channel, challenge: str | None = None) -> SendControl:
    """The channel's open question, with the challenge it answers."""
    question = Hello(channel.nonce, challenge, channel.outgoing.epoch, _sent(channel.outgoing))
    return SendControl("HELLO", question.nonce, question.body())


def fetch(channel: Channel) -> SendControl:
    """The request for the next of our own messages that the peer holds and we do not."""
    out = channel.outgoing
    last = out.goal[0] if out.goal else out.last_seq + 1
    resend = Resend(channel.nonce, channel.county, out.last_seq + 1, last)
    return SendControl("RESEND", resend.nonce, resend.body())


def statement(
    channel: Channel,
    received: Received,
    *,
    nonce: str,
    up_to: int = 0,
    is_grant: bool = False,
    challenge: str | None = None,
) -> SendControl:
    """What we hold of the peer's and have sent ourselves. `up_to`: a number the peer says it has reached."""
    known = max(up_to, received.numbers.last)
    answer = Statement(
        nonce=nonce,
        is_grant=is_grant,
        epoch=channel.incoming.epoch,
        challenge=challenge,
        received_seq=received.numbers.last,
        received_hash=received.head_hash,
        received_octets=received.head_octets,
        missing=missing(channel, received.numbers, up_to=known),
        sent=_sent(channel.outgoing),
    )
    return SendControl("STATEMENT", answer.nonce, answer.body())


def ask_for_missing(channel: Channel, theirs: Statement, received: Received) -> tuple[Effect, ...]:
    """Requests for what the peer says it has sent and we lack, once it is sure of that."""
    if not theirs.sent.is_recovered:
        return ()
    return ask_up_to(channel, received, theirs.sent.seq, nonce=theirs.nonce)


def ask_up_to(channel: Channel, received: Received, seq: int, *, nonce: str) -> tuple[Effect, ...]:
    """Requests for the peer's messages up to a number that we lack."""
    holes = missing(channel, received.numbers, up_to=seq).first_ranges(MAX_REQUESTS)
    requests = [Resend(nonce, channel.peer, first, last) for first, last in holes.pairs]
    return tuple(SendControl("RESEND", each.nonce, each.body()) for each in requests)


def send_again(outgoing: Outgoing, wanted: Ranges) -> tuple[Effect, ...]:
    """Those of the wanted messages that we have."""
    stored = wanted.within(1, outgoing.last_seq) - outgoing.void
    return tuple(SendAgain(first, last) for first, last in stored.pairs)


def _sent(outgoing: Outgoing) -> Sent:
    out = outgoing
    return Sent(out.last_seq, out.last_hash, out.is_recovered, out.spans, out.void)
