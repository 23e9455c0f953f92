"""A list of libraries as CSV in UTF-8, with a heading, separated by ; or ,."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from typing import IO, Any

from services.directory.registers.record import (
    Broken,
    Record,
    RegisterRefused,
    Unusable,
    kind_of,
    place_of,
    short_name_of,
)

COLUMNS = {
    "library_number": "number",
    "national_number": "number",
    "bibnr": "number",
    "nummer": "number",
    "navn": "name",
    "type": "kind",
    "municipality": "municipality_name",
    "kommune": "municipality_name",
    "kommunenummer": "municipality_code",
    "size": "size_class",
    "email": "contact_email",
    "e-post": "contact_email",
    "phone": "contact_phone",
    "telefon": "contact_phone",
}
"""Other names that people give the columns."""

TEXTS = (
    "name",
    "short_name",
    "municipality_code",
    "municipality_name",
    "size_class",
    "opened_on",
    "closed_on",
    "country",
    "language",
    "website",
    "contact_name",
    "contact_email",
    "contact_phone",
)
NEEDED = ("name", "kind")
NOT_WHOLE = "it has more cells than the heading has columns, a quotation mark too many or an endless cell"
UNENDED = "unexpected end of data"
"""What Python's reader says of a file that ends within a quotation."""


def read_csv(file: IO[str], today: date) -> Iterator[Record | Broken]:
    """Each row in turn. Raises: `RegisterRefused` for a file that is no UTF-8 or lacks name and kind."""
    for where, row, is_whole in read_rows(file, COLUMNS, NEEDED):
        yield _read(where, row, is_whole=is_whole, today=today)


def read_rows(
    file: IO[str], other_names: Mapping[str, str], needed: tuple[str, ...]
) -> Iterator[tuple[str, dict[str, str], bool]]:
    """Each row's place, its cells by column, each on one line, and whether the row can be read: it has no
    more cells than there are columns, none of them endless, and its quotation marks fit.

    Raises: `RegisterRefused` for a file that is no UTF-8, lacks a needed column or ends in a quotation.
    """
    try:
        heading = file.readline().lstrip("\ufeff")
        delimiter = ";" if ";" in heading else ","
        given = [name.strip().casefold() for name in next(csv.reader([heading], delimiter=delimiter), [])]
        names = [other_names.get(name, name) for name in given]
        if not set(names) >= set(needed):
            wanted = f"{', '.join(needed[:-1])} and {needed[-1]}"
            raise RegisterRefused(f"The first line must name the columns {wanted} at least.")
        yield from _rows(csv.reader(file, delimiter=delimiter, strict=True), names)
    except (UnicodeDecodeError, csv.Error) as error:
        raise RegisterRefused(f"The file cannot be read: {error}. Save it as CSV in UTF-8.") from error


def _rows(reader: Any, names: list[str]) -> Iterator[tuple[str, dict[str, str], bool]]:
    while True:
        begun = reader.line_num + 2
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if str(error) == UNENDED:
                what = f"A quotation mark on line {begun} or after is never closed, so what follows cannot be"
                raise RegisterRefused(f"{what} told apart. Close it or take it away.") from error
            ended = reader.line_num + 1
            yield f"line {ended}" if ended == begun else f"lines {begun} to {ended}", {}, False
            continue
        if any(cell.strip() for cell in cells):
            row = dict(zip(names, (" ".join(cell.split()) for cell in cells), strict=False))
            yield f"line {reader.line_num + 1}", row, len(cells) <= len(names)


def _read(where: str, row: dict[str, str], *, is_whole: bool, today: date) -> Record | Broken:
    number = row.get("number") or None
    if not is_whole:
        return Broken(where, number, NOT_WHOLE)
    try:
        values = _values(row)
        closed_on = _day(values.get("closed_on"))
        return Record(where, number, values, is_closed=closed_on is not None and closed_on <= today)
    except Unusable as error:
        return Broken(where, number, str(error))


def _values(row: dict[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {name: row[name] for name in TEXTS if row.get(name)}
    if "name" not in values:
        raise Unusable("it has no name")
    values.setdefault("short_name", short_name_of(values["name"]))
    if not row.get("kind"):
        raise Unusable("it has no kind")
    values["kind"] = kind_of(row["kind"])
    for name in ("opened_on", "closed_on"):
        _day(values.get(name))
    for name in ("former_numbers", "closed_dates"):
        if row.get(name):
            values[name] = list(dict.fromkeys(row[name].replace("|", " ").split()))
    for day in values.get("closed_dates", []):
        _day(day)
    place = place_of(row.get("latitude", ""), row.get("longitude", ""))
    if place is not None:
        values["latitude"], values["longitude"] = place
    return values


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Unusable(f"{text} is no date such as 2026-11-23") from None
