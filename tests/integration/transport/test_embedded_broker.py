import gc
import logging
import time

import eventlet
import greenlet
import pytest
from amqp.exceptions import ConnectionForced, PreconditionFailed
from eventlet import GreenPool, tpool
from eventlet.hubs import get_hub
from eventlet.patcher import original
from kombu import Connection
from nameko.containers import ServiceContainer
from nameko.rpc import RpcProxy, rpc
from nameko.standalone.rpc import ClusterRpcProxy

from byttebank.messaging.embedded import (
    BrokerNotStarted,
    Publication,
    QueueState,
    WrongThread,
    current_broker,
    install,
    start_broker,
)


def test_counties_do_not_see_each_other(embedded, broker):
    channel = embedded.channel()
    queue = embedded.queue(channel, "queue")
    embedded.publish(channel, queue, "for innlandet")
    with Connection("embedded://akershus/") as other:
        other.channel().queue_declare(queue, durable=True, auto_delete=False)
        assert other.channel().basic_get(queue) is None
    assert [state.ready for state in broker.queues("innlandet")] == [1]
    assert [state.ready for state in broker.queues("akershus")] == [0]


@pytest.mark.parametrize(
    "url",
    [
        "embedded:///",
        "embedded://inn_landet/",
        "embedded://innlandet/path",
        "embedded://innlandet:5672/",
        "embedded://user:password@innlandet/",
    ],
)
def test_an_address_is_a_county_and_nothing_more(broker, url):
    with pytest.raises(ValueError, match="county"):
        Connection(url).connect()


def test_without_a_broker_connecting_is_refused_at_once():
    install()
    with pytest.raises(BrokerNotStarted, match="start_broker"):
        current_broker()
    with eventlet.Timeout(1), pytest.raises(BrokerNotStarted, match="start_broker"):
        Connection("embedded://innlandet/").ensure_connection()


def test_a_process_has_one_broker_at_a_time(broker):
    with pytest.raises(RuntimeError, match="close"):
        start_broker(None)
    assert current_broker() is broker
    broker.close()
    broker.close()
    second = start_broker(None)
    assert current_broker() is second
    second.close()


def test_another_thread_is_refused(embedded, broker):
    channel = embedded.channel()
    queue = embedded.queue(channel, "queue")
    with pytest.raises(WrongThread, match="tpool"):
        tpool.execute(embedded.publish, channel, queue)
    with pytest.raises(WrongThread):
        tpool.execute(broker.publish_many, "innlandet", [])


def test_many_messages_are_published_with_an_outcome_each(embedded, broker):
    channel = embedded.channel()
    exchange = embedded.exchange(channel, "events", "topic")
    queue = embedded.queue(channel, "queue")
    full = embedded.queue(channel, "full", max_length=1, overflow="reject-publish")
    channel.queue_bind(queue, exchange, "known.#")
    headers = {"application_headers": {"h": 1}, "content_type": "application/json", "message_id": "m-1"}
    outcomes = broker.publish_many(
        "innlandet",
        [
            Publication(exchange, "known.one", b"1", headers),
            Publication(exchange, "unknown", b"2"),
            Publication("", full, b"3"),
            Publication("", full, b"4"),
            Publication("missing", "known.one", b"5"),
            Publication(exchange, "known.two", b"6"),
        ],
    )
    assert [outcome.status for outcome in outcomes] == [
        "confirmed",
        "returned",
        "confirmed",
        "nacked",
        "nacked",
        "confirmed",
    ]
    assert "routing key 'unknown'" in outcomes[1].reason
    assert "is full" in outcomes[3].reason
    assert "no exchange 'missing'" in outcomes[4].reason
    message = channel.basic_get(queue)
    assert (message.body, message.properties["delivery_mode"]) == (b"1", 2)
    assert message.properties["application_headers"] == {"h": 1}
    assert message.properties["message_id"] == "m-1"
    assert channel.basic_get(queue).body == b"6"


def test_a_batch_with_a_user_id_is_refused_whole(embedded, broker):
    channel = embedded.channel()
    queue = embedded.queue(channel, "queue")
    with pytest.raises(PreconditionFailed, match="user_id"):
        broker.publish_many(
            "innlandet", [Publication("", queue, b"1"), Publication("", queue, b"2", {"user_id": "me"})]
        )
    assert embedded.ready(channel, queue) == 0


def test_the_state_of_queues_shows_who_has_what(embedded, broker):
    channel = embedded.channel()
    queue = embedded.queue(channel, "queue")
    for _ in range(3):
        embedded.publish(channel, queue)
    channel.basic_qos(0, 1, False)
    channel.basic_consume(queue, callback=lambda message: None)
    assert broker.queues("innlandet") == [QueueState(queue, 2, 1, 0, 1)]


def test_the_broker_is_quiet_when_nothing_moves_by_itself(embedded, broker):
    channel = embedded.channel()
    queue, other = embedded.queue(channel, "queue"), embedded.queue(channel, "nobody-reads")
    assert broker.is_quiet()
    embedded.publish(channel, other)
    assert broker.is_quiet()
    held = []
    channel.basic_consume(queue, callback=held.append)
    embedded.publish(channel, queue)
    assert not broker.is_quiet()
    assert not broker.is_quiet("innlandet")
    assert broker.is_quiet("akershus")
    embedded.drain(channel)
    assert not broker.is_quiet()
    channel.basic_ack(held[0].delivery_tag)
    assert broker.is_quiet()


def test_cancelling_wakes_whoever_waits_for_events(embedded):
    channel = embedded.channel()
    queue = embedded.queue(channel, "queue")
    tag = channel.basic_consume(queue, callback=lambda message: None)
    waiting = eventlet.spawn(channel.connection.drain_events, timeout=10)
    eventlet.sleep(0)
    channel.basic_cancel(tag)
    with eventlet.Timeout(1):
        waiting.wait()


def test_what_a_consumer_has_not_got_yet_is_untouched_when_it_leaves(embedded):
    channel, other = embedded.channel(), embedded.channel()
    queue = embedded.queue(channel, "queue", queue_type="quorum", delivery_limit=1)
    tag = channel.basic_consume(queue, callback=lambda message: None)
    for body in "abc":
        embedded.publish(other, queue, body)
    channel.basic_cancel(tag)
    messages = [other.basic_get(queue) for _ in range(3)]
    assert [message.body for message in messages] == list("abc")
    assert not any(message.delivery_info["redelivered"] for message in messages)


def test_a_message_that_expires_on_its_way_to_a_slow_consumer_is_not_delivered(embedded):
    channel, other = embedded.channel(), embedded.channel()
    dead = embedded.queue(channel, "dead")
    queue = embedded.queue(channel, "queue", dead_letter_exchange="", dead_letter_routing_key=dead)
    got = []
    channel.basic_consume(queue, callback=lambda message: got.append(message.body))
    embedded.publish(other, queue, "short", expiration="50")
    embedded.publish(other, queue, "long", expiration="60000")
    eventlet.sleep(0.1)
    embedded.drain(channel)
    assert got == ["long"]
    assert embedded.get(other, dead).body == "short"


def test_a_message_that_expired_within_this_very_turn_is_not_taken(embedded):
    channel = embedded.channel()
    queue = embedded.queue(channel, "queue")
    embedded.publish(channel, queue, expiration="5")
    original("time").sleep(0.01)
    assert channel.basic_get(queue) is None


def test_a_dead_letter_without_a_place_is_kept_until_there_is_one(embedded, broker, caplog):
    channel = embedded.channel()
    dead = embedded.name("dead")
    queue = embedded.queue(
        channel,
        "queue",
        queue_type="quorum",
        dead_letter_exchange="",
        dead_letter_routing_key=dead,
        dead_letter_strategy="at-least-once",
        overflow="reject-publish",
    )
    embedded.publish(channel, queue, "keep me")
    with caplog.at_level(logging.WARNING):
        channel.basic_reject(channel.basic_get(queue).delivery_tag, requeue=False)
    assert "kept until there is one" in caplog.text
    assert broker.queues("innlandet") == [QueueState(queue, 0, 0, 1, 0)]
    channel.queue_declare(dead, durable=True, auto_delete=False)
    assert channel.basic_get(dead).body == "keep me"
    assert broker.queues("innlandet")[1].dead_letters_waiting == 0


def test_a_dead_letter_waits_for_room_too(embedded):
    channel = embedded.channel()
    dead = embedded.queue(channel, "dead", max_length=1, overflow="reject-publish")
    queue = embedded.queue(
        channel,
        "queue",
        dead_letter_exchange="",
        dead_letter_routing_key=dead,
        dead_letter_strategy="at-least-once",
    )
    for body in "ab":
        embedded.publish(channel, queue, body)
        channel.basic_reject(channel.basic_get(queue).delivery_tag, requeue=False)
    assert channel.basic_get(dead, no_ack=True).body == "a"
    assert channel.basic_get(dead, no_ack=True).body == "b"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [({"x-max-length": 5}, "reject-publish"), ({"x-unheard-of": 1}, "knows only")],
)
def test_arguments_that_would_be_ignored_are_refused(embedded, arguments, says):
    with pytest.raises(PreconditionFailed, match=says):
        embedded.channel().queue_declare(embedded.name("queue"), arguments=arguments)


def test_closing_tells_whoever_waits(broker):
    with Connection("embedded://innlandet/") as connection:
        connection.connect()
        waiting = eventlet.spawn(connection.drain_events, timeout=10)
        eventlet.sleep(0)
        broker.close()
        with eventlet.Timeout(1), pytest.raises(ConnectionForced, match="closed"):
            waiting.wait()
        with pytest.raises(BrokerNotStarted):
            broker.queues("innlandet")


def container(number: int, config: dict) -> ServiceContainer:
    class Service:
        name = f"service-{number}"
        other = RpcProxy("service-0")

        @rpc
        def ping(self):
            return number

    return ServiceContainer(Service, config)


def test_thirty_containers_stop_together_and_leave_nothing_running(embedded, broker):
    before = living_greenlets()
    containers = [container(number, embedded.config) for number in range(35)]
    for one in containers:
        one.start()
    with ClusterRpcProxy(embedded.config, timeout=5) as proxy:
        assert [proxy[f"service-{number}"].ping() for number in range(35)] == list(range(35))
    started_at = time.monotonic()
    pool = GreenPool(100)
    for one in containers:
        pool.spawn(one.stop)
    pool.waitall()
    assert time.monotonic() - started_at < 6
    broker.close()
    eventlet.sleep(0)
    assert living_greenlets() <= before
    del pool


def test_a_dropped_connection_that_only_published_is_not_kept_alive(broker):
    def publish() -> None:
        channel = Connection("embedded://innlandet/").channel()
        channel.queue_declare("queue", auto_delete=False)
        channel.basic_publish(channel.prepare_message(b"m"), routing_key="queue")

    publish()
    gc.collect()
    assert len(broker.connections) == 0


def test_waking_makes_containers_stop_without_waiting_out_their_second(embedded, broker):
    containers = [container(number, embedded.config) for number in range(10)]
    for one in containers:
        one.start()
    started_at = time.monotonic()
    stopping = [eventlet.spawn(one.stop) for one in containers]
    while not all(thread.dead for thread in stopping):
        broker.wake()
        eventlet.sleep(0.01)
    assert time.monotonic() - started_at < 0.5


def test_closing_the_broker_ends_containers_that_still_run(embedded, broker):
    containers = [container(number, embedded.config) for number in range(30)]
    for one in containers:
        one.start()
    broker.close()
    with eventlet.Timeout(10):
        for one in containers:
            with pytest.raises(BrokerNotStarted):
                one.wait()


def test_closing_leaves_no_timer_behind(broker):
    before = waiting_timers()
    broker.publish_many("innlandet", [])
    broker.link("innlandet", "out", "akershus", "bank.in", "county-innlandet")
    with Connection("embedded://innlandet/") as connection:
        channel = connection.channel()
        channel.queue_declare(
            "q", auto_delete=False, arguments={"x-expires": 60_000, "x-message-ttl": 60_000}
        )
        channel.basic_publish(channel.prepare_message(b"m"), routing_key="q")
        assert waiting_timers() > before
    broker.close()
    assert waiting_timers() == before


def living_greenlets() -> int:
    gc.collect()
    return sum(1 for one in gc.get_objects() if isinstance(one, greenlet.greenlet) and not one.dead)


def waiting_timers() -> int:
    hub = get_hub()
    timers = [*hub.timers, *hub.next_timers]
    return sum(1 for timer in timers if not timer[1].called)
