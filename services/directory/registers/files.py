"""A register's file, read as what it is."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from services.directory.registers.basebibliotek import read_base_bibliotek
from services.directory.registers.csv_file import read_csv
from services.directory.registers.record import Broken, Record


def read_register(path: Path, today: date) -> Iterator[Record | Broken]:
    """Each record of a CSV file or of Base Bibliotek's XML, which begins with <.

    Raises: `RegisterRefused`; `OSError` for a file that cannot be opened.
    """
    with path.open("rb") as file:
        is_xml = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        file.seek(0)
        if is_xml:
            yield from read_base_bibliotek(file)
            return
    with path.open(encoding="utf-8-sig", newline="") as lines:
        yield from read_csv(lines, today)
