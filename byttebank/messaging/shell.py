"""The shell around one service: one connection that brings calls, local messages and peers' messages to it.

What holds for every message: it is acknowledged after its effect is committed; a fault that passes keeps it
unacknowledged and is tried again with growing pauses, never requeued (so the prefetch is the brake); what
cannot be used is parked in a transaction of its own and then acknowledged.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import eventlet
from eventlet.event import Event
from eventlet.semaphore import Semaphore
from kombu.message import Message
from nameko.exceptions import ConfigurationError, ContainerBeingKilled, MethodNotFound
from nameko.extensions import Entrypoint, SharedExtension

from byttebank import telemetry
from byttebank.messaging import calls, topology
from byttebank.messaging.arrivals import Arrival
from byttebank.messaging.deliveries import NAMES, Delivery, park_delivery, read_delivery, reason_code
from byttebank.messaging.faults import is_passing
from byttebank.messaging.gauges import Gauges, read_messages, read_messages_and_peers
from byttebank.messaging.hearing import Hearing
from byttebank.messaging.inbox import PEER_CHANGED, LocalInbox
from byttebank.messaging.node import Node, node_of
from byttebank.messaging.perseverance import see_through
from byttebank.messaging.pruning import Pruning
from byttebank.messaging.publishing import open_publisher
from byttebank.messaging.redriving import redrive_local
from byttebank.messaging.relay import Relay
from byttebank.messaging.session import Session, Source, open_connection
from byttebank.messaging.workers import run_attempt, run_in_worker

CALL_LANES, LOCAL_LANES = 8, 4
LOCAL_BATCH = PEER_BATCH = 64
"""How many messages that wait may share a transaction."""

RELAY_SECONDS = 1.0
"""How long a stop waits for the relay to end its batch; cut off, it publishes the same again."""

PEER_LANES = 1
"""A peer's messages are taken in their order, so that none has to wait for the one before it."""

_log = telemetry.logger(__name__)


class Shell(SharedExtension):
    """One per container. Entrypoints register in their set-up; everything runs from `start` to `stop`."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[str, Entrypoint] = {}
        self.local: dict[str, Entrypoint] = {}
        self.hearing = Hearing()
        self._stopping = Event()
        self._many = Semaphore()
        self._is_set_up = False

    @property
    def node(self) -> Node:
        """The county's node this container belongs to."""
        return node_of(self.container)

    def setup(self) -> None:
        """Everything exists; nothing is connected."""
        self.service: str = self.container.service_name
        self.county = self.node.county
        self.database = self.node.database(self.service)
        url = self.node.configuration.amqp_url
        self.publisher = open_publisher(url)
        self.session = Session(url, f"{self.county}.{self.service}")
        self.channels = self.node.open_channels(self.service, wake=lambda: self.relay.wake())
        self.relay = Relay(
            self.database,
            self.publisher,
            channels=self.channels,
            declare_peer=self._declare_peer,
            turn=self.node.turn,
            look=self._look,
        )
        self.inbox = LocalInbox(self.database, self.local, self.channels)
        self._is_set_up = True

    def register(self, registry: dict[Any, Entrypoint], key: Any, entrypoint: Entrypoint) -> None:
        """The entrypoint handles that message. Refuses: `ConfigurationError` for a second one."""
        if key in registry:
            raise ConfigurationError(f"{self.container.service_name} handles {key} twice")
        registry[key] = entrypoint

    def start(self) -> None:
        """The queues are about to be read and the outbox emptied."""
        if self.hearing.received and self.channels is None:
            raise ConfigurationError(f"{self.service} hears other counties, but this node has no signing key")
        if self.calls:
            self.session.read(Source(topology.rpc_queue(self.service), self._handle_calls, CALL_LANES))
        if self.inbox.names():
            queue = topology.local_queue(self.service, self.inbox.names())
            self.session.read(Source(queue, self._handle_local, LOCAL_LANES, LOCAL_BATCH))
        if self.channels is not None:
            self.channels.start()
            self._follow_peers()
        self._begin_at_zero()
        gauges = Gauges(self.database, read_messages if self.channels is None else read_messages_and_peers)
        self.container.spawn_managed_thread(partial(gauges.run, self._pause), "gauges")
        pruning = Pruning(self.database, self.node.configuration.keep_messages_days)
        self.container.spawn_managed_thread(partial(pruning.run, self._pause), "pruning")
        self.container.spawn_managed_thread(self.session.run, "session")
        self.container.spawn_managed_thread(self.relay.run, "relay")

    def stop_taking(self) -> None:
        """No message or call is begun any more, and those under way have ended. The entrypoints' stop."""
        if not self._stopping.ready():
            self._stopping.send(None)
        if self._is_set_up:
            self.session.stop_taking()

    def stop(self) -> None:
        """Nothing runs and nothing is connected."""
        if not self._is_set_up:
            return
        self.stop_taking()
        self.relay.stop()
        self.relay.wait_until_stopped(RELAY_SECONDS)
        self.session.stop()
        self.publisher.close()

    def kill(self) -> None:
        """As `stop`, without waiting for what is under way; the broker will deliver it again."""
        if not self._stopping.ready():
            self._stopping.send(None)
        if self._is_set_up:
            self.relay.stop()
            self.session.kill()

    @property
    def is_ready(self) -> bool:
        """All queues are read and the relay runs."""
        return self._is_set_up and self.session.is_ready and self.relay.is_running

    @property
    def lacks(self) -> list[str]:
        """What keeps the service from its work, in words for an operator; empty when nothing does."""
        if not self._is_set_up:
            return ["the service is being started"]
        return [lack for lack in (self.session.lacks, self.relay.lacks or self.publisher.lacks) if lack]

    @property
    def is_idle(self) -> bool:
        """No message is under way in either direction."""
        return self._is_set_up and self.session.is_idle and self.relay.is_idle

    def _begin_at_zero(self) -> None:
        messages = [*self.inbox.names(), *([telemetry.FROM_PEER] if self.channels is not None else [])]
        telemetry.begin_at_zero(self.county, self.service, methods=self.calls, messages=messages)

    def _handle_local(self, messages: list[Message]) -> None:
        self._handle(f"{self.service}.local", messages, self._apply_local)

    def _handle_peer(self, peer: str, messages: list[Message]) -> None:
        self._handle(f"in.{peer}.{self.service}", messages, self._apply_from_peer, telemetry.FROM_PEER)

    def _handle(
        self,
        queue: str,
        messages: list[Message],
        apply: Callable[[list[Delivery]], list[str]],
        label: str | None = None,
    ) -> None:
        """Many in one transaction, as one commit costs as much as another; if that fails, one by one."""
        pairs = [(message, read_delivery(queue, message)) for message in messages]
        outcomes: list[str] | None = None
        if len(pairs) > 1:
            # Else a worker would wait for its turn (`Work.take_turn`) where a call could have had it.
            with suppress(Exception), self._many:
                outcomes = apply([delivery for _, delivery in pairs])
        for number, (message, delivery) in enumerate(pairs):
            one = partial(_only, apply, delivery) if outcomes is None else partial(str, outcomes[number])
            self._see_through(message, delivery, label or NAMES.get(delivery.routing_key, "unknown"), one)

    def _apply_local(self, deliveries: list[Delivery]) -> list[str]:
        messages = [self.inbox.read(delivery) for delivery in deliveries]
        commit = partial(self.inbox.commit, messages)
        with self.node.turn:
            outcomes: list[str] = run_attempt(self.container, self.inbox.carrier(messages), commit, {})
        if any(message.name == PEER_CHANGED for message in messages) and self.channels is not None:
            self._follow_peers()
            self.relay.wake()
        return outcomes

    def _apply_from_peer(self, deliveries: list[Delivery]) -> list[str]:
        trace = telemetry.read_trace(deliveries[0].headers) if len(deliveries) == 1 else {}
        receive = partial(self._receive, deliveries)
        with self.node.turn:
            outcomes: list[str] = run_attempt(self.container, self.hearing.carrier(), receive, trace)
        return outcomes

    def _receive(self, deliveries: list[Delivery], service: Any) -> list[str]:
        assert self.channels is not None
        handlers = self.hearing.handlers(service)
        arrivals = [Arrival(one.queue, one.stamped_user, one.octets, one.headers) for one in deliveries]
        if len(arrivals) > 1:
            return self.channels.receive_together(arrivals, handlers)
        return [self.channels.receive(**vars(arrivals[0]), handle=handlers)]

    def _see_through(
        self, message: Message, delivery: Delivery, label: str, apply: Callable[[], str]
    ) -> str | None:
        began = time.monotonic()
        labels = (self.county, self.service)
        with telemetry.bound(county=self.county, service=self.service, message_id=delivery.message_id):
            park, acknowledge = partial(self._park, delivery), partial(self.session.acknowledge, message)
            outcome = see_through(apply, park, acknowledge, pause=self._pause, tell=self._tell)
            if outcome is None:
                return None
        telemetry.MESSAGES_HANDLED.labels(*labels, label, outcome).inc()
        telemetry.MESSAGE_SECONDS.labels(*labels, label).observe(time.monotonic() - began)
        return outcome

    def _park(self, delivery: Delivery, error: Exception) -> None:
        park_delivery(self.database, delivery, error)
        code = reason_code(error)
        telemetry.MESSAGES_PARKED.labels(self.county, self.service, code).inc()
        _log.error("Parked a message", queue=delivery.queue, reason=code, error=repr(error), exc_info=error)

    def _tell(self, error: Exception, attempt: int) -> None:
        telemetry.MESSAGE_RETRIES.labels(self.county, self.service).inc()
        _log.warning(
            "A message could not be applied; trying again",
            attempt=attempt,
            error=repr(error),
        )

    def _pause(self, seconds: float) -> bool:
        with eventlet.Timeout(seconds, False):
            self._stopping.wait()
        return not self._stopping.ready()

    def _handle_calls(self, messages: list[Message]) -> None:
        for message in messages:
            self._handle_call(message)

    def _handle_call(self, message: Message) -> None:
        began = time.monotonic()
        name = calls.called_method(message)
        label = (self.county, self.service, name if name in self.calls else "unknown")
        result, error = None, None
        if calls.is_too_late(message.headers):
            telemetry.RPC_CALLS.labels(*label, "expired").inc()
            self.session.acknowledge(message)
            return
        try:
            call = calls.read_call(message)
            if call.method not in self.calls:
                raise MethodNotFound(call.method)
            entrypoint = self.calls[call.method]
            entrypoint.check_signature(call.args, call.kwargs)
            context = telemetry.read_trace(message.headers)
            result, error = run_in_worker(self.container, entrypoint, call.args, call.kwargs, context)
        except ContainerBeingKilled:
            return
        except Exception as fault:
            error = fault
        self._answer(message, result, error)
        telemetry.RPC_CALLS.labels(*label, calls.outcome_of(error)).inc()
        telemetry.RPC_SECONDS.labels(*label).observe(time.monotonic() - began)

    def _answer(self, message: Message, result: Any, error: BaseException | None) -> None:
        reply = calls.answer(message, result, error)
        try:
            if reply is not None:
                self.publisher.publish([reply])
        except Exception as fault:
            # The caller hears nothing and says so; trying the whole call again would help nobody.
            _log.warning("Could not answer a call", error=repr(fault), exc_info=not is_passing(fault))
        self.session.acknowledge(message)

    def _look(self) -> None:
        self._follow_peers()
        redrive_local(self.database, f"{self.service}.local", partial(_only, self._apply_local))

    def _follow_peers(self) -> None:
        """Every peer's queue to this service is read. Another copy of the service may have heard of it."""
        for peer in self.channels.peers() if self.channels is not None else ():
            handle = partial(self._handle_peer, peer)
            queue = topology.peer_queue(peer, self.service)
            self.session.read(Source(queue, handle, PEER_LANES, PEER_BATCH))

    def _declare_peer(self, peer: str) -> None:
        with open_connection(self.node.configuration.amqp_url) as connection:
            topology.declare_peer(connection.channel(), peer)


def _only(apply: Callable[[list[Delivery]], list[str]], delivery: Delivery) -> str:
    return apply([delivery])[0]
