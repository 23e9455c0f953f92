"""Calls made later by eventlet's hub: no greenthread waits for them, and none is left when they are
cancelled."""

from collections.abc import Callable
from typing import Protocol

from eventlet import hubs


class Timer(Protocol):
    """A call that is still to come."""

    def cancel(self) -> None: ...


def call_later(seconds: float, function: Callable[[], None]) -> Timer:
    """The hub calls the function, which must not wait for anything, after so many seconds; 0 is its next
    turn."""
    timer: Timer = hubs.get_hub().schedule_call_global(max(seconds, 0.0), function)
    return timer
