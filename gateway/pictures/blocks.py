"""The balance as blocks: one block is one day, filled when it can be asked for, hatched when set aside."""

from dataclasses import dataclass

STEP, SIDE, HALF_SIDE = 51, 44, 19.5
PER_ROW, ROWS = 6, 3
MAX_BLOCKS = PER_ROW * ROWS
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
    """Blocks for the days that can be asked for, then for those set aside; half days are half as wide.

    What is set aside begins a row when it does not fit beside the others and there are rows enough.
    """
    free, held = _amounts(free_half_days, is_held=False), _amounts(held_half_days, is_held=True)
    amounts = [*free, *held]
    room = PER_ROW - len(free) % PER_ROW
    is_apart = room < len(held) and _rows(len(free)) + _rows(len(held)) <= ROWS
    shown = amounts[:MAX_BLOCKS]
    places = [
        number + (room % PER_ROW if is_apart and is_held else 0) for number, (_, is_held) in enumerate(shown)
    ]
    blocks = tuple(
        Block(
            x=1 + STEP * (place % PER_ROW),
            y=1 + STEP * (place // PER_ROW),
            width=SIDE if half_days == 2 else HALF_SIDE,
            is_held=is_held,
        )
        for place, (half_days, is_held) in zip(places, shown, strict=True)
    )
    rows = max(1, _rows(max(places, default=0) + 1))
    left_out = sum(half_days for half_days, _ in amounts[MAX_BLOCKS:])
    return Blocks(blocks, STEP * PER_ROW - 4, STEP * rows - 5, left_out)


def _rows(blocks: int) -> int:
    return -(-blocks // PER_ROW)


def _amounts(half_days: int, *, is_held: bool) -> list[tuple[int, bool]]:
    whole, half = divmod(max(half_days, 0), 2)
    return [(2, is_held)] * whole + [(1, is_held)] * half
