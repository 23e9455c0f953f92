"""What the embedded broker refuses, besides the refusals of AMQP itself (`amqp.exceptions`)."""

from typing import Any

from amqp.exceptions import AMQPError, ChannelError, error_for_code


class BrokerNotStarted(RuntimeError):
    """No embedded broker runs in this process, or it was closed. Not a connection error: retrying is
    futile."""


class StoreRefused(RuntimeError):
    """The broker's file cannot be used. The message names the file and the remedy."""


class NoSuchLink(LookupError):
    """No link joins these two counties."""


class WrongThread(RuntimeError):
    """The broker was called from another operating system thread than the one that started it."""


def amqp_error(code: int, text: str, method: tuple[int, int]) -> AMQPError:
    """The exception py-amqp raises for a reply code of AMQP 0-9-1 (its chapter 1.2)."""
    return error_for_code(code, text, method, ChannelError)


def refuse_reserved(kind: str, name: str, method: tuple[int, int]) -> None:
    """Refuses: ACCESS_REFUSED for the names that belong to the broker."""
    if name == "":
        raise amqp_error(403, "ACCESS_REFUSED - operation not permitted on the default exchange", method)
    if name.startswith("amq."):
        raise amqp_error(
            403, f"ACCESS_REFUSED - {kind} name {name!r} contains reserved prefix 'amq.*'", method
        )


def refuse_different(
    thing: str, county: str, what: str, given: Any, current: Any, method: tuple[int, int]
) -> None:
    """Refuses: PRECONDITION_FAILED when something is declared otherwise than it exists."""
    if given != current:
        text = (
            f"PRECONDITION_FAILED - inequivalent arg {what!r} for {thing} in county {county!r}: "
            f"received {given!r} but current is {current!r}; to change it, delete it when it is empty "
            "and declare it anew"
        )
        raise amqp_error(406, text, method)
