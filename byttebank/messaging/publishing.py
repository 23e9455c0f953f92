"""Publishing to a county's broker with confirms: what was confirmed is in its queues and survives a crash."""

from collections.abc import Sequence
from typing import Protocol
from urllib.parse import urlsplit

from byttebank.messaging.embedded import Outcome, Publication, current_broker
from byttebank.messaging.rabbitmq import RabbitMqPublisher


class Publisher(Protocol):
    """Something that publishes to one county's broker. Safe for any number of greenlets."""

    def publish(self, publications: Sequence[Publication]) -> list[Outcome]:
        """One outcome for each publication, in order: confirmed, returned (no queue takes it) or nacked.

        Refuses: broker errors (`faults.is_passing`) when the broker is away; then nothing is known of any of
        them.
        """
        ...

    @property
    def lacks(self) -> str:
        """What keeps the broker from taking messages, as far as it has said; empty when nothing does."""
        ...

    def close(self) -> None:
        """Connections are given back."""
        ...


class EmbeddedPublisher:
    """Publishes to the broker inside this process; a batch is one commit."""

    def __init__(self, county: str) -> None:
        self._county = county

    def publish(self, publications: Sequence[Publication]) -> list[Outcome]:
        """See `Publisher`."""
        return current_broker().publish_many(self._county, publications)

    @property
    def lacks(self) -> str:
        """See `Publisher`."""
        return ""

    def close(self) -> None:
        """Nothing is held."""


def open_publisher(url: str) -> Publisher:
    """A publisher for a broker's URL. Nothing is connected yet.

    Refuses: `ValueError` for a URL no broker of ours has.
    """
    parts = urlsplit(url)
    if parts.scheme == "embedded" and parts.hostname:
        return EmbeddedPublisher(parts.hostname)
    if parts.scheme in ("amqp", "amqps"):
        return RabbitMqPublisher(url)
    raise ValueError(f"{parts.scheme}://: no broker of this kind can be published to")
