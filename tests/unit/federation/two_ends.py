"""Two ends of a channel over a network that loses, repeats and reorders, and disks that can be put back.

A shell as thin as the real one should be: rows are dicts, transactions are method calls. Signatures are
left out for speed (an envelope's octets are looked up instead of verified); everything else is the real
thing, control messages included.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from unittest import mock

from byttebank.federation import control_reading, recovery
from byttebank.federation.channel import Channel, ChannelState, Decision, number, numbered, receive
from byttebank.federation.channel_row import dump_channel, load_channel
from byttebank.federation.control import Copy, Hello, Resend, Statement, copy_body
from byttebank.federation.control_reading import read_control
from byttebank.federation.effects import (
    Adopt,
    Effect,
    Frozen,
    Received,
    SendAgain,
    SendControl,
    SendCopy,
    StartAgain,
    Step,
)
from byttebank.federation.envelope import Envelope, broker_user, open_envelope, seal
from byttebank.federation.header import EnvelopeHeader
from byttebank.federation.jws import HASH_OF_NOTHING, sha256
from byttebank.federation.keyring import Keyring, KnownKey
from byttebank.federation.keys import SigningKey
from byttebank.federation.ranges import Ranges

SERVICE = "ledger"
MESSAGE_ID = "01890000-0000-7000-8000-000000000000"
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
_BY_OCTETS: dict[bytes, Envelope] = {}


Make = Callable[..., Envelope]


def signing(seeds: dict[str, int]) -> tuple[Make, Keyring]:
    """Envelopes that are really sealed and opened, and the keyring they are opened with."""
    keys = {name: SigningKey.from_seed(bytes([seed]) * 32) for name, seed in seeds.items()}
    keyring = Keyring(KnownKey(name, key.public_key, LONG_AGO) for name, key in keys.items())

    def make(sender: str, recipient: str, type_: str, payload: dict[str, Any], **place: Any) -> Envelope:
        header = EnvelopeHeader(
            sender=sender,
            recipient=recipient,
            service=SERVICE,
            message_id=MESSAGE_ID,
            type=type_,
            type_version=1,
            created_at=LONG_AGO,
            **place,
        )
        return open_envelope(
            seal(payload, header=header, key=keys[sender]),
            keyring=keyring,
            expected_to=recipient,
            expected_service=SERVICE,
            stamped_sender=broker_user(sender),
        )

    return make, keyring


@contextmanager
def without_signatures() -> Iterator[None]:
    """Enclosed envelopes are opened by looking them up."""

    def look_up(octets: bytes, **_: Any) -> Envelope:
        return _BY_OCTETS[octets]

    with mock.patch.object(control_reading, "open_envelope", look_up):
        yield
    _BY_OCTETS.clear()


def make_envelope(sender: str, recipient: str, type_: str, payload: dict[str, Any], **place: Any) -> Envelope:
    """An envelope as if it were signed: same content, same octets."""
    written = json.dumps([sender, recipient, type_, payload, place], sort_keys=True)
    octets = written.encode()
    if octets not in _BY_OCTETS:
        header = EnvelopeHeader(
            sender=sender,
            recipient=recipient,
            service=SERVICE,
            message_id=MESSAGE_ID,
            type=type_,
            type_version=1,
            created_at=LONG_AGO,
            **place,
        )
        _BY_OCTETS[octets] = Envelope(header, payload, sha256(octets), sha256(octets), "", octets)
    return _BY_OCTETS[octets]


NO_KEYS = Keyring()


@dataclass
class Disk:
    """What survives a stop, and what a backup holds."""

    row: str
    sent: dict[int, Envelope] = field(default_factory=dict)
    received: dict[int, Envelope] = field(default_factory=dict)

    def hashes(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Which messages it holds."""
        sent = tuple(sorted(each.envelope_hash for each in self.sent.values()))
        return sent, tuple(sorted(each.envelope_hash for each in self.received.values()))

    def copy(self) -> "Disk":
        return Disk(self.row, dict(self.sent), dict(self.received))


class End:
    """One county's end: the shell around the rules."""

    def __init__(
        self,
        name: str,
        peer: str,
        send: Callable[[Envelope], None],
        nonce: Callable[[], str],
        make: Make = make_envelope,
        keyring: Keyring = NO_KEYS,
    ) -> None:
        self.name, self.peer = name, peer
        self.disk = Disk(dump_channel(Channel(name, peer, SERVICE)))
        self._send, self._nonce = send, nonce
        self._make, self._keyring = make, keyring
        self.stale: list[Envelope] = []
        self.accepted: list[Envelope] = []
        self.frozen: list[Frozen] = []

    def clone(self, send: Callable[[Envelope], None], nonce: Callable[[], str]) -> "End":
        """The same end in another world."""
        other = End(self.name, self.peer, send, nonce, self._make, self._keyring)
        other.disk = self.disk.copy()
        other.stale, other.accepted = list(self.stale), list(self.accepted)
        other.frozen = list(self.frozen)
        return other

    @property
    def channel(self) -> Channel:
        return load_channel(self.disk.row)

    @property
    def is_open(self) -> bool:
        return self.channel.state is ChannelState.OPEN

    def start(self) -> None:
        self._carry_out(recovery.start(self.channel, self._nonce()))

    def remind(self) -> None:
        self._carry_out(recovery.remind(self.channel, self._received(), nonce=self._nonce()))

    def say(self, payload: dict[str, Any]) -> Envelope:
        """Seal the payload under the next number, store it, publish it."""
        place = number(self.channel)
        envelope = self._make(
            self.name,
            self.peer,
            "SAID",
            payload,
            epoch=place.epoch,
            seq=place.seq,
            prev_hash=place.prev_hash,
        )
        assert place.seq not in self.disk.sent
        self.disk.sent[place.seq] = envelope
        self.disk.row = dump_channel(numbered(self.channel, envelope.envelope_hash))
        self._send(envelope)
        return envelope

    def deliver(self, envelope: Envelope) -> None:
        if envelope.header.is_control:
            self._carry_out(self._control(read_control(envelope, keyring=self._keyring)))
        else:
            self._numbered(envelope)

    def _numbered(self, envelope: Envelope) -> None:
        seq = envelope.header.seq or 0
        held = self.disk.received
        decision = receive(
            self.channel,
            epoch=envelope.header.epoch or 0,
            seq=seq,
            prev_hash=envelope.header.prev_hash or "",
            envelope_hash=envelope.envelope_hash,
            held_hash=held[seq].envelope_hash if seq in held else None,
            held_epoch=held[seq].header.epoch if seq in held else None,
            hash_before=held[seq - 1].envelope_hash if seq - 1 in held else None,
            prev_hash_after=held[seq + 1].header.prev_hash if seq + 1 in held else None,
        )
        if decision is Decision.ACCEPT:
            held[seq] = envelope
            self.accepted.append(envelope)
        elif decision is Decision.STALE:
            self.stale.append(envelope)
        elif decision is Decision.EQUIVOCATION:
            self.frozen.append(Frozen("equivocation", seq))

    def _control(self, message: Hello | Statement | Resend | Copy) -> Step:
        if isinstance(message, Hello):
            held = self.disk.received.get(message.sent.seq)
            return recovery.on_hello(
                self.channel,
                message,
                self._received(),
                held_hash=held.envelope_hash if held else None,
                fresh_nonce=self._nonce(),
            )
        if isinstance(message, Statement):
            own = self.disk.sent.get(message.received_seq)
            return recovery.on_statement(
                self.channel, message, self._received(), own_hash=own.envelope_hash if own else None
            )
        if isinstance(message, Copy):
            hashes = {seq: own.envelope_hash for seq, own in self.disk.sent.items()}
            return recovery.on_copy(self.channel, message, own_hashes=hashes)
        return recovery.on_resend(self.channel, message)

    def _carry_out(self, step: Step) -> None:
        self.disk.row = dump_channel(step.channel)
        for effect in step.effects:
            self._do(effect)

    def _do(self, effect: Effect) -> None:
        if isinstance(effect, SendControl):
            self._send_control(effect.type, effect.nonce, effect.body)
        elif isinstance(effect, SendAgain):
            for seq in range(effect.first, effect.last + 1):
                self._send(self.disk.sent[seq])
        elif isinstance(effect, SendCopy):
            held = [(seq, self.disk.received[seq].octets) for seq in sorted(self.disk.received)]
            within = [(seq, octets) for seq, octets in held if effect.first <= seq <= effect.last]
            self._send_control("COPY", effect.nonce, copy_body(effect.first, effect.last, within))
        elif isinstance(effect, Adopt):
            for envelope in effect.envelopes:
                self.disk.sent[envelope.header.seq or 0] = envelope
        elif isinstance(effect, StartAgain):
            self.start()
        elif isinstance(effect, Frozen):
            self.frozen.append(effect)

    def _send_control(self, type_: str, nonce: str, body: dict[str, Any]) -> None:
        # Through JSON, as on the wire: what is not JSON would show here.
        body = json.loads(json.dumps(body))
        self._send(self._make(self.name, self.peer, type_, body, nonce=nonce))

    def _received(self) -> Received:
        numbers = Ranges.from_numbers(self.disk.received)
        if not numbers:
            return Received(numbers, HASH_OF_NOTHING, None)
        head = self.disk.received[numbers.last]
        return Received(numbers, head.envelope_hash, head.octets)
