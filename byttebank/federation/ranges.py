"""Sets of numbers, kept as the ranges they consist of: what is held, missing or void in a channel."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ranges:
    """Ascending, separate, closed ranges `(first, last)` of positive integers. Equal sets are equal."""

    pairs: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of(cls, first: int, last: int) -> "Ranges":
        """All numbers from first to last; none when last is below first."""
        return cls(((first, last),)) if first <= last else cls()

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[int, int]]) -> "Ranges":
        """The numbers of any ranges, in any order, overlapping or not."""
        merged: list[tuple[int, int]] = []
        for first, last in sorted(pair for pair in pairs if pair[0] <= pair[1]):
            if merged and first <= merged[-1][1] + 1:
                merged[-1] = (merged[-1][0], max(merged[-1][1], last))
            else:
                merged.append((first, last))
        return cls(tuple(merged))

    @classmethod
    def from_numbers(cls, numbers: Iterable[int]) -> "Ranges":
        """These numbers."""
        return cls.from_pairs((number, number) for number in numbers)

    @property
    def last(self) -> int:
        """The highest number, 0 when there is none."""
        return self.pairs[-1][1] if self.pairs else 0

    def first_ranges(self, count: int) -> "Ranges":
        """The lowest ranges only."""
        return Ranges(self.pairs[:count])

    def within(self, first: int, last: int) -> "Ranges":
        """The numbers from first to last."""
        return self - Ranges.of(1, first - 1) - Ranges.of(last + 1, max(self.last, last + 1))

    def __or__(self, other: "Ranges") -> "Ranges":
        return Ranges.from_pairs([*self.pairs, *other.pairs])

    def __sub__(self, other: "Ranges") -> "Ranges":
        kept: list[tuple[int, int]] = []
        holes = iter(other.pairs)
        hole = next(holes, None)
        for first, last in self.pairs:
            while hole is not None and hole[1] < first:
                hole = next(holes, None)
            while hole is not None and hole[0] <= last:
                if first < hole[0]:
                    kept.append((first, hole[0] - 1))
                first = hole[1] + 1
                if hole[1] > last:
                    break
                hole = next(holes, None)
            if first <= last:
                kept.append((first, last))
        return Ranges(tuple(kept))

    def __contains__(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.pairs)

    def __iter__(self) -> Iterator[int]:
        for first, last in self.pairs:
            yield from range(first, last + 1)

    def __bool__(self) -> bool:
        return bool(self.pairs)


NO_NUMBERS = Ranges()
