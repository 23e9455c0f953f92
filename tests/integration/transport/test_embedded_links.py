import logging

import eventlet
import pytest
from amqp.exceptions import ChannelError
from eventlet.patcher import original
from kombu import Connection

from byttebank.messaging.embedded import NoSuchLink, Publication, QueueState


@pytest.fixture
def home(embedded):
    """Innlandet's channel, with its queue for Akershus."""
    channel = embedded.channel()
    channel.queue_declare("out.akershus", durable=True, auto_delete=False)
    return channel


@pytest.fixture
def peer(broker):
    """Akershus' channel, with the exchange for its peers and a queue bound to it."""
    with Connection("embedded://akershus/", transport_options={"confirm_publish": True}) as connection:
        channel = connection.channel()
        channel.exchange_declare("bank.in", "topic", durable=True, auto_delete=False)
        channel.queue_declare("in.innlandet.ledger", durable=True, auto_delete=False)
        channel.queue_bind("in.innlandet.ledger", "bank.in", "innlandet.ledger")
        yield channel


def link(broker, prefetch=100):
    broker.link("innlandet", "out.akershus", "akershus", "bank.in", "county-innlandet", prefetch)


def send(broker, *bodies, key="innlandet.ledger"):
    broker.publish_many("innlandet", [Publication("", "out.akershus", body.encode()) for body in bodies])


def publish(embedded, channel, body, key="innlandet.ledger", **properties):
    """A message in out.akershus that has another routing key: it came through an exchange."""
    channel.exchange_declare("bank.out", "fanout", auto_delete=False)
    channel.queue_bind("out.akershus", "bank.out")
    embedded.publish(channel, key, body, "bank.out", **properties)


def state(broker):
    (only,) = broker.links()
    return only


def bodies(channel, queue="in.innlandet.ledger"):
    found = []
    while (message := channel.basic_get(queue, no_ack=True)) is not None:
        found.append(message.body)
    return found


def test_a_link_moves_messages_with_key_and_headers_under_its_own_user(embedded, broker, home, peer):
    link(broker)
    publish(embedded, home, "a promise", headers={"trace": "t-1"}, message_id="m-1", delivery_mode=2)
    message = embedded.get(peer, "in.innlandet.ledger")
    assert message.body == "a promise"
    assert message.delivery_info["exchange"] == "bank.in"
    assert message.delivery_info["routing_key"] == "innlandet.ledger"
    assert message.properties["user_id"] == "county-innlandet"
    assert message.properties["message_id"] == "m-1"
    assert message.properties["application_headers"] == {"trace": "t-1"}
    assert (state(broker).state, state(broker).waiting, state(broker).moved) == ("running", 0, 1)


def test_the_sender_stays_on_a_dead_letter(embedded, broker, home, peer):
    peer.queue_declare("dead", durable=True, auto_delete=False)
    peer.queue_declare(
        "in.strict",
        durable=True,
        auto_delete=False,
        arguments={"x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead"},
    )
    peer.queue_bind("in.strict", "bank.in", "innlandet.strict")
    link(broker)
    publish(embedded, home, "bad", "innlandet.strict")
    peer.basic_reject(embedded.get(peer, "in.strict").delivery_tag, requeue=False)
    assert embedded.get(peer, "dead").properties["user_id"] == "county-innlandet"


def test_messages_from_before_the_link_move_in_order_also_with_a_small_prefetch(embedded, broker, home, peer):
    sent = [str(number) for number in range(500)]
    for body in sent:
        publish(embedded, home, body)
    link(broker, prefetch=3)
    assert embedded.eventually(lambda: state(broker).moved == 500)
    assert bodies(peer) == sent
    assert broker.is_quiet()


def test_messages_wait_while_the_link_is_cut(embedded, broker, home, peer):
    link(broker)
    broker.cut("innlandet", "akershus")
    for body in "abc":
        publish(embedded, home, body)
    eventlet.sleep(0.1)
    cut = state(broker)
    assert (cut.state, cut.waiting) == ("cut", 3)
    assert cut.oldest_waiting_seconds >= 0.1
    assert broker.queues("innlandet") == [QueueState("out.akershus", 3, 0, 0, 0)]
    assert bodies(peer) == []
    assert broker.is_quiet()
    broker.heal("innlandet", "akershus")
    assert not broker.is_quiet()
    assert embedded.eventually(lambda: state(broker).moved == 3)
    assert bodies(peer) == list("abc")
    assert (state(broker).state, state(broker).oldest_waiting_seconds) == ("running", 0.0)


def test_cutting_one_way_leaves_the_other(embedded, broker, home, peer):
    peer.queue_declare("out.innlandet", durable=True, auto_delete=False)
    home.exchange_declare("bank.in", "topic", durable=True, auto_delete=False)
    home.queue_declare("in.akershus", durable=True, auto_delete=False)
    home.queue_bind("in.akershus", "bank.in", "#")
    link(broker)
    broker.link("akershus", "out.innlandet", "innlandet", "bank.in", "county-akershus")
    broker.cut("innlandet", "akershus")
    publish(embedded, home, "waits")
    broker.publish_many("akershus", [Publication("", "out.innlandet", b"comes")])
    assert embedded.get(home, "in.akershus").body == b"comes"
    assert bodies(peer) == []


def test_a_link_without_a_target_waits_and_says_why(embedded, broker, home, caplog):
    link(broker)
    with caplog.at_level(logging.WARNING):
        publish(embedded, home, "patient")
        assert embedded.eventually(lambda: state(broker).state == "blocked")
    assert "no exchange 'bank.in' in county 'akershus'" in state(broker).reason
    assert "nothing is lost" in caplog.text
    assert state(broker).waiting == 1
    with Connection("embedded://akershus/") as connection:
        channel = connection.channel()
        channel.exchange_declare("bank.in", "topic", durable=True, auto_delete=False)
        assert embedded.eventually(lambda: "takes routing key" in state(broker).reason)
        channel.queue_declare("in", durable=True, auto_delete=False)
        channel.queue_bind("in", "bank.in", "innlandet.*")
        assert embedded.eventually(lambda: state(broker).state == "running")
        message = channel.basic_get("in")
        assert (message.body, message.delivery_info["redelivered"]) == ("patient", False)


def test_a_message_nobody_takes_stays_first_in_line(embedded, broker, home, peer):
    link(broker)
    publish(embedded, home, "unknown service", "innlandet.unknown")
    publish(embedded, home, "known service")
    assert embedded.eventually(lambda: state(broker).state == "blocked")
    assert "innlandet.unknown" in state(broker).reason
    assert (state(broker).waiting, bodies(peer)) == (2, [])
    peer.queue_declare("unknown", durable=True, auto_delete=False)
    peer.queue_bind("unknown", "bank.in", "innlandet.unknown")
    assert embedded.eventually(lambda: state(broker).moved == 2)
    assert bodies(peer, "unknown") == ["unknown service"]
    assert bodies(peer) == ["known service"]


def test_an_alternate_exchange_keeps_the_link_running(embedded, broker, home):
    with Connection("embedded://akershus/") as connection:
        channel = connection.channel()
        channel.exchange_declare("unrouted", "fanout", auto_delete=False)
        channel.exchange_declare(
            "bank.in", "topic", auto_delete=False, arguments={"alternate-exchange": "unrouted"}
        )
        channel.queue_declare("unrouted", durable=True, auto_delete=False)
        channel.queue_bind("unrouted", "unrouted")
        link(broker)
        publish(embedded, home, "whatever", "innlandet.unknown")
        assert embedded.get(channel, "unrouted").body == "whatever"
    assert state(broker).state == "running"


def test_a_link_waits_while_the_target_queue_is_full(embedded, broker, home, peer):
    peer.queue_declare(
        "in.small",
        durable=True,
        auto_delete=False,
        arguments={"x-max-length": 1, "x-overflow": "reject-publish"},
    )
    peer.queue_bind("in.small", "bank.in", "innlandet.small")
    link(broker)
    for body in "abc":
        publish(embedded, home, body, "innlandet.small")
    got = []
    for _ in range(3):
        got.append(embedded.get(peer, "in.small", no_ack=True).body)
    assert got == list("abc")
    assert embedded.eventually(lambda: state(broker).state == "running")


def test_a_link_may_be_made_before_its_queue(embedded, broker, peer):
    link(broker)
    assert embedded.eventually(lambda: state(broker).state == "blocked")
    assert "no queue 'out.akershus' in county 'innlandet'" in state(broker).reason
    channel = embedded.channel()
    channel.queue_declare("out.akershus", durable=True, auto_delete=False)
    publish(embedded, channel, "now")
    assert embedded.get(peer, "in.innlandet.ledger").body == "now"


def test_a_link_survives_that_its_queue_is_deleted_and_made_anew(embedded, broker, home, peer):
    link(broker)
    publish(embedded, home, "first")
    assert embedded.eventually(lambda: state(broker).moved == 1)
    home.queue_delete("out.akershus")
    assert embedded.eventually(lambda: state(broker).state == "blocked")
    home.queue_declare("out.akershus", durable=True, auto_delete=False)
    publish(embedded, home, "second")
    assert embedded.eventually(lambda: bodies(peer)[-1:] == ["second"])


def test_a_link_never_takes_from_a_queue_that_goes_with_its_consumer(embedded, broker, peer):
    channel = embedded.channel()
    channel.queue_declare("out.akershus", auto_delete=True)
    link(broker)
    publish(embedded, channel, "kept")
    assert embedded.eventually(lambda: "auto-delete" in state(broker).reason)
    assert channel.basic_get("out.akershus").body == "kept"


def test_an_expired_message_does_not_move(embedded, broker, home, peer):
    link(broker)
    broker.cut("innlandet", "akershus")
    publish(embedded, home, "too late", expiration="50")
    publish(embedded, home, "in time")
    eventlet.sleep(0.1)
    broker.heal("innlandet", "akershus")
    assert embedded.eventually(lambda: state(broker).moved == 1)
    assert bodies(peer) == ["in time"]


def test_a_message_that_expires_in_the_links_hands_does_not_move(embedded, broker, home, peer):
    link(broker)
    eventlet.sleep(0.01)
    publish(embedded, home, "too late", expiration="5")
    original("time").sleep(0.01)
    publish(embedded, home, "in time")
    assert embedded.eventually(lambda: state(broker).moved == 1)
    assert bodies(peer) == ["in time"]


def test_a_link_that_waits_does_not_wear_a_message_out(embedded, broker):
    channel = embedded.channel()
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": 1}
    channel.queue_declare("out.akershus", durable=True, auto_delete=False, arguments=arguments)
    link(broker)
    publish(embedded, channel, "patient")
    for _ in range(5):
        assert embedded.eventually(lambda: state(broker).state == "blocked")
        broker.cut("innlandet", "akershus")
        broker.heal("innlandet", "akershus")
        eventlet.sleep(0.01)
    broker.cut("innlandet", "akershus")
    message = channel.basic_get("out.akershus")
    assert (message.body, message.delivery_info["redelivered"]) == ("patient", False)


def test_links_in_a_ring_do_not_run_away(embedded, broker, home, peer):
    """Two links that hand one message to and fro: everybody else still gets their turn."""
    peer.queue_declare("out.innlandet", durable=True, auto_delete=False)
    peer.queue_bind("out.innlandet", "bank.in", "round")
    home.exchange_declare("bank.in", "topic", durable=True, auto_delete=False)
    home.queue_bind("out.akershus", "bank.in", "round")
    link(broker)
    broker.link("akershus", "out.innlandet", "innlandet", "bank.in", "county-akershus")
    publish(embedded, home, "round and round", "round")
    for _ in range(20):
        eventlet.sleep(0)
    with pytest.raises(ChannelError, match="NO_ROUTE"):
        embedded.publish(home, "still-alive", mandatory=True)
    assert sum(one.moved for one in broker.links()) > 5


def test_unlinking_leaves_messages_where_they_are(embedded, broker, home, peer):
    link(broker)
    broker.unlink("innlandet", "akershus")
    publish(embedded, home, "stays")
    eventlet.sleep(0.05)
    assert broker.links() == []
    assert home.basic_get("out.akershus").body == "stays"
    link(broker)


def test_wrong_links_are_refused(embedded, broker):
    link(broker)
    with pytest.raises(ValueError, match="linked to akershus already"):
        link(broker)
    with pytest.raises(ValueError, match="user id"):
        broker.link("innlandet", "out.oslo", "oslo", "bank.in", "")
    with pytest.raises(ValueError, match="itself"):
        broker.link("innlandet", "out", "innlandet", "bank.in", "county-innlandet")
    with pytest.raises(ValueError, match="prefetch"):
        broker.link("innlandet", "out.oslo", "oslo", "bank.in", "county-innlandet", prefetch=0)
    with pytest.raises(ValueError, match="county"):
        broker.link("Innlandet", "out.oslo", "oslo", "bank.in", "county-innlandet")
    for use in (broker.cut, broker.heal, broker.unlink):
        with pytest.raises(NoSuchLink, match="from akershus to innlandet"):
            use("akershus", "innlandet")
