"""A fixed cast: Eidskog (host) and Grue in Innlandet, Nes in Akershus; and a wire between two counties.

Kari leads Eidskog, Ola works there. Siri leads Grue, Jonas works there and shows his name to nobody.
Nora leads Nes, Per works there and shows his name to nobody.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event

from byttebank.clock import FixedClock
from byttebank.contracts.fields import load
from byttebank.contracts.local import load_local
from byttebank.contracts.participation import PARTICIPATION_VERSION
from byttebank.contracts.peer import load_detached, load_peer
from byttebank.contracts.received import ReceivedMessage
from byttebank.contracts.resources import Engagement
from byttebank.identifiers import new_id, uuid7
from byttebank.storage import messages
from byttebank.storage.engine import open_engine
from byttebank.storage.messages import OutboxRow
from byttebank.storage.work import Database
from services.matching import operations

Document = dict[str, Any]
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Norway."""

HANDLERS: dict[str, Callable[..., None]] = {
    "CountyChanged": operations.county_changed,
    "PeerChanged": operations.peer_changed,
    "LibraryChanged": operations.library_changed,
    "ParticipationAccepted": operations.participation_accepted,
    "ColleagueChanged": operations.colleague_changed,
    "OfferChanged": operations.offer_changed,
    "TravelTimesChanged": operations.travel_times_changed,
    "RequestChanged": operations.request_changed,
    "PersonErased": operations.person_erased,
    "DaysReserved": operations.days_reserved,
    "ReservationRefused": operations.reservation_refused,
    "DaysPosted": operations.days_posted,
    "DaysReleased": operations.days_released,
    "EngagementProposed": operations.engagement_proposed,
    "EngagementShared": operations.engagement_shared,
}

COUNTY_OF = {"Eidskog": "innlandet", "Grue": "innlandet", "Nes": "akershus"}
LIBRARY_OF = {
    "Kari": "Eidskog",
    "Ola": "Eidskog",
    "Siri": "Grue",
    "Jonas": "Grue",
    "Nora": "Nes",
    "Per": "Nes",
}
LEADERS = ("Kari", "Siri", "Nora")
SHARING = {
    "Kari": "county",
    "Ola": "library",
    "Siri": "county",
    "Jonas": "library",
    "Nora": "all",
    "Per": "library",
}
PLACES = {"Eidskog": (60.0, 12.0), "Grue": (60.45, 12.05), "Nes": (60.13, 11.46)}


def an_id(name: str) -> str:
    """A name's id, the same in every test."""
    return uuid7(1_700_000_000_000, name.encode().rjust(10, b".")[-10:])


def actor(name: str, role: str | None = None) -> Document:
    """The person at her own library, in the role she has there."""
    own = "library_manager" if name in LEADERS else "colleague"
    library = an_id(LIBRARY_OF[name])
    return {"person_id": an_id(name), "library_id": library, "role": role or own, "name": name}


def a_library(name: str, county: str | None = None, **changes: Any) -> Document:
    latitude, longitude = PLACES.get(name, (60.0, 12.0))
    return {
        "id": an_id(name),
        "county": county or COUNTY_OF[name],
        "name": f"{name} bibliotek",
        "short_name": name,
        "kind": "public",
        "latitude": latitude,
        "longitude": longitude,
        "version": 1,
        **changes,
    }


def an_acceptance(library: str, version: int = PARTICIPATION_VERSION) -> Document:
    """The library has accepted the participation agreement."""
    return {"library_id": an_id(library), "version": version, "accepted_at": "2026-11-01T08:00:00Z"}


def a_colleague(name: str, **changes: Any) -> Document:
    return {
        "id": an_id(name),
        "library_id": an_id(LIBRARY_OF[name]),
        "name": name,
        "email": f"{name.lower()}@example.no",
        "is_manager": name in LEADERS,
        "sharing": SHARING[name],
        "version": 1,
        **changes,
    }


def an_offer(name: str, colleague: str, **changes: Any) -> Document:
    library = LIBRARY_OF[colleague]
    return {
        "id": an_id(name),
        "county": COUNTY_OF[library],
        "library_id": an_id(library),
        "colleague_id": an_id(colleague),
        "skills": ["weeding"],
        "half_days": 4,
        "version": 1,
        **changes,
    }


def open_offers(*colleagues: str, suffix: str = "") -> list[Document]:
    """Open offers of these colleagues, at any time and to all counties."""
    return [
        an_offer(f"o{colleague}{suffix}", colleague, first_on="2026-11-01", last_on="2027-06-30", reach="all")
        for colleague in colleagues
    ]


def a_request(name: str = "request", library: str = "Eidskog", **changes: Any) -> Document:
    return {
        "id": an_id(name),
        "county": COUNTY_OF[library],
        "library_id": an_id(library),
        "skills": ["weeding"],
        "first_on": "2026-12-07",
        "last_on": "2026-12-11",
        "half_days": 2,
        "host_contact_id": an_id("Kari"),
        "host_contact_name": "Kari",
        "version": 1,
        **changes,
    }


def a_proposal(name: str = "engagement", colleague: str = "Jonas", **changes: Any) -> Document:
    """Eidskog and the colleague's library on 9 December, Kari receiving."""
    return {
        "id": an_id(name),
        "host_library_id": an_id("Eidskog"),
        "lender_library_id": an_id(LIBRARY_OF[colleague]),
        "colleague_id": an_id(colleague),
        "skill": "weeding",
        "dates": ["2026-12-09"],
        "half_days": 2,
        "host_contact_id": an_id("Kari"),
        "host_contact_name": "Kari",
        **changes,
    }


def a_peer(county: str, **changes: Any) -> Document:
    return {
        "county": county,
        "name": county.title(),
        "state": "active",
        "fuse_half_days": 200,
        "keys": [],
        "version": 1,
        **changes,
    }


class Matching:
    """One county's matching, its clock, and what it has said."""

    def __init__(self, url: str, county: str, clock: FixedClock, make_id: Callable[[], str] = new_id) -> None:
        self.county = county
        self.clock = clock
        engine = open_engine(url)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _do_not_wait_for_the_disk)
        self.database = Database(engine, county=county, service="matching", clock=clock, make_id=make_id)

    def do(self, operation: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """What the operation answers, in a transaction of its own."""
        with self.database.work() as work:
            return operation(work, *arguments, **named)

    def ask(self, operation: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """What the operation answers without writing."""
        with self.database.reading() as work:
            return operation(work, *arguments, **named)

    def hear(self, name: str, body: Document) -> None:
        """A local message arrives, as its schema loads it."""
        self.do(HANDLERS[name], load_local(name, body))

    def see(self, who: str, engagement: str = "engagement") -> Document:
        """The engagement as the person sees it."""
        found: Document = self.ask(operations.get_engagement, an_id(engagement), actor(who))
        load(Engagement, found)
        return found

    def outbox(self) -> list[OutboxRow]:
        """Everything it has said and nobody has fetched, in order."""
        with self.database.reading() as work:
            found = messages.waiting_outbox(work.connection, limit=10_000, is_local=True)
            for peer in ("innlandet", "akershus"):
                found += messages.waiting_outbox(work.connection, limit=10_000, is_local=False, peer=peer)
        return sorted(found, key=lambda row: row.id)

    def told(self, name: str) -> list[Document]:
        """Bodies of the messages of this name, local or for a peer."""
        return [json.loads(row.body) for row in self.outbox() if row.name == name]

    def fetch_letters(self) -> list[OutboxRow]:
        """Messages for peers, each fetched once."""
        letters = [row for row in self.outbox() if row.peer is not None]
        with self.database.work() as work:
            messages.mark_published(work.connection, [row.id for row in letters], work.now)
        return letters

    def receive(self, letter: OutboxRow, sender: str) -> None:
        """A message of a peer arrives, verified."""
        payload = load_peer("matching", letter.name, letter.version, json.loads(letter.body))
        content = None if letter.detached is None else json.loads(letter.detached)
        detached = load_detached("matching", letter.name, letter.version, content)
        received = ReceivedMessage(
            sender, letter.name, letter.version, payload, "0" * 64, letter.message_id, letter.id, detached
        )
        self.do(HANDLERS.get(letter.name, operations.answered), received)

    def let_time_pass(self, text: str) -> None:
        """It is ten in the morning (UTC) of that day, and the clock has ticked."""
        self.clock.move_to(datetime.fromisoformat(f"{text}T10:00:00+00:00"))
        for engagement_id in self.ask(operations.due):
            self.do(operations.pass_time, engagement_id)

    def reserve(self, engagement: str = "engagement", **changes: Any) -> None:
        """The ledger sets aside the days that were last ordered."""
        order = [one for one in self.told("ReserveDays") if one["engagement_id"] == an_id(engagement)][-1]
        names = ("transfer_id", "engagement_id", "amount_half_days")
        self.hear("DaysReserved", {**{name: order[name] for name in names}, **changes})

    def refuse(self, code: str = "limit_hard", engagement: str = "engagement") -> None:
        """The ledger refuses the days that were last ordered."""
        order = [one for one in self.told("ReserveDays") if one["engagement_id"] == an_id(engagement)][-1]
        body = {"transfer_id": order["transfer_id"], "engagement_id": order["engagement_id"]}
        self.hear("ReservationRefused", {**body, "code": code, "parameters": {"wanted_half_days": 2}})

    def post(self, engagement: str = "engagement", **changes: Any) -> None:
        """The days ordered for the engagement are in the books."""
        order = [one for one in self.told("ReserveDays") if one["engagement_id"] == an_id(engagement)][-1]
        self.hear("DaysPosted", {**posted(order), **changes})

    def close(self) -> None:
        self.database.close()


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous = OFF")


def posted(order: Document) -> Document:
    """`DaysPosted` for a reservation that was ordered."""
    names = ("transfer_id", "engagement_id", "amount_half_days", "payer_library_id", "payee_library_id")
    return {
        **{name: order[name] for name in names},
        "payer_county": "innlandet",
        "payee_county": order["payee_county"],
        "skill": order["skill"],
        "work_date": order["work_date"],
    }


def settle_in(county: Matching) -> None:
    """The county knows every library, its own people, the other county, and Eidskog's request."""
    for name in COUNTY_OF:
        county.hear("LibraryChanged", a_library(name))
        if COUNTY_OF[name] == county.county:
            county.hear("ParticipationAccepted", an_acceptance(name))
    for name, library in LIBRARY_OF.items():
        if COUNTY_OF[library] == county.county:
            county.hear("ColleagueChanged", a_colleague(name))
    county.hear("PeerChanged", a_peer("akershus" if county.county == "innlandet" else "innlandet"))
    county.hear("RequestChanged", a_request())


def carry(one: Matching, other: Matching) -> list[OutboxRow]:
    """Every message between the two arrives, answers included, in order."""
    carried = []
    while letters := [(one, letter) for letter in one.fetch_letters()] + [
        (other, letter) for letter in other.fetch_letters()
    ]:
        for sender, letter in letters:
            (other if sender is one else one).receive(letter, sender.county)
            carried.append(letter)
    return carried
