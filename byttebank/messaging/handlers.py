"""What a service does with what it hears over its channels: functions, to call without any framework."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from byttebank.contracts.received import BrokenMessage, ReceivedMessage, SentMessage
from byttebank.storage.work import Work

Handle = Callable[[Work, ReceivedMessage], None]


def _nothing(work: Work, about: Any) -> None:
    pass


def _no_answer(work: Work, message: BrokenMessage) -> bool:
    return False


@dataclass(frozen=True)
class Foreseen:
    """A message that is about to have its effect in this transaction. `peer`: None for one of this county."""

    name: str
    body: dict[str, Any]
    peer: str | None = None


def foresee(service: Any, work: Work, messages: Sequence[Foreseen]) -> None:
    """A service that has a method `foresee(work, messages)` may lock and read at once what they all need."""
    if hasattr(service, "foresee"):
        service.foresee(work, messages)


def _unforeseen(work: Work, messages: Sequence[Foreseen]) -> None:
    pass


@dataclass(frozen=True)
class Handlers:
    """Each is called within the transaction of the message.

    `received`: a peer's message. `own`: one of ours that was lost in a restore, and returned; it must have
    the effect again that it had when it was sent, once, whatever else is known. `broken`: a message that
    breaks its schema; whether it has been answered. `opened`: the channel to the peer has opened. `foresee`:
    called before one or several of them, changes nothing.
    """

    received: Handle
    own: Callable[[Work, SentMessage], None] = _nothing
    broken: Callable[[Work, BrokenMessage], bool] = _no_answer
    opened: Callable[[Work, str], None] = _nothing
    foresee: Callable[[Work, Sequence[Foreseen]], None] = _unforeseen
