"""What the gateway asks: the four services of its county, by the ports of `byttebank.contracts.rpc`."""

from typing import Protocol

from byttebank.contracts.rpc import DirectoryPort, LedgerPort, MatchingPort, NotifyPort


class Backend(Protocol):
    """The services behind a gateway. Each call may refuse `ServiceUnavailable` or `UnknownOutcome`."""

    @property
    def directory(self) -> DirectoryPort:
        """Who."""

    @property
    def ledger(self) -> LedgerPort:
        """What is owed."""

    @property
    def matching(self) -> MatchingPort:
        """What fits."""

    @property
    def notify(self) -> NotifyPort:
        """Who is told."""
