"""A numbered message from a peer: judged, kept, and given its effect, in the transaction it is handed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from byttebank import telemetry
from byttebank.contracts.peer import PEER_MESSAGES, load_detached, load_peer
from byttebank.contracts.received import BrokenMessage, ReceivedMessage, SentMessage, TooEarly
from byttebank.contracts.refusals import Malformed, Refusal
from byttebank.federation import detached as detached_part
from byttebank.federation.channel import Channel, Decision, receive
from byttebank.federation.envelope import MAX_CONTROL_OCTETS, Envelope
from byttebank.federation.errors import MalformedEnvelope
from byttebank.messaging.faults import MAX_ATTEMPTS, is_passing
from byttebank.messaging.handlers import Foreseen, Handlers
from byttebank.messaging.sealing import DETACHED_HEADER, REFERENCE
from byttebank.storage import envelopes, messages
from byttebank.storage.envelopes import Held
from byttebank.storage.work import Work

UNKNOWN_MESSAGE = "unknown_message"
FAILED = "failed"

_log = telemetry.logger(__name__)


@dataclass(frozen=True)
class Arrival:
    """A message as it came over a peer's link. `stamped_user` is the broker's word for who sent it."""

    queue: str
    stamped_user: str | None
    octets: bytes
    headers: Mapping[str, Any] = field(default_factory=dict)


class Applying:
    """Gives numbered messages their effect; remembers how often one has failed."""

    def __init__(self, *, county: str, service: str) -> None:
        self._labels = (county, service)
        self._service = service
        self._attempts: dict[tuple[str, int], int] = {}

    def apply(
        self,
        work: Work,
        envelope: Envelope,
        names: dict[str, Any],
        handlers: Handlers,
        *,
        is_kept: bool = False,
    ) -> Exception | None:
        """The envelope is kept, unless it was (`is_kept`), and has its effect, or the answer is why it has
        none and never will.

        Nothing of a failed effect is left in the transaction. Raises `TooEarly`, faults that pass, and other
        errors until the message has failed `MAX_ATTEMPTS` times.
        """
        if not is_kept:
            envelopes.add_received(work.connection, [envelope], work.now)
        place = (envelope.header.sender, envelope.header.seq or 0)
        try:
            with work.connection.begin_nested():
                self._handle(work, envelope, names, handlers)
        except TooEarly:
            raise
        except Exception as error:
            self._attempts[place] = self._attempts.get(place, 0) + 1
            is_final = isinstance(error, KeyError) or (isinstance(error, Refusal) and not error.is_transient)
            if is_passing(error) or not (is_final or self._attempts[place] >= MAX_ATTEMPTS):
                raise
            del self._attempts[place]
            return error
        self._attempts.pop(place, None)
        return None

    def redo(self, work: Work, envelope: Envelope, handlers: Handlers) -> None:
        """A message of our own, which we had lost, has its effect again; one that cannot is parked.

        Raises faults that pass, and defects: then nothing is adopted, and it is tried again.
        """
        header = envelope.header
        contract = (self._service, header.type, header.type_version)
        try:
            if contract not in PEER_MESSAGES:
                raise KeyError(f"{header.type} version {header.type_version} is not known to this release")
            own = SentMessage(
                peer=header.recipient,
                message_type=header.type,
                version=header.type_version,
                payload=load_peer(*contract, envelope.payload),
                payload_hash=envelope.payload_hash,
                message_id=header.message_id,
                created_at=header.created_at,
            )
            with work.connection.begin_nested():
                handlers.own(work, own)
        except (Refusal, KeyError) as error:
            arrival = Arrival(f"out.{header.recipient}", None, envelope.octets)
            self.park(work, arrival, code_of(error), error)

    def park(self, work: Work, arrival: Arrival, code: str, error: Exception | None = None) -> None:
        """The message is kept where a person sees it, once. Transient ones are tried again.

        Whole, unless it is larger than any message may be: then its beginning, which is as useless.
        """
        is_transient = bool(getattr(error, "is_transient", False))
        if is_transient and messages.is_parked(work.connection, arrival.octets):
            return
        reason = f"{type(error).__name__}: {error}" if error else code
        if len(arrival.octets) > MAX_CONTROL_OCTETS:
            reason += f"; the first {MAX_CONTROL_OCTETS} are kept"
        messages.park(
            work.connection,
            queue=arrival.queue,
            sender=arrival.stamped_user,
            reason_code=code,
            reason=reason,
            is_transient=is_transient,
            body=arrival.octets[:MAX_CONTROL_OCTETS],
            properties={"headers": dict(arrival.headers)},
            now=work.now,
        )
        telemetry.MESSAGES_PARKED.labels(*self._labels, code).inc()
        _log.error(
            "Parked a peer's message",
            queue=arrival.queue,
            sender=arrival.stamped_user,
            reason=code,
            error=repr(error),
        )

    def _handle(self, work: Work, envelope: Envelope, names: dict[str, Any], handlers: Handlers) -> None:
        header = envelope.header
        contract = (self._service, header.type, header.type_version)
        if contract not in PEER_MESSAGES:
            raise KeyError(f"{header.type} version {header.type_version} is not known to this release")
        try:
            payload = load_peer(*contract, envelope.payload)
        except Malformed:
            broken = BrokenMessage(header.sender, header.type, header.type_version, envelope.payload)
            if not handlers.broken(work, broken):
                raise
            _log.warning("Turned down a message that is not as agreed", peer=header.sender, seq=header.seq)
            return
        message = received_message(envelope, payload, names)
        handlers.foresee(work, [Foreseen(message.message_type, message.payload, message.peer)])
        handlers.received(work, message)


def received_message(envelope: Envelope, payload: dict[str, Any], names: dict[str, Any]) -> ReceivedMessage:
    """What a handler gets. `payload` is loaded by its schema. Refuses: `Malformed` for the names."""
    header = envelope.header
    contract = (header.service, header.type, header.type_version)
    return ReceivedMessage(
        peer=header.sender,
        message_type=header.type,
        version=header.type_version,
        payload=payload,
        payload_hash=envelope.payload_hash,
        message_id=header.message_id,
        seq=header.seq or 0,
        detached=load_detached(*contract, names) if names else {},
    )


def code_of(error: Exception) -> str:
    """Under which code a message is parked."""
    return UNKNOWN_MESSAGE if isinstance(error, KeyError) else str(getattr(error, "code", FAILED))


def decide(work: Work, channel: Channel, envelope: Envelope) -> Decision:
    """What the channel's rules say about this arrival, given what is held around its number."""
    seq = envelope.header.seq or 0
    return judge(channel, envelope, envelopes.received_around(work.connection, channel.peer, seq))


def judge(channel: Channel, envelope: Envelope, around: Mapping[int, Held]) -> Decision:
    """As `decide`, given the envelopes that are held: at least those with its number and on either side."""
    seq = envelope.header.seq or 0
    return receive(
        channel,
        epoch=envelope.header.epoch or 0,
        seq=seq,
        prev_hash=envelope.header.prev_hash or "",
        envelope_hash=envelope.envelope_hash,
        held_hash=around[seq].envelope_hash if seq in around else None,
        held_epoch=around[seq].epoch if seq in around else None,
        hash_before=around[seq - 1].envelope_hash if seq - 1 in around else None,
        prev_hash_after=around[seq + 1].prev_hash if seq + 1 in around else None,
    )


def read_detached(envelope: Envelope, headers: Mapping[str, Any]) -> dict[str, Any]:
    """The names beside the envelope; {} when they are erased.

    Refuses: `EnvelopeError` for a part that is not the one the signature binds.
    """
    text = headers.get(DETACHED_HEADER)
    if text is None:
        return {}
    content, salt = detached_part.unpack(text.encode("utf-8") if isinstance(text, str) else bytes(text))
    if not detached_part.check(content, salt, envelope.payload.get(REFERENCE)):
        raise MalformedEnvelope("the detached part is not the one that was signed for")
    return content
