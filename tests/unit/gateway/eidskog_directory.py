"""What the directory knows on that Monday: the county, libraries and people, the mapping, the board."""

from typing import Any

from eidskog import PEOPLE, PLACES, SKILLS, colleague, library
from fake_backend import FakeBackend
from fake_service import an_id


def fill_directory(backend: FakeBackend) -> None:
    """County, peers, libraries, colleagues, skills, mapping and board."""
    directory = backend.directory
    directory._county = {
        "slug": "innlandet",
        "name": "Innlandet",
        "code": "NO-34",
        "country": "NO",
        "time_zone": "Europe/Oslo",
        "language": "nb",
        "is_demo": True,
        "neighbours": ["akershus", "trondelag"],
        "limit_half_days": 10,
        "limit_is_hard": False,
        "fuse_half_days": 200,
    }
    directory._peers = [
        {
            "county": slug,
            "name": name,
            "state": "active",
            "fuse_half_days": 200,
            "fingerprint": "3f9a 81c2 77de 0b44",
            "base_url": None,
        }
        for slug, name in (("akershus", "Akershus"), ("trondelag", "Trøndelag"))
    ]
    for name, county, latitude, longitude in PLACES:
        directory._libraries[library(name)] = {
            "id": library(name),
            "county": county,
            "name": f"{name} bibliotek",
            "short_name": name,
            "kind": "public",
            "national_number": None,
            "municipality_code": None,
            "municipality_name": name,
            "latitude": latitude,
            "longitude": longitude,
            "is_demo": True,
            "state": "open",
            "version": 1,
        }
    for name, place, is_manager, can, sharing in PEOPLE:
        directory._colleagues[colleague(name)] = {
            "id": colleague(name),
            "library_id": library(place),
            "name": name,
            "email": None,
            "is_manager": is_manager,
            "sharing": sharing,
            "can": can,
            "can_teach": [],
            "wants_to_learn": [],
            "version": 1,
        }
    directory._skills = [
        {"code": code, "category": category, "names": {"nb": words}} for code, category, words in SKILLS
    ]
    directory._mapped = [
        mapped("Innlandet", "mapping_covered", exist=["weeding", "cataloguing"]),
        mapped("Eidskog", "mapping_lacks", exist=["weeding"], missing=["cataloguing"], is_from_offers=True),
        mapped("Grue", "mapping_unknown"),
        mapped("Hamar", "mapping_lacks", missing=["weeding"]),
    ]
    fill_board(directory)


def mapped(name: str, code: str, **skills: Any) -> dict[str, Any]:
    """A place of the mapping as the directory answers."""
    exist, missing = skills.pop("exist", []), skills.pop("missing", [])
    return {
        "municipality_code": None,
        "name": name,
        "libraries": 1,
        "exist": exist,
        "wanted": missing,
        "missing": missing,
        "is_from_offers": False,
        "conclusion": {
            "code": code,
            "parameters": {"exist": len(exist), "all": 6, "skills": missing or exist},
        },
        **skills,
    }


def fill_board(directory: Any) -> None:
    """Five requests and five offers."""

    def request(name: str, place: str, contact: str, skill: str, first: str, last: str, **more: Any) -> None:
        directory._requests[an_id(name)] = {
            "id": an_id(name),
            "county": next(county for one, county, *_ in PLACES if one == place),
            "library_id": library(place),
            "skills": [skill],
            "first_on": first,
            "last_on": last,
            "half_days": 2,
            "place": "host",
            "own_words": name,
            "host_contact_id": colleague(contact),
            "is_open": True,
            "state": "open",
            "version": 1,
            **more,
        }

    def offer(place: str, helper: str, skills: list[str], **more: Any) -> None:
        directory._offers[an_id(f"offer {helper}")] = {
            "id": an_id(f"offer {helper}"),
            "county": next(county for one, county, *_ in PLACES if one == place),
            "library_id": library(place),
            "colleague_id": colleague(helper),
            "skills": skills,
            "purpose": "help",
            "dates": [],
            "first_on": None,
            "last_on": None,
            "half_days": 2,
            "places": ["host"],
            "max_km": None,
            "reach": "all",
            "counties": [],
            "own_words": "",
            "state": "open",
            "version": 1,
            **more,
        }

    request("Bokplasting før jul", "Nes", "Eva Nes", "book-covering", "2026-12-01", "2026-12-01", half_days=1)
    request(
        "Rydde hyllene etter flytting", "Grue", "Siri Haugen", "shelf-tidying", "2027-01-18", "2027-01-29"
    )
    request("Kassering i fagavdelingen", "Tolga", "Anders Lien", "weeding", "2026-12-07", "2026-12-11")
    request(
        "Lære bort kildekritikk",
        "Lillestrøm",
        "Ola Strøm",
        "information-literacy",
        "2026-12-10",
        "2026-12-10",
    )
    request(
        "300 lokalhistoriske hefter må katalogiseres før jul",
        "Eidskog",
        "Kari Moen",
        "cataloguing",
        "2026-12-07",
        "2026-12-11",
        is_open=False,
    )
    offer("Grue", "Siri Haugen", ["cataloguing"], dates=["2026-12-09", "2026-12-10"])
    offer("Hamar", "Trine Solheim", ["cataloguing"], first_on="2026-11-23", last_on="2027-01-29", half_days=4)
    offer("Lillestrøm", "Ola Strøm", ["cataloguing"], max_km=30)
    offer("Stjørdal", "Liv Stav", ["information-literacy"], places=["online"], half_days=1)
    offer("Eidskog", "Jonas Berg", ["weeding"], last_on="2027-03-31", first_on="2026-11-23")
