"""The handlers of a service class that hear other counties, as nameko registers them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from nameko.extensions import Entrypoint

from byttebank.contracts.received import BrokenMessage, ReceivedMessage, SentMessage
from byttebank.messaging.handlers import Handlers, foresee
from byttebank.storage.work import Work

Contract = tuple[str, int]
"""A message's type and version."""


@dataclass(frozen=True)
class Hearing:
    """The entrypoints of a service class that hear other counties."""

    received: dict[Contract, Entrypoint] = field(default_factory=dict)
    own: dict[Contract, Entrypoint] = field(default_factory=dict)
    broken: dict[Contract, Entrypoint] = field(default_factory=dict)
    opened: dict[str, Entrypoint] = field(default_factory=dict)

    def carrier(self) -> Entrypoint | None:
        """A handler that can carry any message of a peer to a worker."""
        return next(iter(self.received.values()), None)

    def handlers(self, service: Any) -> Handlers:
        """The methods of an instance of the service class."""

        def received(work: Work, message: ReceivedMessage) -> None:
            self._method(service, self.received, (message.message_type, message.version))(work, message)

        def own(work: Work, message: SentMessage) -> None:
            contract = (message.message_type, message.version)
            if contract in self.own:
                self._method(service, self.own, contract)(work, message)

        def broken(work: Work, message: BrokenMessage) -> bool:
            contract = (message.message_type, message.version)
            return contract in self.broken and bool(
                self._method(service, self.broken, contract)(work, message)
            )

        def opened(work: Work, peer: str) -> None:
            for name in self.opened:
                self._method(service, self.opened, name)(work, peer)

        return Handlers(received, own, broken, opened, partial(foresee, service))

    @staticmethod
    def _method(service: Any, registry: Mapping[Any, Entrypoint], key: Any) -> Callable[..., Any]:
        method: Callable[..., Any] = getattr(service, registry[key].method_name)
        return method
