from contextlib import suppress

import eventlet
import pytest
from amqp.exceptions import PreconditionFailed
from eventlet import GreenPool
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError
from nameko.amqp.publish import Publisher, UndeliverableMessage, get_connection
from nameko.containers import ServiceContainer
from nameko.events import BROADCAST, EventDispatcher, event_handler
from nameko.exceptions import RemoteError, RpcTimeout, UnknownService
from nameko.messaging import Publisher as PublisherDependency
from nameko.messaging import QueueConsumer, consume
from nameko.rpc import RpcProxy, rpc
from nameko.standalone.events import event_dispatcher
from nameko.standalone.rpc import ClusterRpcProxy


@pytest.fixture
def start(wire):
    """Starts containers for service classes and stops them after the test, all at once."""
    started = []

    def start_one(service_cls, **config):
        container = ServiceContainer(service_cls, {**wire.config, **config})
        container.start()
        started.append(container)
        return container

    yield start_one
    pool = GreenPool()
    for container in started:
        pool.spawn(container.stop)
    with eventlet.Timeout(15):
        pool.waitall()


@pytest.fixture
def services(wire):
    """A callee and a caller with names of their own, and what the callee heard."""
    heard = []

    class Ledger:
        name = wire.name("ledger")

        @rpc
        def double(self, number):
            return number * 2

        @rpc
        def slow(self, seconds):
            eventlet.sleep(seconds)
            return seconds

        @rpc
        def fail(self):
            raise LookupError("no such account")

    class Gateway:
        name = wire.name("gateway")
        ledger = RpcProxy(Ledger.name)
        nobody = RpcProxy(wire.name("nobody"))

        @rpc
        def ask(self, number):
            return self.ledger.double(number) + 1

        @rpc
        def ask_nobody(self):
            self.nobody.anything()

    wire.name(f"rpc-{Ledger.name}")
    return Ledger, Gateway, heard


def test_a_call_is_answered(wire, start, services):
    ledger, gateway, _ = services
    start(ledger)
    start(gateway)
    with ClusterRpcProxy(wire.config, timeout=5) as proxy:
        assert proxy[gateway.name].ask(20) == 41
        assert proxy[ledger.name].double("ab" * 300_000) == "abab" * 300_000


def test_an_exception_comes_back_to_the_caller(wire, start, services):
    ledger, _, _ = services
    start(ledger)
    with ClusterRpcProxy(wire.config, timeout=5) as proxy:
        with pytest.raises(RemoteError, match="no such account"):
            proxy[ledger.name].fail()
        assert proxy[ledger.name].double(1) == 2


def test_a_call_to_nobody_is_refused_at_once(wire, start, services):
    _, gateway, _ = services
    start(gateway)
    with ClusterRpcProxy(wire.config, timeout=5) as proxy:
        with pytest.raises(UnknownService):
            proxy[wire.name("missing")].anything()
        with pytest.raises(RemoteError, match="UnknownService"):
            proxy[gateway.name].ask_nobody()


def test_a_call_that_takes_too_long_times_out_and_the_next_one_works(wire, start, services):
    ledger, _, _ = services
    start(ledger)
    with ClusterRpcProxy(wire.config, timeout=0.3) as proxy:
        with pytest.raises(RpcTimeout):
            proxy[ledger.name].slow(1)
        assert proxy[ledger.name].double(4) == 8


def test_many_callers_get_each_their_own_answer(wire, start, services):
    ledger, gateway, _ = services
    start(ledger)
    start(gateway)

    def ask(number):
        with ClusterRpcProxy(wire.config, timeout=10) as proxy:
            return [proxy[gateway.name].ask(number + step) for step in range(5)]

    answers = list(GreenPool(20).imap(ask, range(0, 200, 10)))
    assert answers == [[2 * (number + step) + 1 for step in range(5)] for number in range(0, 200, 10)]


def test_calls_are_shared_by_the_copies_of_a_service(wire, start, services):
    ledger, _, heard = services
    for copy in range(3):

        class Copy(ledger):
            number = copy

            @rpc
            def which(self):
                heard.append(self.number)

        start(Copy)
    with ClusterRpcProxy(wire.config, timeout=5) as proxy:
        for _ in range(9):
            proxy[ledger.name].which()
    assert sorted(heard) == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_an_event_reaches_one_copy_of_each_service_or_every_copy(wire, start):
    heard = []
    source = wire.name("source")
    wire.name(f"{source}.events")

    class Shared:
        name = wire.name("shared")

        @event_handler(source, "posted")
        def shared(self, payload):
            heard.append(("shared", payload))

        @event_handler(source, "posted", handler_type=BROADCAST, reliable_delivery=False)
        def each(self, payload):
            heard.append(("each", payload))

    wire.name(f"evt-{source}-posted--{Shared.name}.shared")
    start(Shared)
    start(Shared)
    event_dispatcher(wire.config)(source, "posted", 7)
    wanted = [("each", 7), ("each", 7), ("shared", 7)]
    assert wire.eventually(lambda: sorted(heard) == wanted), heard


def test_a_service_dispatches_and_publishes(wire, start):
    heard = []
    exchange = Exchange(wire.name("outgoing"), type="topic")
    queue = Queue(wire.name("incoming"), exchange, routing_key="news.#")

    class Source:
        name = wire.name("source")
        dispatch = EventDispatcher()
        publish = PublisherDependency(exchange)

        @rpc
        def tell(self):
            self.dispatch("told", {"by": "event"})
            self.publish({"by": "message"}, routing_key="news.today")

    class Listener:
        name = wire.name("listener")

        @event_handler(Source.name, "told")
        def on_event(self, payload):
            heard.append(payload)

        @consume(queue)
        def on_message(self, payload):
            heard.append(payload)

    wire.name(f"{Source.name}.events")
    wire.name(f"rpc-{Source.name}")
    wire.name(f"evt-{Source.name}-told--{Listener.name}.on_event")
    start(Listener)
    start(Source)
    with ClusterRpcProxy(wire.config, timeout=5) as proxy:
        proxy[Source.name].tell()
    assert wire.eventually(lambda: len(heard) == 2)
    assert sorted(one["by"] for one in heard) == ["event", "message"]


def test_a_message_whose_handler_fails_can_go_back_to_its_queue_alone(wire, start):
    attempts = []
    exchange = Exchange(wire.name("exchange"), type="fanout")
    queue, bystander = Queue(wire.name("queue"), exchange), Queue(wire.name("bystander"), exchange)

    class Stubborn:
        name = wire.name("stubborn")

        @consume(queue, requeue_on_error=True)
        def handle(self, payload):
            attempts.append(payload)
            if len(attempts) < 4:
                raise RuntimeError("not yet")

    start(Stubborn)
    Publisher(wire.url, declare=[bystander]).publish("once", exchange=exchange)
    channel = wire.channel()
    assert wire.eventually(lambda: len(attempts) == 4)
    assert wire.ready(channel, bystander.name) == 1
    assert wire.ready(channel, queue.name) == 0


def test_the_publisher_of_nameko_says_what_cannot_be_delivered(wire):
    publisher = Publisher(wire.url)
    exchange = Exchange(wire.name("exchange"), type="topic")
    with pytest.raises(UndeliverableMessage):
        publisher.publish(
            {"a": 1}, exchange=exchange, declare=[exchange], routing_key="nowhere", mandatory=True
        )
    publisher.publish({"a": 1}, exchange=exchange, routing_key="nowhere")
    with pytest.warns(UserWarning, match="cannot be detected"):
        Publisher(wire.url).publish(
            {"a": 1}, exchange=exchange, routing_key="nowhere", mandatory=True, use_confirms=False
        )


def test_the_publisher_of_nameko_tries_again_and_then_says_that_a_queue_is_full(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue", max_length=1, overflow="reject-publish")
    publisher = Publisher(wire.url)
    publisher.publish("first", routing_key=queue)
    with pytest.raises(OperationalError):
        publisher.publish("second", routing_key=queue)
    channel.basic_get(queue, no_ack=True)
    publisher.publish("third", routing_key=queue)
    assert len(wire.bodies(channel, queue)) == 1


def test_a_service_goes_on_after_a_worker_acknowledged_twice(wire, start):
    heard = []
    queue = Queue(wire.name("queue"))

    class Careless:
        name = wire.name("careless")

        @consume(queue)
        def handle(self, payload):
            heard.append(payload)

    container = start(Careless)
    publisher = Publisher(wire.url)
    publisher.publish("first", routing_key=queue.name)
    assert wire.eventually(lambda: heard == ["first"])
    consumer = next(one for one in container.subextensions if isinstance(one, QueueConsumer))
    with suppress(PreconditionFailed):
        next(iter(consumer._consumers.values())).channel.basic_ack(99)
    publisher.publish("second", routing_key=queue.name)
    assert wire.eventually(lambda: heard == ["first", "second"])


def test_the_address_of_a_broker_can_be_verified(wire):
    with get_connection(wire.url) as connection:
        connection.connect()
        assert connection.connected
        assert connection.default_channel.is_open


def test_a_container_stops_while_idle_and_while_working(wire, start, services):
    ledger, gateway, _ = services
    idle, working = start(gateway), start(ledger)
    with ClusterRpcProxy(wire.config, timeout=10) as proxy:
        answer = proxy[ledger.name].slow.call_async(0.5)
        assert wire.eventually(lambda: working._worker_threads)
        with eventlet.Timeout(10):
            pool = GreenPool()
            pool.spawn(idle.stop)
            pool.spawn(working.stop)
            pool.waitall()
        assert answer.result() == 0.5
    for container in (idle, working):
        assert container.wait() is None


def test_a_container_can_be_killed(wire, start, services):
    ledger, _, _ = services
    container = start(ledger)
    with eventlet.Timeout(10):
        container.kill()
    assert container.wait() is None


def test_a_heartbeat_is_no_hindrance(wire, start, services):
    ledger, _, _ = services
    start(ledger, HEARTBEAT=1)
    eventlet.sleep(1.2)
    with ClusterRpcProxy(wire.config, timeout=5) as proxy:
        assert proxy[ledger.name].double(2) == 4
