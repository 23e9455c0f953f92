"""Reading a county's exchanges, queues, bindings and messages back from the store."""

import json
from collections.abc import Callable
from dataclasses import fields
from typing import Any

from byttebank.messaging.embedded.arguments import read_queue_arguments
from byttebank.messaging.embedded.exchanges import Exchange
from byttebank.messaging.embedded.messages import Message, QueuedMessage
from byttebank.messaging.embedded.namespace import Namespace
from byttebank.messaging.embedded.queues import Queue
from byttebank.messaging.embedded.store import Store

_MESSAGE_COLUMNS = tuple(field.name for field in fields(Message))


def restore(store: Store, namespace: Callable[[str], Namespace]) -> None:
    """Everything durable is where it was, every message in its queue and in its old order, marked as
    redelivered: whether a consumer had it before the crash is not known."""
    for county, name, type_, alternate in store.rows("exchange", "namespace, name, type, alternate"):
        namespace(county).exchanges[name] = Exchange(name, type_, alternate=alternate)
    for county, name, written in store.rows("queue", "namespace, name, arguments"):
        home = namespace(county)
        arguments = read_queue_arguments(name, json.loads(written), is_transient=False)
        home.queues[name] = Queue(name, arguments, home, durable=True, auto_delete=False)
    for county, exchange, queue, key in store.rows("binding", "namespace, exchange, queue, binding_key"):
        namespace(county).exchanges[exchange].bind(queue, key)
    _restore_messages(store, namespace)


def _restore_messages(store: Store, namespace: Callable[[str], Namespace]) -> None:
    columns = f"id, namespace, queue, {', '.join(_MESSAGE_COLUMNS)}, enqueued_at, expires_at, delivery_count"
    filled: dict[Queue, None] = {}
    for row in store.rows("message", columns):
        queue = namespace(row[1]).queues[row[2]]
        values: dict[str, Any] = dict(zip(_MESSAGE_COLUMNS, row[3:11], strict=True))
        message = Message(**{**values, "is_persistent": bool(values["is_persistent"])})
        queue.restore(
            QueuedMessage(
                id=row[0],
                message=message,
                enqueued_at=row[11],
                expires_at=row[12],
                is_stored=True,
                delivery_count=row[13],
                was_delivered=True,
            )
        )
        filled[queue] = None
    for queue in filled:
        queue.pump()
