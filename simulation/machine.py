"""What a county's process stands on: a clock that may be wrong, and commits that it may not survive."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from byttebank.storage.work import Database, Work
from simulation.world import World


class CountyClock:
    """The county's own idea of the time."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.ahead_seconds = 0.0

    def now(self) -> datetime:
        """The time, as wrong as the clock is."""
        return self._world.now() + timedelta(seconds=self.ahead_seconds)


class MortalDatabase(Database):
    """A database whose process may die right before or after each commit."""

    interrupt: Callable[[str], None]
    committed: Callable[[], None]
    rolled_back: Callable[[], None]

    @contextmanager
    def work(self, trace: dict[str, str] | None = None) -> Iterator[Work]:
        """As in `Database`, with a chance of `Crash`."""
        try:
            with super().work(trace) as work:
                yield work
                self.interrupt("before a commit")
        except BaseException:
            self.rolled_back()
            raise
        self.committed()
        self.interrupt("after a commit")
