"""The worker processes of a round: started when needed, ended when overdue, gone when the round is over."""

import pickle
import queue
import subprocess
import sys
import threading
from types import TracebackType
from typing import Any

from services.matching.rounds.worker import Job, Said, Underway

__all__ = ["Crew", "Worker"]

START = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
from services.matching.rounds.worker import main
main()
"""
"""Not -m: what is pickled must not be called `__main__`. Ctrl-C is answered by whoever started it."""
_GONE = object()


class Worker:
    """One process, which does one job at a time."""

    def __init__(self, number: int, possible: Any, said: "queue.SimpleQueue[tuple[Worker, Any]]") -> None:
        self.number = number
        self.job: Job | None = None
        self.due = 0.0
        self.underway: list[Underway] = []
        self._process = subprocess.Popen(
            [sys.executable, "-c", START],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._said = said
        threading.Thread(target=self._listen, daemon=True).start()
        self._send(possible)

    def begin(self, job: Job, due: float) -> None:
        """Give it a job; after `due` it may be ended."""
        self.job, self.due, self.underway = job, due, []
        self._send(job)

    def end(self) -> None:
        """The process is gone, whatever it was doing."""
        self.job = None
        self._process.kill()
        self._process.wait()

    def _send(self, what: Any) -> None:
        assert self._process.stdin is not None
        try:
            pickle.dump(what, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except OSError:
            self._said.put((self, _GONE))

    def _listen(self) -> None:
        assert self._process.stdout is not None
        try:
            while True:
                self._said.put((self, pickle.load(self._process.stdout)))
        except (EOFError, OSError, pickle.UnpicklingError):
            self._said.put((self, _GONE))


class Crew:
    """Up to `size` workers on one round. Use as a context: afterwards no process is left."""

    def __init__(self, possible: Any, size: int) -> None:
        self._possible = possible
        self._said: queue.SimpleQueue[tuple[Worker, Any]] = queue.SimpleQueue()
        self.workers: list[Worker] = []
        self.size = size

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        for worker in self.workers:
            worker.end()

    def idle(self) -> Worker | None:
        """A worker without a job, started if there may be one more."""
        for worker in self.workers:
            if worker.job is None:
                return worker
        if len(self.workers) < self.size:
            self.workers.append(Worker(len(self.workers), self._possible, self._said))
            return self.workers[-1]
        return None

    def next(self, now: float, seconds: float) -> tuple[Worker, Job, Said | None] | None:
        """The next that is said within `seconds`: who, on which job, and what. None as what: the job was
        lost.

        What is said on the way is kept at the worker. A worker that is overdue or has died is replaced when
        needed.
        """
        try:
            worker, said = self._said.get(timeout=max(0.0, seconds))
        except queue.Empty:
            for worker in self.workers:
                if worker.job is not None and now > worker.due:
                    return self._lost(worker)
            return None
        if worker not in self.workers or worker.job is None:
            return None
        if said is _GONE:
            return self._lost(worker)
        if isinstance(said, Underway):
            worker.underway.append(said)
            return None
        job, worker.job = worker.job, None
        return worker, job, said

    def end(self, worker: Worker) -> None:
        """End this worker, whatever it is doing; another starts when needed."""
        worker.end()
        self.workers.remove(worker)

    def _lost(self, worker: Worker) -> tuple[Worker, Job, None]:
        job = worker.job
        assert job is not None
        self.end(worker)
        return worker, job, None
