"""How often what goes wrong in one life. Each life has its own (swarm testing, Groce et al. 2012)."""

from dataclasses import dataclass
from random import Random

RESTORES = True
"""Whether counties are restored from old backups."""


@dataclass(frozen=True)
class Faults:
    """Shares of messages or of occasions, from 0 to 1, and seconds of virtual time."""

    drop: float = 0.0
    duplicate: float = 0.0
    corrupt: float = 0.0
    misdirect: float = 0.0
    reorder: float = 0.0
    slowest_seconds: float = 0.5
    crash: float = 0.0
    """At each commit and each publish: before, after, or in between."""
    partition: float = 0.0
    restore: float = 0.0
    skew: float = 0.0
    lie: float = 0.0
    """These four for each occasion, of which there is one every few seconds."""


PEACE = Faults()


def draw_faults(chance: Random) -> Faults:
    """The faults of one life: each kind absent, rare or frequent; a life in five is almost without."""

    def some(rare: float, frequent: float) -> float:
        return chance.choice((0.0, rare, rare, frequent))

    if chance.random() < 0.2:
        return Faults(
            slowest_seconds=5.0, reorder=0.5, lie=some(0.0, 0.3), restore=some(0.0, 0.05) if RESTORES else 0.0
        )
    return Faults(
        drop=some(0.03, 0.2),
        duplicate=some(0.05, 0.3),
        corrupt=some(0.01, 0.05),
        misdirect=some(0.01, 0.08),
        reorder=some(0.2, 0.9),
        slowest_seconds=chance.choice((0.2, 3.0, 30.0)),
        crash=some(0.004, 0.03),
        partition=some(0.05, 0.25),
        restore=some(0.02, 0.08) if RESTORES else 0.0,
        skew=some(0.03, 0.15),
        lie=some(0.0, 0.4),
    )
