"""A table of travel times as CSV in UTF-8, with a heading, separated by ; or ,."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from byttebank.contracts.travel_times import MOST_KM, MOST_MINUTES
from services.directory.registers.csv_file import NOT_WHOLE, read_rows
from services.directory.registers.record import Broken, Unusable

COLUMNS = {"fra": "from", "til": "to", "minutter": "minutes", "min": "minutes"}
"""Other names that people give the columns."""
NEEDED = ("from", "to", "minutes")


@dataclass(frozen=True)
class Timed:
    """A row: how long it takes between two libraries, each by its number or id. Without minutes: the table is
    to say nothing of them any more."""

    where: str
    from_name: str
    to_name: str
    minutes: int | None
    km: int | None

    @property
    def number(self) -> str:
        """What the row is about."""
        return f"{self.from_name} - {self.to_name}"


def read_travel_times(path: Path) -> Iterator[Timed | Broken]:
    """Each row of the file. Raises: `RegisterRefused`; `OSError` for a file that cannot be opened."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from read_times(lines)


def read_times(file: IO[str]) -> Iterator[Timed | Broken]:
    """Each row in turn. Raises: `RegisterRefused` for a file that is no UTF-8 or lacks a column."""
    for where, row, is_whole in read_rows(file, COLUMNS, NEEDED):
        about = f"{row.get('from') or '?'} - {row.get('to') or '?'}"
        try:
            if not is_whole:
                raise Unusable(NOT_WHOLE)
            if not row.get("from") or not row.get("to"):
                raise Unusable("it does not say from which library to which")
            km = _number("km", row["km"], 0, MOST_KM) if row.get("km") else None
            is_nothing = km is None and not row.get("minutes")
            minutes = None if is_nothing else _number("minutes", row.get("minutes", ""), 1, MOST_MINUTES)
            yield Timed(where, row["from"], row["to"], minutes, km)
        except Unusable as error:
            yield Broken(where, about, str(error))


def _number(name: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 8 and least <= int(text) <= most):
        raise Unusable(f"{name} is {text or 'empty'}, not a whole number from {least} to {most}")
    return int(text)
