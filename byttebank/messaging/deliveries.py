"""A message as it came from the broker, read inside the handler: what is wrong with it must stop nobody
else.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kombu.message import Message

from byttebank.contracts.local import LOCAL_MESSAGES, load_local
from byttebank.contracts.refusals import Malformed, Refusal
from byttebank.storage.messages import park
from byttebank.storage.work import Database
from byttebank.telemetry import read_trace

ORIGIN = "origin"
"""The header that names the service a local message came from; with the message id, the inbox knows it."""

NAMES = {message.routing_key: name for name, message in LOCAL_MESSAGES.items()}
"""Routing keys of local messages and the names behind them."""

UNKNOWN = "unknown_message"
FAILED = "failed"


@dataclass(frozen=True)
class Delivery:
    """The octets of a message and what the broker says about them. `stamped_user` is the broker's word for
    who sent.
    """

    queue: str
    routing_key: str
    octets: bytes
    message_id: str | None = None
    stamped_user: str | None = None
    headers: Mapping[str, Any] = field(default_factory=dict)


def read_delivery(queue: str, message: Message) -> Delivery:
    """The delivery in a kombu message, with the body's octets as they were sent. Never fails."""
    octets = message.body
    if isinstance(octets, str):
        octets = octets.encode(message.content_encoding or "utf-8")
    return Delivery(
        queue=queue,
        routing_key=message.delivery_info.get("routing_key") or "",
        octets=bytes(octets or b""),
        message_id=message.properties.get("message_id"),
        stamped_user=message.properties.get("user_id"),
        headers=message.headers or {},
    )


@dataclass(frozen=True)
class LocalMessage:
    """A message of this county, understood: `body` is loaded by its schema."""

    name: str
    origin: str
    message_id: str
    body: dict[str, Any]
    trace: Mapping[str, str] = field(default_factory=dict)


def read_local(delivery: Delivery) -> LocalMessage:
    """The local message in a delivery.

    Refuses: `Malformed` for a body, id or origin that is not as agreed; `KeyError` for a message nobody
    agreed on.
    """
    name = NAMES[delivery.routing_key]
    origin = delivery.headers.get(ORIGIN)
    if not isinstance(origin, str) or not delivery.message_id:
        fault = {"pointer": "", "detail": f"No message id, or no header {ORIGIN!r}."}
        raise Malformed(errors=[fault])
    body = load_local(name, read_json(delivery.octets))
    return LocalMessage(name, origin, delivery.message_id, body, read_trace(delivery.headers))


def read_json(octets: bytes) -> Any:
    """The JSON document. Refuses: `Malformed`, for bad characters and bottomless nesting too."""
    try:
        return json.loads(octets)
    except (ValueError, RecursionError) as error:
        raise Malformed(errors=[{"pointer": "", "detail": f"Not JSON: {error}"}]) from error


def park_delivery(database: Database, delivery: Delivery, error: Exception) -> str:
    """The message is among the parked ones, whole, in a transaction of its own. Returns the reason's code."""
    code = reason_code(error)
    properties = {
        "message_id": delivery.message_id,
        "routing_key": delivery.routing_key,
        "headers": dict(delivery.headers),
    }
    sender = delivery.stamped_user or delivery.headers.get(ORIGIN)
    with database.work() as work:
        park(
            work.connection,
            queue=_short(delivery.queue, 120) or "",
            sender=_short(sender, 80),
            reason_code=code,
            reason=_short(f"{type(error).__name__}: {error}", 2000) or "",
            is_transient=False,
            body=delivery.octets,
            properties=properties,
            now=work.now,
        )
    return code


def reason_code(error: Exception) -> str:
    """Under which code a message is parked: a refusal's own, `unknown_message` or `failed`."""
    if isinstance(error, Refusal):
        return error.code
    return UNKNOWN if isinstance(error, KeyError) else FAILED


def _short(text: object, length: int) -> str | None:
    # PostgreSQL takes no zero character in a text.
    return None if text is None else str(text).replace("\x00", "")[:length]
