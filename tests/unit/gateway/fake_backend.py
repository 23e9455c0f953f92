"""Four services in memory that obey the rules of their ports, and the people of the reference pages.

Arguments and answers pass through JSON and the contracts' schemas, so that what works here has the shape that
crosses RPC. `failing` makes a method refuse; `calls` says what was asked.
"""

from types import SimpleNamespace
from typing import Any

from fake_directory import FakeDirectory
from fake_ledger import FakeLedger
from fake_matching import FakeMatching
from fake_notify import FakeNotify

from byttebank.clock import Clock
from byttebank.contracts.refusals import (
    Refusal,
)


class FakeBackend(SimpleNamespace):
    """The four services of one county."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock=clock, calls=[], failing={})
        self.failing: dict[str, Refusal | Exception]
        self.calls: list[tuple[Any, ...]]
        self.directory = FakeDirectory(self)
        self.ledger = FakeLedger(self)
        self.matching = FakeMatching(self)
        self.notify = FakeNotify(self)

    def asked(self, method: str) -> list[tuple[Any, ...]]:
        """The calls of one method, such as `matching.propose`."""
        return [call for call in self.calls if call[0] == method]
