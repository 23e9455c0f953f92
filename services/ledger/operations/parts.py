"""One part of one engagement is delivered once, however many transfers try to pay for it."""

from collections.abc import Container

from byttebank.storage.work import Work
from services.ledger.domain.transfers import Transfer
from services.ledger.storage import book
from services.ledger.storage.book import StoredTransfer


def unreversed(work: Work, stored: StoredTransfer, states: Container[str] = ("posted",)) -> int:
    """Half-days of a transfer that no reversal in one of these states takes back."""
    reversals = book.reversals_of(work.connection, stored.terms.id)
    return stored.amount - sum(reversal.amount for reversal in reversals if reversal.state in states)


def is_delivered(work: Work, terms: Transfer, states: Container[str] = ("posted",)) -> bool:
    """Whether another transfer in one of these states stands for the same part, net of reversals."""
    same = book.of_part(work.connection, terms.payer_county, terms.engagement_id, terms.part)
    return any(
        other.state in states and unreversed(work, other) > 0
        for other in same
        if other.terms.reverses is None and other.terms.id != terms.id
    )
