"""Running something as a nameko worker and waiting for what becomes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from eventlet.event import Event
from nameko.extensions import Entrypoint

from byttebank import telemetry


class Attempt:
    """One attempt at messages, run as a worker by way of a handler (`messaging.service` lets it pass).

    Which handler applies is known only within the transaction, after the inbox and, for peers, the signature.
    """

    def __init__(self, apply: Callable[[Any], Any]) -> None:
        """`apply(service)` gets an instance of the service class."""
        self._apply = apply

    def __call__(self, service: Any) -> "Attempted":
        """What came of it. An error is a value here: it is judged, and told, once, by the shell."""
        # The worker was bound to the handler that carries us, which need not be the one that is called.
        telemetry.unbind("method")
        try:
            return Attempted(self._apply(service), None)
        except Exception as error:
            return Attempted(None, error)


@dataclass(frozen=True)
class Attempted:
    """A result or an error."""

    result: Any
    error: Exception | None


def run_attempt(
    container: Any, carrier: Entrypoint | None, apply: Callable[[Any], Any], context: dict[str, Any]
) -> Any:
    """What `apply(service)` returns, or raises. Without a carrier it runs here, without service."""
    if carrier is None:
        return apply(None)
    attempted, error = run_in_worker(container, carrier, [Attempt(apply)], {}, context)
    if error is None:
        error = attempted.error
    if error is not None:
        raise error
    return attempted.result


def run_in_worker(
    container: Any,
    entrypoint: Entrypoint,
    args: list[Any],
    kwargs: dict[str, Any],
    context: dict[str, Any],
) -> tuple[Any, BaseException | None]:
    """The method's result, or the error it raised. Waits for a free worker, then for its end.

    Refuses: `ContainerBeingKilled`.
    """
    done = Event()

    def handle_result(_worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        done.send((result, exc_info[1] if exc_info else None))
        return result, exc_info

    container.spawn_worker(entrypoint, args, kwargs, context_data=context, handle_result=handle_result)
    outcome: tuple[Any, BaseException | None] = done.wait()
    return outcome
