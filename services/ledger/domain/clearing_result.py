"""From the counties' POSITIONs to what is struck out: the same for everybody, and named by a hash."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import combinations
from types import MappingProxyType
from typing import Any

from byttebank.federation.canonical import payload_hash
from services.ledger.domain.circulation import maximum_circulation, rings

Pair = tuple[str, str]
"""(debtor, creditor)"""


@dataclass(frozen=True)
class Result:
    """What a round comes to. `owed` are the co-signed positions, `cleared` what is struck out of them."""

    round_id: str
    input_hash: str
    owed: Mapping[Pair, int]
    cleared: Mapping[Pair, int]
    left_out: Sequence[Pair]

    @cached_property
    def hash(self) -> str:
        """What ACCEPT and COMMIT name it by."""
        cleared = [[*pair, amount] for pair, amount in sorted(self.cleared.items())]
        return payload_hash({"round": self.round_id, "input_hash": self.input_hash, "cleared": cleared})

    @cached_property
    def bound(self) -> list[str]:
        """The counties with something to strike out, in order."""
        return sorted({county for pair in self.cleared for county in pair})

    def legs_of(self, county: str) -> dict[Pair, int]:
        """What the county strikes out: what it owes, and what it is owed."""
        return {pair: amount for pair, amount in self.cleared.items() if county in pair}

    def rings(self) -> list[tuple[int, list[str]]]:
        """`cleared` as rings, for people."""
        return rings(self.cleared)


def compute(round_id: str, input_hash: str, positions: Mapping[str, Sequence[Mapping[str, Any]]]) -> Result:
    """The result of these POSITIONs (county to the positions it has stated).

    A position counts when both have signed the same amount at the same pair of sequence numbers. Each county
    books its own debt later than the other books its claim, never sooner, so equal amounts mean that nothing
    was on its way between the two. Pairs that do not agree are left out.
    """
    stated = {
        (county, position["county"]): position for county in positions for position in positions[county]
    }
    owed: dict[Pair, int] = {}
    left_out = []
    for one, other in combinations(sorted(positions), 2):
        ours, theirs = stated.get((one, other)), stated.get((other, one))
        if ours is None and theirs is None:
            continue
        if ours is None or theirs is None or not _agree(ours, theirs):
            left_out.append((one, other))
        elif ours["owed_half_days"] > 0:
            owed[one, other] = ours["owed_half_days"]
        elif ours["owed_half_days"] < 0:
            owed[other, one] = theirs["owed_half_days"]
    return Result(round_id, input_hash, owed, _cleared(tuple(sorted(owed.items()))), left_out)


@lru_cache(maxsize=4)
def _cleared(owed: tuple[tuple[Pair, int], ...]) -> Mapping[Pair, int]:
    """Kept, because every document that comes asks for it again."""
    return MappingProxyType(maximum_circulation(dict(owed)))


def _agree(ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> bool:
    return (ours["owed_half_days"], ours["sent_seq"], ours["received_seq"]) == (
        -theirs["owed_half_days"],
        theirs["received_seq"],
        theirs["sent_seq"],
    )


def legs_of(amounts: Mapping[Pair, int], county: str) -> dict[str, int]:
    """Other county to half-days that `county` owes it; below zero where it is owed."""
    return {
        (creditor if debtor == county else debtor): (amount if debtor == county else -amount)
        for (debtor, creditor), amount in sorted(amounts.items())
        if county in (debtor, creditor)
    }
