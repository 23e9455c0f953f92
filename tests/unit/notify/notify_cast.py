"""Eidskog (Kari manages, Jonas goes) helps Grue (Siri manages), both in Innlandet; Nes is in Akershus."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from byttebank.clock import FixedClock
from byttebank.contracts.local import load_local
from byttebank.storage.work import Database
from services.notify.domain.engagement import Engagement, engagement_from, kept
from services.notify.operations import copies, engagements

NOW = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
DAY = date(2026, 11, 26)
PUBLIC_URL = "https://byttebank.example/innlandet"

EIDSKOG = "018f0000-0000-7000-8000-000000000001"
GRUE = "018f0000-0000-7000-8000-000000000002"
NES = "018f0000-0000-7000-8000-000000000003"
COUNTY_LIBRARY = "018f0000-0000-7000-8000-000000000004"
KARI = "018f0000-0000-7000-8000-00000000000a"
JONAS = "018f0000-0000-7000-8000-00000000000b"
SIRI = "018f0000-0000-7000-8000-00000000000c"
BERIT = "018f0000-0000-7000-8000-00000000000d"
ENGAGEMENT = "018f0000-0000-7000-8000-0000000000e1"

NAMES = {KARI: "Kari Moen", JONAS: "Jonas Berg", SIRI: "Siri Haugen", BERIT: "Berit Lund"}


def minutes_later(minutes: int) -> str:
    """A moment after `NOW` as text."""
    return (NOW + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


def a_document(state: str = "proposed", version: int = 1, **changes: Any) -> dict[str, Any]:
    """An `EngagementChanged`: Grue has asked Eidskog for Jonas on one Thursday."""
    document = {
        "id": ENGAGEMENT,
        "version": version,
        "state": state,
        "home_county": "innlandet",
        "lender_county": "innlandet",
        "host_library_id": GRUE,
        "host_library_name": "Grue bibliotek",
        "lender_library_id": EIDSKOG,
        "lender_library_name": "Eidskog bibliotek",
        "colleague_id": JONAS,
        "colleague_name": NAMES[JONAS],
        "host_contact_id": SIRI,
        "host_contact_name": NAMES[SIRI],
        "own_words": "Vi vil rydde i fagavdelingen.",
        "dates": [DAY.isoformat()],
        "half_days": 2,
        "reply_by_on": "2026-11-17",
        "confirm_by_on": "2026-12-10",
        "consents": {"host_manager": minutes_later(0)},
        "history": [an_act("proposed", GRUE, "host_manager")],
    }
    document.update(changes)
    return load_local("EngagementChanged", document)


def an_act(what: str, library_id: str | None, role: str | None) -> dict[str, Any]:
    """A line of an engagement's history."""
    return {"at": minutes_later(0), "what": what, "by_library_id": library_id, "role": role}


def an_engagement(state: str = "proposed", version: int = 1, **changes: Any) -> Engagement:
    """The same as the rules see it."""
    return engagement_from(kept(a_document(state, version, **changes)))


def furnish(database: Database, *, peers: bool = True) -> None:
    """Notify has heard of the county, its libraries and its people."""
    with database.work() as work:
        copies.county_changed(
            work,
            {
                "slug": database.county,
                "name": {"innlandet": "Innlandet", "akershus": "Akershus"}[database.county],
                "language": "nb",
                "time_zone": "Europe/Oslo",
                "version": 1,
            },
        )
        if peers:
            trondelag = {"county": "trondelag", "name": "Trøndelag", "state": "active", "version": 1}
            copies.peer_changed(work, trondelag)
        for library_id, name, county, kind in (
            (EIDSKOG, "Eidskog", "innlandet", "public"),
            (GRUE, "Grue", "innlandet", "public"),
            (NES, "Nes", "akershus", "public"),
            (COUNTY_LIBRARY, "Fylkesbiblioteket", "innlandet", "county"),
        ):
            copies.library_changed(
                work,
                {
                    "id": library_id,
                    "county": county,
                    "short_name": name,
                    "kind": kind,
                    "state": "open",
                    "language": None,
                    "version": 1,
                },
            )
        if database.county == "innlandet":
            for person_id, library_id, is_manager in (
                (KARI, EIDSKOG, True),
                (JONAS, EIDSKOG, False),
                (SIRI, GRUE, True),
                (BERIT, COUNTY_LIBRARY, True),
            ):
                copies.colleague_changed(work, a_colleague(person_id, library_id, is_manager))


def a_colleague(
    person_id: str,
    library_id: str,
    is_manager: bool,
    email: str | None = "",
    version: int = 1,
    language: str | None = None,
) -> dict[str, Any]:
    """A `ColleagueChanged`, with an address made of the first name unless another is given."""
    own = f"{NAMES[person_id].split()[0].lower()}@library.example"
    return {
        "id": person_id,
        "library_id": library_id,
        "email": own if email == "" else email,
        "is_manager": is_manager,
        "language": language,
        "version": version,
    }


def hear(database: Database, document: dict[str, Any]) -> None:
    """An `EngagementChanged` has its effect."""
    with database.work() as work:
        engagements.engagement_changed(work, document, PUBLIC_URL)


def move(database: Database, moment: datetime) -> None:
    """The county's clock stands at that moment."""
    assert isinstance(database.clock, FixedClock)
    database.clock.move_to(moment)


def remind(database: Database) -> list[tuple[str, str]]:
    """A tick of the reminders: those that were due."""
    with database.reading() as work:
        due = engagements.due_reminders(work)
    for engagement_id, key in due:
        with database.work() as work:
            engagements.tell_reminder(work, engagement_id, key, PUBLIC_URL)
    return due
