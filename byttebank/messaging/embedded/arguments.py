"""The arguments a queue is declared with, those of RabbitMQ that the embedded broker honours."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from amqp import spec
from amqp.exceptions import AMQPError

from byttebank.messaging.embedded.errors import amqp_error

KNOWN = (
    "x-queue-type",
    "x-message-ttl",
    "x-expires",
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-dead-letter-strategy",
    "x-delivery-limit",
    "x-max-length",
    "x-overflow",
)


@dataclass(frozen=True, slots=True)
class QueueArguments:
    """How a queue treats its messages. Times are seconds, limits are messages."""

    is_quorum: bool = False
    message_ttl_seconds: float | None = None
    expires_seconds: float | None = None
    dead_letter_exchange: str | None = None
    dead_letter_routing_key: str | None = None
    dead_letters_at_least_once: bool = False
    delivery_limit: int | None = None
    max_length: int | None = None
    as_given: Mapping[str, Any] = field(default_factory=dict)


def read_queue_arguments(queue: str, given: Mapping[str, Any], *, is_transient: bool) -> QueueArguments:
    """The arguments of a queue; `is_transient` says it is not durable, or exclusive, or auto-delete.

    Refuses: PRECONDITION_FAILED for a bad value, for what RabbitMQ refuses too (a delivery limit outside a
    quorum queue, a transient quorum queue), and for an argument this broker does not know: ignoring one would
    make the embedded mode behave unlike production in silence.
    """
    for name in sorted(set(given) - set(KNOWN)):
        raise _refusal(queue, name, f"the embedded broker knows only {', '.join(KNOWN)}")
    is_quorum = _choice(queue, given, "x-queue-type", ("classic", "quorum")) == "quorum"
    if is_quorum and is_transient:
        raise _refusal(queue, "x-queue-type", "a quorum queue is durable, not exclusive and not auto-delete")
    delivery_limit = _number(queue, given, "x-delivery-limit")
    if delivery_limit is not None and not is_quorum:
        raise _refusal(queue, "x-delivery-limit", "only a quorum queue has one: add x-queue-type=quorum")
    overflow = _choice(queue, given, "x-overflow", ("drop-head", "reject-publish"))
    max_length = _number(queue, given, "x-max-length")
    if max_length is not None and overflow != "reject-publish":
        text = "the embedded broker drops nothing: add x-overflow=reject-publish"
        raise _refusal(queue, "x-max-length", text)
    strategy = _choice(queue, given, "x-dead-letter-strategy", ("at-most-once", "at-least-once"))
    exchange = _text(queue, given, "x-dead-letter-exchange")
    routing_key = _text(queue, given, "x-dead-letter-routing-key")
    if routing_key is not None and exchange is None:
        raise _refusal(queue, "x-dead-letter-routing-key", "it needs x-dead-letter-exchange")
    return QueueArguments(
        is_quorum=is_quorum,
        message_ttl_seconds=_seconds(queue, given, "x-message-ttl", least_ms=0),
        expires_seconds=_seconds(queue, given, "x-expires", least_ms=1),
        dead_letter_exchange=exchange,
        dead_letter_routing_key=routing_key,
        dead_letters_at_least_once=strategy == "at-least-once",
        delivery_limit=delivery_limit,
        max_length=max_length,
        as_given=dict(given),
    )


def read_alternate(exchange: str, given: Mapping[str, Any]) -> str | None:
    """The alternate exchange among an exchange's arguments. Refuses: PRECONDITION_FAILED for any other
    argument."""
    alternate = given.get("alternate-exchange")
    wrong = sorted(set(given) - {"alternate-exchange"})
    if wrong or not (alternate is None or isinstance(alternate, str)):
        what = (wrong or ["alternate-exchange"])[0]
        text = f"PRECONDITION_FAILED - invalid arg {what!r} for exchange {exchange!r}: not one it may have"
        raise amqp_error(406, text, spec.Exchange.Declare)
    return alternate


def _refusal(queue: str, name: str, why: str) -> AMQPError:
    text = f"PRECONDITION_FAILED - invalid arg {name!r} for queue {queue!r}: {why}"
    return amqp_error(406, text, spec.Queue.Declare)


def _number(queue: str, given: Mapping[str, Any], name: str, least: int = 0) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise _refusal(queue, name, f"{value!r} is not a whole number of at least {least}")
    return value


def _seconds(queue: str, given: Mapping[str, Any], name: str, least_ms: int) -> float | None:
    milliseconds = _number(queue, given, name, least_ms)
    return None if milliseconds is None else milliseconds / 1000


def _text(queue: str, given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and not isinstance(value, str):
        raise _refusal(queue, name, f"{value!r} is not text")
    return value


def _choice(queue: str, given: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str | None:
    value = given.get(name)
    if value is not None and value not in choices:
        raise _refusal(queue, name, f"{value!r} is not one of {', '.join(choices)}")
    return value
