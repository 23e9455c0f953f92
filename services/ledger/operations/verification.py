"""Checking the county's own book against the rules it must keep."""

from byttebank.storage.work import Work
from services.ledger.domain.invariants import Book, broken_rules
from services.ledger.storage.whole_book import read_book


def verify(work: Work) -> list[str]:
    """What is wrong with the book, as sentences; nothing when all is well. Reads every row."""
    return broken_rules(whole_book(work))


def whole_book(work: Work) -> Book:
    """Everything this county has written, for checks that need another county's book beside it."""
    return read_book(work.connection, work.county)
