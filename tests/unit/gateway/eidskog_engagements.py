"""Engagements of Eidskog on that Monday, in every state, and what it has been told of them."""

from typing import Any

from eidskog import colleague, email, library
from fake_backend import FakeBackend
from fake_matching import an_engagement
from fake_service import an_id


def add_engagements(backend: FakeBackend) -> None:
    """Proposed, agreed and carried out, with what is held for them."""
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


def add_notices(backend: FakeBackend) -> None:
    """Notices and a mail."""

    def notice(key: str, at: str, read_at: str | None = None, **parameters: Any) -> dict[str, Any]:
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
