"""Days from before: one row of an opening balance as somebody wrote it, turned into days on an account."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from byttebank.contracts.fields import MAX_HALF_DAYS
from byttebank.contracts.refusals import DatePast, DateTooFar
from byttebank.days import NotHalfDays, half_days_from_days
from byttebank.identifiers import is_id
from services.ledger.domain.accounts import PEER_PREFIX
from services.ledger.domain.transfers import check_work_date

NOTE_LENGTH = 500
COLUMNS = ("library", "days", "date", "note", "id")
"""`library`: id, name, or `peer:<county>`; `days`: above zero given, below received; others optional."""


class RowRefused(ValueError):
    """The row cannot be brought in. The message says why, for the one who wrote it."""


@dataclass(frozen=True)
class OpeningRow:
    """One row as understood. `half_days` is signed: above zero the library has days to use."""

    line: int
    id: str
    account_id: str
    half_days: int
    work_date: date
    note: str


def read_row(
    line: int,
    row: Mapping[str, Any],
    accounts: Mapping[str, str],
    today: date,
    id_of: Callable[[str], str],
) -> OpeningRow:
    """The row as understood. `accounts`: account ids by id and by name in lower case; "" for a shared name.

    `id_of`: the id that stands for a text. The same row has the same id, so that a file can be brought in
    twice and counts once.
    Refuses: RowRefused.
    """
    unknown = sorted({str(name) for name in row} - set(COLUMNS))
    if unknown:
        raise RowRefused(f"unknown column {unknown[0]!r}; columns are {', '.join(COLUMNS)}")
    account_id = _account(_text(row, "library"), accounts)
    half_days = _half_days(_text(row, "days"))
    work_date = _date(_text(row, "date"), today)
    note = _text(row, "note")
    if len(note) > NOTE_LENGTH or "\x00" in note:
        raise RowRefused(f"the note is longer than {NOTE_LENGTH} characters, or no plain text")
    row_id = _text(row, "id")
    if row_id and not is_id(row_id):
        raise RowRefused(f"{row_id!r} is not an id (a UUID in lower case); leave it out")
    content = f"{account_id}|{half_days}|{work_date.isoformat()}|{note}"
    return OpeningRow(line, row_id or id_of(content), account_id, half_days, work_date, note)


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RowRefused(f"{name} is not a text or number")
    return str(value).strip()


def _account(text: str, accounts: Mapping[str, str]) -> str:
    if not text:
        raise RowRefused("no library is named")
    found = accounts.get(text, accounts.get(text.casefold()))
    if found == "":
        raise RowRefused(f"several libraries are called {text!r}; write its id")
    if found is None:
        what = "county" if text.startswith(PEER_PREFIX) else "library"
        raise RowRefused(f"no {what} of this county's books is called {text[:100]!r}")
    return found


def _half_days(text: str) -> int:
    if not text:
        raise RowRefused("no number of days is given")
    try:
        half_days = half_days_from_days(text)
    except NotHalfDays as error:
        raise RowRefused(str(error)) from error
    if half_days == 0:
        raise RowRefused("zero days are no days")
    if abs(half_days) > MAX_HALF_DAYS:
        raise RowRefused(f"{text} days are more than {MAX_HALF_DAYS // 2}, and surely a slip of the hand")
    return half_days


def _date(text: str, today: date) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise RowRefused(f"{text!r} is not a date such as 2026-11-23") from error
    try:
        check_work_date(day, today)
    except (DatePast, DateTooFar) as error:
        raise RowRefused(f"{text} is too far from today") from error
    if day > today:
        raise RowRefused(f"{text} has not come yet, and days from before have been")
    return day
