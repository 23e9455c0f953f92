"""What happens to a message that leaves a queue without having been acknowledged, as RabbitMQ records it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from byttebank.messaging.embedded.messages import Message
from byttebank.messaging.embedded.properties import decode_properties, encode_properties

REJECTED = "rejected"
EXPIRED = "expired"
DELIVERY_LIMIT = "delivery_limit"


def as_dead_letter(
    message: Message, queue: str, reason: str, exchange: str, routing_key: str, at: datetime | None = None
) -> Message:
    """The message as it leaves `queue` for the dead letter exchange: one more death on its `x-death` header,
    and no expiration, or it would die again at once. Source: RabbitMQ, "Dead Letter Exchanges", effects on
    messages."""
    properties = decode_properties(message.properties)
    headers = properties.setdefault("application_headers", {})
    deaths = _deaths(headers)
    earlier = next((death for death in deaths if (death["queue"], death["reason"]) == (queue, reason)), None)
    death = {
        "count": 1 + (earlier["count"] if earlier else 0),
        "reason": reason,
        "queue": queue,
        "time": at or datetime.now(UTC),
        "exchange": message.exchange,
        "routing-keys": [message.routing_key],
    }
    expiration = properties.pop("expiration", None)
    if expiration is not None:
        death["original-expiration"] = expiration
    headers["x-death"] = [death, *(other for other in deaths if other is not earlier)]
    headers.setdefault("x-first-death-reason", reason)
    headers.setdefault("x-first-death-queue", queue)
    headers.setdefault("x-first-death-exchange", message.exchange)
    return replace(
        message,
        exchange=exchange,
        routing_key=routing_key,
        properties=encode_properties(properties),
        expiration_ms=None,
    )


def runs_in_a_circle(dead: Message, queue: str) -> bool:
    """The dead letter was in `queue` before and no consumer rejected it since: it would circle for ever.

    RabbitMQ drops such messages; so does the embedded broker.
    """
    deaths = _deaths(decode_properties(dead.properties).get("application_headers", {}))
    for place, death in enumerate(deaths):
        if death["queue"] == queue:
            return all(other["reason"] != REJECTED for other in deaths[: place + 1])
    return False


def _deaths(headers: dict[str, Any]) -> list[dict[str, Any]]:
    """The deaths on record, the latest first. Applications can write the header too: what is not a death is
    left out."""
    recorded = headers.get("x-death")
    if not isinstance(recorded, list):
        return []
    return [
        death
        for death in recorded
        if isinstance(death, dict)
        and isinstance(death.get("count"), int)
        and isinstance(death.get("queue"), str)
        and isinstance(death.get("reason"), str)
    ]
