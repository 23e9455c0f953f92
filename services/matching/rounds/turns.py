"""Who does what at the same time, in an order that does not depend on how quick anybody is.

Each job has a turn, fixed when it begins, and is heard in its turn: whoever is done sooner waits. So a search
takes the same steps on every machine, as long as nothing comes from outside (`proving.py`), and a clock only
decides after how many of them it ends.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from services.matching.rounds.crew import Crew
from services.matching.rounds.worker import Dive, Improve, Job, Relax, Said

GRACE_SECONDS = 3.0
"""After the time of a job, before its process is ended."""


@dataclass(slots=True)
class Turn:
    """A job that is being done or waits to be heard. `said` is None as long as it is not `done`, or when it
    was lost."""

    number: int
    job: Job
    said: Said | None = None
    done: bool = False


@dataclass(slots=True)
class Turns:
    """The jobs under way. `heard`: turns that are over."""

    solvers: Crew
    divers: Crew
    heard: int = 0
    under_way: list[Turn] = field(default_factory=list)

    def begin(self, job: Relax | Dive | Improve, now: float, due: float, after: int) -> None:
        """Give the job to a worker, to be heard in the first free turn with `after` others before it."""
        crew = self.divers if isinstance(job, Dive) else self.solvers
        worker = crew.idle()
        assert worker is not None, "more jobs than workers"
        taken = {turn.number for turn in self.under_way}
        number = self.heard + after
        while number in taken:
            number += 1
        self.under_way.append(Turn(number, job))
        seconds = due - now if isinstance(job, Dive) else job.seconds
        worker.begin(job, now + seconds + GRACE_SECONDS)

    def listen(self, now: float, seconds: float) -> None:
        """Wait for an answer, from each crew half as long."""
        for crew in (self.divers, self.solvers):
            answer = crew.next(now, seconds / 2)
            if answer is not None:
                (turn,) = (one for one in self.under_way if one.job is answer[1])
                turn.said, turn.done = answer[2], True

    def hear(self, hear: Callable[[Job, Said | None], None], *, all_: bool = False) -> None:
        """Hear the next if it is ready; with `all_`, all who are."""
        for turn in sorted(self.under_way, key=lambda one: one.number):
            if turn.done:
                self.under_way.remove(turn)
                self.heard = max(self.heard, turn.number) + 1
                hear(turn.job, turn.said)
            if not all_:
                return
