"""Showing the book to others, and checking what others show. Nothing here changes anything."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from byttebank.storage.work import Work
from services.ledger.domain.accounts import PEER_PREFIX, kind_of
from services.ledger.domain.evidence import Evidence, broken_evidence
from services.ledger.domain.evidence_format import read_lines, write_lines
from services.ledger.domain.journal import FORMATS, Journal
from services.ledger.storage import book, copies
from services.ledger.storage import evidence as stored
from services.ledger.storage.whole_book import read_book

JSONL = "jsonl"
EXPORT_FORMATS = (*FORMATS, JSONL)


def export(work: Work, format_: str) -> Iterator[str]:
    """The posted book, line by line: `hledger`, `beancount`, `csv`; or `jsonl`, with all that proves it.

    Refuses: KeyError for another format.
    """
    if format_ == JSONL:
        return write_lines(_evidence(work))
    return FORMATS[format_](_journal(work))


def verify_exports(files: Sequence[Path]) -> list[str]:
    """What is wrong with the books that several counties have exported as `jsonl`, alone and together.

    Refuses: EvidenceUnreadable, OSError.
    """
    shown = []
    for file in files:
        with file.open(encoding="utf-8", errors="surrogateescape", newline="\n") as lines:
            shown.append(read_lines(lines, file.name))
    return broken_evidence(shown)


def _evidence(work: Work) -> Evidence:
    sent, received = stored.shown_channels(work.connection, work.county)
    return Evidence(read_book(work.connection, work.county), stored.keys(work.connection), sent, received)


def _journal(work: Work) -> Journal:
    balances = book.list_accounts(work.connection)
    names = _names(work, list(balances))
    return Journal(
        county=work.county,
        names=names,
        balances={one: sums.debits_posted - sums.credits_posted for one, sums in balances.items()},
        postings=stored.postings(work.connection),
    )


def _names(work: Work, account_ids: Sequence[str]) -> Mapping[str, str]:
    libraries = [one for one in account_ids if kind_of(one) == "library"]
    known = copies.libraries_by_id(work.connection, set(libraries))
    peers = {one: one.removeprefix(PEER_PREFIX) for one in account_ids if kind_of(one) == "peer"}
    return {one: library.name for one, library in known.items()} | peers
