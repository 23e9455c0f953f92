"""Comparing two books through the messages that both hold, and finding the first that had another effect.

Each FULFIL stands for one day that both books show: its sender credited it, its recipient posted it. So both
can say for every number of the sender's channel what the FULFILs up to there amount to *in their own book*,
and which hash the chain has there. Where both figures are equal all before it is equal too, or as good as:
the first number with a difference is found by asking for a few numbers at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

POINTS = 16
"""Numbers in one question: a million messages take five questions."""
NIGHT_BEGINS = timedelta(hours=1)
NIGHT_MINUTES = 240
"""The nightly statements are spread over four hours from 01:00 UTC, so that not all counties ask at once."""


@dataclass(frozen=True)
class Fulfilment:
    """A FULFIL by its number in its sender's channel."""

    seq: int
    transfer_id: str


@dataclass(frozen=True)
class Point:
    """What stands in a book up to a number of a channel: the chain's hash there, and half-days."""

    seq: int
    hash: str
    half_days: int


@dataclass(frozen=True)
class Search:
    """The books are the same through number `same_seq`, and differ through number `differs_seq`."""

    same_seq: int
    differs_seq: int

    @property
    def is_found(self) -> bool:
        """Whether `differs_seq` is the first number with a difference."""
        return self.differs_seq - self.same_seq == 1


def half_days_through(fulfilments: Sequence[Fulfilment], amounts: Mapping[str, int], seq: int) -> int:
    """What the FULFILs up to a number amount to in a book that has posted these amounts.

    An answer that was given twice counts at its first number.
    """
    answered = {one.transfer_id for one in fulfilments if one.seq <= seq}
    return sum(amounts.get(transfer_id, 0) for transfer_id in answered)


def points_to_ask(search: Search) -> list[int]:
    """The numbers to compare next, ascending; the last one is `differs_seq` itself."""
    width = search.differs_seq - search.same_seq
    steps = min(width, POINTS)
    return [search.same_seq + width * step // steps for step in range(1, steps + 1)]


def narrow(search: Search, here: Sequence[Point], there: Sequence[Point]) -> Search | None:
    """The search after an answer; None when the books are the same through `differs_seq` by now.

    `here` and `there` are of the numbers that were asked for; an answer to another question changes nothing.
    """
    if [one.seq for one in here] != [one.seq for one in there] or [one.seq for one in here] != points_to_ask(
        search
    ):
        return search
    same = search.same_seq
    for ours, theirs in zip(here, there, strict=True):
        if ours != theirs:
            return Search(same, ours.seq)
        same = ours.seq
    return None


def is_due(county: str, now: datetime, asked_at: datetime | None) -> bool:
    """Whether the statements of this night are to be sent: once a night, each county at its own time."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    minute = int.from_bytes(sha256(county.encode()).digest()[:4], "big") % NIGHT_MINUTES
    at = midnight + NIGHT_BEGINS + timedelta(minutes=minute)
    if now < at:
        at -= timedelta(days=1)
    return (asked_at is not None and asked_at < at) or (asked_at is None and now - at < timedelta(hours=1))
