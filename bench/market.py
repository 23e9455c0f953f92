"""Libraries, offers and requests of many counties, made up from a seed, as peers would publish them."""

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from byttebank.contracts.peer import load_detached, load_peer
from byttebank.contracts.received import ReceivedMessage
from byttebank.federation.keys import SigningKey
from byttebank.identifiers import new_id
from byttebank.storage.work import Database
from services.directory import operations

Document = dict[str, Any]
COUNTY = "innlandet"
PEERS = tuple(f"fylke{number}" for number in range(15))
TODAY = date(2026, 11, 23)
WORDS = ("magasinet", "kassering", "klasse", "hylle", "barn", "kveld", "festival", "musikk", "bok", "skole")
BATCH = 200


def found_county(database: Database, peers: Sequence[str] = PEERS) -> None:
    """The county has settings, a vocabulary, and counties it exchanges with."""
    with database.work() as work:
        operations.set_county(
            work,
            {
                "slug": COUNTY,
                "name": "Innlandet",
                "code": "NO-34",
                "country": "NO",
                "time_zone": "Europe/Oslo",
                "language": "nb",
                "limit_half_days": 10,
            },
        )
        operations.seed_skills(work)
        for peer in peers:
            key = SigningKey.from_seed(peer.encode().ljust(32, b".")).public_key
            keys = [{"key_id": key.key_id, "public_key": key.text, "valid_from_at": "2026-01-01T00:00:00Z"}]
            operations.add_peer(work, peer, peer.title(), None, keys, 200)


def settle_in(database: Database, here: str) -> list[str]:
    """The codes of the skills of a county with one library, in the middle of the south."""
    found_county(database)
    with database.work() as work:
        own = {"id": here, "name": "Eidskog bibliotek", "short_name": "Eidskog", "kind": "public"}
        operations.register_library(work, {**own, "latitude": 60.0, "longitude": 12.0})
        return [skill["code"] for skill in operations.list_skills(work)]


def make_libraries(chance: random.Random, count: int) -> list[Document]:
    """So many libraries of the peers, most in the south, as people live."""
    return [
        {
            "id": new_id(),
            "county": chance.choice(PEERS),
            "name": f"{chance.choice(WORDS).title()} bibliotek {number}",
            "short_name": f"Bibliotek {number}",
            "kind": "public",
            "national_number": f"2{number:06}",
            "municipality_name": f"Kommune {number % 357}",
            "latitude": 58 + 13 * chance.random() ** 2,
            "longitude": 5 + 10 * chance.random() + 10 * chance.random() ** 4,
            "country": "NO",
            "version": 1,
        }
        for number in range(count)
    ]


def make_offers(
    chance: random.Random, libraries: list[Document], skills: list[str], count: int
) -> Iterator[Document]:
    """So many open offers of the libraries: standing, on weekdays, in spans and on dates."""
    for _ in range(count):
        library = chance.choice(libraries)
        first_on = TODAY + timedelta(chance.randrange(200))
        dates: Document = {}
        how = chance.random()
        if how < 0.3:
            days = sorted(chance.sample(range(180), 3))
            dates = {"dates": [(TODAY + timedelta(day)).isoformat() for day in days]}
        elif how < 0.7:
            last_on = first_on + timedelta(chance.randrange(1, 90))
            dates = {"first_on": first_on.isoformat(), "last_on": last_on.isoformat()}
            dates["weekdays"] = [chance.randrange(1, 6)] if how < 0.5 else []
        yield {
            "id": new_id(),
            "county": library["county"],
            "library_id": library["id"],
            "colleague_id": new_id(),
            "skills": chance.sample(skills, chance.randrange(1, 4)),
            "half_days": 2,
            "places": chance.choice((["host"], ["host", "online"], ["online"])),
            "max_km": chance.choice((None, 50, 100, 300)),
            "version": 1,
            **dates,
        }


def make_requests(
    chance: random.Random, libraries: list[Document], skills: list[str], count: int
) -> Iterator[Document]:
    """So many open requests of the libraries."""
    for _ in range(count):
        library = chance.choice(libraries)
        first_on = TODAY + timedelta(chance.randrange(200))
        yield {
            "id": new_id(),
            "county": library["county"],
            "library_id": library["id"],
            "skills": chance.sample(skills, chance.randrange(1, 3)),
            "first_on": first_on.isoformat(),
            "last_on": (first_on + timedelta(chance.randrange(14))).isoformat(),
            "half_days": 2,
            "place": chance.choice(("host", "host", "online")),
            "host_contact_id": new_id(),
            "is_open": True,
            "version": 1,
        }


def words(chance: random.Random) -> str:
    """Own words of somebody."""
    return " ".join(chance.sample(WORDS, 4))


def receive(
    database: Database, message_type: str, documents: list[Document], detached: list[Document]
) -> None:
    """The county has taken what its peers published, many in one transaction as a service does."""
    take = {
        "LibraryPublished": operations.receive_library,
        "OfferPublished": operations.receive_offer,
        "RequestOpened": operations.receive_request,
    }[message_type]
    for begin in range(0, len(documents), BATCH):
        with database.work() as work:
            for number in range(begin, min(begin + BATCH, len(documents))):
                take(
                    work,
                    ReceivedMessage(
                        peer=documents[number]["county"],
                        message_type=message_type,
                        version=1,
                        payload=load_peer("directory", message_type, 1, documents[number]),
                        payload_hash="0" * 64,
                        message_id=documents[number]["id"],
                        seq=number + 1,
                        detached=load_detached("directory", message_type, 1, detached[number]),
                    ),
                )
            # What is told on to the county's services is theirs to take; here nobody waits for it.
            work.connection.exec_driver_sql("DELETE FROM outbox")
