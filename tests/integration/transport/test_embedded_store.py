"""What a broker keeps in its file: everything that lasts, nothing else, in few commits."""

import time

import eventlet
from kombu import Connection
from nameko.containers import ServiceContainer
from nameko.rpc import rpc
from nameko.standalone.rpc import ClusterRpcProxy
from store_cast import bodies, channel, declare, publish, rows

from byttebank.messaging.embedded import Publication

URL = "embedded://innlandet/"


def test_exchanges_queues_bindings_and_messages_are_there_again(start):
    start()
    one = channel()
    one.exchange_declare("events", "topic", durable=True, auto_delete=False)
    declare(one, "queue", message_ttl=60_000, queue_type="quorum")
    one.queue_bind("queue", "events", "ledger.#")
    publish(one, "ledger.posted", "first", "events", headers={"h": ["v"]}, message_id="m-1")
    publish(one, "ledger.posted", "second", "events")
    start()
    one = channel()
    declare(one, "queue", message_ttl=60_000, queue_type="quorum")
    publish(one, "ledger.posted", "third", "events")
    message = one.basic_get("queue")
    assert (message.body, message.delivery_info["redelivered"]) == ("first", True)
    assert message.delivery_info["exchange"] == "events"
    assert message.properties["message_id"] == "m-1"
    assert message.properties["application_headers"]["h"] == ["v"]
    assert bodies(one) == ["second", "third"]


def test_counties_are_kept_apart_on_disk_too(start):
    start()
    for county in ("innlandet", "akershus"):
        one = channel(county)
        declare(one)
        publish(one, body=county)
    start()
    assert bodies(channel("akershus")) == ["akershus"]
    assert bodies(channel("innlandet")) == ["innlandet"]


def test_acknowledged_purged_and_deleted_messages_do_not_come_back(start, path):
    start()
    one = channel()
    for queue in ("acked", "purged", "deleted", "rejected"):
        declare(one, queue)
        publish(one, queue)
    one.basic_ack(one.basic_get("acked").delivery_tag)
    one.queue_purge("purged")
    one.queue_delete("deleted")
    one.basic_reject(one.basic_get("rejected").delivery_tag, requeue=False)
    broker = start()
    assert [(state.name, state.ready) for state in broker.queues("innlandet")] == [
        ("acked", 0),
        ("purged", 0),
        ("rejected", 0),
    ]
    assert rows(path) == 0


def test_unbinding_and_deleting_an_exchange_last(start):
    start()
    one = channel()
    declare(one)
    for exchange in ("kept", "deleted"):
        one.exchange_declare(exchange, "fanout", durable=True, auto_delete=False)
        one.queue_bind("queue", exchange, "a")
    one.queue_unbind("queue", "kept", "a")
    one.exchange_delete("deleted")
    start()
    one = channel()
    publish(one, "a", exchange="kept")
    one.exchange_declare("deleted", "direct", durable=True, auto_delete=False)
    publish(one, "a", exchange="deleted")
    assert bodies(one) == []


def test_what_goes_away_with_its_user_is_not_kept(start, path):
    start()
    one = channel()
    one.queue_declare("transient", durable=False, auto_delete=False)
    one.queue_declare("auto-delete", durable=True, auto_delete=True)
    one.queue_declare("exclusive", durable=True, exclusive=True, auto_delete=False)
    declare(one, "expiring", expires=60_000)
    declare(one, "kept")
    for queue in ("transient", "auto-delete", "exclusive", "expiring"):
        publish(one, queue)
    publish(one, "kept", delivery_mode=1)
    publish(one, "kept", "persistent")
    assert rows(path) == 1
    broker = start()
    assert [(state.name, state.ready) for state in broker.queues("innlandet")] == [("kept", 1)]


def test_calls_between_services_never_touch_the_disk(start, path):
    broker = start()
    commits = []
    write = broker.store._write_pending
    broker.store._write_pending = lambda: (commits.append(len(broker.store._pending)), write())

    class Ledger:
        name = "ledger"

        @rpc
        def double(self, number):
            return 2 * number

    container = ServiceContainer(Ledger, {"AMQP_URI": URL})
    container.start()
    with ClusterRpcProxy({"AMQP_URI": URL}, timeout=5) as proxy:
        proxy.ledger.double(1)
        broker.store.commit()
        commits.clear()
        assert [proxy.ledger.double(number) for number in range(20)] == list(range(0, 40, 2))
        eventlet.sleep(0.05)
    assert not any(commits)
    container.stop()


def test_a_request_whose_answer_survives_is_kept(start, path):
    start()
    one = channel()
    declare(one, "requests")
    declare(one, "answers")
    one.queue_declare("passing-answers", durable=False, auto_delete=True)
    publish(one, "requests", "kept", reply_to="answers")
    publish(one, "requests", "kept too", reply_to="somewhere-else")
    publish(one, "requests", "the caller dies with us", reply_to="passing-answers")
    assert rows(path) == 2
    start()
    assert bodies(channel(), "requests") == ["kept", "kept too"]


def test_deliveries_are_counted_across_restarts(start):
    start()
    one = channel()
    declare(one, "dead")
    limits = {"dead_letter_exchange": "", "dead_letter_routing_key": "dead"}
    declare(one, "queue", queue_type="quorum", delivery_limit=1, **limits)
    publish(one, body="poison")
    one.basic_reject(one.basic_get("queue").delivery_tag, requeue=True)
    start()
    one = channel()
    message = one.basic_get("queue")
    assert message.properties["application_headers"]["x-delivery-count"] == 1
    one.basic_reject(message.delivery_tag, requeue=True)
    start()
    assert bodies(channel(), "dead") == ["poison"]


def test_a_message_that_expired_while_the_process_was_down_is_not_delivered(start):
    start()
    one = channel()
    declare(one)
    publish(one, body="short", expiration="100")
    publish(one, body="long", expiration="60000")
    start()
    time.sleep(0.15)
    assert bodies(channel()) == ["long"]


def test_messages_in_a_batch_are_written_by_one_commit(start, path):
    broker = start()
    one = channel()
    declare(one)
    commits = []
    commit = broker.store.commit
    broker.store.commit = lambda: (commits.append(1), commit())
    outcomes = broker.publish_many("innlandet", [Publication("", "queue", b"m")] * 100)
    assert {outcome.status for outcome in outcomes} == {"confirmed"}
    assert (len(commits), rows(path)) == (1, 100)


def test_publishers_of_one_turn_share_a_commit(start, path):
    broker = start()
    declare(channel())
    channels = [channel() for _ in range(20)]
    commits = []
    commit = broker.store.commit
    broker.store.commit = lambda: (commits.append(1), commit())
    pool = eventlet.GreenPool()
    for one in channels:
        pool.spawn(publish, one)
    pool.waitall()
    assert rows(path) == 20
    assert len(commits) <= 3


def test_a_confirm_comes_after_the_commit(start, path):
    broker = start()
    one = channel()
    declare(one)
    publisher = eventlet.spawn(publish, one)
    eventlet.sleep(0)
    if not publisher.dead:
        assert rows(path) == 0
    publisher.wait()
    assert rows(path) == 1
    assert not broker.store.has_pending


def test_a_message_acknowledged_at_once_is_never_written(start, path):
    broker = start()
    one = channel()
    declare(one)
    broker.publish_many("innlandet", [])
    commits = []
    write = broker.store._write_pending
    broker.store.commit()
    broker.store._write_pending = lambda: (commits.append(len(broker.store._pending)), write())
    other = Connection(URL).channel()
    publish(other)
    one.basic_ack(one.basic_get("queue").delivery_tag)
    eventlet.sleep(0.05)
    assert not any(commits)


def test_a_link_moves_a_message_in_one_commit(start, path):
    broker = start()
    home, peer = channel("innlandet"), channel("akershus")
    declare(home, "out.akershus")
    declare(peer, "in.innlandet")
    peer.exchange_declare("bank.in", "fanout", durable=True, auto_delete=False)
    peer.queue_bind("in.innlandet", "bank.in")
    publish(home, "out.akershus", "a promise")
    seen = []
    write = broker.store._write_pending

    def write_and_look():
        write()
        seen.append(rows(path))

    broker.store._write_pending = write_and_look
    broker.link("innlandet", "out.akershus", "akershus", "bank.in", "county-innlandet")
    while broker.store.has_pending or not broker.links()[0].moved:
        eventlet.sleep(0.01)
    assert set(seen) == {1}
    start()
    message = channel("akershus").basic_get("in.innlandet")
    assert (message.body, message.properties["user_id"]) == ("a promise", "county-innlandet")
