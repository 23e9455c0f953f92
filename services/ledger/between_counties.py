"""The part of the ledger's shell that hears other counties, and its own words that a restore had lost."""

from typing import Any

from byttebank.contracts.received import BrokenMessage, ReceivedMessage, SentMessage
from byttebank.messaging.service import Runtime, every, on_broken, on_opened, on_own, on_peer, rpc
from byttebank.storage.work import Work
from services.ledger import operations

Document = dict[str, Any]
NIGHT_SECONDS = 300


class BetweenCounties:
    """Settlement, recovery and reconciliation."""

    runtime: Runtime

    @rpc
    def doubts(self) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.doubts(work)

    @rpc
    def cancel_prepared(self, transfer_id: str) -> Document:
        with self.runtime.work() as work:
            return operations.cancel_prepared(work, transfer_id)

    @rpc
    def reconcile(self, county: str | None = None) -> list[Document]:
        with self.runtime.work() as work:
            return operations.reconcile(work, county)

    @rpc
    def reconciliations(self) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.list_reconciliations(work)

    @rpc
    def disputes(self) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.list_disputes(work)

    @rpc
    def signed_message(self, peer: str, sender: str, seq: int) -> str:
        with self.runtime.reading() as work:
            return operations.signed_message(work, peer, sender, seq)

    @every(NIGHT_SECONDS)
    def reconcile_nightly(self) -> None:
        with self.runtime.work() as work:
            operations.reconcile_nightly(work)

    @on_peer("PREPARE")
    def prepare(self, work: Work, message: ReceivedMessage) -> None:
        operations.prepare(work, message)

    @on_peer("FULFIL")
    def fulfil(self, work: Work, message: ReceivedMessage) -> None:
        operations.fulfil(work, message)

    @on_peer("REJECT")
    def reject(self, work: Work, message: ReceivedMessage) -> None:
        operations.reject(work, message)

    @on_peer("CANCEL")
    def cancel(self, work: Work, message: ReceivedMessage) -> None:
        operations.cancel(work, message)

    @on_peer("REVERSAL_REQUEST")
    def reversal_requested(self, work: Work, message: ReceivedMessage) -> None:
        operations.reversal_requested(work, message)

    @on_peer("DECLINED")
    def reversal_declined(self, work: Work, message: ReceivedMessage) -> None:
        operations.reversal_declined(work, message)

    @on_peer("RECONCILE")
    def reconciled(self, work: Work, message: ReceivedMessage) -> None:
        operations.reconciled(work, message)

    @on_peer("COMPARE")
    def comparison_asked(self, work: Work, message: ReceivedMessage) -> None:
        operations.comparison_asked(work, message)

    @on_peer("COMPARED")
    def compared(self, work: Work, message: ReceivedMessage) -> None:
        operations.compared(work, message)

    @on_peer("DISPUTE")
    def disputed(self, work: Work, message: ReceivedMessage) -> None:
        operations.disputed(work, message)

    @on_own("PREPARE")
    def own_prepare(self, work: Work, message: SentMessage) -> None:
        operations.own_prepare(work, message)

    @on_own("FULFIL")
    def own_fulfil(self, work: Work, message: SentMessage) -> None:
        operations.own_fulfil(work, message)

    @on_own("REJECT")
    def own_reject(self, work: Work, message: SentMessage) -> None:
        operations.own_reject(work, message)

    @on_own("CANCEL")
    def own_cancel(self, work: Work, message: SentMessage) -> None:
        operations.own_cancel(work, message)

    @on_own("REVERSAL_REQUEST")
    def own_reversal_request(self, work: Work, message: SentMessage) -> None:
        operations.own_reversal_request(work, message)

    @on_own("DECLINED")
    def own_decline(self, work: Work, message: SentMessage) -> None:
        operations.own_decline(work, message)

    @on_broken("PREPARE")
    def broken_prepare(self, work: Work, message: BrokenMessage) -> bool:
        return operations.broken_prepare(work, message)

    @on_opened
    def channel_opened(self, work: Work, peer: str) -> None:
        operations.channel_opened(work, peer)
