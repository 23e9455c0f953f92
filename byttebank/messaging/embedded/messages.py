"""A message, and its copy in one queue."""

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

import amqp
from amqp import spec

from byttebank.messaging.embedded.errors import amqp_error
from byttebank.messaging.embedded.properties import SHORT_STRING_BYTES, decode_properties, encode_properties

PERSISTENT = 2


@dataclass(frozen=True, slots=True)
class Message:
    """What was published. `properties` is the AMQP property list without the user id, which only links
    set."""

    exchange: str
    routing_key: str
    properties: bytes
    body: bytes
    is_persistent: bool = False
    expiration_ms: int | None = None
    reply_to: str | None = None
    user_id: str | None = None

    def decoded_properties(self) -> dict[str, Any]:
        """The properties a consumer sees."""
        properties = decode_properties(self.properties)
        if self.user_id is not None:
            properties["user_id"] = self.user_id
        return properties

    def forwarded(self, exchange: str, user_id: str) -> "Message":
        """The same message on its way into another exchange, under a link's user."""
        return replace(self, exchange=exchange, user_id=user_id)


class State(Enum):
    """Where a queued message is: waiting, with a consumer, or out of the queue for good."""

    READY = "ready"
    UNACKED = "unacked"
    GONE = "gone"


@dataclass(slots=True, eq=False)
class QueuedMessage:
    """One message in one queue. The id grows with time through the whole broker; a queue is ordered by it."""

    id: int
    message: Message
    enqueued_at: float
    expires_at: float | None = None
    is_stored: bool = False
    delivery_count: int = 0
    was_delivered: bool = False
    state: State = State.READY

    def is_expired(self) -> bool:
        """Its time to live is over; both instants are seconds since 1970."""
        return self.expires_at is not None and self.expires_at <= time.time()

    def as_delivered(self, channel: Any, tag: int, *, counts: bool, **delivery_info: Any) -> amqp.Message:
        """The message as py-amqp would hand it over. `counts`: the queue shows how often it delivered the
        message even when it did not yet, as quorum queues do."""
        properties = self.message.decoded_properties()
        if counts or self.delivery_count:
            properties.setdefault("application_headers", {})["x-delivery-count"] = self.delivery_count
        body: bytes | str = self.message.body
        if properties.get("content_encoding"):
            with suppress(LookupError, UnicodeDecodeError):
                body = self.message.body.decode(properties["content_encoding"])
        raw = amqp.Message(body, channel=channel)
        raw.properties = properties
        raw.delivery_info = {
            "delivery_tag": tag,
            "redelivered": self.was_delivered,
            "exchange": self.message.exchange,
            "routing_key": self.message.routing_key,
            **delivery_info,
        }
        return raw


def read_message(raw: amqp.Message, exchange: str, routing_key: str) -> Message:
    """What an application hands to `basic_publish`, checked and cut loose from the application's objects.

    Refuses: PRECONDITION_FAILED for a user id (there is no login: only links may set it) and for an
    expiration that is not a whole number of milliseconds; FrameSyntaxError for what AMQP cannot carry.
    """
    given = raw.properties
    body = raw.body
    if isinstance(body, str):
        body = body.encode(given.setdefault("content_encoding", "utf-8"))
    return make_message(exchange, routing_key, bytes(body), given)


def make_message(exchange: str, routing_key: str, body: bytes, properties: dict[str, Any]) -> Message:
    """A checked message from its parts; `read_message` says what is refused."""
    if len(routing_key.encode()) > SHORT_STRING_BYTES:
        raise ValueError(f"a routing key holds at most 255 bytes: {routing_key[:40]}...")
    if properties.get("user_id") is not None:
        text = (
            f"PRECONDITION_FAILED - user_id property set to {properties['user_id']!r}: the embedded broker"
            " has no logins, only links between counties set it; leave it out"
        )
        raise amqp_error(406, text, spec.Basic.Publish)
    return Message(
        exchange=exchange,
        routing_key=routing_key,
        properties=encode_properties(properties),
        body=body,
        is_persistent=properties.get("delivery_mode") == PERSISTENT,
        expiration_ms=_expiration_ms(properties.get("expiration")),
        reply_to=properties.get("reply_to") or None,
    )


def _expiration_ms(written: Any) -> int | None:
    if written is None:
        return None
    if str(written).isdecimal():
        return int(written)
    text = f"PRECONDITION_FAILED - invalid expiration {written!r}: it must be milliseconds, such as '60000'"
    raise amqp_error(406, text, spec.Basic.Publish)
