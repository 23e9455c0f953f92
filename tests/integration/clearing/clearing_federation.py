"""Three counties' ledgers as they really run: containers, signed channels, an in-process broker, SQLite."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from pathlib import Path
from typing import Any

import eventlet

from byttebank.clock import FixedClock, format_time
from byttebank.messaging.runner import EmbeddedFederation
from services.ledger import operations
from services.ledger.domain.invariants import mirrors

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
COUNTIES = {"innlandet": "Innlandet", "akershus": "Akershus", "oslo": "Oslo"}
LIBRARIES = {county: f"01a2032c-0000-7000-8000-{place:012d}" for place, county in enumerate(COUNTIES, 1)}
RING = (("innlandet", "akershus", 4), ("akershus", "oslo", 6), ("oslo", "innlandet", 5))
COUNTY_LIBRARY = {
    "person_id": LIBRARIES["innlandet"],
    "library_id": LIBRARIES["innlandet"],
    "role": "county",
    "name": "Siri Dahl",
}
PATIENCE_SECONDS = 20.0


def number(n: int) -> str:
    """An id that tests can tell from others."""
    return f"01a2032c-0000-7000-8000-{n:012d}"


class Federation:
    """The three of them, asked over RPC as a gateway would."""

    def __init__(self, state: Path) -> None:
        self.clock = FixedClock(NOW)
        self.running = EmbeddedFederation(
            state, list(COUNTIES), port=None, clock=self.clock, services=["ledger"]
        )

    def begin(self) -> "Federation":
        """Everybody knows everybody, and the ring is owed."""
        self.running.start()
        for county, node in self.running.nodes.items():
            with node.database("ledger").work() as work:
                work.emit("CountyChanged", self._county(county))
                for other, library_id in LIBRARIES.items():
                    work.emit("LibraryChanged", self._library(other, library_id))
                for peer in COUNTIES:
                    if peer != county:
                        work.emit("PeerChanged", self._peer(peer))
        self.wait_for(lambda: all(set(self.lines(county).values()) == {"open"} for county in COUNTIES))
        for n, (debtor, creditor, half_days) in enumerate(RING, start=1):
            self.deliver_day(n, debtor, creditor, half_days)
        self.wait_for(lambda: self.nets("innlandet") == {"akershus": -4, "oslo": 5})
        self.wait_for(lambda: self.nets("akershus") == {"innlandet": 4, "oslo": -6})
        return self

    def stop(self) -> None:
        """Nothing runs."""
        self.running.stop()

    def deliver_day(self, n: int, debtor: str, creditor: str, half_days: int) -> None:
        """A library of `creditor` has helped one of `debtor`."""
        reservation = {
            "transfer_id": number(100 + n),
            "engagement_id": number(500 + n),
            "payer_library_id": LIBRARIES[debtor],
            "payee_library_id": LIBRARIES[creditor],
            "payee_county": creditor,
            "amount_half_days": half_days,
            "skill": None,
            "work_date": "2026-11-20",
        }
        posting = {"transfer_id": number(100 + n), "amount_half_days": half_days}
        for name, body in (("ReserveDays", reservation), ("PostDays", posting)):
            with self.running.nodes[debtor].database("ledger").work() as work:
                work.emit(name, body)
            self.running.wait_until_quiet(PATIENCE_SECONDS)

    def propose(self, county: str, round_id: str) -> None:
        """The county library proposes a round."""
        self.running.rpc(county).ledger.propose_clearing(round_id, COUNTY_LIBRARY)

    def close(self, county: str, round_id: str) -> None:
        """The county library asks to end a round."""
        self.running.rpc(county).ledger.close_clearing(round_id, COUNTY_LIBRARY)

    def pass_time(self, **time_: float) -> None:
        """Time passes, and every county's timer sees it."""
        self.clock.move_to(self.clock.now() + timedelta(**time_))
        for node in self.running.nodes.values():
            with node.database("ledger").work() as work:
                operations.go_on_clearing(work, node.key)

    def cut_off(self, county: str) -> None:
        """No message reaches the county or comes from it."""
        self._links(county, self.running.broker.cut)

    def heal(self, county: str) -> None:
        """Messages flow again."""
        self._links(county, self.running.broker.heal)

    def stages(self, round_id: str) -> dict[str, str]:
        """Each county's stage; nothing for one that has not heard of the round."""
        found = {}
        for county in COUNTIES:
            for one in self.running.rpc(county).ledger.clearing_rounds():
                if one["id"] == round_id:
                    found[county] = one["stage"]
        return found

    def shown(self, county: str, round_id: str) -> dict[str, Any]:
        """The `ClearingRound` as the county's pages get it."""
        return self.running.rpc(county).ledger.clearing_round(round_id)

    def nets(self, county: str) -> dict[str, int]:
        """What each other county owes this one."""
        positions = self.running.rpc(county).ledger.positions()
        return {one["county"]: one["net_half_days"] for one in positions}

    def lines(self, county: str) -> dict[str, str]:
        """Each peer's channel."""
        positions = self.running.rpc(county).ledger.positions()
        return {one["county"]: one["channel_state"] for one in positions} or {"nobody": "unknown"}

    def check_books(self) -> None:
        """Each book keeps every rule, and every two books agree."""
        books = {}
        for county, node in self.running.nodes.items():
            with node.database("ledger").reading() as work:
                assert operations.verify(work) == []
                books[county] = operations.whole_book(work)
        for one, other in permutations(COUNTIES, 2):
            assert mirrors(books[one], books[other]) == []
            assert self.nets(one)[other] == -self.nets(other)[one]

    def wait_for(self, condition: Callable[[], bool]) -> None:
        """The condition has become true. Fails after a while."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, {county: self.nets(county) for county in COUNTIES}
            eventlet.sleep(0.02)

    def _links(self, county: str, act: Callable[[str, str], None]) -> None:
        for other in COUNTIES:
            if other != county:
                act(county, other)
                act(other, county)

    def _county(self, county: str) -> dict[str, Any]:
        return {
            "slug": county,
            "name": COUNTIES[county],
            "code": "NO-00",
            "country": "NO",
            "time_zone": "Europe/Oslo",
            "language": "nb",
            "limit_half_days": 40,
            "version": 1,
        }

    def _library(self, county: str, library_id: str) -> dict[str, Any]:
        name = f"{COUNTIES[county]} bibliotek"
        return {
            "id": library_id,
            "county": county,
            "name": name,
            "short_name": COUNTIES[county],
            "kind": "public",
            "version": 1,
        }

    def _peer(self, peer: str) -> dict[str, Any]:
        key = self.running.nodes[peer].key
        assert key is not None
        return {
            "county": peer,
            "name": COUNTIES[peer],
            "state": "active",
            "fuse_half_days": 200,
            "keys": [
                {
                    "key_id": key.key_id,
                    "public_key": key.public_key.text,
                    "valid_from_at": format_time(NOW - timedelta(days=1)),
                }
            ],
            "version": 1,
        }
