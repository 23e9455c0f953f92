"""A full disk and SIGKILL lose nothing that was confirmed."""

import logging
import os
import random
import signal
import sqlite3
import subprocess
import sys

import eventlet
import pytest
from amqp.exceptions import MessageNacked
from store_cast import bodies, channel, declare, publish, rows

from byttebank.messaging.embedded import Publication, start_broker


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
