"""Carrying out what the rules of recovery ask for: storing, sending, alarming, within one transaction."""

from collections.abc import Callable

from byttebank import telemetry
from byttebank.federation import recovery
from byttebank.federation.channel import Channel, ChannelState, Decision
from byttebank.federation.control import Control, Copy, Hello, Statement, copy_body, first_lacking
from byttebank.federation.effects import (
    Adopt,
    Effect,
    Frozen,
    Opened,
    SendAgain,
    SendControl,
    SendCopy,
    StartAgain,
    Step,
)
from byttebank.messaging.arrivals import Applying
from byttebank.messaging.handlers import Handlers
from byttebank.messaging.sealing import Sealer
from byttebank.storage import channels as peers
from byttebank.storage import envelopes
from byttebank.storage.work import Work

_log = telemetry.logger(__name__)


class Recovering:
    """The steps of one service's channels, from rules to rows and messages."""

    def __init__(
        self, sealer: Sealer, applying: Applying, *, county: str, service: str, nonce: Callable[[], str]
    ) -> None:
        self._sealer = sealer
        self._applying = applying
        self._county = county
        self._service = service
        self._nonce = nonce

    def start(self, work: Work, channel: Channel) -> None:
        """The channel asks its peer how far they have come."""
        self.carry_out(work, recovery.start(channel, self._nonce()))

    def thaw(self, work: Work, channel: Channel) -> None:
        """A frozen channel recovers as after a start."""
        self.carry_out(work, recovery.thaw(channel, self._nonce()))

    def remind(self, work: Work, channel: Channel) -> None:
        """Ask again, or say what we hold."""
        held = envelopes.received(work.connection, channel.peer)
        self.carry_out(work, recovery.remind(channel, held, nonce=self._nonce()))

    def ask(self, work: Work, channel: Channel, seq: int) -> None:
        """What is missing up to this number of the peer's is fetched."""
        held = envelopes.received(work.connection, channel.peer)
        self.carry_out(work, recovery.ask(channel, held, seq, nonce=self._nonce()))

    def answer(self, work: Work, channel: Channel, control: Control, handlers: Handlers) -> str:
        """The peer's control message has had its effect; answers wait for the relay.

        Returns why the channel is frozen by it, or nothing.

        What we had lost and the peer has returned has its effect again, in the same transaction.

        Two ends that start together each learn their own side first, and can then tell the other: so we ask
        once more at that moment instead of waiting for the next reminder.
        """
        lacks_from = first_lacking(control) if isinstance(control, Statement) else None
        peers.note_heard(work.connection, channel.peer, work.now, lacks_from=lacks_from)
        step = self._step(work, channel, control)
        self.carry_out(work, step)
        for effect in step.effects:
            if isinstance(effect, Adopt):
                self._adopt(work, channel.peer, effect, handlers)
            elif isinstance(effect, Opened):
                handlers.opened(work, channel.peer)
        is_sure_now = step.channel.outgoing.is_recovered and not channel.outgoing.is_recovered
        if is_sure_now and step.channel.state is ChannelState.RECOVERING:
            self.remind(work, step.channel)
        return next((effect.reason for effect in step.effects if isinstance(effect, Frozen)), "")

    def carry_out(self, work: Work, step: Step) -> None:
        """The channel is stored, and each effect of the step is done or waits for the relay."""
        peers.store_channel(work.connection, step.channel)
        for effect in step.effects:
            self._do(work, step.channel, effect)

    def alarm(self, work: Work, peer: str, frozen: Frozen) -> None:
        """People must look: it is logged, and the directory hears of a peer that contradicts itself."""
        _log.error(
            "A channel is frozen: call the peer before thawing it",
            county=self._county,
            service=self._service,
            peer=peer,
            reason=frozen.reason,
            seq=frozen.seq,
        )
        if frozen.reason == Decision.EQUIVOCATION:
            work.emit("PeerEquivocated", {"county": peer, "service": self._service, "seq": frozen.seq})

    def _step(self, work: Work, channel: Channel, control: Control) -> Step:
        connection, peer = work.connection, channel.peer
        if isinstance(control, Hello):
            held = envelopes.received_around(connection, peer, control.sent.seq).get(control.sent.seq)
            return recovery.on_hello(
                channel,
                control,
                envelopes.received(connection, peer),
                held_hash=held.envelope_hash if held else None,
                fresh_nonce=self._nonce(),
            )
        if isinstance(control, Statement):
            seq = control.received_seq
            own = envelopes.sent_hashes(connection, peer, seq, seq).get(seq)
            held_now = envelopes.received(connection, peer)
            return recovery.on_statement(channel, control, held_now, own_hash=own)
        if isinstance(control, Copy):
            hashes = envelopes.sent_hashes(connection, peer, control.first, control.last)
            return recovery.on_copy(channel, control, own_hashes=hashes)
        return recovery.on_resend(channel, control)

    def _adopt(self, work: Work, peer: str, effect: Adopt, handlers: Handlers) -> None:
        lost = envelopes.adopt(work.connection, peer, effect.envelopes, work.now)
        for envelope in lost:
            self._applying.redo(work, envelope, handlers)
        _log.warning(
            "Messages that this node had sent and lost are here again",
            county=self._county,
            service=self._service,
            peer=peer,
            messages=len(lost),
        )

    def _do(self, work: Work, channel: Channel, effect: Effect) -> None:
        peer = channel.peer
        if isinstance(effect, SendControl):
            self._sealer.add_control(peer, effect, work)
        elif isinstance(effect, SendAgain):
            envelopes.send_again(work.connection, peer, effect.first, effect.last)
        elif isinstance(effect, SendCopy):
            held = envelopes.received_octets(work.connection, peer, effect.first, effect.last)
            body = copy_body(effect.first, effect.last, held)
            self._sealer.add_control(peer, SendControl("COPY", effect.nonce, body), work)
        elif isinstance(effect, StartAgain):
            self.start(work, channel)
        elif isinstance(effect, Opened):
            _log.info("A channel is open", county=self._county, service=self._service, peer=peer)
        elif isinstance(effect, Frozen):
            self.alarm(work, peer, effect)
