"""The service's side of RPC, on nameko's protocol: read a call, run it in a worker, answer.

A refusal travels as its class and parameters; any other error is logged here and the caller learns only that
there was one. A call whose deadline has passed is dropped: its caller has been told already.
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kombu.message import Message
from nameko.exceptions import BadRequest, MalformedRequest, get_module_path

from byttebank import telemetry
from byttebank.contracts.refusals import Malformed, Refusal
from byttebank.messaging import topology
from byttebank.messaging.deliveries import read_json
from byttebank.messaging.embedded import Publication

DEADLINE = "deadline_ms"
"""The header with the moment the caller gives up, in milliseconds since 1970."""

TRANSIENT = 1
"""AMQP's delivery mode of a message that need not survive the broker."""

_log = telemetry.logger(__name__)


@dataclass(frozen=True)
class Call:
    """One call. `method` is the last word of the routing key."""

    method: str
    args: list[Any]
    kwargs: dict[str, Any]


def read_call(message: Message) -> Call:
    """The call in a message. Refuses: `MalformedRequest`."""
    body = message.body.encode() if isinstance(message.body, str) else bytes(message.body or b"")
    try:
        document = read_json(body)
    except Malformed as error:
        raise MalformedRequest(str(error)) from error
    match document:
        case {"args": list(args), "kwargs": dict(kwargs)}:
            return Call(called_method(message), args, kwargs)
    raise MalformedRequest("A call has `args` and `kwargs`.")


def called_method(message: Message) -> str:
    """The method's name as the routing key has it."""
    return str(message.delivery_info.get("routing_key") or "").rpartition(".")[2]


def is_too_late(headers: Mapping[str, Any]) -> bool:
    """The caller has given up on this call."""
    deadline = headers.get(DEADLINE)
    return isinstance(deadline, int) and deadline < time.time() * 1000


def answer(message: Message, result: Any, error: BaseException | None) -> Publication | None:
    """The answer to a call, or None when the caller wants none. A result that is no JSON becomes an error."""
    reply_to = message.properties.get("reply_to")
    if not reply_to:
        return None
    if error is None:
        try:
            body = json.dumps({"result": result, "error": None}, ensure_ascii=False)
        except (TypeError, ValueError) as fault:
            _log.error("A method returned what is no JSON", method=called_method(message), fault=str(fault))
            error = fault
    if error is not None:
        body = json.dumps({"result": None, "error": describe(error)}, ensure_ascii=False, default=str)
    return Publication(
        exchange=topology.RPC,
        routing_key=str(reply_to),
        body=body.encode(),
        properties={
            "content_type": "application/json",
            "content_encoding": "utf-8",
            "correlation_id": message.properties.get("correlation_id"),
            "delivery_mode": TRANSIENT,
        },
    )


def describe(error: BaseException) -> dict[str, Any]:
    """An error as nameko's clients read it: refusals and bad calls whole, others by their type alone."""
    is_public = isinstance(error, Refusal | BadRequest)
    arguments = [error.parameters] if isinstance(error, Refusal) else [str(error)]
    return {
        "exc_type": type(error).__name__,
        "exc_path": get_module_path(type(error)),
        "exc_args": arguments if is_public else [],
        "value": str(error) if is_public else "",
    }


def outcome_of(error: BaseException | None) -> str:
    """The word for metrics: ok, refused or failed."""
    if error is None:
        return "ok"
    return "refused" if isinstance(error, Refusal) else "failed"
