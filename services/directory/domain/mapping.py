"""The mapping of skills (*kartlegging*): what exists, is wanted and is missing, by municipality.

Nothing in it is about a person. Where fewer than three colleagues work, what they can would be what one of
them can; there only what they offer openly counts. Nor is it in the county's figures, unless three
or more work in such places.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]
FEWEST_COLLEAGUES = 3
NAMED = 5
"""A conclusion names so many skills at most."""


@dataclass
class Place:
    """A municipality, or the county with `code` None: the skills that exist and those that are wanted."""

    code: str | None
    name: str
    libraries: int = 0
    colleagues: int = 0
    exist: set[str] = field(default_factory=set)
    wanted: set[str] = field(default_factory=set)
    is_from_offers: bool = False


def map_skills(
    libraries: Iterable[Document],
    colleagues: Iterable[Document],
    offers: Iterable[Document],
    requests: Iterable[Document],
    county_name: str,
) -> list[Place]:
    """The county first, then its municipalities by name; from what is open in the county."""
    whole = Place(None, county_name)
    places: dict[tuple[str, str], Place] = {}
    by_library: dict[str, Place] = {}
    for library in libraries:
        key = (library["municipality_name"] or library["short_name"], library["municipality_code"] or "")
        place = places.setdefault(key, Place(library["municipality_code"], key[0]))
        place.libraries += 1
        whole.libraries += 1
        by_library[library["id"]] = place
    known = [one for one in colleagues if one["library_id"] in by_library]
    for one in known:
        by_library[one["library_id"]].colleagues += 1
        whole.colleagues += 1
    for place in (*places.values(), whole):
        place.is_from_offers = place.colleagues < FEWEST_COLLEAGUES
    # What the county has and no municipality shows is theirs in the small places: never one or two people's.
    few = sum(place.colleagues for place in places.values() if place.is_from_offers)
    for one in known:
        place = by_library[one["library_id"]]
        is_in_whole = not place.is_from_offers or few >= FEWEST_COLLEAGUES
        for shown, counts in ((place, not place.is_from_offers), (whole, is_in_whole)):
            if counts and not whole.is_from_offers:
                shown.exist |= {*one["can"], *one["can_teach"]}
                shown.wanted |= set(one["wants_to_learn"])
    for kind, things in (("exist", offers), ("wanted", requests)):
        for thing in things:
            if thing["library_id"] in by_library:
                for place in (by_library[thing["library_id"]], whole):
                    getattr(place, kind).update(thing["skills"])
    return [whole, *(places[key] for key in sorted(places))]


def as_document(place: Place, skills: list[str]) -> Document:
    """The place with the skills of the vocabulary in its order, and its conclusion."""

    def listed(codes: set[str]) -> list[str]:
        return [code for code in skills if code in codes]

    missing = place.wanted - place.exist
    return {
        "municipality_code": place.code,
        "name": place.name,
        "libraries": place.libraries,
        "exist": listed(place.exist),
        "wanted": listed(place.wanted),
        "missing": listed(missing),
        "is_from_offers": place.is_from_offers,
        "conclusion": _conclusion(listed(place.exist), listed(missing), len(skills)),
    }


def _conclusion(exist: list[str], missing: list[str], all_skills: int) -> Document:
    """A code and its parameters, to be said in plain words."""
    figures = {"exist": len(exist), "all": all_skills}
    if not exist and not missing:
        return {"code": "mapping_unknown", "parameters": figures}
    if not missing:
        return {"code": "mapping_covered", "parameters": {**figures, "skills": exist[:NAMED]}}
    return {"code": "mapping_lacks", "parameters": {**figures, "skills": missing[:NAMED]}}
