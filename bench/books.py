"""Counties' ledgers in this process, each on a database of its own, with real channels between them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from sqlalchemy import event

from byttebank.federation.envelope import broker_user
from byttebank.identifiers import new_id
from byttebank.messaging.arrivals import Arrival
from byttebank.messaging.channels import Channels
from byttebank.messaging.sealing import Outgoing
from byttebank.messaging.service import handled_by
from byttebank.storage.engine import open_engine
from byttebank.storage.migrations import migrate
from byttebank.storage.work import Database, Work
from services.ledger import operations
from services.ledger.service import LedgerService
from simulation.cast import key_of, library_changed, peer_changed

COUNTIES = ("innlandet", "akershus")
LIBRARIES = 50
FUSE_HALF_DAYS = 10**6
"""So that it stops nothing here."""


class Ledger:
    """One county's ledger: its database, its channels to the other counties, and its libraries."""

    def __init__(self, county: str, url: str, libraries: dict[str, list[str]]) -> None:
        """The database is migrated, and the county, its peers and all `libraries` by county are known."""
        self.county = county
        self.peers = [other for other in libraries if other != county]
        self.libraries = libraries[county]
        self._known = libraries
        engine = open_engine(url)
        migrate(engine, "services.ledger")
        self.database = Database(engine, county=county, service="ledger")
        self.channels = Channels(
            self.database, service="ledger", county=county, key=key_of(county), wake=lambda: None
        )
        self._handlers = handled_by(LedgerService)[1].handlers(LedgerService())
        with self.database.work() as work:
            operations.county_changed(work, _county(county))
            for slug, ids in libraries.items():
                for library_id in ids:
                    operations.library_changed(work, library_changed(library_id, slug))
            for other in self.peers:
                peer = peer_changed(other, fuse_half_days=FUSE_HALF_DAYS, version=1)
                self.channels.peer_changed(work, peer)
                operations.peer_changed(work, peer)
        self.channels.start()

    def orders(self, *, is_abroad: bool) -> Iterator[dict[str, Any]]:
        """`ReserveDays` of half a day each, one library after the other: here, or with the peers' in turn."""
        for number in count():
            payee_county = self.peers[number % len(self.peers)] if is_abroad else self.county
            payees = self._known[payee_county]
            yield {
                "transfer_id": new_id(),
                "engagement_id": new_id(),
                "payer_library_id": self.libraries[number % LIBRARIES],
                "payee_library_id": payees[(number + 1) % LIBRARIES],
                "payee_county": payee_county,
                "amount_half_days": 1,
                "part": 1,
                "skill": None,
                "work_date": datetime.now(UTC).date().isoformat(),
            }

    def hold_and_post(self, orders: Sequence[dict[str, Any]]) -> None:
        """Each order is held and posted, as the messages of matching would have it: remembered, answered by
        the outbox, the holds in one transaction and the postings in another.
        """
        self.hold(orders)
        self.post(orders)

    def hold(self, orders: Sequence[dict[str, Any]]) -> None:
        """The days are set aside, in one transaction."""
        with self.database.work() as work:
            self._remember(work, "ReserveDays", orders)
            for order in orders:
                operations.reserve_days(work, order)

    def post(self, orders: Sequence[dict[str, Any]]) -> None:
        """The days are posted, or on their way to the peer, in one transaction."""
        postings = [
            {"transfer_id": order["transfer_id"], "amount_half_days": order["amount_half_days"]}
            for order in orders
        ]
        with self.database.work() as work:
            self._remember(work, "PostDays", postings)
            for posting in postings:
                operations.post_days(work, posting)

    def take_out(self, limit: int = 100) -> list[Outgoing]:
        """What leaves for the peers next, sealed, and confirmed by a broker that is not there."""
        batch = self.channels.outgoing(limit)
        self.channels.sent(batch)
        return batch

    def hear(self, peer: str, messages: Sequence[Outgoing], together: int = 1) -> None:
        """The peer's messages arrive, so many in one transaction."""
        user, queue = broker_user(peer), f"in.{peer}.ledger"
        arrivals = [Arrival(queue, user, one.octets, one.headers) for one in messages]
        for start in range(0, len(arrivals), together):
            some = arrivals[start : start + together]
            if len(some) > 1:
                self.channels.receive_together(some, self._handlers)
            else:
                self.channels.receive(**vars(some[0]), handle=self._handlers)

    def wrong(self) -> list[str]:
        """What is wrong with the book."""
        with self.database.reading() as work:
            return operations.verify(work)

    def statements(self) -> list[str]:
        """Told of each statement on the database from now on."""
        told: list[str] = []
        event.listen(
            self.database.engine,
            "before_cursor_execute",
            lambda _connection, _cursor, statement, *_rest: told.append(statement),
        )
        return told

    @staticmethod
    def _remember(work: Work, name: str, bodies: Sequence[dict[str, Any]]) -> None:
        """As `LocalInbox` does before the messages have their effect."""
        if len(work.are_new([("matching", work.new_id()) for _ in bodies])) < len(bodies):
            raise AssertionError("an id came twice")
        operations.foresee(work, [(name, body, None) for body in bodies])


def carry(sender: Ledger, others: Mapping[str, Ledger], limit: int = 100, together: int = 1) -> int:
    """What leaves the sender next arrives at the others; how many messages that was."""
    leaving = sender.take_out(limit)
    for county in dict.fromkeys(one.peer for one in leaving):
        others[county].hear(sender.county, [one for one in leaving if one.peer == county], together)
    return len(leaving)


def introduce(*ledgers: Ledger) -> None:
    """The channels between them are open."""
    by_county = {ledger.county: ledger for ledger in ledgers}
    while sum(carry(ledger, by_county) for ledger in ledgers):
        pass


def known_libraries(counties: Iterable[str] = COUNTIES) -> dict[str, list[str]]:
    """Ids of the libraries of each county."""
    return {county: [new_id() for _ in range(LIBRARIES)] for county in counties}


def _county(county: str) -> dict[str, Any]:
    return {
        "slug": county,
        "name": county.title(),
        "code": "NO-00",
        "country": "NO",
        "time_zone": "Europe/Oslo",
        "language": "nb",
        "limit_half_days": 2000,
        "limit_is_hard": False,
        "version": 1,
    }
