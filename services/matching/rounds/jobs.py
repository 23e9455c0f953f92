"""Who does what at the same time. Whoever is done is heard at once, so that nobody waits for a longer job."""

from collections.abc import Callable
from dataclasses import dataclass, field

from services.matching.rounds.crew import Crew
from services.matching.rounds.worker import Dive, Improve, Job, Relax, Said

GRACE_SECONDS = 3.0
"""After the time of a job, before its process is ended."""


@dataclass(slots=True)
class Jobs:
    """The jobs under way, as they were begun; `answers`: what is done and not heard yet."""

    solvers: Crew
    divers: Crew
    under_way: list[Job] = field(default_factory=list)
    answers: list[tuple[Job, Said | None]] = field(default_factory=list)

    def begin(self, job: Relax | Dive | Improve, now: float, due: float) -> None:
        """Give the job to a worker."""
        crew = self.divers if isinstance(job, Dive) else self.solvers
        worker = crew.idle()
        assert worker is not None, "more jobs than workers"
        self.under_way.append(job)
        seconds = due - now if isinstance(job, Dive) else job.seconds
        worker.begin(job, now + seconds + GRACE_SECONDS)

    def listen(self, now: float, seconds: float) -> None:
        """Wait for an answer, from each crew that has work the same share of the time."""
        dives = sum(isinstance(job, Dive) for job in self.under_way)
        crews = [self.divers] * (dives > 0) + [self.solvers] * (dives < len(self.under_way) or not dives)
        for crew in crews:
            answer = crew.next(now, seconds / len(crews))
            if answer is not None:
                self.answers.append(answer[1:])

    def hear(self, hear: Callable[[Job, Said | None], None]) -> None:
        """Hear all that is done; of a job that was lost, None."""
        for job, said in self.answers:
            self.under_way = [one for one in self.under_way if one is not job]
            hear(job, said)
        self.answers = []
