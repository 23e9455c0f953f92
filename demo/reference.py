"""The counties and libraries of the demonstration: real ones from `demo/data`, made-up ones beside them."""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TypeVar

from byttebank.identifiers import uuid7

COUNTIES = ("innlandet", "akershus", "buskerud", "ostfold", "vestfold", "trondelag")

NEIGHBOURS = {
    "innlandet": ("akershus", "buskerud", "trondelag"),
    "akershus": ("innlandet", "buskerud", "ostfold"),
    "buskerud": ("innlandet", "akershus", "vestfold"),
    "ostfold": ("akershus",),
    "vestfold": ("buskerud",),
    "trondelag": ("innlandet",),
}

SCHOOLS = {
    "innlandet": ("Skogmo", "Elvesletta"),
    "akershus": ("Furulia", "Lyngheia"),
    "buskerud": ("Kvernmo", "Bergli"),
    "ostfold": ("Strandløkka", "Kornmo"),
    "vestfold": ("Sjøglimt", "Bøkelia"),
    "trondelag": ("Granåsen", "Fjordgløtt"),
}
"""Made-up upper secondary schools. Each stands where the county's largest towns in `SCHOOL_TOWNS` are."""

SCHOOL_TOWNS = {
    "innlandet": ("Elverum", "Lillehammer"),
    "akershus": ("Lillestrøm", "Asker"),
    "buskerud": ("Drammen", "Kongsberg"),
    "ostfold": ("Fredrikstad", "Moss"),
    "vestfold": ("Tønsberg", "Larvik"),
    "trondelag": ("Trondheim", "Levanger"),
}

COUNTY_LIBRARY_TOWNS = {
    "innlandet": "Hamar",
    "ostfold": "Sarpsborg",
    "vestfold": "Tønsberg",
    "trondelag": "Trondheim",
}
"""Where the made-up county libraries stand; the other two counties have theirs in the data, with no place."""

BEGINNING_MILLISECONDS = 1_736_812_800_000
"""14 January 2025: the time inside the demonstration's ids."""

Item = TypeVar("Item")


@dataclass(frozen=True)
class DemoCounty:
    """A county that takes part."""

    slug: str
    name: str
    code: str


@dataclass(frozen=True)
class DemoLibrary:
    """A library that takes part; `is_demo` marks those that do not exist."""

    id: str
    county: str
    name: str
    short_name: str
    kind: str
    national_number: str | None
    municipality_code: str | None
    municipality_name: str | None
    latitude: float | None
    longitude: float | None
    is_demo: bool


def fixed_id(*words: str) -> str:
    """The id of the thing with these words, the same in every run and on every machine."""
    digest = hashlib.sha256("\n".join(words).encode()).digest()
    return uuid7(BEGINNING_MILLISECONDS, digest[:10])


def draw(number_of: int, *words: str) -> int:
    """A number from 0 to below `number_of` that looks random and is always the same for these words."""
    digest = hashlib.sha256("\n".join(("draw", *words)).encode()).digest()
    return int.from_bytes(digest[:8], "big") % number_of


def pick(items: Sequence[Item], *words: str) -> Item:
    """One of the items, always the same for these words."""
    return items[draw(len(items), *words)]


def read_counties() -> dict[str, DemoCounty]:
    """The counties by slug, in the order in which they are shown."""
    rows = {row["slug"]: row for row in _rows("counties.csv")}
    return {slug: DemoCounty(slug, rows[slug]["name"], rows[slug]["code"]) for slug in COUNTIES}


def read_libraries() -> list[DemoLibrary]:
    """All libraries: those of the data, then a county library and two schools for every county."""
    slugs = {row["code"]: row["slug"] for row in _rows("counties.csv")}
    places = {row["code"]: row for row in _rows("municipalities.csv")}
    real = [_real(row, slugs[row["county_code"]], places) for row in _rows("libraries.csv")]
    return [*real, *_made_up(real)]


@cache
def read_names() -> tuple[list[str], list[str]]:
    """Common first and last names in Norway."""
    rows = _rows("names.csv")
    parts = [[row["name"] for row in rows if row["part"] == part] for part in ("first", "last")]
    return parts[0], parts[1]


def _real(row: dict[str, str], county: str, places: dict[str, dict[str, str]]) -> DemoLibrary:
    place = places.get(row["municipality_code"])
    municipality = _short_municipality(place["name"], row["name"]) if place else None
    return DemoLibrary(
        id=fixed_id("library", county, row["municipality_code"], row["name"]),
        county=county,
        name=row["name"],
        short_name=municipality or row["name"],
        kind=row["kind"],
        national_number=row["library_number"] or None,
        municipality_code=row["municipality_code"] or None,
        municipality_name=municipality,
        latitude=float(place["latitude"]) if place and place["latitude"] else None,
        longitude=float(place["longitude"]) if place and place["longitude"] else None,
        is_demo=False,
    )


def _made_up(real: list[DemoLibrary]) -> Iterator[DemoLibrary]:
    by_town = {(library.county, library.short_name): library for library in real}
    for county in read_counties().values():
        if county.slug in COUNTY_LIBRARY_TOWNS:
            town = by_town[county.slug, COUNTY_LIBRARY_TOWNS[county.slug]]
            yield _beside(town, f"{county.name} fylkesbibliotek", "county")
        for school, town_name in zip(SCHOOLS[county.slug], SCHOOL_TOWNS[county.slug], strict=True):
            town = by_town[county.slug, town_name]
            yield _beside(town, f"{school} videregående skole", "upper_secondary", short=f"{school} vgs.")


def _beside(town: DemoLibrary, name: str, kind: str, *, short: str | None = None) -> DemoLibrary:
    return DemoLibrary(
        id=fixed_id("library", town.county, "demo", name),
        county=town.county,
        name=f"{name} (demo)",
        short_name=f"{short or name} (demo)",
        kind=kind,
        national_number=None,
        municipality_code=town.municipality_code,
        municipality_name=town.municipality_name,
        latitude=town.latitude,
        longitude=town.longitude,
        is_demo=True,
    )


def _short_municipality(official: str, library_name: str) -> str:
    """`Snåase - Snåsa` is Snåsa and `Våler (Innlandet)` is Våler: the part that the library's name uses."""
    parts = official.partition(" (")[0].split(" - ")
    return next((part for part in parts if part in library_name), parts[0])


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("demo.data") / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
