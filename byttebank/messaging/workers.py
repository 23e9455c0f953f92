"""Running something as a nameko worker and waiting for what becomes of it."""

from collections.abc import Callable
from typing import Any

from eventlet.event import Event
from nameko.extensions import Entrypoint

from byttebank import telemetry


class Attempt:
    """One attempt at a message, run as a worker by way of a handler (`messaging.service` lets it pass).

    Which handler applies is known only within the transaction, after the inbox and, for peers, the signature.
    """

    def __init__(self, apply: Callable[[Any], str], **ids: str | None) -> None:
        """`apply(service)` gets an instance of the service class and returns the outcome."""
        self._apply = apply
        self._ids = ids

    def __call__(self, service: Any) -> str | Exception:
        """The outcome, or the error as a value: it is judged, and told, once, by the shell."""
        with telemetry.bound(**self._ids):
            try:
                return self._apply(service)
            except Exception as error:
                return error


def run_attempt(container: Any, carrier: Entrypoint | None, attempt: Attempt, context: dict[str, Any]) -> str:
    """The attempt's outcome; without a carrier it runs here, with no service. Raises what it raised."""
    if carrier is None:
        result = attempt(None)
    else:
        result, error = run_in_worker(container, carrier, [attempt], {}, context)
        if error is not None:
            raise error
    if isinstance(result, Exception):
        raise result
    return str(result)


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
