import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import eventlet
import pytest
from amqp.exceptions import MessageNacked
from kombu import Connection
from nameko.containers import ServiceContainer
from nameko.rpc import rpc
from nameko.standalone.rpc import ClusterRpcProxy

from byttebank.messaging.embedded import Publication, StoreRefused, install, start_broker

URL = "embedded://innlandet/"
CONFIRMS = {"confirm_publish": True}


@pytest.fixture
def path(tmp_path):
    install()
    return tmp_path / "broker.sqlite"


@pytest.fixture
def start(path):
    """Starts a broker on the file, after closing the one before."""
    running = []

    def start_one():
        if running:
            running.pop().close()
        running.append(start_broker(path))
        return running[-1]

    yield start_one
    for broker in running:
        broker.close()


def channel(county="innlandet"):
    return Connection(f"embedded://{county}/", transport_options=CONFIRMS).channel()


def declare(one, queue="queue", **arguments):
    one.queue_declare(
        queue,
        durable=True,
        auto_delete=False,
        arguments={f"x-{key.replace('_', '-')}": value for key, value in arguments.items()},
    )


def publish(one, routing_key="queue", body="text", exchange="", delivery_mode=2, headers=None, **properties):
    properties["delivery_mode"] = delivery_mode
    message = one.prepare_message(body, content_encoding="utf-8", headers=headers, properties=properties)
    one.basic_publish(message, exchange=exchange, routing_key=routing_key)


def bodies(one, queue="queue"):
    found = []
    while (message := one.basic_get(queue, no_ack=True)) is not None:
        found.append(message.body)
    return found


def rows(path, table="message"):
    with sqlite3.connect(path) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


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


def test_a_full_disk_refuses_the_publisher_and_loses_nothing_confirmed(start, path, caplog):
    broker = start()
    one = channel()
    declare(one)
    publish(one, body="safe")
    pages = broker.store._database.execute("PRAGMA page_count").fetchone()[0]
    broker.store._database.execute(f"PRAGMA max_page_count = {pages}")
    with caplog.at_level(logging.ERROR), pytest.raises(MessageNacked, match="full"):
        publish(one, body="x" * 500_000)
    assert "Make room on the disk" in caplog.text
    outcome = broker.publish_many("innlandet", [Publication("", "queue", b"y" * 500_000)])[0]
    assert (outcome.status, "full" in outcome.reason) == ("nacked", True)
    assert broker.queues("innlandet")[0].ready == 1
    broker.store._database.execute("PRAGMA max_page_count = 1000000")
    publish(one, body="room again")
    start()
    assert bodies(channel()) == ["safe", "room again"]


def test_acknowledgements_lost_to_a_full_disk_are_written_later(start, path, monkeypatch):
    broker = start()
    one = channel()
    declare(one)
    publish(one)
    message = one.basic_get("queue")

    def fails():
        raise sqlite3.OperationalError("disk I/O error")

    write = broker.store._write_pending
    broker.store._write_pending = fails
    one.basic_ack(message.delivery_tag)
    eventlet.sleep(0.05)
    assert rows(path) == 1
    broker.store._write_pending = write
    broker.store.commit()
    assert rows(path) == 0


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


def test_a_backup_can_be_started_from(start, path, tmp_path):
    broker = start()
    one = channel()
    declare(one)
    publish(one, body="in the backup")
    broker.backup(tmp_path / "copy.sqlite")
    publish(one, body="after the backup")
    broker.close()
    restored = start_broker(tmp_path / "copy.sqlite")
    assert bodies(channel()) == ["in the backup"]
    restored.close()


def test_a_backup_that_cannot_be_written_is_refused(start, path, tmp_path):
    broker = start()
    declare(channel())
    publish(channel(), body="safe")
    for wrong in (tmp_path, tmp_path / "missing" / "copy.sqlite"):
        with pytest.raises(StoreRefused, match="cannot be written"):
            broker.backup(wrong)
    with pytest.raises(StoreRefused, match="own file"):
        broker.backup(path.parent / "." / path.name)
    start()
    assert bodies(channel()) == ["safe"]


def test_a_broker_without_a_file_has_no_backup(tmp_path):
    broker = start_broker(None)
    with pytest.raises(ValueError, match="without a file"):
        broker.backup(tmp_path / "copy.sqlite")
    broker.close()


def test_a_second_broker_on_the_file_is_refused(start, path):
    start()
    script = (
        "import sys, pathlib\n"
        "from byttebank.messaging.embedded import start_broker\n"
        f"start_broker(pathlib.Path({str(path)!r}))\n"
    )
    second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert second.returncode == 1
    assert "is in use by another broker. Stop that process" in second.stderr


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: path.write_text("not a database, but long enough to look like one" * 50), "backup"),
        (lambda path: sqlite3.connect(path).executescript("CREATE TABLE other (a)"), "another program's"),
        (lambda path: written_by_version(path, 2), "newer version .file version 2, known is 1"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(path, make, says):
    make(path)
    with pytest.raises(StoreRefused, match=says):
        start_broker(path)
    other = start_broker(path.with_name("other.sqlite"))
    other.close()


def test_a_missing_folder_is_refused(tmp_path):
    with pytest.raises(StoreRefused, match=r"is not a folder. Create it"):
        start_broker(tmp_path / "missing" / "broker.sqlite")


def test_a_file_that_may_not_be_written_is_refused(path):
    start_broker(path).close()
    database = sqlite3.connect(path)
    database.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreRefused, match="cannot be written"):
        start_broker(path)
    database.close()


def written_by_version(path: Path, version: int) -> None:
    start_broker(path).close()
    with sqlite3.connect(path) as database:
        database.execute(f"PRAGMA user_version = {version}")


WRITER = """
import eventlet; eventlet.monkey_patch()
import os, pathlib, sys
from kombu import Connection
from byttebank.messaging.embedded import Publication, install, start_broker

install()
broker = start_broker(pathlib.Path(sys.argv[1]))
broker.link("innlandet", "out.akershus", "akershus", "bank.in", "county-innlandet", prefetch=7)
with Connection("embedded://akershus/") as peer:
    channel = peer.channel()
    channel.exchange_declare("bank.in", "topic", durable=True, auto_delete=False)
    channel.queue_declare("in", durable=True, auto_delete=False)
    channel.queue_bind("in", "bank.in", "#")
with Connection("embedded://innlandet/", transport_options={"confirm_publish": True}) as home:
    channel = home.channel()
    channel.queue_declare("out.akershus", durable=True, auto_delete=False)

def one_by_one(writer):
    channel = Connection("embedded://innlandet/", transport_options={"confirm_publish": True}).channel()
    for number in range(1_000_000):
        body = f"{writer}-{number}"
        message = channel.prepare_message(body, content_encoding="utf-8", properties={"delivery_mode": 2})
        channel.basic_publish(message, routing_key="out.akershus")
        os.write(1, f"{body}\\n".encode())

def in_batches(writer):
    for batch in range(1_000_000):
        names = [f"{writer}-{batch}-{number}" for number in range(10)]
        outcomes = broker.publish_many(
            "innlandet", [Publication("", "out.akershus", name.encode()) for name in names]
        )
        assert all(outcome.is_confirmed for outcome in outcomes), outcomes
        os.write(1, "".join(f"{name}\\n" for name in names).encode())

for writer in range(3):
    eventlet.spawn(one_by_one, f"single{writer}")
eventlet.spawn(in_batches, "batch")
eventlet.sleep(60)
"""


@pytest.mark.parametrize("times", range(3))
def test_what_was_confirmed_survives_sigkill_and_nothing_is_doubled(path, times):
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", WRITER, str(path)], stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    first = os.read(process.stdout.fileno(), 100)
    eventlet.sleep(random.uniform(0.05, 0.5))
    process.send_signal(signal.SIGKILL)
    confirmed = (first + process.stdout.read()).decode().splitlines()
    process.wait()
    process.stdout.close()
    broker = start_broker(path)
    try:
        kept = [
            body if isinstance(body, str) else body.decode()
            for county, queue in (("innlandet", "out.akershus"), ("akershus", "in"))
            for body in bodies(channel(county), queue)
        ]
    finally:
        broker.close()
    assert len(confirmed) > 10
    assert set(confirmed) <= set(kept)
    assert len(kept) == len(set(kept))
