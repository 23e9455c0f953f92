"""The checks of clearing in the books are silent about good books and speak about exactly their fault."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from clearing_cast import ROUND, deliver, keyed, owe_in_a_ring, propose
from ledger_cast import Ledger, Scenes
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.ledger import operations
from services.ledger.domain.clearing_invariants import (
    clearing_follows_documents,
    clearing_leaves_nets,
    clearing_legs,
    clearing_mirrors,
    gross_towards,
)
from services.ledger.domain.invariants import Book, mirrors
from services.ledger.storage import clearing

pytestmark = pytest.mark.simulation
"""Takes seconds: whatever order messages come in."""

Three = dict[str, Ledger]


def round_of_four(ledgers: Three) -> None:
    """A round has struck out 4 of each position."""
    owe_in_a_ring(keyed(ledgers))
    propose(ledgers["innlandet"])
    deliver(ledgers)


@pytest.fixture
def cleared(scenes: Scenes) -> Three:
    return scenes.after(round_of_four)


def with_round(book: Book, **changes: Any) -> Book:
    return replace(book, clearings={ROUND: replace(book.clearings[ROUND], **changes)})


def without_leg(book: Book) -> Book:
    leg = sorted(clearing_legs(book))[0]
    return replace(book, transfers={one: terms for one, terms in book.transfers.items() if one != leg})


def one_entry_less(book: Book) -> Book:
    (gone, *_) = [entry for entry in book.entries if entry.account_id.startswith("clearing:")]
    return replace(book, entries=[entry for entry in book.entries if entry is not gone])


FAULTS: dict[str, tuple[Callable[[Book], list[str]], Callable[[Book], Book]]] = {
    "an account of clearing that is not at zero": (clearing_leaves_nets, one_entry_less),
    "legs without a certificate": (
        clearing_follows_documents,
        lambda book: with_round(book, is_certain=False),
    ),
    "legs of a round that was given up": (
        clearing_follows_documents,
        lambda book: with_round(book, stage="aborted"),
    ),
    "legs of no round": (clearing_follows_documents, lambda book: replace(book, clearings={})),
    "other legs than those of the result": (clearing_follows_documents, without_leg),
    "an applied round without legs": (
        clearing_follows_documents,
        lambda book: replace(book, transfers={}, resolutions=[]),
    ),
    "positions that stay reserved": (
        clearing_follows_documents,
        lambda book: with_round(book, reserved=frozenset({"oslo"})),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_one_book_is_seen(cleared: Three, fault: str) -> None:
    check, break_it = FAULTS[fault]
    book = cleared["innlandet"].book()
    assert check(book) == []
    assert check(break_it(book)) != []


def test_what_is_struck_out_is_no_part_of_the_gross_mirror(cleared: Three) -> None:
    innlandet, akershus = cleared["innlandet"].book(), cleared["akershus"].book()
    assert gross_towards(innlandet, "akershus").credits_posted == 4
    assert gross_towards(innlandet, "akershus").debits_posted == 0
    assert innlandet.balances["peer:akershus"].debits_posted == 4
    assert mirrors(innlandet, akershus) + mirrors(akershus, innlandet) == []


def test_a_round_applied_here_and_given_up_there_is_seen(cleared: Three) -> None:
    innlandet, akershus = cleared["innlandet"].book(), cleared["akershus"].book()
    forgotten = with_round(without_all_legs(akershus), stage="closed")
    assert clearing_mirrors(innlandet, akershus) == []
    assert clearing_mirrors(innlandet, forgotten) == [
        f"round {ROUND} is applied at innlandet, not at akershus"
    ]


def test_a_leg_of_another_amount_there_is_seen(cleared: Three) -> None:
    innlandet, akershus = cleared["innlandet"].book(), cleared["akershus"].book()
    more = {
        one: replace(terms, amount=5) if terms.is_clearing() else terms
        for one, terms in akershus.transfers.items()
    }
    assert clearing_mirrors(innlandet, replace(akershus, transfers=more)) != []


def without_all_legs(book: Book) -> Book:
    kept = {one: terms for one, terms in book.transfers.items() if not terms.is_clearing()}
    return replace(book, transfers=kept)


@pytest.mark.parametrize(
    ("table", "change"),
    [("clearing_documents", "kind = 'ABORT'"), ("clearing_decisions", "kind = 'ABORT'")],
)
def test_documents_and_decisions_stay_as_they_were_written(cleared: Three, table: str, change: str) -> None:
    with cleared["innlandet"].connect() as connection:
        before = list(connection.execute(text(f"SELECT * FROM {table}")))
        assert before
        for statement in (
            f"UPDATE {table} SET {change}",
            f"DELETE FROM {table}",
            f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}",
        ):
            with pytest.raises(IntegrityError, match=f"{table} is append only"):
                connection.execute(text(statement))
        assert list(connection.execute(text(f"SELECT * FROM {table}"))) == before


def test_a_coordinator_cannot_decide_twice_even_past_the_rules(cleared: Three) -> None:
    innlandet = cleared["innlandet"]
    with pytest.raises(IntegrityError), innlandet.database.work() as work:
        clearing.decide_once(work.connection, ROUND, "ABORT", work.now)
    assert innlandet.see(lambda work: clearing.decisions(work.connection)) == {ROUND: "COMMIT"}


def test_verify_reads_the_rounds_too(cleared: Three) -> None:
    innlandet = cleared["innlandet"]
    assert innlandet.broken_rules() == []
    with innlandet.database.work() as work:
        work.connection.execute(text("UPDATE clearing_rounds SET stage = 'aborted'"))
    assert innlandet.broken_rules() == [f"innlandet: what clearing:{ROUND} has posted is not proven"]
    assert innlandet.see(operations.clearing_round, ROUND)["stage"] == "aborted"
