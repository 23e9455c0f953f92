"""Dates as bits, so that dates in common are found for millions of pairs at once."""

from datetime import date
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from services.matching.domain.instance import Colleague, Wish


def bits(having: tuple[Colleague, ...] | tuple[Wish, ...], dates: tuple[date, ...]) -> NDArray[np.uint8]:
    """Their dates as bits, one row each, padded to whole 64-bit words."""
    at = {day: index for index, day in enumerate(dates)}
    width = max(64, -(-len(dates) // 64) * 64)
    bits = np.zeros((len(having), width // 8), dtype=np.uint8)
    rows = np.repeat(np.arange(len(having)), [len(one.dates) for one in having])
    columns = np.fromiter(map(at.__getitem__, chain.from_iterable(one.dates for one in having)), np.int64)
    np.bitwise_or.at(bits, (rows, columns >> 3), (128 >> (columns & 7)).astype(np.uint8))
    return bits
