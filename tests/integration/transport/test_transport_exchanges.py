import pytest
from amqp.exceptions import AccessRefused, ChannelError, InvalidCommand, NotFound, PreconditionFailed


def test_the_default_exchange_delivers_to_the_queue_of_that_name(wire):
    channel = wire.channel()
    first, second = wire.queue(channel, "first"), wire.queue(channel, "second")
    wire.publish(channel, second, "to the second")
    assert wire.bodies(channel, second) == ["to the second"]
    assert wire.bodies(channel, first) == []


def test_a_direct_exchange_takes_the_routing_key_as_it_is(wire):
    channel = wire.channel()
    exchange, queue = wire.exchange(channel, "direct", "direct"), wire.queue(channel, "queue")
    channel.queue_bind(queue, exchange, "a.*")
    wire.publish(channel, "a.b", "no pattern here", exchange)
    wire.publish(channel, "a.*", "the very key", exchange)
    assert wire.bodies(channel, queue) == ["the very key"]


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("*", ["a", "b"]),
        ("#", ["", "a", "a.", "a.b", ".", "a..b", "b"]),
        ("a.*", ["a.", "a.b"]),
        ("a.#", ["a", "a.", "a.b", "a..b"]),
        ("*.", ["a.", "."]),
        ("#.b", ["a.b", "a..b", "b"]),
        ("a.*.b", ["a..b"]),
        ("#.a.#.b.#", ["a.b", "a..b"]),
        ("a.b", ["a.b"]),
        ("*.*", ["a.", "a.b", "."]),
    ],
)
def test_a_topic_exchange_matches_words(wire, pattern, matching):
    channel = wire.channel()
    exchange, queue = wire.exchange(channel, "topic", "topic"), wire.queue(channel, "queue")
    channel.queue_bind(queue, exchange, pattern)
    for key in ["", "a", "a.", "a.b", ".", "a..b", "b"]:
        wire.publish(channel, key, f"<{key}>", exchange)
    assert wire.bodies(channel, queue) == [f"<{key}>" for key in matching]


def test_a_fanout_exchange_gives_every_queue_a_copy(wire):
    channel = wire.channel()
    exchange = wire.exchange(channel, "fanout", "fanout")
    queues = [wire.queue(channel, f"queue{number}") for number in range(3)]
    for queue in queues:
        channel.queue_bind(queue, exchange, "whatever")
    wire.publish(channel, "anything", "to all", exchange)
    assert [wire.bodies(channel, queue) for queue in queues] == [["to all"]] * 3


def test_a_queue_bound_by_two_matching_keys_gets_one_copy(wire):
    channel = wire.channel()
    exchange, queue = wire.exchange(channel, "topic", "topic"), wire.queue(channel, "queue")
    channel.queue_bind(queue, exchange, "#")
    channel.queue_bind(queue, exchange, "a.*")
    wire.publish(channel, "a.b", "once", exchange)
    assert wire.bodies(channel, queue) == ["once"]


def test_what_no_binding_takes_goes_to_the_alternate_exchange(wire):
    channel = wire.channel()
    last = wire.exchange(channel, "last", "fanout")
    middle = wire.exchange(channel, "middle", "direct", alternate_exchange=last)
    first = wire.exchange(channel, "first", "topic", alternate_exchange=middle)
    known, unrouted = wire.queue(channel, "known"), wire.queue(channel, "unrouted")
    channel.queue_bind(known, first, "known")
    channel.queue_bind(unrouted, last, "")
    wire.publish(channel, "known", "known", first, mandatory=True)
    wire.publish(channel, "unknown", "unknown", first, mandatory=True)
    assert wire.bodies(channel, known) == ["known"]
    message = wire.get(channel, unrouted)
    assert (message.body, message.delivery_info["routing_key"]) == ("unknown", "unknown")


def test_exchanges_that_are_each_others_alternate_do_not_hang(wire):
    channel = wire.channel()
    names = wire.name("one"), wire.name("other")
    for name, other in (names, reversed(names)):
        channel.exchange_declare(name, "direct", auto_delete=False, arguments={"alternate-exchange": other})
    with pytest.raises(ChannelError, match="NO_ROUTE"):
        wire.publish(channel, "nowhere", exchange=names[0], mandatory=True)


def test_an_unbound_queue_gets_nothing_more(wire):
    channel = wire.channel()
    exchange, queue = wire.exchange(channel, "topic", "topic"), wire.queue(channel, "queue")
    channel.queue_bind(queue, exchange, "a.*")
    wire.publish(channel, "a.b", "before", exchange)
    channel.queue_unbind(queue, exchange, "a.*")
    wire.publish(channel, "a.b", "after", exchange)
    assert wire.bodies(channel, queue) == ["before"]


def test_declaring_an_exchange_again_changes_nothing(wire):
    channel = wire.channel()
    exchange, queue = wire.exchange(channel, "topic", "topic"), wire.queue(channel, "queue")
    channel.queue_bind(queue, exchange, "#")
    channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
    wire.publish(channel, "a", "still bound", exchange)
    assert wire.bodies(channel, queue) == ["still bound"]


@pytest.mark.parametrize(
    "otherwise",
    [
        {"type": "direct", "durable": True, "auto_delete": False},
        {"type": "topic", "durable": False, "auto_delete": False},
        {"type": "topic", "durable": True, "auto_delete": True},
        {
            "type": "topic",
            "durable": True,
            "auto_delete": False,
            "arguments": {"alternate-exchange": "elsewhere"},
        },
    ],
)
def test_declaring_an_exchange_otherwise_is_refused(wire, otherwise):
    channel = wire.channel()
    exchange = wire.exchange(channel, "topic", "topic")
    with pytest.raises(PreconditionFailed, match="inequivalent arg"):
        channel.exchange_declare(exchange, **otherwise)


def test_reserved_names_are_refused(wire):
    channel = wire.channel()
    with pytest.raises(AccessRefused):
        channel.exchange_declare("", "direct")
    with pytest.raises(AccessRefused):
        channel.exchange_declare("amq.own", "direct")
    with pytest.raises(AccessRefused):
        channel.queue_declare("amq.own")
    queue = wire.queue(channel, "queue")
    with pytest.raises(AccessRefused):
        channel.queue_bind(queue, "", "key")


def test_an_unknown_exchange_type_is_refused(wire):
    with pytest.raises(InvalidCommand, match="unknown exchange type"):
        wire.channel().exchange_declare(wire.name("strange"), "no-such-type")


def test_a_missing_exchange_is_refused(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    with pytest.raises(NotFound, match="no exchange"):
        wire.publish(channel, "key", exchange=wire.name("missing"))
    with pytest.raises(NotFound, match="no exchange"):
        channel.exchange_declare(wire.name("missing"), "direct", passive=True)
    with pytest.raises(NotFound, match="no exchange"):
        channel.queue_bind(queue, wire.name("missing"), "key")


def test_an_auto_delete_exchange_goes_with_its_last_binding(wire):
    channel = wire.channel()
    exchange, queue = wire.name("passing"), wire.queue(channel, "queue")
    channel.exchange_declare(exchange, "direct", auto_delete=True)
    channel.queue_bind(queue, exchange, "one")
    channel.queue_bind(queue, exchange, "two")
    channel.queue_unbind(queue, exchange, "one")
    channel.exchange_declare(exchange, "direct", passive=True)
    channel.queue_unbind(queue, exchange, "two")
    with pytest.raises(NotFound):
        channel.exchange_declare(exchange, "direct", passive=True)


def test_deleting_an_exchange_in_use_can_be_refused(wire):
    channel = wire.channel()
    exchange, queue = wire.exchange(channel, "direct", "direct"), wire.queue(channel, "queue")
    channel.queue_bind(queue, exchange, "key")
    with pytest.raises(PreconditionFailed, match="in use"):
        channel.exchange_delete(exchange, if_unused=True)
    channel.exchange_delete(exchange)
    with pytest.raises(NotFound):
        wire.publish(channel, "key", exchange=exchange)


def test_a_grave_refusal_ends_the_connection(wire):
    connection = wire.connection()
    channel, other = connection.channel(), connection.channel()
    queue = wire.queue(other, "queue")
    with pytest.raises(InvalidCommand):
        channel.exchange_declare(wire.name("strange"), "no-such-type")
    with pytest.raises(connection.connection_errors):
        wire.publish(other, queue)
    assert not connection.connected
    wire.publish(connection.default_channel, queue, "a new one works")
    assert wire.bodies(wire.channel(), queue) == ["a new one works"]


def test_the_channel_works_on_after_a_refusal(wire):
    channel = wire.channel()
    queue = wire.queue(channel, "queue")
    with pytest.raises(NotFound):
        channel.queue_declare(wire.name("missing"), passive=True)
    wire.publish(channel, queue, "works on")
    assert wire.bodies(channel, queue) == ["works on"]
