"""What leaves for the peers: outbox rows get their number and signature here, and control messages theirs."""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from byttebank import telemetry
from byttebank.federation import detached as detached_part
from byttebank.federation.channel import Channel, ChannelState, Number, number, numbered
from byttebank.federation.effects import SendControl
from byttebank.federation.envelope import seal
from byttebank.federation.errors import EnvelopeError
from byttebank.federation.header import EnvelopeHeader
from byttebank.federation.jws import sha256
from byttebank.federation.keys import SigningKey
from byttebank.storage import channels as peers
from byttebank.storage import envelopes
from byttebank.storage.messages import OutboxRow, mark_published, park, peers_waited_for, waiting_outbox
from byttebank.storage.work import Database, Work

_log = telemetry.logger(__name__)

DETACHED_HEADER = "detached"
"""The message header beside the envelope that carries names and own words, with their salt."""

REFERENCE = "detached"
"""The member of the signed payload that binds the detached part by a salted hash."""

DIRECTORY = "directory"
REST = 100_000
"""Messages that are sealed at once for a peer that leaves: all."""


@dataclass(frozen=True)
class Outgoing:
    """A signed envelope for a peer. `token` is its (peer, seq); None for a control message."""

    peer: str
    routing_key: str
    octets: bytes
    headers: dict[str, Any] = field(default_factory=dict)
    token: tuple[str, int] | None = None


class Sealer:
    """Numbers, signs and stores what waits for the peers of one service, and hands it to the relay."""

    def __init__(self, database: Database, *, service: str, county: str, key: SigningKey) -> None:
        self._database = database
        self._service = service
        self._county = county
        self._key = key
        self._controls: list[Outgoing] = []

    def add_control(self, peer: str, effect: SendControl, work: Work) -> None:
        """The control message leaves with the next batch. Lost in a crash, it is asked for again."""
        header = EnvelopeHeader(
            sender=self._county,
            recipient=peer,
            service=self._service,
            message_id=work.new_id(),
            type=effect.type,
            type_version=1,
            created_at=work.now,
            nonce=effect.nonce,
        )
        octets = seal(effect.body, header=header, key=self._key)
        self._controls.append(Outgoing(peer, self._routing_key, octets))

    def outgoing(self, limit: int) -> list[Outgoing]:
        """Sealed messages that wait, at most `limit`. Rows of peers that are not open stay unsealed."""
        controls, self._controls = self._controls[:limit], self._controls[limit:]
        with self._database.work() as work:
            for peer in self._unsealed(work):
                self._seal_for(work, peer, limit)
            waiting = envelopes.waiting_envelopes(work.connection, max(limit - len(controls), 1))
        return [*controls, *(self._outgoing(one) for one in waiting)]

    def sent(self, batch: list[Outgoing]) -> None:
        """The broker has confirmed these."""
        places = [one.token for one in batch if one.token is not None]
        if places:
            with self._database.work() as work:
                envelopes.mark_sent(work.connection, places, work.now)

    @property
    def _routing_key(self) -> str:
        return f"{self._county}.{self._service}"

    def _unsealed(self, work: Work) -> list[str]:
        """Open peers for whom something waits in the outbox, in the order in which their rows are locked."""
        waiting = peers_waited_for(work.connection)
        states = peers.channel_states(work.connection) if waiting else {}
        return sorted(peer for peer in waiting if states.get(peer) == ChannelState.OPEN)

    def farewell(self, work: Work, channel: Channel) -> Channel:
        """The channel, which is locked, after what the directory has said to its peer until now is sealed.

        Days that were promised in the same moment wait: nobody would hear the answer.
        """
        if self._service != DIRECTORY or channel.state is not ChannelState.OPEN:
            return channel
        return self._seal_on(work, channel, REST)

    def _seal_for(self, work: Work, peer: str, limit: int) -> None:
        row = peers.lock_peer(work.connection, peer)
        if row is not None and row.channel.state is ChannelState.OPEN:
            self._seal_on(work, row.channel, limit)

    def _seal_on(self, work: Work, channel: Channel, limit: int) -> Channel:
        peer = channel.peer
        waiting = waiting_outbox(work.connection, limit=limit, is_local=False, peer=peer)
        sealed = []
        for message in waiting:
            try:
                octets, detached = self._seal(message, peer, number(channel))
            except EnvelopeError as error:
                self._park(work, message, peer, error)
                continue
            place, envelope_hash = number(channel), sha256(octets)
            channel = numbered(channel, envelope_hash)
            sealed.append(
                {
                    "peer": peer,
                    "seq": place.seq,
                    "envelope_hash": envelope_hash,
                    "message_type": message.name,
                    "octets": octets,
                    "detached": detached,
                    "trace": message.trace,
                    "sealed_at": work.now,
                    "published_at": None,
                }
            )
        envelopes.add_sent(work.connection, sealed)
        peers.store_channel(work.connection, channel)
        mark_published(work.connection, [message.id for message in waiting], work.now)
        return channel

    def _seal(self, message: OutboxRow, peer: str, place: Number) -> tuple[bytes, str | None]:
        payload, detached = _payload(message, secrets.token_bytes)
        header = EnvelopeHeader(
            sender=self._county,
            recipient=peer,
            service=self._service,
            message_id=message.message_id,
            type=message.name,
            type_version=message.version,
            created_at=message.created_at,
            epoch=place.epoch,
            seq=place.seq,
            prev_hash=place.prev_hash,
        )
        return seal(payload, header=header, key=self._key), detached

    def _park(self, work: Work, message: OutboxRow, peer: str, error: EnvelopeError) -> None:
        """What cannot be sealed, such as a message that is too large, must not hold up those behind it."""
        park(
            work.connection,
            queue=f"out.{peer}",
            sender=self._county,
            reason_code=error.code,
            reason=f"{type(error).__name__}: {error}",
            is_transient=False,
            body=message.body.encode(),
            properties={"message_id": message.message_id, "name": message.name},
            now=work.now,
        )
        telemetry.MESSAGES_PARKED.labels(self._county, self._service, error.code).inc()
        _log.error("Parked a message of our own", peer=peer, name=message.name, error=repr(error))

    def _outgoing(self, waiting: envelopes.WaitingEnvelope) -> Outgoing:
        headers = json.loads(waiting.trace) if waiting.trace else {}
        if waiting.detached is not None:
            headers[DETACHED_HEADER] = waiting.detached
        token = (waiting.peer, waiting.seq)
        return Outgoing(waiting.peer, self._routing_key, waiting.octets, headers, token)


def _payload(message: OutboxRow, random_bytes: Callable[[int], bytes]) -> tuple[dict[str, Any], str | None]:
    """The payload to sign and the detached part beside it."""
    payload: dict[str, Any] = json.loads(message.body)
    if message.detached is None:
        return payload, None
    content, salt = json.loads(message.detached), random_bytes(detached_part.SALT_BYTES)
    packed = detached_part.pack(content, salt).decode("utf-8")
    return {**payload, REFERENCE: detached_part.bind(content, salt)}, packed
