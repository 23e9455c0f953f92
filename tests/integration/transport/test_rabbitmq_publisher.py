"""The publisher of the relay on a real RabbitMQ; the embedded one is tried in test_embedded_broker."""

import eventlet
import pytest
from amqp.exceptions import NotFound
from conftest import RABBITMQ_URL, Wire

from byttebank.messaging.embedded import Publication
from byttebank.messaging.publishing import open_publisher
from byttebank.messaging.rabbitmq import RabbitMqPublisher


@pytest.fixture
def rabbit():
    wire = Wire(RABBITMQ_URL)
    yield wire
    wire.close()


@pytest.fixture
def publisher():
    opened = open_publisher(RABBITMQ_URL)
    assert isinstance(opened, RabbitMqPublisher)
    yield opened
    opened.close()


def test_a_batch_is_confirmed_in_order(rabbit, publisher):
    channel = rabbit.channel()
    queue = rabbit.queue(channel, "batch", queue_type="quorum")
    bodies = [f"message {number}" for number in range(250)]
    outcomes = publisher.publish([Publication("", queue, body.encode()) for body in bodies])
    assert {outcome.status for outcome in outcomes} == {"confirmed"}
    assert len(outcomes) == len(bodies)
    assert rabbit.bodies(channel, queue) == [body.encode() for body in bodies]


def test_what_no_queue_takes_is_returned_and_the_rest_is_confirmed(rabbit, publisher):
    channel = rabbit.channel()
    queue = rabbit.queue(channel, "known")
    names = [queue, rabbit.name("unknown"), queue, rabbit.name("other"), queue]
    outcomes = publisher.publish([Publication("", name, b"text") for name in names])
    assert [one.status for one in outcomes] == ["confirmed", "returned", "confirmed", "returned", "confirmed"]
    assert rabbit.ready(channel, queue) == 3


def test_a_full_queue_nacks(rabbit, publisher):
    channel = rabbit.channel()
    queue = rabbit.queue(channel, "full", max_length=1, overflow="reject-publish")
    outcomes = publisher.publish([Publication("", queue, b"text")] * 3)
    assert [one.status for one in outcomes] == ["confirmed", "nacked", "nacked"]


def test_a_missing_exchange_is_an_error_and_the_next_batch_goes_well(rabbit, publisher):
    queue = rabbit.queue(rabbit.channel(), "after")
    with pytest.raises(NotFound):
        publisher.publish([Publication(rabbit.name("nowhere"), "key", b"text")])
    (outcome,) = publisher.publish([Publication("", queue, b"text")])
    assert outcome.is_confirmed


def test_properties_and_octets_arrive_as_they_were(rabbit, publisher):
    channel = rabbit.channel()
    queue = rabbit.queue(channel, "whole")
    headers = {"origin": "ledger", "deadline_ms": 1_800_000_000_000}
    octets = bytes(range(256))
    properties = {"content_type": "application/jose+json", "message_id": "m", "application_headers": headers}
    publisher.publish([Publication("", queue, octets, properties)])
    message = rabbit.get(channel, queue)
    assert bytes(message.body) == octets
    assert message.properties["application_headers"] == headers
    assert (message.properties["message_id"], message.properties["delivery_mode"]) == ("m", 2)
    assert "user_id" not in message.properties


def test_many_greenlets_share_a_few_connections(rabbit, publisher):
    channel = rabbit.channel()
    queue = rabbit.queue(channel, "shared")
    pool = eventlet.GreenPool(20)
    told = list(pool.imap(lambda n: publisher.publish([Publication("", queue, b"%d" % n)])[0], range(200)))
    assert all(outcome.is_confirmed for outcome in told)
    assert sorted(map(int, rabbit.bodies(channel, queue))) == list(range(200))


def test_a_connection_that_the_broker_has_closed_meanwhile_is_made_again(rabbit, publisher):
    queue = rabbit.queue(rabbit.channel(), "again")
    publisher.publish([Publication("", queue, b"first")])
    publisher._idle[0]._connection.connection.transport.sock.shutdown(2)
    (outcome,) = publisher.publish([Publication("", queue, b"second")])
    assert outcome.is_confirmed


def test_without_a_broker_publishing_fails_as_something_that_passes():
    from byttebank.messaging.faults import is_passing

    with pytest.raises(Exception, match=r"refused|Errno") as raised:
        open_publisher("amqp://byttebank:no@127.0.0.1:1/innlandet").publish([Publication("", "queue", b"x")])
    assert is_passing(raised.value)
