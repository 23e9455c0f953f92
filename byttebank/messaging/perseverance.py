"""Trying until a message has had its effect or is parked. The same rules for local messages and peers'
messages.
"""

from collections.abc import Callable
from itertools import count

from nameko.exceptions import ContainerBeingKilled

from byttebank.contracts.refusals import Refusal
from byttebank.messaging.faults import MAX_ATTEMPTS, is_passing, wait_seconds

PARKED = "parked"


def see_through(
    apply: Callable[[], str],
    park: Callable[[Exception], None],
    acknowledge: Callable[[], None],
    *,
    pause: Callable[[float], bool],
    tell: Callable[[Exception, int], None],
) -> str | None:
    """As `persevere`; the message is acknowledged after its effect, or its parking, is committed.

    Whatever ends the process before, the broker delivers the message again.
    """
    outcome = persevere(apply, park, pause=pause, tell=tell)
    if outcome is not None:
        acknowledge()
    return outcome


def persevere(
    apply: Callable[[], str],
    park: Callable[[Exception], None],
    *,
    pause: Callable[[float], bool],
    tell: Callable[[Exception, int], None],
) -> str | None:
    """The outcome of `apply`, `parked` once `park` has kept the message, or None when there is no time left.

    Faults that pass are tried again without end; refusals and unknown messages are parked at once; any other
    error after `MAX_ATTEMPTS`. `pause(seconds)` waits and says whether to go on; `tell(error, attempt)` is
    told of each attempt that failed and will be repeated. None: the message must stay unacknowledged.
    """
    for attempt in count(1):
        try:
            return apply()
        except ContainerBeingKilled:
            return None
        except Exception as error:
            if not is_worth_another(error, attempt):
                return _park(park, error, pause, tell)
            tell(error, attempt)
        if not pause(wait_seconds(attempt)):
            return None
    return None


def is_worth_another(error: Exception, attempt: int) -> bool:
    """Whether a message whose attempt number `attempt` failed so is to be tried again."""
    if is_passing(error):
        return True
    if isinstance(error, Refusal):
        return error.is_transient and attempt < MAX_ATTEMPTS
    return not isinstance(error, KeyError) and attempt < MAX_ATTEMPTS


def _park(
    park: Callable[[Exception], None],
    error: Exception,
    pause: Callable[[float], bool],
    tell: Callable[[Exception, int], None],
) -> str | None:
    for attempt in count(1):
        try:
            park(error)
            return PARKED
        except Exception as fault:
            # Whatever the fault, the message must not be lost: it stays with us until it can be kept.
            tell(fault, attempt)
        if not pause(wait_seconds(attempt)):
            return None
    return None
