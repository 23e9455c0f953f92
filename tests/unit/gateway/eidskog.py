"""The fixed cast: Eidskog in Innlandet on Monday 23 November 2026, and those it swaps days with.

All people are fictional. Eidskog has given one day more than it received, may borrow five, and has set two
aside: it can ask for four.
"""

from typing import Any

from fake_backend import FakeBackend
from fake_matching import an_engagement
from fake_service import an_id

from byttebank.clock import Clock
from byttebank.storage.work import Database
from gateway.accounts import User, add_user, hash_password

Document = dict[str, Any]

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


def backend_of_eidskog(clock: Clock) -> FakeBackend:
    """The services on that Monday."""
    backend = FakeBackend(clock)
    _fill_directory(backend)
    for name, *_ in PLACES:
        backend.ledger._limits[library(name)] = 10
    for day, helped, helper, half_days, skill in POSTED:
        backend.ledger._posted.append(
            {
                "transfer_id": an_id(f"transfer {day}"),
                "posted_at": f"{day}T15:00:00.000000Z",
                "work_date": day,
                "payer": library(helped),
                "payee": library(helper),
                "skill": skill,
                "half_days": half_days,
            }
        )
    _add_positions(backend)
    _add_engagements(backend)
    _add_notices(backend)
    return backend


def _fill_directory(backend: FakeBackend) -> None:
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
    _fill_board(directory)


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


def _fill_board(directory: Any) -> None:
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


def _add_positions(backend: FakeBackend) -> None:
    still = {
        "pending_out_half_days": 0,
        "waiting_in_half_days": 0,
        "open_claims_half_days": 0,
        "fuse_half_days": 200,
        "in_doubt_count": 0,
        "oldest_in_doubt_at": None,
        "channel_state": "open",
    }
    backend.ledger._positions = [
        {
            "county": "akershus",
            "owed_to_us_half_days": 8,
            "owed_by_us_half_days": 2,
            "net_half_days": 6,
            **still,
            "waiting_in_half_days": 2,
        },
        {
            "county": "trondelag",
            "owed_to_us_half_days": 1,
            "owed_by_us_half_days": 0,
            "net_half_days": 1,
            **still,
            "pending_out_half_days": 2,
            "in_doubt_count": 1,
            "oldest_in_doubt_at": "2026-11-23T06:20:00.000000Z",
        },
    ]


def _add_engagements(backend: FakeBackend) -> None:
    _engage(backend, "grue", "Grue", "Siri Haugen", "Eidskog", "Jonas Berg", "weeding", "2026-11-26")
    grue = backend.matching._engagements[an_id("engagement grue")]
    grue["consents"] = {
        "host_manager": "2026-11-18T09:00:00.000000Z",
        "colleague": "2026-11-19T07:00:00.000000Z",
    }
    grue.update(reply_by_on="2026-11-25")
    _engage(backend, "nes", "Nes", "Eva Nes", "Eidskog", "Jonas Berg", "book-covering", "2026-11-17")
    nes = backend.matching._engagements[an_id("engagement nes")]
    nes.update(state="carried_out", happened={"host": True}, confirm_by_on="2026-12-01")
    _engage(backend, "tolga", "Tolga", "Anders Lien", "Eidskog", "Jonas Berg", "weeding", "2026-12-09")
    tolga = backend.matching._engagements[an_id("engagement tolga")]
    tolga.update(reply_by_on="2026-11-30", consents={"host_manager": "2026-11-20T09:00:00.000000Z"})
    for key, host, contact, lender, helper, skill, day, half_days in (
        ("hamar", "Eidskog", "Kari Moen", "Hamar", "Trine Solheim", "cataloguing", "2026-12-03", 2),
        ("ringsaker", "Eidskog", "Kari Moen", "Ringsaker", "Mona Ruud", "book-covering", "2026-12-08", 2),
        ("stjordal", "Stjørdal", "Liv Stav", "Eidskog", "Kari Moen", "children", "2027-01-12", 1),
    ):
        _engage(backend, key, host, contact, lender, helper, skill, day, half_days)
        engagement = backend.matching._engagements[an_id(f"engagement {key}")]
        engagement["state"] = "agreed"
        engagement["consents"] = dict.fromkeys(
            ("lender_manager", "host_manager", "colleague"), "2026-11-12T10:00:00.000000Z"
        )
        engagement["history"].append(
            {"at": "2026-11-12T10:00:00.000000Z", "what": "agreed", "by_library_id": None, "by_name": None}
        )
        backend.matching._hold(engagement)
    backend.matching._engagements[an_id("engagement stjordal")]["place"] = "online"
    nes_hold = an_id("engagement nes")
    backend.matching._hold(backend.matching._engagements[nes_hold])
    backend.ledger._held[nes_hold]["state"] = "waiting"


def _engage(
    backend: FakeBackend,
    key: str,
    host: str,
    contact: str,
    lender: str,
    helper: str,
    skill: str,
    day: str,
    half_days: int = 2,
) -> None:
    wanted = {
        "id": an_id(f"engagement {key}"),
        "host_library_id": library(host),
        "lender_library_id": library(lender),
        "colleague_id": colleague(helper),
        "colleague_name": helper,
        "host_contact_id": colleague(contact),
        "host_contact_name": contact,
        "skill": skill,
        "dates": [day],
        "half_days": half_days,
        "own_words": "Vi starter i 500-hyllene." if key == "grue" else "",
    }
    libraries = backend.directory._libraries
    engagement = an_engagement(wanted, libraries[library(host)], libraries[library(lender)], version=3)
    engagement["history"] = [
        {
            "at": "2026-11-10T09:00:00.000000Z",
            "what": "proposed",
            "by_library_id": library(host),
            "by_name": contact,
            "role": "library_manager",
        },
        {
            "at": "2026-11-11T09:00:00.000000Z",
            "what": "accepted",
            "by_library_id": library(lender),
            "by_name": helper,
            "role": "colleague",
        },
    ]
    backend.matching._engagements[wanted["id"]] = engagement


def _add_notices(backend: FakeBackend) -> None:
    def notice(key: str, at: str, read_at: str | None = None, **parameters: Any) -> Document:
        return {
            "id": an_id(f"notice {key}"),
            "at": at,
            "library_id": library("Eidskog"),
            "person_id": None,
            "key": key,
            "parameters": {"party": "lender", "purpose": "help", "proposed_by": "host", **parameters},
            "engagement_id": an_id("engagement grue"),
            "read_at": read_at,
        }

    backend.notify._notices = [
        notice(
            "proposal",
            "2026-11-20T09:00:00.000000Z",
            host="Tolga",
            lender="Eidskog",
            library="Tolga",
            dates=["2026-12-09"],
            half_days=2,
            reply_by="2026-11-30",
        ),
        notice(
            "did_it_happen_again",
            "2026-11-18T09:00:00.000000Z",
            host="Nes",
            lender="Eidskog",
            library="Nes",
            dates=["2026-11-17"],
            confirm_by="2026-12-01",
        ),
        notice(
            "agreed",
            "2026-11-12T10:00:00.000000Z",
            "2026-11-13T10:00:00.000000Z",
            host="Eidskog",
            lender="Hamar",
            library="Hamar",
            dates=["2026-12-03"],
        ),
    ]
    backend.notify._mails = [
        {
            "id": an_id("mail"),
            "created_at": "2026-11-20T09:00:01.000000Z",
            "sent_at": "2026-11-20T09:00:02.000000Z",
            "to": email("Kari Moen"),
            "subject": "Forslag: Tolga onsdag 9. desember",
            "text": "Hei,\n\nTolga vil gjerne ha hjelp onsdag 9. desember. Svar innen mandag 30. november.\n",
            "html": None,
        }
    ]
