"""The reference of municipalities: which code is which municipality, and in which county, on a day."""

import csv
from datetime import date
from functools import cache
from importlib import resources as files
from typing import Any

from services.directory.domain.municipalities import Municipality, municipality_on

NORWAY = "NO"


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


def places_of(library: dict[str, Any]) -> list[tuple[float, float]]:
    """Where the Norwegian municipality of the `Library` lies, by its code or else by its name; every one of
    that name, and none where nobody knows.
    """
    if library["country"] != NORWAY:
        return []
    known, code = norwegian_municipalities(), library["municipality_code"]
    if code is not None:
        found = municipality_on(known, code, date.max)
        among = [found] if found is not None else []
    else:
        among = _by_name().get((library["municipality_name"] or "").casefold(), [])
    return [(one.latitude, one.longitude) for one in among if one.latitude is not None and one.longitude]


@cache
def _by_name() -> dict[str, list[Municipality]]:
    """Today's municipalities by each of their names: some have one in Norwegian and one in Sámi or Kven."""
    found: dict[str, list[Municipality]] = {}
    for one in norwegian_municipalities().values():
        if one.became is None:
            for name in {one.name, *one.name.split(" - ")}:
                found.setdefault(name.casefold(), []).append(one)
    return found


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
