"""A county's book as it grows: each look reads only what is new, as the tables only ever grow."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from byttebank.clock import FixedClock
from byttebank.storage.memory import MemoryDatabase
from byttebank.storage.work import Database
from services.ledger.domain.accounts import Balance
from services.ledger.domain.clearing_invariants import Cleared
from services.ledger.domain.invariants import Book, Entry, Resolution, Sent
from services.ledger.domain.settlement import Decision
from services.ledger.domain.transfers import Transfer
from services.ledger.operations import whole_book
from simulation.world import BEGINNING

_TERMS = ", ".join(Transfer.__dataclass_fields__)
_NEW = {
    "transfers": f"SELECT rowid, {_TERMS} FROM transfers WHERE rowid > ?",
    "resolutions": "SELECT rowid, transfer_id, state, amount FROM resolutions WHERE rowid > ?",
    "entries": "SELECT rowid, transfer_id, account_id, side, amount, unit FROM entries WHERE rowid > ?",
    "sent": "SELECT rowid, transfer_id, peer, amount, payload_hash FROM prepares_sent WHERE rowid > ?",
    "received": "SELECT rowid, peer, transfer_id, payload_hash FROM prepares_received WHERE rowid > ?",
    "decisions": (
        "SELECT rowid, peer, transfer_id, verdict, code, prepare_hash FROM decisions WHERE rowid > ?"
    ),
    "parked": "SELECT rowid, sender, reason_code, reason, body FROM parked_messages WHERE rowid > ?",
}
_ROUNDS = (
    "SELECT r.id, r.stage, count(d.number) FROM clearing_rounds r"
    " LEFT JOIN clearing_documents d ON d.round_id = r.id GROUP BY r.id, r.stage"
)
_RESERVED = "SELECT peer, sum(owed_half_days) FROM clearing_reservations GROUP BY peer"
_WAITING = "SELECT r.peer, r.transfer_id FROM waiting w JOIN prepares_received r ON r.id = w.received_id"
_BALANCES = "SELECT account_id, debits_posted, credits_posted, debits_pending, credits_pending FROM balances"


class GrowingBook:
    """What one county has written, and since the last look."""

    def __init__(self, county: str, disk: MemoryDatabase) -> None:
        self.county = county
        self._disk = disk
        clock = FixedClock(BEGINNING)
        self._database = Database(disk.engine, county=county, service="ledger", clock=clock)
        self.forget()

    def forget(self) -> None:
        """The next look reads everything, as after a restore, and nothing of it is new."""
        self._is_old = True
        self._seen = dict.fromkeys(_NEW, 0)
        self._changes = -1
        self._transfers: dict[str, Transfer] = {}
        self._resolutions: list[Resolution] = []
        self._entries: list[Entry] = []
        self._sent: dict[str, Sent] = {}
        self._received: dict[tuple[str, str], str] = {}
        self._decisions: dict[tuple[str, str], Decision] = {}
        self.new_transfers: list[Transfer] = []
        self.new_decisions: list[tuple[str, str, Decision]] = []
        self.new_parked: list[tuple[str, str, str, bytes]] = []
        self.reserved: dict[str, int] = {}
        self._rounds: tuple[list[Any], dict[str, int]] = ([], {})
        self._clearings: Mapping[str, Cleared] = {}
        self.fuses: dict[str, int] = {}
        self.fuses_before: dict[str, int] = {}
        self.frozen: dict[str, str] = {}
        self.book = Book(county=self.county, transfers={}, resolutions=[], entries=[], balances={}, sent={},
                         received={}, waiting=frozenset(), decisions={})  # fmt: skip

    def look(self) -> bool:
        """Whether anything was written since the last look; what it was is known now."""
        if self._disk.changes == self._changes:
            return False
        self._changes = self._disk.changes
        self._read_transfers()
        self._read_decisions()
        self.new_parked = [tuple(row) for row in self._read("parked")]
        self.fuses_before, self.fuses = (
            self.fuses,
            dict(self._disk.rows("SELECT county, fuse_half_days FROM peers")),
        )
        self.frozen = {
            peer: because
            for peer, row in self._disk.rows("SELECT peer, channel FROM channels")
            if (because := json.loads(row).get("frozen_because"))
        }
        self._read_clearing()
        if self._is_old:
            self._is_old = False
            self.new_transfers, self.new_decisions, self.new_parked = [], [], []
        self.book = Book(
            county=self.county,
            transfers=self._transfers,
            resolutions=self._resolutions,
            entries=self._entries,
            balances={row[0]: Balance(*row[1:]) for row in self._disk.rows(_BALANCES)},
            sent=self._sent,
            received=self._received,
            waiting=frozenset((peer, one) for peer, one in self._disk.rows(_WAITING)),
            decisions=self._decisions,
            clearings=self._clearings,
        )
        return True

    def _read(self, table: str) -> list[Any]:
        rows = self._disk.rows(_NEW[table], self._seen[table])
        if rows:
            self._seen[table] = max(row[0] for row in rows)
        return [row[1:] for row in rows]

    def _read_transfers(self) -> None:
        names = list(Transfer.__dataclass_fields__)
        self.new_transfers = []
        for row in self._read("transfers"):
            terms = dict(zip(names, row, strict=True))
            terms["work_date"] = date.fromisoformat(terms["work_date"])
            self.new_transfers.append(Transfer(**terms))
        self._transfers.update((one.id, one) for one in self.new_transfers)
        self._resolutions += [Resolution(*row) for row in self._read("resolutions")]
        self._entries += [Entry(*row) for row in self._read("entries")]
        self._sent.update((row[0], Sent(*row[1:])) for row in self._read("sent"))

    def _read_clearing(self) -> None:
        """Rounds are read whole, as their documents have it, and only when one has moved."""
        self.reserved = dict(self._disk.rows(_RESERVED))
        rounds = self._disk.rows(_ROUNDS)
        if (rounds, self.reserved) != self._rounds:
            self._rounds = (rounds, self.reserved)
            with self._database.reading() as work:
                self._clearings = whole_book(work).clearings

    def _read_decisions(self) -> None:
        self._received.update(((row[0], row[1]), row[2]) for row in self._read("received"))
        self.new_decisions = [(row[0], row[1], Decision(*row[2:])) for row in self._read("decisions")]
        self._decisions.update(((peer, one), decision) for peer, one, decision in self.new_decisions)
