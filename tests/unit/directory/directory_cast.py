"""A fixed cast: Innlandet with Eidskog, Grue and Hamar; Akershus with Nes; Trøndelag with Stjørdal."""

import json
from datetime import UTC, datetime
from typing import Any

from byttebank.contracts.peer import load_detached, load_peer
from byttebank.contracts.received import ReceivedMessage
from byttebank.federation.keys import SigningKey
from byttebank.identifiers import uuid7
from byttebank.storage import messages
from byttebank.storage.work import Database
from services.directory import operations

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
Document = dict[str, Any]


def an_id(name: str) -> str:
    """A name's id, the same in every test."""
    return uuid7(1_700_000_000_000, name.encode().rjust(10, b".")[:10])


def a_county(slug: str) -> Document:
    return {
        "slug": slug,
        "name": slug.title(),
        "code": "NO-34",
        "country": "NO",
        "time_zone": "Europe/Oslo",
        "language": "nb",
        "limit_half_days": 10,
    }


def a_library(name: str, latitude: float | None = 60.0, longitude: float | None = 12.0) -> Document:
    return {
        "id": an_id(name),
        "name": f"{name} bibliotek",
        "short_name": name,
        "kind": "public",
        "municipality_name": name,
        "latitude": latitude,
        "longitude": longitude,
    }


def a_colleague(name: str, library: str, **more: Any) -> Document:
    return {"id": an_id(name), "library_id": an_id(library), "name": name, **more}


def an_offer(**more: Any) -> Document:
    offer = {
        "id": an_id("offer"),
        "library_id": an_id("Eidskog"),
        "colleague_id": an_id("Jonas"),
        "skills": ["weeding"],
        "half_days": 4,
    }
    return {**offer, **more}


def a_request(**more: Any) -> Document:
    request = {
        "id": an_id("request"),
        "library_id": an_id("Eidskog"),
        "skills": ["weeding"],
        "first_on": "2026-12-01",
        "last_on": "2026-12-04",
        "half_days": 2,
        "own_words": "Magasinet må ryddes.",
        "host_contact_id": an_id("Kari"),
        "is_open": True,
        "reach": "all",
    }
    return {**request, **more}


def an_actor(name: str, library: str, role: str = "colleague") -> Document:
    return {"person_id": an_id(name), "library_id": an_id(library), "role": role, "name": name}


KARI = an_actor("Kari", "Eidskog", "library_manager")
JONAS = an_actor("Jonas", "Eidskog")
SIRI = an_actor("Siri", "Grue", "library_manager")


def key_of(county: str) -> Document:
    key = SigningKey.from_seed(county.encode().ljust(32, b".")).public_key
    return {"key_id": key.key_id, "public_key": key.text, "valid_from_at": "2026-01-01T00:00:00.000000Z"}


def received(
    peer: str, message_type: str, payload: Document, detached: Document | None = None, seq: int = 1
) -> ReceivedMessage:
    """The message as the shell hands it to an operation: loaded by its schema."""
    return ReceivedMessage(
        peer=peer,
        message_type=message_type,
        version=1,
        payload=load_peer("directory", message_type, 1, payload),
        payload_hash="0" * 64,
        message_id=an_id(f"{peer}{seq}"),
        seq=seq,
        detached=load_detached("directory", message_type, 1, detached),
    )


def add_peer(database: Database, county: str) -> None:
    with database.work() as work:
        operations.add_peer(work, county, county.title(), f"https://{county}.example", [key_of(county)], 200)


def local_events(database: Database, name: str) -> list[Document]:
    """The bodies of the local events of this name, oldest first."""
    with database.reading() as work:
        rows = messages.waiting_outbox(work.connection, limit=1000, is_local=True)
    return [json.loads(row.body) for row in rows if row.name == name]


def sent(
    database: Database, peer: str, name: str | None = None
) -> list[tuple[str, Document, Document | None]]:
    """`(type, payload, detached)` of the messages for a peer, oldest first."""
    with database.reading() as work:
        rows = messages.waiting_outbox(work.connection, limit=1000, is_local=False, peer=peer)
    return [
        (row.name, json.loads(row.body), None if row.detached is None else json.loads(row.detached))
        for row in rows
        if name in (None, row.name)
    ]
