"""Channels to an embedded broker that keeps its messages in a file, and what is in the file."""

import sqlite3

from kombu import Connection

CONFIRMS = {"confirm_publish": True}


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
