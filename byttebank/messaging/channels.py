"""The channels of one service to its peers: what arrives is verified, counted and applied here, once.

The rules are in `byttebank.federation`; this is the shell that stores and sends. Each arrival is one
transaction: the channel's row is locked, the envelope kept, its effect made. Many that wait may share one.
"""

import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from byttebank import telemetry
from byttebank.contracts.received import TooEarly
from byttebank.federation.channel import Channel, ChannelState, Decision, freeze
from byttebank.federation.control import Statement
from byttebank.federation.control_reading import read_control
from byttebank.federation.effects import Frozen
from byttebank.federation.envelope import Envelope, open_envelope
from byttebank.federation.errors import EnvelopeError, MalformedEnvelope
from byttebank.federation.keyring import Keyring
from byttebank.federation.keys import SigningKey
from byttebank.messaging import topology
from byttebank.messaging.arrivals import Applying, Arrival, code_of, decide, read_detached
from byttebank.messaging.clocks import Clocks
from byttebank.messaging.handlers import Handle, Handlers
from byttebank.messaging.recovering import Recovering
from byttebank.messaging.sealing import Outgoing, Sealer
from byttebank.messaging.together import NotTogether, Verified, apply_together
from byttebank.storage import channels as peers
from byttebank.storage import messages
from byttebank.storage.channels import PeerRow
from byttebank.storage.work import Database, Work

Parked = dict[str, Any]
"""A row of the parked messages."""

REMIND_SECONDS = 5.0
"""How often a recovering channel asks again."""

NOTICE_SECONDS = 60.0
"""How often an open channel on which something has moved says what it holds; a quiet one ten times slower."""

BY_OPERATOR = "operator"

_log = telemetry.logger(__name__)


class Channels:
    """All channels of one service in one county. Safe for many greenlets and, on PostgreSQL, processes."""

    def __init__(
        self,
        database: Database,
        *,
        service: str,
        county: str,
        key: SigningKey,
        wake: Callable[[], None],
        nonce: Callable[[], str] = lambda: secrets.token_hex(16),
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`wake` is called when there is something to publish; `seconds` counts them, from anywhere."""
        self._database = database
        self._service = service
        self._county = county
        self._key = key
        self._wake = wake
        self._seconds = seconds
        self._sealer = Sealer(database, service=service, county=county, key=key)
        self._applying = Applying(county=county, service=service)
        self._clocks = Clocks(county=county, service=service)
        self._recovering = Recovering(
            self._sealer, self._applying, county=county, service=service, nonce=nonce
        )
        self._keyring: Keyring | None = None
        self._said_at: dict[str, float] = {}
        self._has_moved: set[str] = set()
        self._handlers: Handlers | None = None

    def start(self) -> None:
        """Every channel recovers: its HELLO waits for the relay."""
        with self._database.work() as work:
            peers.add_key(work.connection, self._county, self._key.public_key, work.now)
        for peer in self.peers():
            with self._database.work() as work:
                row = peers.lock_peer(work.connection, peer)
                if row is not None and row.peer_state == "active":
                    self._clocks.ask(peer, work.now)
                    self._recovering.start(work, row.channel)
        self._wake()

    def peers(self) -> list[str]:
        """The counties whose messages to this service are read."""
        with self._database.reading() as work:
            return peers.peers(work.connection)

    def peer_changed(self, work: Work, body: dict[str, Any]) -> None:
        """The directory has spoken: keys are added, a new peer's channel starts, freezing and thawing happen.

        What is older than what we know changes nothing but keys, which only grow. One that leaves is told so.
        """
        peer, state, version = body["county"], body["state"], body["version"]
        for entry in body["keys"]:
            peers.add_key(work.connection, peer, *peers.key_from_event(entry))
        self._keyring = None
        row = peers.lock_peer(work.connection, peer)
        if row is None:
            row = PeerRow(peer, "invited", 0, Channel(self._county, peer, self._service))
            peers.add_peer(work.connection, row)
        if row.peer_version >= version:
            return
        peers.store_peer_state(work.connection, peer, state, version)
        if state != "active":
            channel = self._sealer.farewell(work, row.channel) if state == "left" else row.channel
            peers.store_channel(work.connection, freeze(channel, BY_OPERATOR))
        elif row.channel.state is ChannelState.FROZEN:
            self._recovering.thaw(work, row.channel)
        elif row.peer_state != "active":
            self._recovering.start(work, row.channel)

    def outgoing(self, limit: int = 100) -> list[Outgoing]:
        """Signed messages for the broker, numbered and stored where they have a number."""
        return self._sealer.outgoing(limit)

    def sent(self, batch: list[Outgoing]) -> None:
        """The broker has confirmed these."""
        self._sealer.sent(batch)
        self._has_moved.update(one.peer for one in batch if one.token is not None)

    def receive(
        self,
        *,
        queue: str,
        stamped_user: str | None,
        octets: bytes,
        headers: Mapping[str, Any],
        handle: Handle | Handlers,
    ) -> str:
        """A message from a peer's link has had its effect, or is kept where a person sees it.

        `handle` is called in the same transaction, once per message. Returns `applied`, `duplicate`,
        `held` (not now: the peer has it and sends it again), `parked`, `control` or `frozen`. Raises
        faults that pass; nothing has changed then.
        """
        handlers = self._handlers = handle if isinstance(handle, Handlers) else Handlers(handle)
        arrival = Arrival(queue, stamped_user, octets, headers)
        try:
            return self._take(arrival, handlers)
        except (EnvelopeError, TooEarly) as error:
            self._keyring = None
            with self._database.work() as work:
                self._applying.park(work, arrival, error.code, error)
            return "parked"

    def receive_together(self, arrivals: Sequence[Arrival], handle: Handle | Handlers) -> list[str]:
        """As `receive` for each, in one transaction and in the order of the sender's numbers: either every
        message has had its effect, or none has. Returns `applied`, `duplicate` or `held` for each.

        Raises when one fails or is not numbered like the others: receive them one by one then.
        """
        handlers = self._handlers = handle if isinstance(handle, Handlers) else Handlers(handle)
        verified = [self._verified(arrival, self._known_keys()) for arrival in arrivals]
        sender = verified[0].envelope.header.sender
        with self._database.work() as work:
            work.take_turn()
            row = peers.lock_peer(work.connection, sender)
            if row is None:
                raise NotTogether(f"{sender} is no peer of ours")
            outcomes = apply_together(work, row.channel, verified, handlers)
            for one in verified:
                self._clocks.hear(sender, one.envelope.header.created_at, work.now, is_answer=False)
        if "applied" in outcomes:
            self._has_moved.add(sender)
        self._wake()
        return outcomes

    def tick(self) -> None:
        """Recovering channels ask again, open ones say what they hold, early messages are tried again."""
        now = self._seconds()
        with self._database.reading() as work:
            states = peers.channel_states(work.connection)
        for peer, state in states.items():
            if state == ChannelState.FROZEN or now - self._said_at.get(peer, 0.0) < self._pause(peer, state):
                continue
            with self._database.work() as work:
                row = peers.lock_peer(work.connection, peer)
                if row is not None and row.peer_state == "active":
                    self._recovering.remind(work, row.channel)
            self._said_at[peer] = now
            self._has_moved.discard(peer)
        self._retry_parked()

    def _pause(self, peer: str, state: str) -> float:
        if state == ChannelState.RECOVERING:
            return REMIND_SECONDS
        return NOTICE_SECONDS if peer in self._has_moved else 10 * NOTICE_SECONDS

    def _take(self, arrival: Arrival, handlers: Handlers, parked: Parked | None = None) -> str:
        """The outcome of the arrival; when it was parked before, it is so no longer, in one transaction."""
        keyring = self._known_keys()
        verified = self._verified(arrival, keyring)
        envelope, names, sender = verified.envelope, verified.names, verified.envelope.header.sender
        control = read_control(envelope, keyring=keyring) if envelope.header.is_control else None
        try:
            with self._database.work(telemetry.current_trace()) as work:
                row = peers.lock_peer(work.connection, sender)
                if row is None:
                    raise MalformedEnvelope(f"{sender} is no peer of ours")
                is_answer = isinstance(control, Statement) and control.nonce == row.channel.nonce
                self._clocks.hear(sender, envelope.header.created_at, work.now, is_answer=is_answer)
                if parked and not messages.mark_redriven(work.connection, parked["id"], work.now):
                    outcome = "duplicate"
                elif control is not None:
                    outcome = "control"
                    reason = self._recovering.answer(work, row.channel, control, handlers)
                    if reason:
                        # It is one of the two that cannot both be: people will want to show it.
                        outcome = "frozen"
                        self._applying.park(work, arrival, reason)
                else:
                    is_asked = parked is not None and parked["is_transient"] == messages.ASKED_FOR
                    outcome = self._count(work, row.channel, envelope, names, arrival, handlers, is_asked)
        except TooEarly:
            self._fetch_before(sender, envelope.header.seq or 0)
            raise
        if outcome == "applied":
            self._has_moved.add(sender)
        self._wake()
        return outcome

    def _verified(self, arrival: Arrival, keyring: Keyring) -> Verified:
        own = {"expected_to": self._county, "expected_service": self._service}
        user = arrival.stamped_user
        envelope = open_envelope(arrival.octets, keyring=keyring, stamped_sender=user, **own)
        names = {} if envelope.header.is_control else read_detached(envelope, arrival.headers)
        return Verified(envelope, names, telemetry.read_trace(arrival.headers))

    def _fetch_before(self, sender: str, seq: int) -> None:
        with self._database.work() as work:
            row = peers.lock_peer(work.connection, sender)
            if row is not None:
                self._recovering.ask(work, row.channel, seq - 1)
        self._wake()

    def _count(
        self,
        work: Work,
        channel: Channel,
        envelope: Envelope,
        names: dict[str, Any],
        arrival: Arrival,
        handlers: Handlers,
        is_redriven: bool,
    ) -> str:
        decision = decide(work, channel, envelope)
        # What was numbered and then parked is held, and has had no effect.
        is_kept = is_redriven and decision is Decision.DUPLICATE
        if decision is Decision.ACCEPT or is_kept:
            error = self._applying.apply(work, envelope, names, handlers, is_kept=is_kept)
            if error is None:
                return "applied"
            self._applying.park(work, arrival, code_of(error), error)
            return "parked"
        if decision is Decision.EQUIVOCATION:
            self._applying.park(work, arrival, decision)
            peers.store_channel(work.connection, freeze(channel, decision))
            self._recovering.alarm(work, channel.peer, Frozen(decision, envelope.header.seq or 0))
            return "frozen"
        if decision is Decision.STALE:
            self._applying.park(work, arrival, decision)
            return "parked"
        return "duplicate" if decision is Decision.DUPLICATE else "held"

    def _known_keys(self) -> Keyring:
        if self._keyring is None:
            with self._database.reading() as work:
                self._keyring = peers.keyring(work.connection)
        return self._keyring

    def _retry_parked(self) -> None:
        """Messages that came before what they need, and those somebody wants redriven: from the start."""
        with self._database.reading() as work:
            waiting = messages.list_parked(work.connection, only_transient=True)
        waiting = [row for row in waiting if row["queue"].startswith(topology.PEER_QUEUES)]
        if not waiting or self._handlers is None:
            return
        self._keyring = None
        for row in waiting:
            arrival = Arrival(row["queue"], row["sender"], row["body"], messages.parked_headers(row))
            try:
                outcome = self._take(arrival, self._handlers, row)
            except (EnvelopeError, TooEarly) as error:
                if row["is_transient"] == messages.RETRIED and error.is_transient:
                    continue
                _log.warning("A parked message is refused again", reason=error.code, parked=row["id"])
                with self._database.work() as work:
                    messages.leave_parked(work.connection, row["id"], error)
            else:
                _log.info("A parked message was redriven", outcome=outcome, parked=row["id"])
