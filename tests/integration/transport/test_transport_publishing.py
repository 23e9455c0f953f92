import time
from datetime import datetime
from decimal import Decimal

import amqp
import eventlet
import pytest
from amqp.exceptions import (
    AMQPError,
    AMQPNotImplementedError,
    ChannelError,
    FrameSyntaxError,
    MessageNacked,
    PreconditionFailed,
    RecoverableConnectionError,
)
from kombu import Consumer, Exchange, Producer, Queue
from kombu.mixins import ConsumerMixin

PROPERTIES = {
    "content_type": "application/json",
    "content_encoding": "utf-8",
    "delivery_mode": 2,
    "priority": 4,
    "correlation_id": "c-1",
    "reply_to": "r-1",
    "expiration": "60000",
    "message_id": "m-1",
    "timestamp": 1_700_000_000,
    "type": "DaysPosted",
    "app_id": "ledger",
}

HEADERS = {
    "text": "Bø",
    "number": 1,
    "large": 2**40,
    "negative": -5,
    "fraction": 0.5,
    "decimal": Decimal("1.25"),
    "truth": True,
    "nothing": None,
    "list": ["a", 1, ["b"]],
    "table": {"inner": {"most": "x"}},
    "time": datetime(2026, 2, 1, 12, 0, 0),  # noqa: DTZ001 - AMQP times carry no zone
}


def test_a_confirmed_message_is_in_the_queue(wire):
    channel, other = wire.channel(), wire.channel()
    queue = wire.queue(channel, "queue")
    for number in range(20):
        wire.publish(channel, queue, str(number), delivery_mode=2)
        assert other.basic_get(queue, no_ack=True).body == str(number)


def test_properties_and_headers_arrive_as_they_were_sent(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    message = amqp.Message("{}", application_headers=HEADERS, **PROPERTIES)
    channel.basic_publish(message, routing_key=queue)
    got = wire.get(channel, queue)
    headers = got.properties.pop("application_headers")
    assert got.properties == PROPERTIES
    assert headers == HEADERS


@pytest.mark.parametrize(
    ("body", "encoding", "arrives"),
    [
        ("håndverk", "utf-8", "håndverk"),
        (b"\xff\x00", "binary", b"\xff\x00"),
        (b"\xff\x00", "utf-8", b"\xff\x00"),
        (b"raw", None, b"raw"),
        (b"", "binary", b""),
        ("", "utf-8", ""),
        ("x" * 1_000_000, "utf-8", "x" * 1_000_000),
    ],
)
def test_bodies_arrive_as_they_were_sent(wire, body, encoding, arrives):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    message = channel.prepare_message(body, content_encoding=encoding)
    channel.basic_publish(message, routing_key=queue)
    got = wire.get(channel, queue).body
    assert got == arrives or (not got and not arrives)


def test_changing_headers_after_publishing_changes_nothing(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    headers = {"steps": ["first"]}
    wire.publish(channel, queue, headers=headers)
    headers["steps"].append("second")
    assert wire.get(channel, queue).properties["application_headers"]["steps"] == ["first"]


def test_a_header_that_amqp_cannot_carry_is_refused(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    with pytest.raises(FrameSyntaxError, match="bad"):
        wire.publish(channel, queue, headers={"bad": object()})
    wire.publish(channel, queue, "works on")
    assert wire.bodies(channel, queue) == ["works on"]


def test_a_mandatory_message_that_no_queue_takes_is_refused(wire):
    channel = wire.channel()
    exchange = wire.exchange(channel, "topic", "topic")
    with pytest.raises(ChannelError, match="NO_ROUTE") as refused:
        wire.publish(channel, "nowhere", exchange=exchange, mandatory=True)
    assert refused.value.reply_code == 312
    with pytest.raises(ChannelError, match="NO_ROUTE"):
        wire.publish(wire.channel(), wire.name("missing"), mandatory=True)


def test_a_message_that_no_queue_takes_is_confirmed_when_it_is_not_mandatory(wire):
    channel = wire.channel()
    wire.publish(channel, wire.name("missing"))


def test_a_returned_message_goes_to_the_handler_if_there_is_one(wire):
    connection = wire.connection()
    returned = []

    def on_return(error: Exception, exchange: str, routing_key: str, message: object) -> None:
        returned.append((str(error), exchange, routing_key))

    producer = Producer(connection, on_return=on_return)
    missing = wire.name("missing")
    producer.publish({"a": 1}, routing_key=missing, mandatory=True)
    assert returned == [("Basic.return: (312) NO_ROUTE", "", missing)]


def test_without_confirms_a_returned_message_is_the_next_event(wire):
    channel = wire.channel(confirms=False)
    wire.publish(channel, wire.name("missing"), mandatory=True)
    with pytest.raises(ChannelError, match="NO_ROUTE"):
        channel.connection.drain_events(timeout=2)


def test_without_confirms_a_full_queue_refuses_in_silence(wire):
    channel = wire.channel(confirms=False)
    queue = wire.queue(channel, "queue", max_length=1, overflow="reject-publish")
    wire.publish(channel, queue, "first")
    wire.publish(channel, queue, "second")
    assert wire.bodies(channel, queue) == ["first"]


def test_confirms_can_be_asked_for_one_message(wire):
    channel = wire.channel(confirms=False)
    queue = wire.queue(channel, "queue", max_length=1, overflow="reject-publish")
    message = channel.prepare_message("text", content_encoding="utf-8")
    channel.basic_publish_confirm(message, routing_key=queue)
    with pytest.raises(MessageNacked):
        channel.basic_publish_confirm(message, routing_key=queue)


def test_an_application_cannot_say_who_it_is(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    with pytest.raises(PreconditionFailed, match="user_id"):
        wire.publish(channel, queue, user_id="county-akershus")
    assert wire.nothing_in(channel, queue)


@pytest.mark.parametrize("expiration", ["soon", "-1", "1.5"])
def test_an_expiration_that_is_no_number_is_refused(wire, expiration):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    with pytest.raises(PreconditionFailed, match="invalid expiration"):
        wire.publish(channel, queue, expiration=expiration)


def test_immediate_delivery_does_not_exist(wire):
    channel = wire.channel()
    message = channel.prepare_message("text", content_encoding="utf-8")
    with pytest.raises(AMQPNotImplementedError):
        channel.basic_publish(message, routing_key="anywhere", immediate=True)


def test_a_publish_wakes_a_waiting_consumer_at_once(wire):
    channel, publisher = wire.channel(), wire.channel()
    queue = wire.queue(channel, "queue")
    took = []
    channel.basic_consume(queue, no_ack=True, callback=lambda message: took.append(time.monotonic()))
    waiting = eventlet.spawn(channel.connection.drain_events, timeout=5)
    eventlet.sleep(0.3)
    sent_at = time.monotonic()
    wire.publish(publisher, queue)
    waiting.wait()
    assert took[0] - sent_at < 0.25


def test_waiting_for_events_ends_with_the_timeout(wire):
    channel = wire.channel()
    started_at = time.monotonic()
    with pytest.raises(TimeoutError):
        channel.connection.drain_events(timeout=0.1)
    assert 0.09 < time.monotonic() - started_at < 2


def test_a_closed_channel_and_a_closed_connection_refuse(wire):
    connection = wire.connection()
    channel, other = connection.channel(), connection.channel()
    queue = wire.queue(channel, "queue")
    other.close()
    with pytest.raises(RecoverableConnectionError):
        wire.publish(other, queue)
    connection.release()
    with pytest.raises(RecoverableConnectionError):
        wire.publish(channel, queue)


def test_kombu_declares_publishes_and_consumes(wire):
    exchange = Exchange(wire.name("exchange"), type="topic")
    queue = Queue(wire.name("queue"), exchange, routing_key="county.*", expires=60, message_ttl=60)
    connection = wire.connection()
    Producer(connection).publish(
        {"days": 3},
        exchange=exchange,
        routing_key="county.ledger",
        declare=[queue],
        serializer="json",
        headers={"h": "v"},
        expiration=30,
    )
    got = []
    with Consumer(
        connection, queue, callbacks=[lambda body, message: (got.append((body, message)), message.ack())]
    ):
        connection.drain_events(timeout=2)
    body, message = got[0]
    assert body == {"days": 3}
    assert message.content_type == "application/json"
    assert message.properties["expiration"] == "30000"
    assert message.headers == {"h": "v"}
    assert message.delivery_info["routing_key"] == "county.ledger"


def test_a_simple_queue_of_kombu_works(wire):
    with wire.connection().SimpleQueue(wire.name("simple")) as simple:
        simple.put({"n": 1})
        message = simple.get(timeout=2)
        message.ack()
        assert message.payload == {"n": 1}
        assert wire.eventually(lambda: simple.qsize() == 0)


def test_a_consumer_of_kombu_reconnects_when_its_queue_is_deleted(wire):
    queue = Queue(wire.name("queue"), durable=True)

    class Reader(ConsumerMixin):
        def __init__(self) -> None:
            self.connection = wire.connection()
            self.got: list[str] = []

        def get_consumers(self, consumer_cls, channel):
            return [consumer_cls([queue], callbacks=[self.read])]

        def read(self, body, message) -> None:
            self.got.append(body)
            message.ack()

    reader = Reader()
    running = eventlet.spawn(reader.run)
    channel = wire.channel()

    def sent(body: str) -> bool:
        try:
            wire.publish(channel, queue.name, body, mandatory=True)
        except AMQPError:
            return False
        return True

    assert wire.eventually(lambda: sent("first"))
    assert wire.eventually(lambda: reader.got == ["first"])
    channel.queue_delete(queue.name)
    assert wire.eventually(lambda: sent("second"))
    assert wire.eventually(lambda: reader.got == ["first", "second"])
    reader.should_stop = True
    running.wait()
