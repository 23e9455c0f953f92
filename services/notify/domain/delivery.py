"""A mail on its way to a channel, and what the channel has to say about it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class OutgoingMail:
    """One mail to one person. `message_id` and `thread_id` are header values with their angle brackets."""

    id: str
    to_address: str
    message_id: str
    thread_id: str
    language: str
    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class Delivered:
    """The channel has taken the mail over."""


@dataclass(frozen=True)
class Refused:
    """The channel says no to this mail; others may pass."""

    reason: str


@dataclass(frozen=True)
class Unreached:
    """The channel cannot be reached: nothing is known to be wrong with the mail."""

    reason: str


Outcome = Delivered | Refused | Unreached
