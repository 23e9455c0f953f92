"""The fixed cast: Eidskog in Innlandet on Monday 23 November 2026, and those it swaps days with.

All people are fictional. Eidskog has given one day more than it received, may borrow five, and has set two
aside: it can ask for four.
"""

from fake_service import an_id

from byttebank.storage.work import Database
from gateway.accounts import User, add_user, hash_password

PLACES = (
    ("Eidskog", "innlandet", 60.0319, 12.0897),
    ("Grue", "innlandet", 60.4513, 12.0527),
    ("Hamar", "innlandet", 60.7945, 11.0680),
    ("Ringsaker", "innlandet", 60.8813, 10.9409),
    ("Tolga", "innlandet", 62.4097, 10.9983),
    ("Åsnes", "innlandet", 60.6121, 12.0130),
    ("Våler", "innlandet", 60.6740, 11.8330),
    ("Engerdal", "innlandet", 61.7610, 11.8020),
    ("Nes", "akershus", 60.1219, 11.4652),
    ("Lillestrøm", "akershus", 59.9560, 11.0493),
    ("Stjørdal", "trondelag", 63.4712, 10.9187),
)
PEOPLE = (
    ("Kari Moen", "Eidskog", True, ["children", "weeding"], "county"),
    ("Jonas Berg", "Eidskog", False, ["weeding", "book-covering", "shelf-tidying"], "library"),
    ("Siri Haugen", "Grue", True, ["cataloguing"], "all"),
    ("Trine Solheim", "Hamar", False, ["cataloguing"], "all"),
    ("Mona Ruud", "Ringsaker", False, ["book-covering"], "all"),
    ("Anders Lien", "Tolga", True, ["weeding"], "all"),
    ("Eva Nes", "Nes", True, ["children"], "all"),
    ("Ola Strøm", "Lillestrøm", True, ["cataloguing"], "library"),
    ("Liv Stav", "Stjørdal", True, ["information-literacy"], "library"),
)
SKILLS = (
    ("book-covering", "collection", "plasting av bøker"),
    ("cataloguing", "collection", "katalogisering og klassifikasjon"),
    ("children", "dissemination", "formidling til barn"),
    ("information-literacy", "learning", "informasjonskompetanse og kildekritikk"),
    ("shelf-tidying", "collection", "hyllerydding"),
    ("weeding", "collection", "kassering"),
)
POSTED = (
    ("2026-02-05", "Ringsaker", "Eidskog", 2, "book-covering"),
    ("2026-03-10", "Eidskog", "Hamar", 2, "cataloguing"),
    ("2026-04-16", "Eidskog", "Tolga", 2, "weeding"),
    ("2026-05-19", "Nes", "Eidskog", 2, "children"),
    ("2026-06-18", "Grue", "Eidskog", 2, "shelf-tidying"),
    ("2026-09-08", "Stjørdal", "Eidskog", 1, "children"),
    ("2026-10-08", "Eidskog", "Grue", 1, "children"),
    ("2026-10-20", "Tolga", "Eidskog", 2, "shelf-tidying"),
    ("2026-11-05", "Eidskog", "Ringsaker", 2, "book-covering"),
)
"""Date of work, who was helped, who helped, half-days, skill."""

PASSWORD = "ni bøker på hylla"
SIGN_INS = (
    ("Kari Moen", "Eidskog", "library_manager"),
    ("Jonas Berg", "Eidskog", "colleague"),
    ("Siri Haugen", "Grue", "library_manager"),
    ("Ingrid Aas", "Hamar", "county"),
    ("Per Holm", "Hamar", "operator"),
)


def library(name: str) -> str:
    """The id of a library in the cast."""
    return an_id(f"library {name}")


def colleague(name: str) -> str:
    """The id of a person in the cast."""
    return an_id(f"colleague {name}")


def email(name: str) -> str:
    """The address a person signs in with."""
    return f"{name.split()[0].lower()}@bibliotek.example"


def add_cast(database: Database) -> dict[str, User]:
    """Those of the cast who may sign in, by first name."""
    password_hash = hash_password(PASSWORD)
    users = {}
    with database.work() as work:
        for name, library_name, role in SIGN_INS:
            users[name.split()[0].lower()] = add_user(
                work,
                user_id=an_id(f"user {name}"),
                email=email(name),
                name=name,
                password_hash=password_hash,
                role=role,
                library_id=library(library_name),
                colleague_id=colleague(name),
            )
    return users
