"""Three counties that hold rounds together: Eidskog and Grue, Nes, and Deichman, each with somebody to help.

Eidskog and Deichman ask for help. What a county sends waits on a wire until a test lets it arrive.
"""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from matching_cast import (
    Matching,
    a_colleague,
    a_library,
    a_peer,
    a_request,
    an_acceptance,
    an_id,
    open_offers,
)
from round_cast import compute

from byttebank.contracts.peer import load_peer
from byttebank.contracts.received import ReceivedMessage
from byttebank.federation.keys import SigningKey
from byttebank.storage import messages
from byttebank.storage.channels import add_key
from byttebank.storage.messages import OutboxRow
from services.matching import operations
from services.matching.storage.joint_rounds import find_joint

Document = dict[str, Any]
COUNTIES = ("akershus", "innlandet", "oslo")
LIBRARIES = {"Eidskog": "innlandet", "Grue": "innlandet", "Nes": "akershus", "Deichman": "oslo"}
HELPERS = {"Jonas": "Grue", "Per": "Nes", "Ada": "Deichman"}
KEYS = {county: SigningKey.from_seed(bytes([place]) * 32) for place, county in enumerate(COUNTIES, start=1)}
ROUND = an_id("joint")
ASKED = {"first_on": "2026-12-07", "last_on": "2026-12-18", "reply_by_on": "2026-12-02"}


def librarian(county: str) -> Document:
    """The county library's own."""
    library = next(name for name, of in LIBRARIES.items() if of == county)
    return {
        "person_id": an_id(county),
        "library_id": an_id(library),
        "role": "county",
        "name": county.title(),
    }


def settle(counties: Iterable[Matching]) -> None:
    """Each county knows every library, offer and request, and everybody's key."""
    for one in counties:
        with one.database.work() as work:
            for county, key in KEYS.items():
                add_key(work.connection, county, key.public_key, work.now)
        for name, county in LIBRARIES.items():
            one.hear("LibraryChanged", a_library(name, county))
            if county == one.county:
                one.hear("ParticipationAccepted", an_acceptance(name))
        for county in COUNTIES:
            if county != one.county:
                one.hear("PeerChanged", a_peer(county))
        for name, library in HELPERS.items():
            if LIBRARIES[library] == one.county:
                person = {"library_id": an_id(library), "sharing": "all", "is_manager": False}
                one.hear("ColleagueChanged", a_colleague(name, **person) if name != "Ada" else ada(person))
            one.hear("OfferChanged", offer_of(name))
        for name, library in (("asked", "Eidskog"), ("also", "Deichman")):
            one.hear("RequestChanged", request_of(name, library))


class Joint:
    """The counties, and what is on its way between them."""

    def __init__(self, counties: Iterable[Matching]) -> None:
        self.counties = {one.county: one for one in counties}
        self.delivered: list[tuple[str, str, OutboxRow]] = []
        self.rooms: dict[str, list[Document]] = {}
        """By county, what its ledger says that the limits with others leave."""

    def __getitem__(self, county: str) -> Matching:
        return self.counties[county]

    def begin(self, county: str = "innlandet", others: Iterable[str] = ("akershus", "oslo")) -> Document:
        """The county library begins a round with the others."""
        asked = {"id": ROUND, "name": "Sammen", **ASKED, "counties": list(others)}
        begun: Document = self[county].do(
            operations.create_matching_round, asked, librarian(county), KEYS[county]
        )
        return begun

    def tick(self, *counties: str, slow: str | None = None) -> None:
        """The counties' timers; with the ledger's answer and the computation, when they are waited for.

        `slow` does not compute.
        """
        for county in counties or COUNTIES:
            one = self[county]
            for round_id in one.ask(operations.open_joint_rounds):
                one.do(operations.go_on_with_joint, round_id, KEYS[county])
            stage = self.stage(county)
            if stage == "gathering":
                report(one, self.rooms.get(county, []))
            elif stage == "waiting" and county != slow:
                compute(one, ROUND)

    def letters(self, *counties: str) -> list[tuple[str, str, OutboxRow]]:
        """What these counties have sent since the last time, by sender and receiver."""
        found = []
        for county in counties or COUNTIES:
            one = self[county]
            with one.database.work() as work:
                for peer in COUNTIES:
                    rows = messages.waiting_outbox(work.connection, limit=1000, is_local=False, peer=peer)
                    found += [(county, peer, row) for row in rows]
                    messages.mark_published(work.connection, [row.id for row in rows], work.now)
        return found

    def deliver(self, letters: Iterable[tuple[str, str, OutboxRow]]) -> None:
        """They arrive."""
        for sender, receiver, letter in letters:
            self.delivered.append((sender, receiver, letter))
            if letter.name != "MATCHING_ROUND":
                self[receiver].receive(letter, sender)
                continue
            payload = load_peer("matching", letter.name, letter.version, json.loads(letter.body))
            message = ReceivedMessage(
                sender, letter.name, letter.version, payload, "0" * 64, letter.message_id, letter.id, {}
            )
            self[receiver].do(operations.joint_documents, message)

    def run(self, times: int = 8, lost: Callable[[str, str], bool] = lambda *_: False) -> None:
        """Everything goes its way until nothing moves; `lost` says what never arrives."""
        for _ in range(times):
            self.tick()
            self.deliver([one for one in self.letters() if not lost(one[0], one[1])])

    def pass_time(self, **time: float) -> None:
        """So much later in all counties."""
        clocks = {id(one.clock): one.clock for one in self.counties.values()}
        for clock in clocks.values():
            clock.move_to(clock.now() + timedelta(**time))

    def see(self, county: str) -> Document:
        """The round as the county sees it."""
        found: Document = self[county].ask(operations.matching_round, ROUND)
        return found

    def stage(self, county: str) -> str | None:
        """Where the county is, None when it has not begun."""
        rounds = self[county].ask(operations.matching_rounds)
        return next((one["stage"] for one in rounds if one["id"] == ROUND), None)

    def contradicting(self) -> set[str]:
        """Who has signed two things that cannot both be true, as far as anybody knows."""
        found: set[str] = set()
        for county in COUNTIES:
            with self[county].database.reading() as work:
                found |= find_joint(work.connection, ROUND, county).contradicting
        return found

    def stages(self) -> dict[str, str | None]:
        """Where each county is."""
        return {county: self.stage(county) for county in COUNTIES}

    def publish(self, county: str) -> None:
        """The county library sends its own proposals."""
        self[county].do(operations.publish_matching_round, ROUND, librarian(county))
        while self[county].do(operations.publish_next, ROUND):
            pass


def ada(person: Document) -> Document:
    return {"id": an_id("Ada"), "name": "Ada", "email": "ada@example.no", "version": 1, **person}


def offer_of(name: str, **changes: Any) -> Document:
    """The colleague offers ten days to everybody."""
    (offer,) = open_offers("Per")
    library = HELPERS[name]
    return {
        **offer,
        "id": an_id(f"o{name}"),
        "colleague_id": an_id(name),
        "library_id": an_id(library),
        "county": LIBRARIES[library],
        "half_days": 20,
        **changes,
    }


def request_of(name: str, library: str, **changes: Any) -> Document:
    """The library asks for two days."""
    request = a_request(name, half_days=4, is_open=True)
    return {**request, "library_id": an_id(library), "county": LIBRARIES[library], **changes}


def a_room(county: str, receive: int = 100, give: int = 100) -> Document:
    """So many half-days may come from the county, and go to it."""
    return {"county": county, "may_receive_half_days": receive, "may_give_half_days": give}


def report(county: Matching, rooms: Iterable[Document] = ()) -> None:
    """The ledger answers: nobody has given or received, and five days are the limit."""
    accounts = [
        {"library_id": an_id(name), "balance_half_days": 0, "available_half_days": 10}
        for name, of in LIBRARIES.items()
        if of == county.county
    ]
    body = {"round_id": ROUND, "accounts": accounts, "counties": list(rooms)}
    county.do(operations.accounts_reported, body)
    county.do(operations.joint_accounts_reported, body, KEYS[county.county])
