"""The posted book for the programs of others: hledger, Beancount, and tables.

Every posted transfer is one transaction with two legs, dated by the day of work, in the unit it is kept in.
The journal ends with what each account must come to, so that the other program checks our balances by itself.
"""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from services.ledger.domain.accounts import kind_of, unit_of


@dataclass(frozen=True)
class Posted:
    """A posted transfer. `amount` is in `unit`; `note` names what it was for."""

    transfer_id: str
    work_date: date
    posted_at: str
    debit_account_id: str
    credit_account_id: str
    amount: int
    unit: str
    engagement_id: str
    part: int
    skill: str | None
    reverses: str | None


@dataclass(frozen=True)
class Journal:
    """What is exported. `names`: account to what people call it. `balances`: debits less credits."""

    county: str
    names: Mapping[str, str]
    balances: Mapping[str, int]
    postings: Iterable[Posted]


_BEANCOUNT_UNITS = {"half_day": "HALF-DAY", "nok_ore": "NOK-ORE"}
_BEANCOUNT_ROOTS = {"library": "Liabilities:Libraries", "peer": "Assets:Peers"}
_FIRST_DAY = date(2000, 1, 1)


def write_hledger(journal: Journal) -> Iterator[str]:
    """A journal that `hledger check --strict` accepts."""
    yield f"; The book of days of {journal.county}. Credits are negative.\n\n"
    for unit in sorted({unit_of(account_id) for account_id in journal.balances}):
        yield f'commodity 1000. "{unit}"\n'
    for account_id in sorted(journal.balances):
        yield f"account {_hledger_account(account_id)}  ; {_one_line(journal.names.get(account_id, ''))}\n"
    last = _FIRST_DAY
    for one in journal.postings:
        last = max(last, one.work_date)
        debit, credit = _hledger_account(one.debit_account_id), _hledger_account(one.credit_account_id)
        yield f"\n{one.work_date} * ({one.transfer_id}) {_one_line(_purpose(one))}\n"
        yield f'    {debit}    {one.amount} "{one.unit}"\n'
        yield f'    {credit}    -{one.amount} "{one.unit}"\n'
    yield f"\n{last + timedelta(days=1)} * What each account must come to\n"
    for account_id, amount in sorted(journal.balances.items()):
        unit = unit_of(account_id)
        yield f'    {_hledger_account(account_id)}    0 "{unit}" = {amount} "{unit}"\n'


def write_beancount(journal: Journal) -> Iterator[str]:
    """A ledger that `bean-check` accepts."""
    yield f'option "title" "The book of days of {journal.county}"\n'
    for account_id in sorted(journal.balances):
        unit = _BEANCOUNT_UNITS[unit_of(account_id)]
        yield f"{_FIRST_DAY - timedelta(days=1)} open {_beancount_account(account_id)} {unit}\n"
        yield f"  name: {_quoted(journal.names.get(account_id, account_id))}\n"
    last = _FIRST_DAY
    for one in journal.postings:
        last = max(last, one.work_date)
        unit = _BEANCOUNT_UNITS[one.unit]
        yield f"\n{one.work_date} * {_quoted(_purpose(one))}\n  transfer: {_quoted(one.transfer_id)}\n"
        yield f"  {_beancount_account(one.debit_account_id)}  {one.amount} {unit}\n"
        yield f"  {_beancount_account(one.credit_account_id)}  -{one.amount} {unit}\n"
    yield "\n"
    for account_id, amount in sorted(journal.balances.items()):
        unit = _BEANCOUNT_UNITS[unit_of(account_id)]
        yield f"{last + timedelta(days=1)} balance {_beancount_account(account_id)}  {amount} {unit}\n"


def write_csv(journal: Journal) -> Iterator[str]:
    """A table with a heading, one row per leg, separated by semicolons as Norwegian spreadsheets read it."""
    heading = (
        "posted_at",
        "work_date",
        "transfer_id",
        "account",
        "name",
        "side",
        "amount",
        "unit",
        "engagement_id",
        "part",
        "skill",
        "reverses",
    )
    yield _row(heading)
    for one in journal.postings:
        for side, account_id in (("debit", one.debit_account_id), ("credit", one.credit_account_id)):
            yield _row(
                (
                    one.posted_at,
                    one.work_date.isoformat(),
                    one.transfer_id,
                    account_id,
                    journal.names.get(account_id, ""),
                    side,
                    str(one.amount),
                    one.unit,
                    one.engagement_id,
                    str(one.part),
                    one.skill or "",
                    one.reverses or "",
                )
            )


FORMATS: Mapping[str, Callable[[Journal], Iterator[str]]] = {
    "hledger": write_hledger,
    "beancount": write_beancount,
    "csv": write_csv,
}


def _purpose(one: Posted) -> str:
    what = (
        f"takes back {one.reverses}" if one.reverses else f"engagement {one.engagement_id}, part {one.part}"
    )
    return f"{what}, {one.skill}" if one.skill else what


def _hledger_account(account_id: str) -> str:
    kind = kind_of(account_id)
    return f"{'assets' if kind == 'peer' else 'liabilities'}:{kind}:{account_id.replace(':', '-')}"


def _beancount_account(account_id: str) -> str:
    kind = kind_of(account_id)
    root = _BEANCOUNT_ROOTS.get(kind, f"Equity:{kind.capitalize()}")
    return f"{root}:A-{''.join(one if one.isascii() and one.isalnum() else '-' for one in account_id)}"


def _one_line(text: str) -> str:
    return " ".join(text.replace(";", ",").split())


def _quoted(text: str) -> str:
    return '"' + " ".join(text.replace("\\", "").replace('"', "'").split()) + '"'


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line, delimiter=";", lineterminator="\n").writerow([_safe(cell) for cell in cells])
    return line.getvalue()


def _safe(cell: str) -> str:
    """What a spreadsheet would take for a formula is text."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t") else cell
