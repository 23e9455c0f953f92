"""The balance as blocks: one block is one day, filled when it can be asked for, hatched when set aside."""

from dataclasses import dataclass

STEP, SIDE, HALF_SIDE = 51, 44, 19.5
PER_ROW = 6
MAX_BLOCKS = 18
"""Three rows; more are said in words."""


@dataclass(frozen=True)
class Block:
    """A day or half a day."""

    x: float
    y: float
    width: float
    is_held: bool


@dataclass(frozen=True)
class Blocks:
    """The picture: its blocks, its size, and how many half-days had no room."""

    blocks: tuple[Block, ...]
    width: int
    height: int
    left_out_half_days: int


def day_blocks(free_half_days: int, held_half_days: int) -> Blocks:
    """Blocks for the days that can be asked for, then for those set aside; half days are half as wide."""
    amounts = [*_amounts(free_half_days, is_held=False), *_amounts(held_half_days, is_held=True)]
    shown = amounts[:MAX_BLOCKS]
    blocks = tuple(
        Block(
            x=1 + STEP * (number % PER_ROW),
            y=1 + STEP * (number // PER_ROW),
            width=SIDE if half_days == 2 else HALF_SIDE,
            is_held=is_held,
        )
        for number, (half_days, is_held) in enumerate(shown)
    )
    rows = max(1, -(-len(shown) // PER_ROW))
    left_out = sum(half_days for half_days, _ in amounts[MAX_BLOCKS:])
    return Blocks(blocks, STEP * PER_ROW - 4, STEP * rows - 5, left_out)


def _amounts(half_days: int, *, is_held: bool) -> list[tuple[int, bool]]:
    whole, half = divmod(max(half_days, 0), 2)
    return [(2, is_held)] * whole + [(1, is_held)] * half
