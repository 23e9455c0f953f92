"""The reference of municipalities: which code is which municipality, and in which county, on a day."""

import csv
from datetime import date
from functools import cache
from importlib import resources as files

from services.directory.domain.municipalities import Municipality


@cache
def norwegian_municipalities() -> dict[str, Municipality]:
    """Norway's municipalities by code, those of before too (`reference/municipalities.csv`)."""
    reference = files.files("services.directory") / "reference" / "municipalities.csv"
    rows = csv.DictReader(reference.read_text(encoding="utf-8").splitlines())
    return {
        row["code"]: Municipality(
            code=row["code"],
            name=row["name"],
            county_code=row["county_code"],
            latitude=float(row["latitude"]) if row["latitude"] else None,
            longitude=float(row["longitude"]) if row["longitude"] else None,
            valid_from=_day(row["valid_from"]),
            valid_until=_day(row["valid_until"]),
            became=row["became"] or None,
        )
        for row in rows
    }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
