"""The part of the ledger's shell that keeps the travel fund."""

from typing import Any

from byttebank.messaging.service import Runtime, rpc
from services.ledger import operations

Document = dict[str, Any]


class Travel:
    """What the county has granted for travel and refunded, in øre."""

    runtime: Runtime

    @rpc
    def travel_fund(self) -> Document:
        with self.runtime.reading() as work:
            return operations.travel_fund(work)

    @rpc
    def travel_fund_statement(self, limit: int = 200) -> list[Document]:
        with self.runtime.reading() as work:
            return operations.travel_fund_statement(work, limit)

    @rpc
    def grant_travel(self, grant: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.grant_travel(work, grant, actor)

    @rpc
    def refund_travel(self, refund: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.refund_travel(work, refund, actor)

    @rpc
    def return_refund(self, returning: Document, actor: Document) -> Document:
        with self.runtime.work() as work:
            return operations.return_refund(work, returning, actor)
