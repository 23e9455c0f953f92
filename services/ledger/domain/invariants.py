"""What must hold of a book, and of two books together, at every moment. Pure checks over rows.

Each check returns what is broken as sentences, nothing when all is well. They are run by `ledger verify`,
after every step of the simulator, and in the tests. Numbers in brackets are those of the design's list.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from services.ledger.domain.accounts import Balance, unit_of
from services.ledger.domain.clearing_invariants import (
    Cleared,
    clearing_follows_documents,
    clearing_leaves_nets,
    clearing_mirrors,
    gross_towards,
)
from services.ledger.domain.settlement import FULFILLED, Decision
from services.ledger.domain.transfers import Transfer


@dataclass(frozen=True)
class Resolution:
    """How a transfer ended."""

    transfer_id: str
    state: str
    amount: int


@dataclass(frozen=True)
class Entry:
    """One leg of a posted transfer."""

    transfer_id: str
    account_id: str
    side: str
    amount: int
    unit: str


@dataclass(frozen=True)
class Sent:
    """A PREPARE of ours."""

    peer: str
    amount: int
    payload_hash: str


@dataclass(frozen=True)
class Book:
    """Everything one county has written. Keys of `received` and `decisions`: (peer, transfer id)."""

    county: str
    transfers: Mapping[str, Transfer]
    resolutions: Sequence[Resolution]
    entries: Sequence[Entry]
    balances: Mapping[str, Balance]
    sent: Mapping[str, Sent]
    received: Mapping[tuple[str, str], str]
    waiting: frozenset[tuple[str, str]]
    decisions: Mapping[tuple[str, str], Decision]
    clearings: Mapping[str, Cleared] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    """Accounts whose days went elsewhere."""
    ended_promises: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Promise id to half-days promised, and of these forgiven, taken back or gone to another library."""

    def ends(self) -> dict[str, Resolution]:
        """How each ended transfer ended."""
        return {resolution.transfer_id: resolution for resolution in self.resolutions}


def sums_to_zero(book: Book) -> list[str]:
    """(1) All posted legs of a unit sum to zero."""
    sums: Counter[str] = Counter()
    for entry in book.entries:
        sums[entry.unit] += entry.amount if entry.side == "credit" else -entry.amount
    return [f"{book.county}: {unit} is off by {amount}" for unit, amount in sums.items() if amount]


def legs_follow_transfers(book: Book) -> list[str]:
    """(1) A posted transfer has exactly its two legs, at most what it held; nothing else has any."""
    legs = defaultdict(list)
    for entry in book.entries:
        legs[entry.transfer_id].append((entry.side, entry.account_id, entry.amount))
    broken = [
        f"{book.county}: entries of unknown transfer {one}" for one in legs if one not in book.transfers
    ]
    ends = book.ends()
    for transfer_id, terms in book.transfers.items():
        end = ends.get(transfer_id)
        debit, credit = terms.accounts_at(book.county)
        is_posted = end is not None and end.state == "posted"
        amount = end.amount if end else 0
        expected = [("credit", credit, amount), ("debit", debit, amount)] if is_posted else []
        if sorted(legs[transfer_id]) != expected or amount > terms.amount:
            broken.append(f"{book.county}: the legs of {transfer_id} are not those of its end")
    return broken


def balances_follow(book: Book) -> list[str]:
    """(1, 4) The stored sums are those of the entries and of what is held."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for entry in book.entries:
        sums[entry.account_id][f"{entry.side}s_posted"] += entry.amount
    ends = book.ends()
    for transfer_id, terms in book.transfers.items():
        if transfer_id in ends:
            continue
        debit, credit = terms.accounts_at(book.county)
        held = book.sent[transfer_id].amount if transfer_id in book.sent else terms.amount
        sums[debit]["debits_pending"] += held
        sums[credit]["credits_pending"] += held
    accounts = set(sums) | set(book.balances)
    return [
        f"{book.county}: the sums of {account} are not those of its entries and holds"
        for account in sorted(accounts)
        if book.balances.get(account, Balance()) != Balance(**sums[account])
    ]


def resolved_once(book: Book) -> list[str]:
    """(5) Each transfer ends at most once."""
    times = Counter(resolution.transfer_id for resolution in book.resolutions)
    return [f"{book.county}: {one} ended {count} times" for one, count in times.items() if count > 1]


def everything_open_can_end(book: Book) -> list[str]:
    """(6) What is open waits for somebody: an engagement, the peer it was sent to, or our own decision."""
    ends = book.ends()
    broken = []
    for transfer_id, terms in book.transfers.items():
        if transfer_id in ends:
            continue
        is_sent = transfer_id in book.sent
        if terms.payer_county != book.county or (terms.reverses is not None and not is_sent):
            broken.append(f"{book.county}: nobody will end {transfer_id}")
        if is_sent and book.sent[transfer_id].peer != terms.peer_of(book.county):
            broken.append(f"{book.county}: {transfer_id} was sent to the wrong county")
    for key in book.received:
        if (key in book.waiting) == (key in book.decisions):
            broken.append(f"{book.county}: PREPARE {key} must be waiting or decided, one of them")
    return broken


def decisions_have_their_effect(book: Book) -> list[str]:
    """(3) What we said we credited stands in our book for that peer, and nothing else of the peer's does."""
    ends = book.ends()
    fulfilled = {key for key, decision in book.decisions.items() if decision.verdict == FULFILLED}
    posted = {
        (terms.payer_county, transfer_id)
        for transfer_id, terms in book.transfers.items()
        if terms.payer_county != book.county and transfer_id in ends and ends[transfer_id].state == "posted"
        if not terms.is_clearing()
    }
    differing = (fulfilled & book.received.keys() - posted) | (posted - fulfilled)
    return [f"{book.county}: decision and book differ for {key}" for key in sorted(differing)]


def decisions_have_their_prepare(book: Book) -> list[str]:
    """(3) What we said we credited was asked for. After a restore that is so once the peer asks again."""
    return [
        f"{book.county}: fulfilled in words only until its PREPARE is here: {key}"
        for key, decision in sorted(book.decisions.items())
        if decision.verdict == FULFILLED and key not in book.received
    ]


def delivered_once(book: Book) -> list[str]:
    """At most one posted transfer for each part of an engagement, net of reversals."""
    ends = book.ends()
    posted = {one: end.amount for one, end in ends.items() if end.state == "posted"}
    reversed_: Counter[str] = Counter()
    for transfer_id, terms in book.transfers.items():
        if terms.reverses is not None:
            reversed_[terms.reverses] += posted.get(transfer_id, 0)
    broken = [
        f"{book.county}: more of {one} is reversed than was posted"
        for one, amount in reversed_.items()
        if amount > posted.get(one, 0)
    ]
    parts = Counter(
        (terms.payer_county, terms.engagement_id, terms.part)
        for transfer_id, terms in book.transfers.items()
        if terms.reverses is None and posted.get(transfer_id, 0) > reversed_[transfer_id]
        if not terms.is_clearing()
    )
    return broken + [f"{book.county}: {part} is delivered {n} times" for part, n in parts.items() if n > 1]


def mirrors(payer: Book, payee: Book) -> list[str]:
    """(2, 3, 8) Of what `payer` owes `payee`: A.posted <= B.posted <= A.posted + A.pending, gross and without
    what clearing has struck out.

    And no transfer is voided at the payer's and fulfilled at the payee's, or posted without a decision.
    """
    ours, theirs = gross_towards(payer, payee.county), gross_towards(payee, payer.county)
    broken = clearing_mirrors(payer, payee)
    if not ours.credits_posted <= theirs.debits_posted <= ours.credits_posted + ours.credits_pending:
        broken.append(
            f"{payer.county} owes {ours.credits_posted} and {ours.credits_pending} pending;"
            f" {payee.county} has {theirs.debits_posted}"
        )
    ends = payer.ends()
    for (county, transfer_id), decision in payee.decisions.items():
        end = ends.get(transfer_id)
        if county == payer.county and end is not None and end.state != "expired":
            verdict = FULFILLED if end.state == "posted" else "rejected"
            if decision.verdict != verdict:
                broken.append(
                    f"{transfer_id} is {end.state} at {county} and {decision.verdict} at {payee.county}"
                )
    return broken


def units_never_mix(book: Book) -> list[str]:
    """Each account is kept in one unit, and no leg on it is in another."""
    return [
        f"{book.county}: {entry.transfer_id} has {entry.unit} on {entry.account_id}"
        for entry in book.entries
        if entry.unit != unit_of(entry.account_id)
    ]


def closed_accounts_are_at_zero(book: Book) -> list[str]:
    """What was posted to a closed account has gone on, and nothing is held on it."""
    return [
        f"{book.county}: {account} is closed and holds {balance}"
        for account in sorted(book.closed)
        if (balance := book.balances.get(account, Balance())).days_to_use
        or balance.debits_pending
        or balance.credits_pending
    ]


def no_promise_ends_twice(book: Book) -> list[str]:
    """No more of a promise is forgiven or taken back than was promised."""
    return [
        f"{book.county}: {ended} of {half_days} half-days of promise {one} have ended"
        for one, (half_days, ended) in book.ended_promises.items()
        if ended > half_days
    ]


LOCAL_CHECKS: tuple[Callable[[Book], list[str]], ...] = (
    sums_to_zero,
    legs_follow_transfers,
    balances_follow,
    resolved_once,
    everything_open_can_end,
    decisions_have_their_effect,
    decisions_have_their_prepare,
    delivered_once,
    units_never_mix,
    closed_accounts_are_at_zero,
    no_promise_ends_twice,
    clearing_leaves_nets,
    clearing_follows_documents,
)


def broken_rules(book: Book) -> list[str]:
    """Everything that is wrong with one county's book."""
    return [sentence for check in LOCAL_CHECKS for sentence in check(book)]
