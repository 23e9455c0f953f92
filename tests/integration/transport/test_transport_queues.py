import eventlet
import pytest
from amqp.exceptions import ConsumerCancelled, MessageNacked, NotFound, PreconditionFailed, ResourceLocked


def test_a_queue_without_a_name_gets_one(wire):
    channel = wire.channel()
    first = channel.queue_declare("", exclusive=True).queue
    second = channel.queue_declare("", exclusive=True).queue
    assert first.startswith("amq.gen-")
    assert first != second


def test_declaring_a_queue_says_how_many_messages_and_consumers_it_has(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    assert tuple(channel.queue_declare(queue, passive=True)) == (queue, 0, 0)
    wire.publish(channel, queue)
    wire.publish(channel, queue)
    assert channel.queue_declare(queue, passive=True).message_count == 2
    other = wire.channel()
    other.basic_qos(0, 1, False)
    other.basic_consume(queue, callback=lambda message: None)
    declared = wire.eventually(
        lambda: (found := channel.queue_declare(queue, passive=True)).message_count == 1 and found
    )
    assert declared.consumer_count == 1


def test_messages_keep_their_order(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    sent = [f"message {number}" for number in range(200)]
    for body in sent:
        wire.publish(channel, queue, body)
    assert wire.bodies(channel, queue) == sent


@pytest.mark.parametrize(
    "otherwise",
    [
        {"durable": False, "auto_delete": False, "arguments": {"x-message-ttl": 1000}},
        {"durable": True, "auto_delete": True, "arguments": {"x-message-ttl": 1000}},
        {"durable": True, "auto_delete": False, "arguments": {"x-message-ttl": 2000}},
        {"durable": True, "auto_delete": False},
    ],
)
def test_declaring_a_queue_otherwise_is_refused(wire, otherwise):
    channel = wire.channel()
    queue = wire.queue(channel, "queue", message_ttl=1000)
    with pytest.raises(PreconditionFailed, match="inequivalent arg"):
        channel.queue_declare(queue, **otherwise)


@pytest.mark.parametrize(
    "arguments",
    [
        {"x-message-ttl": -1},
        {"x-expires": 0},
        {"x-overflow": "something"},
        {"x-dead-letter-routing-key": "key"},
        {"x-delivery-limit": 3},
        {"x-max-length": "many", "x-overflow": "reject-publish"},
        {"x-dead-letter-exchange": 7},
    ],
)
def test_wrong_queue_arguments_are_refused(wire, arguments):
    with pytest.raises(PreconditionFailed, match=r"invalid (arg|type)"):
        wire.channel().queue_declare(wire.name("queue"), durable=True, auto_delete=False, arguments=arguments)


@pytest.mark.parametrize("transient", [{"durable": False}, {"auto_delete": True}, {"exclusive": True}])
def test_a_quorum_queue_is_durable_and_shared(wire, transient):
    given = {"durable": True, "auto_delete": False, **transient}
    with pytest.raises(PreconditionFailed):
        wire.channel().queue_declare(wire.name("queue"), arguments={"x-queue-type": "quorum"}, **given)


def test_a_missing_queue_is_refused(wire):
    channel = wire.channel()
    missing = wire.name("missing")
    for use in (
        lambda: channel.queue_declare(missing, passive=True),
        lambda: channel.basic_get(missing),
        lambda: channel.basic_consume(missing),
        lambda: channel.queue_purge(missing),
        lambda: channel.queue_bind(missing, "amq.direct", "key"),
    ):
        with pytest.raises(NotFound, match="no queue"):
            use()
    assert channel.queue_delete(missing) == 0


def test_an_exclusive_queue_belongs_to_its_connection_and_goes_with_it(wire):
    mine = wire.connection()
    queue = wire.name("mine")
    mine.channel().queue_declare(queue, exclusive=True)
    mine.channel().queue_declare(queue, exclusive=True)
    channel = wire.channel()
    with pytest.raises(ResourceLocked):
        channel.queue_declare(queue, exclusive=True)
    with pytest.raises(ResourceLocked):
        channel.basic_consume(queue)
    mine.release()

    def is_gone() -> bool:
        try:
            channel.queue_declare(queue, passive=True)
        except NotFound:
            return True
        except ResourceLocked:
            pass
        return False

    assert wire.eventually(is_gone)


def test_an_auto_delete_queue_goes_with_its_last_consumer(wire):
    channel, other = wire.channel(), wire.channel()
    queue = wire.name("passing")
    channel.queue_declare(queue, auto_delete=True)
    tags = [one.basic_consume(queue, callback=lambda message: None) for one in (channel, other)]
    channel.basic_cancel(tags[0])
    assert channel.queue_declare(queue, passive=True).consumer_count == 1
    other.basic_cancel(tags[1])
    with pytest.raises(NotFound):
        channel.queue_declare(queue, passive=True)


def test_an_expired_message_is_never_delivered(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    wire.publish(channel, queue, "short", expiration="50")
    wire.publish(channel, queue, "long", expiration="60000")
    eventlet.sleep(0.2)
    got = []
    channel.basic_consume(queue, callback=lambda message: got.append(message.body), no_ack=True)
    wire.drain(channel)
    assert got == ["long"]


def test_the_shorter_of_two_lives_counts(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue", message_ttl=100)
    wire.publish(channel, queue, "by queue", expiration="60000")
    wire.publish(channel, queue, "by message", expiration="50")
    assert wire.eventually(lambda: wire.ready(channel, queue) == 0, seconds=2)


def test_expired_messages_leave_without_anybody_asking(wire):
    channel = wire.channel()
    dead = wire.queue(channel, "dead")
    queue = wire.queue(
        channel, "queue", message_ttl=100, dead_letter_exchange="", dead_letter_routing_key=dead
    )
    wire.publish(channel, queue, "too late", expiration="60000", headers={"h": 1})
    message = wire.get(channel, dead)
    headers = message.properties["application_headers"]
    death = headers["x-death"][0]
    assert message.body == "too late"
    assert "expiration" not in message.properties
    assert {key: death[key] for key in ("count", "reason", "queue", "exchange", "routing-keys")} == {
        "count": 1,
        "reason": "expired",
        "queue": queue,
        "exchange": "",
        "routing-keys": [queue],
    }
    assert death["original-expiration"] == "60000"
    assert (headers["h"], headers["x-first-death-reason"], headers["x-first-death-queue"]) == (
        1,
        "expired",
        queue,
    )


def test_an_unused_queue_expires(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue", expires=150)

    def exists() -> bool:
        try:
            channel.queue_declare(queue, passive=True)
        except NotFound:
            return False
        return True

    tag = channel.basic_consume(queue, callback=lambda message: None)
    eventlet.sleep(0.4)
    other = wire.channel()
    wire.publish(other, queue, "a consumer keeps it", mandatory=True)
    channel.basic_cancel(tag)
    eventlet.sleep(0.5)
    assert not exists()


def test_a_full_queue_refuses_until_there_is_room(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue", max_length=2, overflow="reject-publish")
    wire.publish(channel, queue, "first")
    wire.publish(channel, queue, "second")
    with pytest.raises(MessageNacked):
        wire.publish(channel, queue, "third")
    assert wire.ready(channel, queue) == 2
    channel.basic_get(queue, no_ack=True)
    wire.publish(channel, queue, "fourth")
    assert wire.bodies(channel, queue) == ["second", "fourth"]


def test_messages_in_hand_do_not_fill_a_queue(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue", max_length=1, overflow="reject-publish")
    wire.publish(channel, queue, "first")
    channel.basic_get(queue)
    wire.publish(channel, queue, "second")
    with pytest.raises(MessageNacked):
        wire.publish(channel, queue, "third")


def test_deleting_a_queue_can_be_refused(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    wire.publish(channel, queue)
    with pytest.raises(PreconditionFailed, match="not empty"):
        channel.queue_delete(queue, if_empty=True)
    wire.channel().basic_consume(queue, callback=lambda message: None)
    with pytest.raises(PreconditionFailed, match="in use"):
        channel.queue_delete(queue, if_unused=True)


def test_deleting_a_queue_says_how_many_messages_went_and_unbinds_it(wire):
    channel = wire.channel()
    exchange, queue = wire.exchange(channel, "direct", "direct"), wire.queue(channel, "queue")
    channel.queue_bind(queue, exchange, "key")
    wire.publish(channel, "key", exchange=exchange)
    wire.publish(channel, "key", exchange=exchange)
    assert channel.queue_delete(queue) == 2
    channel.queue_declare(queue, durable=True, auto_delete=False)
    wire.publish(channel, "key", exchange=exchange)
    assert wire.bodies(channel, queue) == []


def test_purging_takes_what_waits_and_says_how_many(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    for _ in range(3):
        wire.publish(channel, queue)
    held = channel.basic_get(queue)
    assert channel.queue_purge(queue) == 2
    channel.basic_reject(held.delivery_tag, requeue=True)
    assert wire.get(channel, queue) is not None


def test_what_is_held_of_a_deleted_queue_goes_nowhere(wire):
    channel, other = wire.channel(), wire.channel()
    dead = wire.queue(channel, "dead")
    queue = wire.queue(channel, "queue", dead_letter_exchange="", dead_letter_routing_key=dead)
    for _ in range(3):
        wire.publish(channel, queue)
    messages = [wire.get(channel, queue) for _ in range(3)]
    other.queue_delete(queue)
    channel.basic_ack(messages[0].delivery_tag)
    channel.basic_reject(messages[1].delivery_tag, requeue=False)
    channel.basic_reject(messages[2].delivery_tag, requeue=True)
    other.queue_declare(queue, durable=True, auto_delete=False)
    assert wire.bodies(other, queue) == []
    assert wire.bodies(other, dead) == []


def test_a_consumer_hears_that_its_queue_was_deleted(wire):
    channel, other = wire.channel(), wire.channel()
    first, second = wire.queue(channel, "first"), wire.queue(channel, "second")
    told = []
    tag = channel.basic_consume(first, callback=lambda message: None, on_cancel=told.append)
    other.queue_delete(first)
    wire.drain(channel)
    assert told == [tag]
    channel.basic_consume(second, callback=lambda message: None)
    other.queue_delete(second)
    with pytest.raises(ConsumerCancelled):
        channel.connection.drain_events(timeout=2)
