"""Sets of numbers kept as ranges behave as sets."""

from hypothesis import given
from hypothesis import strategies as st

from byttebank.federation.ranges import Ranges

NUMBERS = st.sets(st.integers(1, 40))


@given(NUMBERS, NUMBERS)
def test_union_and_difference_are_those_of_sets(one: set[int], other: set[int]) -> None:
    a, b = Ranges.from_numbers(one), Ranges.from_numbers(other)
    assert set(a | b) == one | other
    assert set(a - b) == one - other
    assert (a - b) == Ranges.from_numbers(one - other)


@given(NUMBERS, st.integers(1, 41), st.integers(0, 41))
def test_within_cuts_both_ends(numbers: set[int], first: int, last: int) -> None:
    cut = Ranges.from_numbers(numbers).within(first, last)
    assert set(cut) == {number for number in numbers if first <= number <= last}


@given(NUMBERS)
def test_membership_last_and_truth_are_those_of_sets(numbers: set[int]) -> None:
    ranges = Ranges.from_numbers(numbers)
    assert ranges.last == max(numbers, default=0)
    assert bool(ranges) == bool(numbers)
    assert all((number in ranges) == (number in numbers) for number in range(43))


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_any_pairs_become_ascending_separate_ranges(pairs: list[tuple[int, int]]) -> None:
    ranges = Ranges.from_pairs(pairs)
    assert set(ranges) == {number for first, last in pairs for number in range(first, last + 1)}
    gaps = zip(ranges.pairs, ranges.pairs[1:], strict=False)
    assert all(after[0] > before[1] + 1 for before, after in gaps)


def test_the_lowest_ranges_can_be_taken() -> None:
    assert Ranges.from_numbers([1, 3, 5]).first_ranges(2).pairs == ((1, 1), (3, 3))


def test_no_numbers_from_backwards_ends() -> None:
    assert not Ranges.of(2, 1)
