"""Who can sign in to the demonstration: everybody, with one password that is no secret."""

from pathlib import Path
from typing import Any

from byttebank.storage.work import Database
from demo.people import Person, ascii_name, caretakers_of, people_of
from demo.reference import DemoCounty, DemoLibrary, fixed_id, read_counties, read_libraries
from gateway import storage
from gateway.accounts import add_user
from gateway.settings import SIGN_INS_FILE, SignIn, write_sign_ins

PASSWORD = "byttebank-demo"
SHOWN = {
    "innlandet": ("Eidskog", ("Kari Moen", "Jonas Berg")),
    "akershus": ("Nes", ("Hanne Lunde", "Amina Khan")),
    "buskerud": ("Drammen", ("Silje Bakken", "Ole Strand")),
    "ostfold": ("Fredrikstad", ("Tone Myhre", "Erik Brekke")),
    "vestfold": ("Tønsberg", ("Ida Fossum", "Henrik Lie")),
    "trondelag": ("Stjørdal", ("Astrid Nygård", "Per Hagen")),
}
"""Whose sign-ins are printed and stand on the front page, by county."""


def add_users(
    database: Database, county: DemoCounty, libraries: list[DemoLibrary], password_hash: str
) -> None:
    """Every colleague, the county library's caretaker and the operator have accounts. Done again: nothing."""
    with database.work() as work:
        caretakers = caretaker_accounts(county, libraries)
        if storage.find_user(work.connection, caretakers[-1]["user_id"]) is not None:
            return
        for library in libraries:
            for person in people_of(library):
                add_user(work, **_account(person), password_hash=password_hash)
        for account in caretakers:
            add_user(work, **account, password_hash=password_hash)


def caretaker_accounts(county: DemoCounty, libraries: list[DemoLibrary]) -> list[dict[str, Any]]:
    """The one at the county library and the node's operator: no colleagues in the directory."""
    library = next(library for library in libraries if library.kind == "county")
    return [
        {
            "user_id": fixed_id("user", role, county.slug),
            "email": f"{mailbox}@{ascii_name(county.name)}.example",
            "name": name,
            "role": role,
            "library_id": library.id,
            "colleague_id": None,
        }
        for role, mailbox, name in zip(
            ("county", "operator"), ("fylket", "drift"), caretakers_of(county), strict=True
        )
    ]


def list_sign_ins() -> list[dict[str, str]]:
    """A manager and a colleague of every county; of the first also the county library and the operator."""
    libraries = read_libraries()
    shown = []
    for county in read_counties().values():
        short_name, names = SHOWN[county.slug]
        own = [library for library in libraries if library.county == county.slug]
        library = next(one for one in own if one.short_name == short_name)
        people = {person.name: person for person in people_of(library)}
        shown += [_sign_in(county, library, _account(people[name])) for name in names]
        if county.slug == next(iter(SHOWN)):
            county_library = next(one for one in own if one.kind == "county")
            shown += [
                _sign_in(county, county_library, account) for account in caretaker_accounts(county, own)
            ]
    return shown


def show_sign_ins(folder: Path, county: DemoCounty) -> None:
    """The county's gateway finds its sign-ins in its folder and shows each with a button."""
    fields = ("county", "library", "name", "role", "email", "password")
    own = [one for one in list_sign_ins() if one["county"] == county.slug]
    write_sign_ins(folder / SIGN_INS_FILE, [SignIn(**{field: one[field] for field in fields}) for one in own])


def _account(person: Person) -> dict[str, Any]:
    return {
        "user_id": fixed_id("user", person.id),
        "email": person.email,
        "name": person.name,
        "role": "library_manager" if person.is_manager else "colleague",
        "library_id": person.library_id,
        "colleague_id": person.id,
    }


def _sign_in(county: DemoCounty, library: DemoLibrary, account: dict[str, Any]) -> dict[str, str]:
    return {
        "county": county.slug,
        "county_name": county.name,
        "library": library.short_name,
        "name": account["name"],
        "email": account["email"],
        "password": PASSWORD,
        "role": account["role"],
        "url_path": f"/{county.slug}/",
    }
