import pytest
from amqp.exceptions import PreconditionFailed

from byttebank.messaging.embedded.arguments import read_alternate, read_queue_arguments


def test_arguments_are_read_into_seconds_and_messages():
    given = {
        "x-queue-type": "quorum",
        "x-message-ttl": 1500,
        "x-expires": 60_000,
        "x-dead-letter-exchange": "dlx",
        "x-dead-letter-routing-key": "dead",
        "x-dead-letter-strategy": "at-least-once",
        "x-delivery-limit": 20,
        "x-max-length": 1000,
        "x-overflow": "reject-publish",
    }
    read = read_queue_arguments("queue", given, is_transient=False)
    assert (read.is_quorum, read.message_ttl_seconds, read.expires_seconds) == (True, 1.5, 60.0)
    assert (read.dead_letter_exchange, read.dead_letter_routing_key) == ("dlx", "dead")
    assert (read.dead_letters_at_least_once, read.delivery_limit, read.max_length) == (True, 20, 1000)
    assert read.as_given == given


def test_without_arguments_nothing_is_limited():
    read = read_queue_arguments("queue", {}, is_transient=True)
    limits = (read.message_ttl_seconds, read.expires_seconds, read.delivery_limit, read.max_length)
    assert limits == (None, None, None, None)
    assert not read.is_quorum


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"x-message-ttl": -1}, "at least 0"),
        ({"x-message-ttl": "60"}, "whole number"),
        ({"x-message-ttl": True}, "whole number"),
        ({"x-expires": 0}, "at least 1"),
        ({"x-delivery-limit": 3}, "x-queue-type=quorum"),
        ({"x-max-length": 3}, "x-overflow=reject-publish"),
        ({"x-max-length": 3, "x-overflow": "drop-head"}, "x-overflow=reject-publish"),
        ({"x-overflow": "reject-publish-dlx"}, "drop-head, reject-publish"),
        ({"x-queue-type": "stream"}, "classic, quorum"),
        ({"x-dead-letter-exchange": 1}, "not text"),
        ({"x-dead-letter-routing-key": "k"}, "x-dead-letter-exchange"),
        ({"x-dead-letter-strategy": "always"}, "at-least-once"),
        ({"x-max-priority": 10}, "knows only"),
    ],
)
def test_a_wrong_argument_is_refused_and_named(given, says):
    with pytest.raises(PreconditionFailed, match=says) as refused:
        read_queue_arguments("out.akershus", given, is_transient=False)
    assert "'out.akershus'" in str(refused.value)
    assert any(name in str(refused.value) for name in given)


def test_a_quorum_queue_cannot_be_transient():
    with pytest.raises(PreconditionFailed, match="durable"):
        read_queue_arguments("queue", {"x-queue-type": "quorum"}, is_transient=True)


def test_an_exchange_has_one_argument():
    assert read_alternate("events", {}) is None
    assert read_alternate("events", {"alternate-exchange": "unrouted"}) == "unrouted"
    for given in ({"alternate-exchange": 1}, {"x-other": "a"}):
        with pytest.raises(PreconditionFailed, match=next(iter(given))):
            read_alternate("events", given)
