"""Bringing in days from before: a file of any length, all of it or nothing, bad rows named."""

import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from byttebank.storage.work import Work
from services.ledger.domain.accounts import ADJUSTMENTS
from services.ledger.domain.opening import OpeningRow, RowRefused, read_row
from services.ledger.storage import acts, book
from services.ledger.storage import opening as storage

NAMESPACE = uuid.UUID("6e3a7a0c-5c0e-5b1e-9d0b-1f5d3c6b7a10")
"""Of the ids that stand for rows, so that a file that is read again counts once."""
BATCH = 500
MOST_NAMED = 100
"""Bad rows that are named one by one; the others are counted."""

NumberedRow = tuple[int, Mapping[str, Any]]


class ImportRefused(Exception):
    """Some rows are bad, so nothing was brought in. `imported`: what was found."""

    def __init__(self, imported: "Imported") -> None:
        self.imported = imported
        super().__init__(f"{imported.bad} of {imported.rows} rows cannot be brought in; nothing was changed.")


@dataclass
class Imported:
    """What came of an import. `half_days`: the sum of what is new, given less received."""

    rows: int = 0
    new: int = 0
    known: int = 0
    bad: int = 0
    half_days: int = 0
    faults: list[str] = field(default_factory=list)

    def name(self, line: int, fault: object) -> None:
        """The row is bad; the first hundred are named."""
        self.bad += 1
        if len(self.faults) < MOST_NAMED:
            self.faults.append(f"line {line}: {fault}")


def import_opening(work: Work, rows: Iterable[NumberedRow]) -> Imported:
    """Every row is posted against `county:adjustments`; rows that were brought in before count once.

    `rows`: (line, {library, days, date, note?, id?}), read as they are needed; memory does not grow.
    Refuses: ImportRefused when any row is bad, and then nothing of the work must be kept.
    """
    names = storage.accounts_by_name(work.connection)
    closed = acts.closed_among(work.connection, set(names.values()) - {""})
    book.open_account(work.connection, ADJUSTMENTS, work.now)
    found, debits, credits_ = Imported(), Counter[str](), Counter[str]()
    namespace = uuid.uuid5(NAMESPACE, work.county)

    def id_of(content: str) -> str:
        return str(uuid.uuid5(namespace, content))

    waiting, last_act = iter(rows), storage.last_act(work.connection)
    while batch := list(islice(waiting, BATCH)):
        read = []
        for line, row in batch:
            found.rows += 1
            try:
                understood = read_row(line, row, names, work.today, id_of)
                if understood.account_id in closed:
                    raise RowRefused("the account is closed")
                read.append(understood)
            except RowRefused as fault:
                found.name(line, fault)
        _bring_in(work, found, _not_in_the_book(work, found, read, last_act), debits, credits_)
    if found.bad:
        raise ImportRefused(found)
    storage.add_to_balances(work.connection, debits, credits_)
    if found.new >= BATCH:
        storage.refresh(work.connection)
    return found


def _not_in_the_book(work: Work, found: Imported, read: list[OpeningRow], last_act: int) -> list[OpeningRow]:
    """The rows that are new. One that the file has twice is bad: nobody can tell whether it is meant.

    `last_act`: the newest act before the import; what was made after it is of this file.
    """
    known = storage.known_rows(work.connection, [row.id for row in read])
    new: dict[str, OpeningRow] = {}
    for row in read:
        stored = known.get(row.id)
        is_of_this_file = stored is not None and (stored.number or 0) > last_act
        if row.id in new or is_of_this_file:
            found.name(row.line, "the same as a row before it; give each a note or an id of its own")
        elif stored is None:
            new[row.id] = row
        elif _is_same(stored, row):
            found.known += 1
        else:
            found.name(row.line, f"the id {row.id} stands for something else in the book")
    return list(new.values())


def _is_same(stored: Any, row: OpeningRow) -> bool:
    sides = (stored.debit_account_id, stored.credit_account_id)
    is_same_amount = stored.amount == abs(row.half_days)
    return sides == storage.sides_of(row) and is_same_amount and stored.work_date == row.work_date


def _bring_in(
    work: Work, found: Imported, new: list[OpeningRow], debits: Counter[str], credits_: Counter[str]
) -> None:
    if not new or found.bad:
        # Nothing will be kept, so the rest is only read for its faults. Rows that are the same are found
        # within what was written before the first fault, and within each batch.
        return
    storage.write(work.connection, work.county, new, work.now)
    for row in new:
        debit, credit = storage.sides_of(row)
        debits[debit] += abs(row.half_days)
        credits_[credit] += abs(row.half_days)
        found.new += 1
        found.half_days += row.half_days
