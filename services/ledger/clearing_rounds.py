"""The part of the ledger's shell that clears with other counties. It signs with the county's key."""

from typing import Any

from byttebank.contracts.received import ReceivedMessage, SentMessage
from byttebank.messaging.service import Runtime, every, on_own, on_peer, rpc
from byttebank.storage.work import Work
from services.ledger import operations

Document = dict[str, Any]
ROUND_SECONDS = 30


class ClearingRounds:
    """Rounds of clearing: proposed, taken part in, shown."""

    runtime: Runtime

    @rpc
    def clearing_rounds(self, limit: int = 24) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.clearing_rounds(work, limit)

    @rpc
    def clearing_round(self, round_id: str) -> Document:
        with self.runtime.reading() as work:
            return operations.clearing_round(work, round_id)

    @rpc
    def clearing_evidence(self, round_id: str) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.clearing_evidence(work, round_id)

    @rpc
    def propose_clearing(self, round_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.propose_clearing(work, self.runtime.key, round_id, actor)

    @rpc
    def close_clearing(self, round_id: str, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.close_clearing(work, self.runtime.key, round_id, actor)

    @on_peer("CLEARING")
    def clearing(self, work: Work, message: ReceivedMessage) -> None:
        operations.clearing_documents(work, self.runtime.key, message)

    @on_own("CLEARING")
    def own_clearing(self, work: Work, message: SentMessage) -> None:
        operations.own_clearing_documents(work, message)

    @every(ROUND_SECONDS)
    def go_on_clearing(self) -> None:
        """Deadlines of open rounds, and the month's round."""
        if self.runtime.key is not None:
            with self.runtime.work() as work:
                operations.go_on_clearing(work, self.runtime.key)
