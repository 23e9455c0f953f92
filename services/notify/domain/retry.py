"""How long a mail waits before the next try, and when trying ends.

A server that cannot be reached is no fault of the mail: it is tried for as long as it takes. A server that
says no to a mail is asked again, more and more seldom (RFC 5321, 4.5.4.1), and in the end the mail is laid
aside where a person sees it.
"""

from datetime import datetime, timedelta

FIRST_DELAY = timedelta(minutes=2)
LONGEST_DELAY_UNREACHED = timedelta(minutes=10)
LONGEST_DELAY_REFUSED = timedelta(hours=6)
MAX_REFUSALS = 10
LEASE = timedelta(minutes=10)
"""For so long nobody else takes a mail that somebody is sending."""


def next_attempt_at(now: datetime, attempts: int, *, is_refused: bool) -> datetime:
    """The moment of the next try after `attempts` tries (at least 1), the last of them refused or not."""
    longest = LONGEST_DELAY_REFUSED if is_refused else LONGEST_DELAY_UNREACHED
    doublings = min(max(attempts, 1) - 1, 16)
    return now + min(FIRST_DELAY * 2**doublings, longest)


def is_given_up(refusals: int) -> bool:
    """Whether a mail that was refused so many times is laid aside."""
    return refusals >= MAX_REFUSALS
