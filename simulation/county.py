"""One county's ledger: the real service on a database that can be restored, in a process that can die."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import replace
from functools import partial
from typing import Any

from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.refusals import Refusal
from byttebank.federation.keys import SigningKey
from byttebank.messaging import perseverance
from byttebank.messaging.arrivals import Arrival
from byttebank.messaging.channels import Channels
from byttebank.messaging.deliveries import Delivery, park_delivery
from byttebank.messaging.handlers import Handlers
from byttebank.messaging.inbox import APPLIED, PEER_CHANGED, LocalInbox
from byttebank.messaging.relay import Relay
from byttebank.messaging.service import handled_by
from byttebank.storage.memory import MemoryDatabase
from byttebank.storage.work import Work
from services.ledger.service import TICK_SECONDS, LedgerService
from simulation.broker import Broker
from simulation.links import Links
from simulation.machine import CountyClock, MortalDatabase
from simulation.world import Crash, World

LOCAL_BATCH = PEER_BATCH = 4
CHANNEL_SECONDS = 8.0
"""How often the channels look around, as the relay lets them."""


class County:
    """A county's broker, disk and clock, and the ledger's process when it is up."""

    def __init__(self, world: World, name: str, disk: MemoryDatabase, key: SigningKey, links: Links) -> None:
        self.world = world
        self.name = name
        self.disk = disk
        self.key = key
        self.clock = CountyClock(world)
        self.broker = Broker(world, name, links)
        self.broker.poke = self.poke
        self.broker.interrupt = self._interrupt
        self.is_up = False
        self.is_honest = True
        self.has_had: Callable[[str, str], None] = lambda source, message_id: None
        """Told of each message that has had its effect, once that is committed."""
        self._life = 0
        self._is_poked = False
        self._is_woken = False
        self._effects: list[tuple[str, str]] = []

    # The process.

    def start(self) -> None:
        """The process runs, with empty hands and what is on its disk."""
        self._life += 1
        self.is_up = True
        database = MortalDatabase(
            self.disk.engine,
            county=self.name,
            service=LedgerService.name,
            clock=self.clock,
            make_id=self.world.new_id,
        )
        database.interrupt = self._interrupt
        database.committed, database.rolled_back = self._committed, self._effects.clear
        self.database = database
        self.channels = Channels(
            database,
            service=LedgerService.name,
            county=self.name,
            key=self.key,
            wake=self.wake,
            nonce=self.world.nonce,
            seconds=lambda: self.world.seconds,
        )
        self.relay = Relay(database, self.broker, channels=self.channels)
        database.on_outbox(self.wake)
        local, hearing = handled_by(LedgerService)
        self._inbox = LocalInbox(database, local, self.channels)
        self._service = LedgerService()
        self._service.runtime = _Runtime(self)  # type: ignore[assignment]
        self._handlers = self._watched(hearing.handlers(self._service))
        self._is_poked = self._is_woken = False
        self.channels.start()
        self.poke()
        self.wake()
        self._soon(self.world.chance.uniform(0, CHANNEL_SECONDS), self._look_around)
        self._soon(self.world.chance.uniform(0, TICK_SECONDS), self._tick)

    def crash(self, moment: str) -> None:
        """The process is gone; what was not acknowledged waits in the broker. It starts again by itself."""
        self.world.count("crash")
        self.world.tell(f"!! {self.name} dies {moment}")
        self.stop()
        self.world.later(self.world.chance.uniform(0.1, 40.0), self.start_again)

    def start_again(self) -> None:
        """Whoever watches over processes has started it, unless it runs."""
        if not self.is_up:
            self.world.tell(f"   {self.name} starts")
            self.start()

    def stop(self) -> None:
        """The process is gone, and nobody starts it."""
        self._life += 1
        self.is_up = False
        self._effects.clear()

    def _interrupt(self, moment: str) -> None:
        if self.is_up and self.world.strikes(self.world.faults.crash):
            raise Crash(self, moment)

    def _committed(self) -> None:
        for source, message_id in self._effects:
            self.has_had(source, message_id)
        self._effects.clear()

    def _soon(self, seconds: float, act: Callable[[], None]) -> None:
        """The act happens after so many seconds, unless the process has died by then."""
        life = self._life

        def unless_dead() -> None:
            if self._life == life:
                act()

        self.world.later(seconds, unless_dead)

    # What it does by itself.

    def poke(self) -> None:
        """There is something to read."""
        if self.is_up and not self._is_poked and not self.broker.is_empty:
            self._is_poked = True
            self._soon(self.world.chance.uniform(0.001, 0.02), self._read)

    def wake(self) -> None:
        """There is something to publish."""
        if self.is_up and not self._is_woken:
            self._is_woken = True
            self._soon(self.world.chance.uniform(0.001, 0.2), self._relay)

    def _read(self) -> None:
        self._is_poked = False
        peers = [peer for peer, queue in sorted(self.broker.from_peers.items()) if queue]
        if self.broker.local and (not peers or self.world.chance.random() < 0.5):
            self._read_local()
        elif peers:
            self._read_from(self.world.chance.choice(peers))
        self.poke()

    def _relay(self) -> None:
        self._is_woken = False
        if not (self.relay.publish_local() and self.relay.publish_to_peers()):
            self.wake()

    def _look_around(self) -> None:
        self._soon(CHANNEL_SECONDS, self._look_around)
        self.channels.tick()
        self.wake()

    def _tick(self) -> None:
        self._soon(TICK_SECONDS, self._tick)
        self._service.tick()
        self._service.go_on_clearing()

    # What it hears.

    def _read_local(self) -> None:
        """Many in one transaction, and if that fails one by one, as the shell does it."""
        batch = self.broker.local[: self.world.chance.randint(1, LOCAL_BATCH)]
        self._take(batch, self.broker.local, self._apply_local)

    def _take(
        self, batch: list[Delivery], queue: list[Delivery], apply: Callable[[list[Delivery]], list[str]]
    ) -> list[str | None]:
        outcomes: list[str] | None = None
        if len(batch) > 1:
            with suppress(Exception):
                outcomes = apply(batch)
        return [
            self._see_through(
                one, queue, partial(_only, apply, one) if outcomes is None else partial(str, outcomes[n])
            )
            for n, one in enumerate(batch)
        ]

    def _apply_local(self, deliveries: list[Delivery]) -> list[str]:
        messages = [self._inbox.read(delivery) for delivery in deliveries]
        outcomes = self._inbox.commit(messages, self._service)
        for message, outcome in zip(messages, outcomes, strict=True):
            if outcome == APPLIED:
                self.has_had(message.origin, message.message_id)
            self.world.tell(f"   {self.name} hears {message.name}{self._about(message.body)}: {outcome}")
        if any(message.name == PEER_CHANGED for message in messages):
            self.wake()
        return outcomes

    def _read_from(self, peer: str) -> None:
        queue = self.broker.from_peers[peer]
        first = self.world.chance.randrange(min(len(queue), 3))
        batch = queue[first : first + self.world.chance.randint(1, PEER_BATCH)]
        for delivery, outcome in zip(batch, self._take(batch, queue, self._receive), strict=True):
            self.world.tell(f"   {self.name} takes {self.describe(delivery)}: {outcome}")

    def _receive(self, deliveries: list[Delivery]) -> list[str]:
        arrivals = [Arrival(one.queue, one.stamped_user, one.octets, one.headers) for one in deliveries]
        if len(arrivals) > 1:
            return self.channels.receive_together(arrivals, self._handlers)
        return [self.channels.receive(**vars(arrivals[0]), handle=self._handlers)]

    describe: Callable[[Delivery], str] = staticmethod(lambda delivery: delivery.queue)
    """What a delivery is, for people."""

    def _watched(self, handlers: Handlers) -> Handlers:
        """The same handlers; which messages have had their effect is known once that is committed."""

        def received(work: Work, message: ReceivedMessage) -> None:
            self._effects.append((message.peer, message.message_id))
            handlers.received(work, message)

        return replace(handlers, received=received)

    def _see_through(self, delivery: Delivery, queue: list[Delivery], apply: Callable[[], str]) -> str | None:
        return perseverance.see_through(
            apply,
            lambda error: self._park(delivery, error),
            lambda: queue.remove(delivery),
            pause=lambda seconds: True,
            tell=lambda error, attempt: self.world.tell(f"   {self.name} tries again: {error!r}"),
        )

    def _park(self, delivery: Delivery, error: Exception) -> None:
        code = park_delivery(self.database, delivery, error)
        self.world.tell(f"   {self.name} parks {delivery.routing_key}: {code}")

    # What its people do.

    def do(self, operation: Callable[..., Any], *arguments: Any) -> Any:
        """The operation's answer; None when it refuses or nobody is there to do it."""
        if not self.is_up:
            return None
        shown = " ".join(self.world.name_of(one) if len(str(one)) == 36 else str(one) for one in arguments)
        self.world.tell(f"   {self.name}: {operation.__name__} {shown}".rstrip())
        try:
            with self.database.work() as work:
                return operation(work, *arguments)
        except Refusal as refusal:
            self.world.tell(f"   {self.name} refuses: {refusal.code}")
            return None

    def _about(self, body: dict[str, Any]) -> str:
        if "transfer_id" in body:
            return f" {self.world.name_of(body['transfer_id'])}"
        return f" {body.get('county') or body.get('name') or ''} {body.get('state', '')}".rstrip()


class _Runtime:
    """`self.runtime` inside the service."""

    def __init__(self, county: County) -> None:
        self.county = county.name
        self.key = county.key
        self._database = county.database

    def work(self) -> AbstractContextManager[Work]:
        return self._database.work()

    def reading(self) -> AbstractContextManager[Work]:
        return self._database.reading()


def _only(apply: Callable[[list[Delivery]], list[str]], delivery: Delivery) -> str:
    return apply([delivery])[0]
