"""Each check of the books is silent about a good book and speaks about exactly the fault it is for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ledger_cast import ASKER, EIDSKOG, HAMAR, Scenes, exchange, number, peer_document

from services.ledger import operations
from services.ledger.domain import invariants
from services.ledger.domain.accounts import Balance
from services.ledger.domain.invariants import Book, Entry, Resolution, Sent, broken_rules, mirrors
from services.ledger.domain.settlement import Decision

LOCAL, ABROAD, WAITING, HELD, BACK = (number(100 + n) for n in range(1, 6))


@pytest.fixture(scope="module")
def books(scenes: Scenes) -> tuple[Book, Book]:
    """Innlandet has posted here and abroad, given a day back, sent one that waits, and holds one."""
    ledgers = scenes.begin()
    innlandet, akershus = ledgers["innlandet"], ledgers["akershus"]
    innlandet.reserve(1)
    innlandet.post(1)
    innlandet.reserve(2, payee_library_id=ASKER)
    innlandet.post(2)
    exchange(innlandet, akershus)
    akershus.do(operations.peer_changed, peer_document("innlandet", 2, fuse_half_days=0))
    innlandet.reserve(3, payee_library_id=ASKER)
    innlandet.post(3)
    innlandet.reserve(4, payee_library_id=ASKER)
    innlandet.do(operations.reverse_transfer, BACK, LOCAL, 1)
    exchange(innlandet, akershus)
    return innlandet.book(), akershus.book()


def without(book: Book, name: str, transfer_id: str) -> Book:
    rows = [row for row in getattr(book, name) if row.transfer_id != transfer_id]
    changed: Any = {name: rows}
    return replace(book, **changed)


def with_rows(book: Book, name: str, *rows: Any) -> Book:
    changed: Any = {name: [*getattr(book, name), *rows]}
    return replace(book, **changed)


def with_terms(book: Book, transfer_id: str, **changes: Any) -> Book:
    terms = replace(book.transfers[transfer_id], **changes)
    return replace(book, transfers={**book.transfers, transfer_id: terms})


def leg(transfer_id: str, side: str, amount: int = 2, account_id: str = EIDSKOG) -> Entry:
    return Entry(transfer_id, account_id, side, amount, "half_day")


def test_good_books_break_nothing(books: tuple[Book, Book]) -> None:
    innlandet, akershus = books
    assert broken_rules(innlandet) + broken_rules(akershus) == []
    assert mirrors(innlandet, akershus) + mirrors(akershus, innlandet) == []


FAULTS: dict[str, tuple[Callable[[Book], list[str]], Callable[[Book], Book]]] = {
    "one leg too much": (
        invariants.sums_to_zero,
        lambda book: with_rows(book, "entries", leg(LOCAL, "credit")),
    ),
    "another unit in a leg": (
        invariants.sums_to_zero,
        lambda book: replace(book, entries=[replace(book.entries[0], unit="nok_ore"), *book.entries[1:]]),
    ),
    "a posted transfer without legs": (
        invariants.legs_follow_transfers,
        lambda book: without(book, "entries", LOCAL),
    ),
    "legs of a transfer that is only held": (
        invariants.legs_follow_transfers,
        lambda book: with_rows(book, "entries", leg(HELD, "debit"), leg(HELD, "credit", 2, HAMAR)),
    ),
    "legs of no transfer": (
        invariants.legs_follow_transfers,
        lambda book: with_rows(book, "entries", leg(number(9), "debit"), leg(number(9), "credit")),
    ),
    "more posted than was held": (
        invariants.legs_follow_transfers,
        lambda book: with_terms(book, LOCAL, amount=1),
    ),
    "legs on the wrong account": (
        invariants.legs_follow_transfers,
        lambda book: with_terms(book, LOCAL, payee_library_id=number(3)),
    ),
    "a balance that drifted": (
        invariants.balances_follow,
        lambda book: replace(book, balances={**book.balances, EIDSKOG: Balance(debits_posted=99)}),
    ),
    "a hold that no balance counts": (
        invariants.balances_follow,
        lambda book: with_terms(book, HELD, amount=3),
    ),
    "a leg in a unit its account is not kept in": (
        invariants.units_never_mix,
        lambda book: replace(book, entries=[replace(book.entries[0], unit="nok_ore"), *book.entries[1:]]),
    ),
    "days left on a closed account": (
        invariants.closed_accounts_are_at_zero,
        lambda book: replace(book, closed=frozenset({EIDSKOG})),
    ),
    "a promise forgiven twice": (
        invariants.no_promise_ends_twice,
        lambda book: replace(book, ended_promises={number(801): (2, 3)}),
    ),
    "two ends of one transfer": (
        invariants.resolved_once,
        lambda book: with_rows(book, "resolutions", Resolution(LOCAL, "voided", 0)),
    ),
    "an open transfer that another county made": (
        invariants.everything_open_can_end,
        lambda book: with_terms(book, HELD, payer_county="oslo"),
    ),
    "a reversal that was never sent": (
        invariants.everything_open_can_end,
        lambda book: with_terms(book, HELD, reverses=LOCAL),
    ),
    "sent to the wrong county": (
        invariants.everything_open_can_end,
        lambda book: replace(book, sent={**book.sent, WAITING: Sent("oslo", 2, "h")}),
    ),
    "a reversal greater than its original": (
        invariants.delivered_once,
        lambda book: replace(
            with_terms(book, BACK, amount=9),
            resolutions=[*without(book, "resolutions", BACK).resolutions, Resolution(BACK, "posted", 9)],
        ),
    ),
    "one part delivered twice": (
        invariants.delivered_once,
        lambda book: with_terms(with_terms(book, LOCAL, part=1), number(102), engagement_id=number(501)),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_seen(books: tuple[Book, Book], fault: str) -> None:
    check, spoil = FAULTS[fault]
    assert check(books[0]) == []
    assert len(check(spoil(books[0]))) >= 1
    assert len(broken_rules(spoil(books[0]))) >= 1


DECIDING: dict[str, tuple[Callable[[Book], list[str]], Callable[[Book], Book]]] = {
    "a prepare that is neither waiting nor decided": (
        invariants.everything_open_can_end,
        lambda book: replace(book, waiting=frozenset()),
    ),
    "a prepare that is waiting and decided": (
        invariants.everything_open_can_end,
        lambda book: replace(book, waiting=frozenset(book.received)),
    ),
    "fulfilled in words only": (
        invariants.decisions_have_their_prepare,
        lambda book: replace(
            book,
            decisions={**book.decisions, ("innlandet", number(9)): Decision("fulfilled", None, "h")},
        ),
    ),
    "credited without a decision": (
        invariants.decisions_have_their_effect,
        lambda book: replace(book, decisions={}),
    ),
}


@pytest.mark.parametrize("fault", DECIDING)
def test_a_fault_of_the_deciding_county_is_seen(books: tuple[Book, Book], fault: str) -> None:
    check, spoil = DECIDING[fault]
    assert check(books[1]) == []
    assert len(check(spoil(books[1]))) >= 1
    assert len(broken_rules(spoil(books[1]))) >= 1


def with_peer(book: Book, peer: str, **sums: int) -> Book:
    balances = {**book.balances, f"peer:{peer}": replace(book.balances[f"peer:{peer}"], **sums)}
    return replace(book, balances=balances)


def test_the_payer_never_has_more_than_the_payee(books: tuple[Book, Book]) -> None:
    innlandet, akershus = books
    assert len(mirrors(with_peer(innlandet, "akershus", credits_posted=3), akershus)) == 1


def test_the_payee_never_has_more_than_is_posted_or_on_its_way(books: tuple[Book, Book]) -> None:
    innlandet, akershus = books
    assert mirrors(innlandet, with_peer(akershus, "innlandet", debits_posted=6)) == []
    assert len(mirrors(innlandet, with_peer(akershus, "innlandet", debits_posted=7))) == 1


def test_nothing_is_voided_here_and_fulfilled_there(books: tuple[Book, Book]) -> None:
    innlandet, akershus = books
    voided = with_rows(innlandet, "resolutions", Resolution(WAITING, "voided", 0))
    decided = {**akershus.decisions, ("innlandet", WAITING): Decision("fulfilled", None, "h")}
    assert mirrors(voided, akershus) == []
    assert len(mirrors(voided, replace(akershus, decisions=decided))) == 1


def test_nothing_is_posted_here_and_rejected_there(books: tuple[Book, Book]) -> None:
    innlandet, akershus = books
    decided = {**akershus.decisions, ("innlandet", number(102)): Decision("rejected", "malformed", "h")}
    assert len(mirrors(innlandet, replace(akershus, decisions=decided))) == 1
