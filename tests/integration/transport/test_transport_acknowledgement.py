from collections import Counter
from contextlib import suppress

import eventlet
import pytest
from amqp.exceptions import AccessRefused, AMQPNotImplementedError, NotAllowed, PreconditionFailed


def test_an_acknowledged_message_is_gone(wire):
    connection = wire.connection()
    channel = connection.channel()
    queue = wire.queue(channel, "queue")
    wire.publish(channel, queue)
    message = wire.get(channel, queue)
    assert message.delivery_info["redelivered"] is False
    channel.basic_ack(message.delivery_tag)
    connection.release()
    assert wire.nothing_in(wire.channel(), queue)


@pytest.mark.parametrize("closed", ["channel", "connection"])
def test_what_was_not_acknowledged_comes_back_when_its_holder_goes(wire, closed):
    connection = wire.connection()
    channel, other = connection.channel(), wire.channel()
    queue = wire.queue(channel, "queue")
    for body in "abc":
        wire.publish(channel, queue, body)
    first = wire.get(channel, queue)
    wire.get(channel, queue)
    channel.basic_ack(first.delivery_tag)
    if closed == "channel":
        channel.close()
    else:
        connection.release()
    assert wire.eventually(lambda: wire.ready(other, queue) == 2)
    messages = [wire.get(other, queue) for _ in range(2)]
    assert [(message.body, message.delivery_info["redelivered"]) for message in messages] == [
        ("b", True),
        ("c", False),
    ]


def test_what_a_gone_consumer_held_comes_back(wire):
    connection = wire.connection()
    channel, other = connection.channel(), wire.channel()
    queue = wire.queue(channel, "queue")
    for number in range(5):
        wire.publish(channel, queue, str(number))
    held = []
    channel.basic_qos(0, 3, False)
    channel.basic_consume(queue, callback=held.append)
    while len(held) < 3:
        connection.drain_events(timeout=2)
    connection.release()
    assert wire.eventually(lambda: wire.ready(other, queue) == 5)
    assert wire.bodies(other, queue) == list("01234")


def test_what_a_gone_consumer_held_goes_to_the_next_one_in_order(wire):
    connection = wire.connection()
    channel, other = connection.channel(), wire.channel()
    queue = wire.queue(channel, "queue")
    held, others = [], []
    channel.basic_consume(queue, callback=held.append)
    for number in range(6):
        wire.publish(other, queue, str(number))
    while len(held) < 3:
        connection.drain_events(timeout=2)
    other.basic_consume(queue, callback=lambda message: others.append(message.body))
    connection.release()
    assert wire.eventually(lambda: wire.drain(other) or len(others) == 6)
    assert others == list("012345")


def test_a_requeued_message_takes_its_old_place_and_no_other_queue_gets_it(wire):
    channel = wire.channel()
    exchange = wire.exchange(channel, "fanout", "fanout")
    queue, bystander = wire.queue(channel, "queue"), wire.queue(channel, "bystander")
    for bound in (queue, bystander):
        channel.queue_bind(bound, exchange, "")
    for body in "abcd":
        wire.publish(channel, "", body, exchange)
    messages = [wire.get(channel, queue) for _ in range(3)]
    for place in (2, 0, 1):
        channel.basic_reject(messages[place].delivery_tag, requeue=True)
    assert wire.eventually(lambda: wire.ready(channel, queue) == 4)
    assert wire.bodies(channel, queue) == list("abcd")
    assert wire.bodies(channel, bystander) == list("abcd")


def test_a_requeued_message_says_so(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    wire.publish(channel, queue)
    for redelivered in (False, True, True):
        message = wire.get(channel, queue)
        assert message.delivery_info["redelivered"] is redelivered
        channel.basic_reject(message.delivery_tag, requeue=True)


def test_a_quorum_queue_counts_deliveries(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue", queue_type="quorum")
    wire.publish(channel, queue, headers={"kept": "yes"})
    for times in range(3):
        message = wire.get(channel, queue)
        assert message.properties["application_headers"] == {"kept": "yes", "x-delivery-count": times}
        channel.basic_reject(message.delivery_tag, requeue=True)


def test_past_the_delivery_limit_a_message_is_a_dead_letter(wire):
    channel = wire.channel()
    dead = wire.queue(channel, "dead")
    queue = wire.queue(
        channel,
        "queue",
        queue_type="quorum",
        delivery_limit=3,
        dead_letter_exchange="",
        dead_letter_routing_key=dead,
    )
    wire.publish(channel, queue, "poison")
    deliveries = 0
    while not wire.ready(channel, dead) and deliveries < 10:
        message = wire.eventually(lambda: channel.basic_get(queue), seconds=1)
        if message is None:
            break
        deliveries += 1
        channel.basic_reject(message.delivery_tag, requeue=True)
    assert deliveries == 4
    headers = wire.get(channel, dead).properties["application_headers"]
    assert headers["x-death"][0]["reason"] == "delivery_limit"
    assert "x-delivery-count" not in headers


def test_past_the_delivery_limit_without_a_dead_letter_exchange_a_message_is_gone(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue", queue_type="quorum", delivery_limit=1)
    wire.publish(channel, queue)
    for _ in range(2):
        channel.basic_reject(wire.get(channel, queue).delivery_tag, requeue=True)
    assert wire.nothing_in(channel, queue)


def test_lost_channels_count_as_deliveries(wire):
    control = wire.channel()
    dead = wire.queue(control, "dead")
    queue = wire.queue(
        control,
        "queue",
        queue_type="quorum",
        delivery_limit=1,
        dead_letter_exchange="",
        dead_letter_routing_key=dead,
    )
    wire.publish(control, queue, "kills its reader")
    for _ in range(2):
        channel = wire.connection().channel()
        assert wire.get(channel, queue) is not None
        channel.close()
    assert wire.get(control, dead).body == "kills its reader"


def test_a_rejected_message_goes_to_the_dead_letter_exchange(wire):
    channel = wire.channel()
    exchange, dead = wire.exchange(channel, "dlx", "direct"), wire.queue(channel, "dead")
    queue = wire.queue(channel, "queue", dead_letter_exchange=exchange)
    channel.queue_bind(dead, exchange, queue)
    wire.publish(channel, queue, "unwanted", message_id="m-1")
    channel.basic_reject(wire.get(channel, queue).delivery_tag, requeue=False)
    message = wire.get(channel, dead)
    assert message.delivery_info["exchange"] == exchange
    assert message.delivery_info["routing_key"] == queue
    assert message.properties["message_id"] == "m-1"
    assert message.properties["application_headers"]["x-death"][0]["reason"] == "rejected"


def test_deaths_of_one_kind_are_counted(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue", dead_letter_exchange="")
    wire.publish(channel, queue)
    for _ in range(2):
        channel.basic_reject(wire.get(channel, queue).delivery_tag, requeue=False)
    deaths = wire.get(channel, queue).properties["application_headers"]["x-death"]
    assert [(death["reason"], death["count"]) for death in deaths] == [("rejected", 2)]


def test_a_message_that_dies_in_circles_is_dropped(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue", message_ttl=50, dead_letter_exchange="")
    wire.publish(channel, queue)
    assert wire.eventually(lambda: wire.ready(channel, queue) == 0, seconds=2)
    eventlet.sleep(0.2)
    assert wire.ready(channel, queue) == 0


def test_of_a_message_in_circles_only_the_copy_that_circles_is_dropped(wire):
    channel = wire.channel()
    exchange, elsewhere = wire.exchange(channel, "dlx", "fanout"), wire.queue(channel, "elsewhere")
    queue = wire.queue(channel, "queue", message_ttl=50, dead_letter_exchange=exchange)
    for bound in (queue, elsewhere):
        channel.queue_bind(bound, exchange, "")
    wire.publish(channel, queue, "round")
    assert wire.get(channel, elsewhere).body == "round"
    eventlet.sleep(0.2)
    assert (wire.ready(channel, queue), wire.ready(channel, elsewhere)) == (0, 0)


def test_a_retry_queue_may_lead_back_to_a_queue_whose_reader_rejects(wire):
    channel = wire.channel()
    work, retry = wire.name("work"), wire.name("retry")
    for name, leads_to, ttl in ((work, retry, None), (retry, work, 50)):
        arguments = {"x-dead-letter-exchange": "", "x-dead-letter-routing-key": leads_to}
        if ttl:
            arguments["x-message-ttl"] = ttl
        channel.queue_declare(name, durable=True, auto_delete=False, arguments=arguments)
    wire.publish(channel, work, "again")
    for _ in range(3):
        channel.basic_reject(wire.get(channel, work).delivery_tag, requeue=False)
    assert wire.get(channel, work).body == "again"


def test_prefetch_limits_what_each_consumer_holds(wire):
    channel, other = wire.channel(), wire.channel()
    queue = wire.queue(channel, "queue")
    for number in range(10):
        wire.publish(channel, queue, str(number))
    held, others = [], []
    channel.basic_qos(0, 3, False)
    channel.basic_consume(queue, callback=held.append)
    wire.drain(channel)
    assert len(held) == 3
    other.basic_qos(0, 2, False)
    other.basic_consume(queue, callback=others.append)
    wire.drain(other)
    assert len(others) == 2
    channel.basic_ack(held[0].delivery_tag)
    wire.drain(channel)
    assert [message.body for message in held] == ["0", "1", "2", "5"]


def test_every_consumer_of_a_channel_has_the_limit_for_itself(wire):
    channel = wire.channel()
    queues = [wire.queue(channel, f"queue{number}") for number in range(2)]
    held = Counter()
    channel.basic_qos(0, 2, False)
    for queue in queues:
        for _ in range(5):
            wire.publish(channel, queue)
        channel.basic_consume(
            queue, callback=lambda message: held.update([message.delivery_info["routing_key"]])
        )
    wire.drain(channel)
    assert held == dict.fromkeys(queues, 2)


def test_competing_consumers_take_turns(wire):
    channels = [wire.channel() for _ in range(3)]
    queue = wire.queue(channels[0], "queue")
    got = [[] for _ in channels]
    for channel, bodies in zip(channels, got, strict=True):
        channel.basic_consume(queue, callback=lambda message, bodies=bodies: bodies.append(message.body))
    publisher = wire.channel()
    for number in range(9):
        wire.publish(publisher, queue, str(number))
    for channel in channels:
        wire.drain(channel)
    assert sorted(got) == [["0", "3", "6"], ["1", "4", "7"], ["2", "5", "8"]]


def test_several_messages_are_acknowledged_at_once(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    for body in "abcd":
        wire.publish(channel, queue, body)
    messages = [wire.get(channel, queue) for _ in range(4)]
    channel.basic_ack(messages[2].delivery_tag, multiple=True)
    channel.close()
    assert wire.get(wire.channel(), queue).body == "d"
    assert wire.nothing_in(wire.channel(), queue)


def test_recovering_gives_back_everything_unacknowledged(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    for body in "abc":
        wire.publish(channel, queue, body)
    for _ in range(3):
        wire.get(channel, queue)
    channel.basic_recover(requeue=True)
    assert wire.eventually(lambda: wire.ready(channel, queue) == 3)
    assert wire.bodies(channel, queue) == list("abc")
    with pytest.raises(AMQPNotImplementedError):
        wire.do_and_hear(channel, lambda: channel.basic_recover(requeue=False))


def test_an_unknown_delivery_tag_is_refused(wire):
    channel = wire.channel()
    with pytest.raises(PreconditionFailed, match="unknown delivery tag"):
        wire.do_and_hear(channel, lambda: channel.basic_ack(99))


def test_consumers_hear_that_their_channel_failed(wire):
    channel = wire.channel()
    channel.basic_consume(wire.queue(channel, "queue"), callback=lambda message: None)
    with suppress(PreconditionFailed):
        channel.basic_ack(99)
    with pytest.raises(PreconditionFailed, match="unknown delivery tag"):
        channel.connection.drain_events(timeout=2)


def test_without_acknowledgement_a_message_is_gone_once_delivered(wire):
    connection = wire.connection()
    channel = connection.channel()
    queue = wire.queue(channel, "queue")
    for body in "abc":
        wire.publish(channel, queue, body)
    got = []
    channel.basic_qos(0, 1, False)
    channel.basic_consume(queue, no_ack=True, callback=lambda message: got.append(message.body))
    wire.drain(channel)
    connection.release()
    assert got == list("abc")
    assert wire.nothing_in(wire.channel(), queue)


def test_a_cancelled_consumer_gets_nothing_more_but_may_still_acknowledge(wire):
    channel, other = wire.channel(), wire.channel()
    queue = wire.queue(channel, "queue")
    held = []
    tag = channel.basic_consume(queue, callback=held.append)
    wire.publish(other, queue, "before")
    wire.drain(channel)
    channel.basic_cancel(tag)
    wire.publish(other, queue, "after")
    wire.drain(channel)
    assert [message.body for message in held] == ["before"]
    channel.basic_ack(held[0].delivery_tag)
    channel.close()
    assert wire.bodies(other, queue) == ["after"]


def test_an_exclusive_consumer_is_alone(wire):
    channel, other = wire.channel(), wire.channel()
    queue = wire.queue(channel, "queue")
    channel.basic_consume(queue, exclusive=True, callback=lambda message: None)
    with pytest.raises(AccessRefused):
        other.basic_consume(queue, callback=lambda message: None)
    shared = wire.queue(channel, "shared")
    channel.basic_consume(shared, callback=lambda message: None)
    with pytest.raises(AccessRefused):
        other.basic_consume(shared, exclusive=True, callback=lambda message: None)


def test_a_consumer_tag_is_used_once(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    assert channel.basic_consume(queue, consumer_tag="mine", callback=lambda message: None) == "mine"
    with pytest.raises(NotAllowed):
        channel.basic_consume(queue, consumer_tag="mine", callback=lambda message: None)
