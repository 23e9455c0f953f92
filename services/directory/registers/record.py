"""One record of a register."""

from dataclasses import dataclass, field
from typing import Any

KINDS = {
    "public": "public",
    "folkebibliotek": "public",
    "fbi": "public",
    "upper_secondary": "upper_secondary",
    "videregående": "upper_secondary",
    "videregående skole": "upper_secondary",
    "vgs": "upper_secondary",
    "county": "county",
    "fylkesbibliotek": "county",
    "fyb": "county",
}
"""What registers call the kinds that take part. In the national register kinds are combined with +."""


@dataclass(frozen=True)
class Record:
    """A library as its register has it. `where` names the place in the file. A value left out says nothing.

    `values`: fields of a `Library`; `is_closed`: closed for good.
    """

    where: str
    number: str | None
    values: dict[str, Any] = field(default_factory=dict)
    is_closed: bool = False


@dataclass(frozen=True)
class Broken:
    """A record that cannot be used, and why."""

    where: str
    number: str | None
    reason: str


class RegisterRefused(Exception):
    """The file cannot be read as a register at all. The message says what to do."""


class Unusable(Exception):
    """One record's value is not what it should be."""


def kind_of(text: str) -> str:
    """The kind: public before others where a library is several, `other` for what does not take part."""
    found = {KINDS.get(part.strip().casefold(), "other") for part in text.split("+")}
    return next((kind for kind in ("public", "upper_secondary", "county") if kind in found), "other")


def place_of(latitude: str, longitude: str) -> tuple[float, float] | None:
    """The coordinates in degrees; None where both are left out. Raises: `Unusable`."""
    if not latitude.strip() and not longitude.strip():
        return None
    try:
        degrees = float(latitude.replace(",", ".")), float(longitude.replace(",", "."))
    except ValueError:
        raise Unusable(f"{latitude};{longitude} are no coordinates in degrees") from None
    if not (abs(degrees[0]) <= 90 and abs(degrees[1]) <= 180):
        raise Unusable(f"{latitude};{longitude} is no place on earth")
    return degrees


def short_name_of(name: str) -> str:
    """The name without the word that every library has: "Eidskog folkebibliotek" is "Eidskog"."""
    words = [word for word in name.split() if word.casefold().rstrip(",") not in _EVERYWHERE]
    return " ".join(words)[:100] or name[:100]


_EVERYWHERE = {"bibliotek", "folkebibliotek", "bibliotekene", "library", "kommune", "off", "bibl"}
