"""Several numbered messages of one peer that have their effect in one transaction, as one commit costs as
much as another. Only what is plainly to be applied, or plainly not: everything else is received by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from byttebank import telemetry
from byttebank.contracts.peer import load_peer
from byttebank.contracts.received import ReceivedMessage
from byttebank.federation.channel import Channel, Decision
from byttebank.federation.envelope import Envelope
from byttebank.messaging.arrivals import judge, received_message
from byttebank.messaging.handlers import Foreseen, Handlers
from byttebank.storage import envelopes
from byttebank.storage.envelopes import Held
from byttebank.storage.work import Work

OUTCOMES = {Decision.ACCEPT: "applied", Decision.DUPLICATE: "duplicate", Decision.WAIT: "held"}


class NotTogether(Exception):
    """One of the messages is a case of its own; they are to be received one by one."""


@dataclass(frozen=True)
class Verified:
    """An envelope with a signature that holds, the names beside it, and on whose behalf it was sent."""

    envelope: Envelope
    names: dict[str, Any]
    trace: dict[str, str] = field(default_factory=dict)

    @property
    def seq(self) -> int:
        """Its number; 0 for a control message."""
        return self.envelope.header.seq or 0


def apply_together(
    work: Work, channel: Channel, verified: Sequence[Verified], handlers: Handlers
) -> list[str]:
    """Every message is kept and has had its effect, in the order of their numbers; the outcome of each, as
    given.

    Raises whatever a handler raises, and `NotTogether` for a control message, one that contradicts another,
    or one of a number that was given up. Then nothing of the transaction may be committed.
    """
    in_order = sorted(verified, key=lambda one: one.seq)
    decisions = _judged(work, channel, in_order)
    accepted = [one for one in in_order if decisions[id(one)] is Decision.ACCEPT]
    messages = [_read(one) for one in accepted]
    envelopes.add_received(work.connection, [one.envelope for one in accepted], work.now)
    handlers.foresee(work, [Foreseen(one.message_type, one.payload, one.peer) for one in messages])
    for one, message in zip(accepted, messages, strict=True):
        with telemetry.bound(message_id=message.message_id, **one.trace):
            work.trace = dict(one.trace)
            handlers.received(work, message)
    return [OUTCOMES[decisions[id(one)]] for one in verified]


def _judged(work: Work, channel: Channel, in_order: Sequence[Verified]) -> dict[int, Decision]:
    """What the channel's rules say about each, the ones before it being held, by the object's id."""
    around = envelopes.received_around(work.connection, channel.peer, *(one.seq for one in in_order))
    decisions = {}
    for one in in_order:
        header = one.envelope.header
        if header.is_control or header.sender != channel.peer:
            raise NotTogether(f"{header.type} of {header.sender}")
        decision = decisions[id(one)] = judge(channel, one.envelope, around)
        if decision not in OUTCOMES:
            raise NotTogether(f"number {one.seq} of {header.sender}: {decision}")
        if decision is Decision.ACCEPT:
            around[one.seq] = Held(header.epoch or 0, one.envelope.envelope_hash, header.prev_hash or "")
    return decisions


def _read(one: Verified) -> ReceivedMessage:
    """Raises for a message that nobody agreed on or that breaks its schema."""
    header = one.envelope.header
    payload = load_peer(header.service, header.type, header.type_version, one.envelope.payload)
    return received_message(one.envelope, payload, one.names)
