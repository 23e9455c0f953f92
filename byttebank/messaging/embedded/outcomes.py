"""What became of a published message."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Outcome:
    """`confirmed`: it is in every queue it was routed to, on disk where it must be. `returned`: no queue
    takes it. `nacked`: it is not safe (a queue is full, or the disk refused it); publishing it again is
    right."""

    status: Literal["confirmed", "returned", "nacked"]
    reason: str = ""

    @property
    def is_confirmed(self) -> bool:
        """Nothing remains to be done for this message."""
        return self.status == "confirmed"


CONFIRMED = Outcome("confirmed")


def returned(reason: str) -> Outcome:
    """No queue takes the message."""
    return Outcome("returned", reason)


def nacked(reason: str) -> Outcome:
    """The message is not safe."""
    return Outcome("nacked", reason)
