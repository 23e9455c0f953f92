"""The flow of a large round, in a process of its own, which can be ended in time and lets go of the round
before it is solved: the flow library needs more memory than the round takes.
"""

import os
import pickle
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from services.matching.rounds.circulation import Circulation, circulation
from services.matching.rounds.memory import give_back_at_once
from services.matching.rounds.network import FlowWrong, Ints, Network
from services.matching.rounds.parts import without_names
from services.matching.rounds.possible import Bools, Possible
from services.matching.rounds.tiers import one_by_one, proven, weighed

START = """
import signal
signal.signal(signal.SIGINT, signal.SIG_IGN)
from services.matching.rounds.flowing import main
main()
"""
"""Not -m: what is pickled must not be called `__main__`. Ctrl-C is answered by whoever started it."""
WAIT_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Flow:
    """Solve the round with these blocks fixed (None: all requests split) for this objective, without some
    possible days. `by_cost`: one flow for each cost of the objective, and not one for all."""

    blocks: Ints | None
    objective: str
    without: Bools | None = None
    by_cost: bool = False


@dataclass(frozen=True, slots=True)
class Flown:
    """A flow, and by how many costs of the objective, from the first on, it is best. None: by all of them
    weighed together, which proves nothing yet about each. No flow: the weights are too large for the library.
    """

    flow: Ints | None
    best_by: int | None = None


def best_flow(possible: Possible, job: Flow, is_over: Callable[[], bool]) -> tuple[Circulation, Ints] | None:
    """The network of the job and a flow of the most days, which is best by the whole objective if there was
    time for that; None when there was not even time for the days, or too little memory."""
    flown = _elsewhere(possible, job, is_over)
    if flown is None:
        return None
    network = _network(possible, job)
    flow, best_by, costs = flown.flow, flown.best_by, network.costs()
    if flow is not None and best_by is None:
        best_by = proven(network.network, costs, flow)
    if flow is None or best_by == 0 or (best_by != len(costs) and not job.by_cost):
        flown = _elsewhere(possible, replace(job, by_cost=True), is_over) if not is_over() else None
        flow = flown.flow if flown is not None else flow if best_by else None
    return None if flow is None else (network, flow)


def _elsewhere(possible: Possible, job: Flow, is_over: Callable[[], bool]) -> Flown | None:
    """The last that the process has told when it is done or `is_over()`; afterwards there is no process."""
    heard: queue.SimpleQueue[Flown | None] = queue.SimpleQueue()
    last = None
    with subprocess.Popen(
        [sys.executable, "-c", START], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        listener = threading.Thread(target=_listen, args=(process, heard), daemon=True)
        listener.start()
        try:
            _tell(process, (without_names(possible), job))
            while not is_over():
                try:
                    said = heard.get(timeout=WAIT_SECONDS)
                except queue.Empty:
                    continue
                if said is None:
                    break
                last = said
        finally:
            process.kill()
            listener.join()
    return last


def _tell(process: "subprocess.Popen[bytes]", what: tuple[Possible, Flow]) -> None:
    assert process.stdin is not None
    try:
        pickle.dump(what, process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        process.stdin.close()
    except OSError:
        # It has ended; whoever listens hears that.
        return


def _listen(process: "subprocess.Popen[bytes]", heard: "queue.SimpleQueue[Flown | None]") -> None:
    assert process.stdout is not None
    try:
        while True:
            heard.put(pickle.load(process.stdout))
    except (EOFError, OSError, pickle.UnpicklingError):
        heard.put(None)


def _network(possible: Possible, job: Flow) -> Circulation:
    return circulation(possible, job.blocks, job.objective, None, job.without)


def main() -> None:
    """Read a round and a job, and tell the flow, or several, each better than the one before."""
    give_back_at_once()
    # What a solver prints must not come between the answers.
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def say(flown: Flown) -> None:
        pickle.dump(flown, target, protocol=pickle.HIGHEST_PROTOCOL)
        target.flush()

    try:
        _solve(say)
    except Exception as error:
        sys.stderr.write(f"byttebank: The flow came to nothing. {type(error).__name__}: {error}\n")


def _solve(say: Callable[[Flown], None]) -> None:
    network, costs, by_cost = _read()
    cost = None if by_cost else weighed(network, costs)
    if cost is None:
        for number, flow in enumerate(one_by_one(network, costs), 1):
            say(Flown(flow, number))
        return
    task = network.task(cost)
    # What is let go of here is as much as the flow library takes.
    del network, costs, cost
    try:
        flow = task()
    except FlowWrong:
        say(Flown(None))
    else:
        say(Flown(flow))


def _read() -> tuple[Network, tuple[Ints, ...], bool]:
    possible, job = pickle.load(sys.stdin.buffer)
    found = _network(possible, job)
    return found.network, found.costs(), job.by_cost
