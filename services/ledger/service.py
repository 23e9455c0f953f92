"""The ledger as a process: what it answers, what it hears, and what it does in time."""

from collections.abc import Sequence
from typing import Any

from prometheus_client import Gauge

from byttebank.messaging.handlers import Foreseen
from byttebank.messaging.service import Runtime, every, on_local, rpc
from byttebank.storage.work import Work
from services.ledger import operations
from services.ledger.between_counties import BetweenCounties
from services.ledger.clearing_rounds import ClearingRounds
from services.ledger.travel import Travel

Document = dict[str, Any]
TICK_SECONDS = 30
MEASURE_SECONDS = 20
REMIND_SECONDS = 1800

COUNTY_GAUGES = {
    name: Gauge(f"byttebank_ledger_{name}", text, ["county"])
    for name, text in (
        ("imbalance_half_days", "Debits less credits of everything posted; anything but 0 is a fault."),
        ("reserved_half_days", "Half-days set aside for agreed engagements or on their way."),
        ("in_doubt_transfers", "Transfers sent to other counties and not answered for a minute or more."),
        ("oldest_in_doubt_seconds", "Age of the oldest transfer in doubt; 0 when there is none."),
        ("waiting_half_days", "Half-days received from other counties, decision later."),
        ("open_claims", "Delivered days whose transfer was turned down and that nobody has settled."),
        ("open_disputes", "Differences between our book and another county's that nobody has settled."),
        ("open_clearing_rounds", "Clearing rounds that we take part in and that are not over."),
        ("oldest_clearing_round_seconds", "Age of the oldest of these; 0 when there is none."),
        ("applied_clearing_rounds", "Clearing rounds that are posted in our book."),
    )
}
PEER_GAUGES = {
    name: Gauge(f"byttebank_ledger_peer_{name}", text, ["county", "peer"])
    for name, text in (
        ("net_half_days", "What the peer owes us; below zero when we owe."),
        ("fuse_half_days", "The fuse: how much may be owed and on its way, per direction."),
        ("fuse_use_ratio", "How much of the fuse is used, in the direction where it is more."),
        ("in_doubt_transfers", "Transfers sent to the peer and not answered for a minute or more."),
        ("oldest_in_doubt_seconds", "Age of the oldest of these; 0 when there is none."),
    )
}


class LedgerService(BetweenCounties, ClearingRounds, Travel):
    """What is owed: accounts, transfers; what is between counties is in the modules beside this one."""

    name = "ledger"
    runtime = Runtime()

    @rpc
    def account(self, library_id: str) -> dict[str, Any]:
        with self.runtime.reading() as work:
            return operations.account(work, library_id)

    @rpc
    def statement(
        self,
        library_id: str,
        cursor: str | None = None,
        limit: int = 50,
        first_on: str | None = None,
        last_on: str | None = None,
    ) -> Document:
        with self.runtime.reading() as work:
            return operations.statement(work, library_id, cursor, limit, first_on, last_on)

    @rpc
    def county_statement(
        self,
        cursor: str | None = None,
        limit: int = 50,
        first_on: str | None = None,
        last_on: str | None = None,
    ) -> Document:
        with self.runtime.reading() as work:
            return operations.county_statement(work, cursor, limit, first_on, last_on)

    @rpc
    def peer_statement(
        self,
        county: str,
        cursor: str | None = None,
        limit: int = 50,
        first_on: str | None = None,
        last_on: str | None = None,
    ) -> Document:
        with self.runtime.reading() as work:
            return operations.peer_statement(work, county, cursor, limit, first_on, last_on)

    @rpc
    def promises(self, library_id: str) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.promises(work, library_id)

    @rpc
    def open_promises(self) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.open_promises(work)

    @rpc
    def make_promise(self, promise: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.make_promise(work, promise, actor)

    @rpc
    def date_promise(self, dating: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.date_promise(work, dating, actor)

    @rpc
    def withdraw_promise(self, withdrawal: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.withdraw_promise(work, withdrawal, actor)

    @rpc
    def forgive_promise(self, forgiving: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.forgive_promise(work, forgiving, actor)

    @rpc
    def transfer(self, transfer_id: str) -> Document:
        with self.runtime.reading() as work:
            return operations.transfer(work, transfer_id)

    @rpc
    def reverse(self, reversal: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.reverse(work, reversal, actor)

    @rpc
    def reversal_requests(self) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.reversal_requests(work)

    @rpc
    def decline_reversal(self, declining: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.decline(work, declining, actor)

    @rpc
    def make_whole(self, adjustment: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.make_whole(work, adjustment, actor)

    @rpc
    def close_account(self, closing: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.close_account(work, closing, actor)

    @rpc
    def open_account(self, opening: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.open_again(work, opening, actor)

    @rpc
    def merge_county(self, merger: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.merge_county(work, merger, actor)

    @rpc
    def check_leaving(self, county: str) -> Document:
        with self.runtime.reading() as work:
            return operations.check_leaving(work, county)

    @rpc
    def reservations(self, library_id: str) -> list[dict[str, Any]]:
        with self.runtime.reading() as work:
            return operations.reservations(work, library_id)

    @rpc
    def incoming(self, library_id: str) -> list[dict[str, Any]]:
        with self.runtime.reading() as work:
            return operations.incoming(work, library_id)

    @rpc
    def positions(self) -> list[dict[str, Any]]:
        with self.runtime.reading() as work:
            return operations.positions(work)

    @rpc
    def trial_balance(self) -> dict[str, Any]:
        with self.runtime.reading() as work:
            return operations.trial_balance(work)

    @on_local("CountyChanged")
    def county_changed(self, work: Work, body: dict[str, Any]) -> None:
        operations.county_changed(work, body)

    @on_local("PeerChanged")
    def peer_changed(self, work: Work, body: dict[str, Any]) -> None:
        operations.peer_changed(work, body)

    @on_local("LibraryChanged")
    def library_changed(self, work: Work, body: dict[str, Any]) -> None:
        operations.library_changed(work, body)

    @on_local("ReportAccounts")
    def report_accounts(self, work: Work, body: dict[str, Any]) -> None:
        operations.report_accounts(work, body)

    @on_local("ReserveDays")
    def reserve_days(self, work: Work, body: dict[str, Any]) -> None:
        operations.reserve_days(work, body)

    @on_local("PostDays")
    def post_days(self, work: Work, body: dict[str, Any]) -> None:
        operations.post_days(work, body)

    @on_local("ReleaseDays")
    def release_days(self, work: Work, body: dict[str, Any]) -> None:
        operations.release_days(work, body)

    @on_local("ReverseDays")
    def reverse_days(self, work: Work, body: dict[str, Any]) -> None:
        operations.take_back(work, body)

    def foresee(self, work: Work, messages: Sequence[Foreseen]) -> None:
        """Before the messages of one transaction: what they need is locked and read at once."""
        operations.foresee(work, [(message.name, message.body, message.peer) for message in messages])

    @every(TICK_SECONDS)
    def tick(self) -> None:
        """What waits is decided where time has made it possible."""
        with self.runtime.work() as work:
            operations.carry_out_postponed(work)
            operations.decide_all_waiting(work)

    @every(REMIND_SECONDS)
    def remind_of_promises(self) -> None:
        """Libraries are reminded of what they have promised."""
        with self.runtime.work() as work:
            operations.remind_of_promises(work)

    @every(MEASURE_SECONDS, at_start=True)
    def measure(self) -> None:
        """The gauges show the book as it is."""
        with self.runtime.reading() as work:
            figures = operations.figures(work)
        county = self.runtime.county
        for name, gauge in COUNTY_GAUGES.items():
            gauge.labels(county).set(figures[name])
        for peer, peer_figures in figures["peers"].items():
            for name, gauge in PEER_GAUGES.items():
                gauge.labels(county, peer).set(peer_figures[name])
