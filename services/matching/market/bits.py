"""Columns that grow, and sets of names as bits: what a market of many offers is kept in."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]
WORD = 64
FIRST_ROWS = 64


class Rows:
    """Rows by id, with columns of numbers that grow together."""

    def __init__(self, sets: Mapping[str, int], **columns: Any) -> None:
        """`columns`: the type of the numbers of each; `sets`: words of each row, of columns that are sets."""
        self.ids: list[str] = []
        self._at: dict[str, int] = {}
        self._columns = {name: np.zeros(FIRST_ROWS, kind) for name, kind in columns.items()}
        self._columns |= {name: np.zeros((FIRST_ROWS, words), np.uint64) for name, words in sets.items()}

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, column: str) -> NDArray[Any]:
        """The column's values, of all rows there are."""
        return self._columns[column][: len(self.ids)]

    def find(self, name: str) -> int | None:
        """The number of the row, if there is one."""
        return self._at.get(name)

    def row(self, name: str) -> int:
        """The number of the row, made of zeros if there is none."""
        at = self._at.setdefault(name, len(self.ids))
        if at == len(self.ids):
            self.ids.append(name)
            for column, values in self._columns.items():
                if at == len(values):
                    self._columns[column] = np.concatenate([values, np.zeros_like(values)])
        return at

    def widen(self, column: str, words: int) -> None:
        """The column has at least so many words in each row."""
        values = self._columns[column]
        if values.shape[1] < words:
            more = np.zeros((len(values), words - values.shape[1]), values.dtype)
            self._columns[column] = np.concatenate([values, more], axis=1)


class Names:
    """Names as numbers of bits, in the order in which they are first met."""

    def __init__(self) -> None:
        self._bit: dict[str, int] = {}
        self._masks: dict[tuple[str, ...], Words] = {}

    def put(self, rows: Rows, column: str, at: int, names: Iterable[str]) -> None:
        """The row's set is these names."""
        key = tuple(names)
        mask = self._masks.get(key)
        if mask is None:
            for name in key:
                self._bit.setdefault(name, len(self._bit))
            words = max(1, -(-len(self._bit) // WORD))
            rows.widen(column, words)
            mask = self._masks[key] = self.mask(key, words)
        rows.widen(column, len(mask))
        rows[column][at] = 0
        rows[column][at, : len(mask)] = mask

    def mask(self, names: Iterable[str], words: int) -> Words:
        """The set of those of the names that are known, and fit."""
        mask = [0] * words
        for name in names:
            bit = self._bit.get(name)
            if bit is not None and bit < words * WORD:
                mask[bit // WORD] |= 1 << bit % WORD
        return np.array(mask, dtype=np.uint64)

    def knows(self, names: Iterable[str]) -> bool:
        """Whether each name was met."""
        return all(name in self._bit for name in names)
