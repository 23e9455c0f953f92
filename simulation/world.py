"""Virtual time: what happens next, in one order that the seed alone decides."""

import heapq
import itertools
from collections import Counter, deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from byttebank.identifiers import uuid7
from simulation.faults import Faults

if TYPE_CHECKING:
    from simulation.county import County

BEGINNING = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
KEPT_EVENTS = 2000
"""The last of them are enough to see what led to a broken rule."""


class Crash(BaseException):
    """A county's process dies. Not an `Exception`, so that nothing in the process lives on by catching it."""

    def __init__(self, county: "County", moment: str) -> None:
        super().__init__(moment)
        self.county = county
        self.moment = moment


class Broken(Exception):
    """A rule that must always hold does not. `rule` is its short name, the message says what is wrong."""

    def __init__(self, rule: str, sentence: str) -> None:
        super().__init__(f"{rule}: {sentence}")
        self.rule = rule


class World:
    """Time, chance, and everything that is about to happen."""

    def __init__(self, seed: int, faults: Faults) -> None:
        self.chance = Random(f"life {seed}")
        self.faults = faults
        self.seconds = 0.0
        self.steps = 0
        self.happened: Counter[str] = Counter()
        self.events: deque[str] = deque(maxlen=KEPT_EVENTS)
        self._names: dict[str, str] = {}
        self._order = itertools.count()
        self._coming: list[tuple[float, int, Callable[[], None]]] = []

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """The act happens after so many seconds."""
        heapq.heappush(self._coming, (self.seconds + seconds, next(self._order), act))

    def step(self) -> None:
        """The next thing has happened; a process that died by it is down."""
        self.seconds, _, act = heapq.heappop(self._coming)
        self.steps += 1
        try:
            act()
        except Crash as crash:
            crash.county.crash(crash.moment)

    def tell(self, text: str) -> None:
        """The event is among those that a person may read later."""
        self.events.append(f"{self.seconds:10.3f}  {text}")

    def count(self, fault: str) -> None:
        """One more fault of this kind."""
        self.happened[fault] += 1

    def strikes(self, share: float) -> bool:
        """Whether something that happens to such a share of all happens now."""
        return share > 0 and self.chance.random() < share

    def now(self) -> datetime:
        """The true time. Counties' clocks differ from it."""
        return BEGINNING + timedelta(seconds=self.seconds)

    def new_id(self) -> str:
        """An identifier that the seed decides."""
        return uuid7(int(self.now().timestamp() * 1000), self.chance.randbytes(10))

    def nonce(self) -> str:
        """As many random digits as a nonce has."""
        return self.chance.randbytes(16).hex()

    def name_of(self, transfer_id: str) -> str:
        """A short name for people: T1, T2, ... in the order of appearance."""
        return self._names.setdefault(transfer_id, f"T{len(self._names) + 1}")
