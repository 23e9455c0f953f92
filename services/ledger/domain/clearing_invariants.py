"""What must hold of clearing in a book, and in two books together (8). Pure checks, as in `invariants`."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.ledger.domain.accounts import HALF_DAY, Balance, clearing_account_id, kind_of, peer_account_id
from services.ledger.domain.transfers import Transfer

if TYPE_CHECKING:
    from services.ledger.domain.invariants import Book


@dataclass(frozen=True)
class Cleared:
    """A round as its documents have it. `legs`: what its result strikes out of this county's positions."""

    stage: str
    legs: Mapping[tuple[str, str], int]
    is_certain: bool
    """Whether COMMIT and every ACCEPT are here."""
    reserved: frozenset[str]
    is_open: bool


def clearing_legs(book: "Book") -> dict[str, Transfer]:
    """The posted transfers of clearing rounds."""
    return {
        transfer_id: terms
        for transfer_id, terms in book.transfers.items()
        if terms.is_clearing() and transfer_id in book.ends()
    }


def gross_towards(book: "Book", county: str) -> Balance:
    """The sums of the peer's account without what clearing has struck out."""
    whole = book.balances.get(peer_account_id(county), Balance())
    debits = credits_ = 0
    for terms in clearing_legs(book).values():
        if county in (terms.payer_county, terms.payee_county):
            debits += terms.amount if terms.payer_county == county else 0
            credits_ += terms.amount if terms.payee_county == county else 0
    return Balance(
        whole.debits_posted - debits,
        whole.credits_posted - credits_,
        whole.debits_pending,
        whole.credits_pending,
    )


def clearing_leaves_nets(book: "Book") -> list[str]:
    """(8) Each `clearing:<round>` is at zero: what a round takes from the county's debts it takes from its
    claims too."""
    sums: Counter[str] = Counter()
    for entry in book.entries:
        if kind_of(entry.account_id) == "clearing":
            sums[entry.account_id] += entry.amount if entry.side == "credit" else -entry.amount
    return [f"{book.county}: {account} is off by {amount}" for account, amount in sums.items() if amount]


def clearing_follows_documents(book: "Book") -> list[str]:
    """(8) Posted is what a round with a certificate strikes out, all of it and nothing else; reserved is only
    what an open round has."""
    broken = []
    posted: dict[str, dict[tuple[str, str], int]] = {}
    for terms in clearing_legs(book).values():
        posted.setdefault(terms.engagement_id, {})[terms.payee_county, terms.payer_county] = terms.amount
    for round_id, legs in posted.items():
        cleared = book.clearings.get(round_id)
        if cleared is None or cleared.stage != "applied" or not cleared.is_certain or cleared.legs != legs:
            broken.append(f"{book.county}: what {clearing_account_id(round_id)} has posted is not proven")
    for round_id, cleared in book.clearings.items():
        if cleared.stage == "applied" and cleared.legs and round_id not in posted:
            broken.append(f"{book.county}: {clearing_account_id(round_id)} is applied and not posted")
        if cleared.reserved and not cleared.is_open:
            broken.append(f"{book.county}: positions are reserved for round {round_id}, which is over")
    return broken


def clearing_mirrors(one: "Book", other: "Book") -> list[str]:
    """(8) A leg that stands in both books is the same transfer; none is applied here and given up there."""
    broken = []
    theirs = clearing_legs(other)
    for transfer_id, terms in clearing_legs(one).items():
        if other.county not in (terms.payer_county, terms.payee_county):
            continue
        known = theirs.get(transfer_id)
        if known is not None and (known.amount, known.unit) != (terms.amount, HALF_DAY):
            broken.append(f"{transfer_id} is {terms.amount} at {one.county} and {known.amount} elsewhere")
        round_ = other.clearings.get(terms.engagement_id)
        if known is None and round_ is not None and round_.stage in ("aborted", "closed"):
            broken.append(f"round {terms.engagement_id} is applied at {one.county}, not at {other.county}")
    return broken
