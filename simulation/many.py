"""Many lives, on as many processes as wanted; each process keeps its databases from one life to the next."""

import multiprocessing
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import structlog

from simulation.faults import Faults
from simulation.play import STEPS, Disks, Failure, Figures, Life

IN_ONE_GO = 4


def play(seed: int, steps: int = STEPS, faults: Faults | None = None) -> Figures | Failure:
    """The life of the seed (`Life`), on databases that this process keeps for the next one."""
    return Life(seed, _disks(), steps, faults).run()


def play_many(seeds: Iterable[int], processes: int) -> Iterator[Figures | Failure]:
    """What became of each life, as they end; a single process plays them in order."""
    if processes <= 1:
        with quiet():
            yield from map(play, seeds)
        return
    with multiprocessing.get_context("spawn").Pool(processes, initializer=hush) as pool:
        yield from pool.imap_unordered(play, seeds, chunksize=IN_ONE_GO)


@contextmanager
def quiet() -> Iterator[None]:
    """What goes wrong in a life is wanted, so nothing of it is logged."""
    before = structlog.get_config()
    hush()
    try:
        yield
    finally:
        structlog.configure(**before)


def hush() -> None:
    """This process logs nothing any more."""
    warnings.simplefilter("ignore")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@lru_cache(maxsize=1)
def _disks() -> Disks:
    return Disks()
