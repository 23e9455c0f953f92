"""How two ends agree where they are: after every start, a loss, or a restored backup. Pure functions.

Each takes the channel and what has come, and returns a `Step`: the channel as it is now and the effects to
carry out. The caller holds the channel's row locked, stores the channel and everything an effect asks to
store in one transaction, and sends after the commit. Every message may come twice, late or never: call
`remind` from time to time.

1. `start`: the channel recovers. HELLO asks the peer for an epoch and says how far we remember.
2. `on_hello` at the peer: it answers with a challenge, and when HELLO repeats it, grants a new epoch. From
   then on it takes no other message up to our last number than those we remember, and none of an older
   epoch beyond that; numbers from there to its own last that it does not hold are void. This holds
   whatever is still under way. STATEMENT says so, with our last message as proof.
3. `on_statement`: if the peer holds more than we remember, we were restored. RESEND asks for our own
   messages, `on_copy` adopts them page by page, so that no number is used twice and what we decided
   then stays decided. If it holds another message under a number than we do, somebody has our key, or we
   were restored to a backup of a life we had given up: freeze, and let people look.
4. For what the peer sends us: once the peer is sure of its own side, its STATEMENT tells its epochs and
   void numbers. Until then its numbered messages wait.
5. Open: holes are filled by `RESEND` and `missing`, in any order, while work goes on.

Two ends may recover at once: both answer while they recover. What no rule can repair: that *both* have
lost the same messages (their numbers are given anew and nobody can know), and that one is restored twice,
the second time to a later backup of the life that the first restore gave up. Where the two lives meet in
one number the channel freezes; elsewhere nobody sees it, so the tool that restores must not allow it.
"""

from collections.abc import Mapping
from dataclasses import replace

from byttebank.federation.channel import (
    MAX_VOID_RANGES,
    Channel,
    ChannelState,
    Incoming,
    begin_span,
    freeze,
)
from byttebank.federation.control import Copy, Hello, Resend, Statement
from byttebank.federation.control_writing import (
    ask_for_missing,
    ask_up_to,
    fetch,
    hello,
    send_again,
    statement,
)
from byttebank.federation.effects import Adopt, Frozen, Opened, Received, SendCopy, StartAgain, Step
from byttebank.federation.ranges import Ranges


def start(channel: Channel, nonce: str) -> Step:
    """The channel recovers under a fresh nonce. Once per start of the service, and after `StartAgain`.

    A frozen channel stays frozen, and no longer sure of what it has sent: this may be an old backup.
    """
    outgoing = replace(channel.outgoing, is_recovered=False, goal=None)
    if channel.frozen_because:
        return Step(replace(channel, outgoing=outgoing))
    # A challenge from before a restore may have been answered before it, too.
    incoming = replace(channel.incoming, is_recovered=False, challenge="")
    channel = replace(channel, outgoing=outgoing, incoming=incoming, nonce=nonce)
    return Step(channel, (hello(channel),))


def thaw(channel: Channel, nonce: str) -> Step:
    """An operator has talked to the peer: the channel recovers as after a start."""
    return start(replace(channel, frozen_because=""), nonce)


def remind(channel: Channel, received: Received, *, nonce: str) -> Step:
    """Ask again while recovering; while open, tell the peer what we hold and what we have sent.

    `nonce` is fresh and used for the notice only. Call it every minute or so, and when a link comes back.
    """
    if channel.state is ChannelState.FROZEN:
        return Step(channel)
    if channel.state is ChannelState.OPEN:
        return Step(channel, (statement(channel, received, nonce=nonce),))
    return Step(channel, (fetch(channel) if channel.outgoing.goal else hello(channel),))


def ask(channel: Channel, received: Received, seq: int, *, nonce: str) -> Step:
    """Fetch what is missing up to a number that a message of the peer's builds on."""
    if channel.state is not ChannelState.OPEN:
        return Step(channel)
    return Step(channel, ask_up_to(channel, received, seq, nonce=nonce))


def on_hello(
    channel: Channel, theirs: Hello, received: Received, *, held_hash: str | None, fresh_nonce: str
) -> Step:
    """Answer the peer's HELLO. `held_hash`: of the peer's message with `sent.seq`, None if not held.

    A grant or challenge must be stored before the answer leaves, and no numbered message of the peer may
    be accepted between reading `received` and storing it.
    """
    if channel.state is ChannelState.FROZEN:
        return Step(channel)
    incoming = channel.incoming
    if theirs.challenge and theirs.challenge == incoming.challenge:
        if held_hash is not None and held_hash != theirs.sent.hash:
            return _freeze(channel, "equivocation", theirs.sent.seq)
        incoming = _grant(incoming, theirs, received.numbers)
    elif theirs.nonce != incoming.granted_nonce:
        incoming = replace(incoming, challenge=incoming.challenge or fresh_nonce)
    channel = replace(channel, incoming=incoming)
    is_grant = theirs.nonce == incoming.granted_nonce
    answer = statement(
        channel,
        received,
        nonce=theirs.nonce,
        up_to=theirs.sent.seq,
        is_grant=is_grant,
        challenge=None if is_grant else incoming.challenge,
    )
    return Step(channel, (answer,))


def on_statement(channel: Channel, theirs: Statement, received: Received, *, own_hash: str | None) -> Step:
    """Learn from the peer's STATEMENT. `own_hash`: of our message with `received_seq`, None if not stored.

    Only the answer to our open question changes the channel; any statement fills holes.
    """
    if channel.state is ChannelState.FROZEN:
        return Step(channel)
    again = send_again(channel.outgoing, theirs.missing)
    if channel.state is ChannelState.OPEN:
        if theirs.received_seq > channel.outgoing.last_seq or theirs.epoch > channel.outgoing.epoch:
            return Step(channel, (StartAgain(),))
        return Step(channel, (*again, *ask_for_missing(channel, theirs, received)))
    if theirs.nonce != channel.nonce:
        return Step(channel, again)
    step = _learn_own_side(channel, theirs, own_hash)
    if step.channel.state is ChannelState.FROZEN:
        return step
    opened = _learn_their_side(step.channel, theirs)
    effects = (*step.effects, *again, *opened.effects)
    if theirs.sent.is_recovered and _newest_epoch(theirs) < channel.incoming.epoch:
        # Either it was written before our latest grant, or the peer has not heard of that and must.
        notice = statement(channel, received, nonce=theirs.nonce, up_to=theirs.sent.seq)
        return Step(opened.channel, (*effects, notice))
    if opened.channel.state is ChannelState.OPEN:
        effects = (*effects, *ask_for_missing(opened.channel, theirs, received))
    return Step(opened.channel, effects)


def on_copy(channel: Channel, page: Copy, *, own_hashes: Mapping[int, str]) -> Step:
    """Adopt a page of our own messages. `own_hashes`: number and hash of those already stored in its range.

    Pages that do not continue what we have are ignored; `remind` asks again.
    """
    out = channel.outgoing
    is_next = out.goal and page.first == out.last_seq + 1 and page.last <= out.goal[0]
    if channel.state is not ChannelState.RECOVERING or page.nonce != channel.nonce or not is_next:
        return Step(channel)
    seq_before, last_hash, spans = out.last_seq, out.last_hash, out.spans
    for envelope in page.envelopes:
        header, own_hash = envelope.header, envelope.envelope_hash
        seq, epoch = header.seq or 0, header.epoch or 0
        is_chained = seq != seq_before + 1 or header.prev_hash == last_hash or seq_before in out.void
        if not is_chained or own_hashes.get(seq, own_hash) != own_hash:
            return _freeze(channel, "own_equivocation", seq)
        if not spans or spans[-1][0] < epoch:
            spans = begin_span(spans, epoch, seq)
        seq_before, last_hash = seq, own_hash
    held = Ranges.from_numbers(envelope.header.seq or 0 for envelope in page.envelopes)
    void = out.void | (Ranges.of(page.first, page.last) - held)
    if len(void.pairs) > MAX_VOID_RANGES:
        return _freeze(channel, "too_many_losses", page.last)
    adopted = replace(out, last_seq=page.last, last_hash=last_hash, spans=spans, void=void)
    channel = replace(channel, outgoing=adopted)
    if (page.last, last_hash) == out.goal:
        done = _own_side_recovered(channel)
        return Step(done.channel, (Adopt(page.envelopes), *done.effects))
    if out.goal and page.last == out.goal[0]:
        return _freeze(channel, "peer_contradicts_itself", page.last)
    return Step(channel, (Adopt(page.envelopes), fetch(channel)))


def on_resend(channel: Channel, theirs: Resend) -> Step:
    """Send again what the peer asks for: our messages as they were, or copies of its own."""
    if channel.state is ChannelState.FROZEN:
        return Step(channel)
    if theirs.sender == channel.peer:
        return Step(channel, (SendCopy(theirs.nonce, theirs.first, theirs.last),))
    return Step(channel, send_again(channel.outgoing, Ranges.of(theirs.first, theirs.last)))


def _learn_own_side(channel: Channel, theirs: Statement, own_hash: str | None) -> Step:
    """What the peer holds of ours, from the answer to our question."""
    out = channel.outgoing
    if out.is_recovered or out.goal:
        return Step(channel, (StartAgain(),) if theirs.epoch > out.epoch else ())
    if not theirs.is_grant:
        return Step(channel, (hello(channel, theirs.challenge),) if theirs.challenge else ())
    if theirs.epoch <= out.epoch:
        return Step(channel)
    out = replace(out, epoch=theirs.epoch)
    channel = replace(channel, outgoing=out)
    seq, their_hash = theirs.received_seq, theirs.received_hash
    if seq > out.last_seq:
        channel = replace(channel, outgoing=replace(out, goal=(seq, their_hash)))
        return Step(channel, (fetch(channel),))
    if seq and own_hash != their_hash:
        return _freeze(channel, "own_equivocation" if own_hash else "own_message_lost", seq)
    return _own_side_recovered(channel)


def _own_side_recovered(channel: Channel) -> Step:
    out = channel.outgoing
    spans = begin_span(out.spans, out.epoch, out.last_seq + 1)
    return _opened(replace(channel, outgoing=replace(out, spans=spans, is_recovered=True, goal=None)))


def _learn_their_side(channel: Channel, theirs: Statement) -> Step:
    """The peer's epochs and void numbers, once it is sure of them: it keeps them, we may have lost ours."""
    incoming, sent, newest = channel.incoming, theirs.sent, _newest_epoch(theirs)
    if incoming.is_recovered or not sent.is_recovered or newest < incoming.epoch:
        return Step(channel)
    incoming = replace(incoming, epoch=newest, spans=sent.spans, void=sent.void, is_recovered=True)
    return _opened(replace(channel, incoming=incoming))


def _newest_epoch(theirs: Statement) -> int:
    return theirs.sent.spans[-1][0] if theirs.sent.spans else 0


def _grant(incoming: Incoming, theirs: Hello, held: Ranges) -> Incoming:
    """A new epoch for the peer, from the number after the highest that either end knows.

    Up to its own last number the peer knows best what counts: what it has forgotten there does not.
    """
    sent, epoch = theirs.sent, max(incoming.epoch, theirs.epoch) + 1
    return replace(
        incoming,
        epoch=epoch,
        granted_nonce=theirs.nonce,
        challenge="",
        spans=begin_span(sent.spans, epoch, max(sent.seq, held.last) + 1),
        void=sent.void | (Ranges.of(sent.seq + 1, held.last) - held),
    )


def _opened(channel: Channel) -> Step:
    """The question is settled once both directions are."""
    if channel.state is not ChannelState.OPEN:
        return Step(channel)
    return Step(replace(channel, nonce=""), (Opened(),))


def _freeze(channel: Channel, reason: str, seq: int) -> Step:
    return Step(freeze(channel, reason), (Frozen(reason, seq),))
