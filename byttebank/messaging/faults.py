"""Which faults pass by themselves, and how long to wait before the next attempt."""

import random
import socket

from amqp.exceptions import AMQPError
from kombu.exceptions import OperationalError as BrokerOperationalError

from byttebank.storage.availability import is_away

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 10.0
MAX_ATTEMPTS = 5
"""How often an error that is neither a refusal nor known to pass is tried before its message is parked."""


def is_passing(error: BaseException) -> bool:
    """Whether the fault lies with the database or the broker being away, so that waiting cures it.

    Errors that the database raises about what it was told (`IntegrityError`, `DataError`, ...) are not: they
    may be a race or a defect, and get a few attempts like any other error.
    """
    return is_away(error) or isinstance(
        error, AMQPError | BrokerOperationalError | ConnectionError | socket.timeout
    )


def wait_seconds(attempt: int) -> float:
    """How long to wait after so many attempts (from 1): doubling, at most ten seconds, a little uneven.

    Uneven, so that what failed together does not come back together.
    """
    doubled = FIRST_WAIT_SECONDS * 2 ** min(attempt - 1, 16)
    return min(doubled, LONGEST_WAIT_SECONDS) * random.uniform(0.75, 1.25)
