"""A library's statement: every line of it, and as a table for Norwegian spreadsheets."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from byttebank.contracts.rpc import LedgerPort
from gateway import speech
from gateway.speech import say

Document = dict[str, Any]
LINES_AT_A_TIME = 200
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def every_line(ledger: LedgerPort, library_id: str) -> list[Document]:
    """All `StatementLine`s, newest first. Refuses: what the ledger refuses."""
    lines: list[Document] = []
    cursor = None
    while True:
        answer = ledger.statement(library_id, cursor=cursor, limit=LINES_AT_A_TIME)
        lines += answer["lines"]
        cursor = answer["next_cursor"]
        if cursor is None:
            return lines


def other_name(line: Document) -> str:
    """The other library of a line or reservation, by the name people use; the county where it decided."""
    library_id = line["other_library_id"]
    return (speech.library_name(library_id) if library_id else None) or str(line["other_library_name"])


def statement_csv(lines: list[Document]) -> str:
    """The lines with `;` between cells and a decimal comma; no text is a formula (OWASP, CSV injection)."""
    written = io.StringIO()
    table = csv.writer(written, delimiter=";", lineterminator="\r\n")
    table.writerow(
        [
            say("Dato"),
            say("Bibliotek"),
            say("Fylke"),
            say("Ferdighet"),
            say("Gitt"),
            say("Fått"),
            say("Dager å bruke"),
            say("Ført"),
            say("Oppdrag"),
        ]
    )
    for line in lines:
        days = line["half_days"]
        table.writerow(
            [
                line["work_date"],
                plain(other_name(line)),
                plain(speech.county_name(line["other_county"])),
                plain(speech.skill_name(line["skill"]) if line["skill"] else ""),
                number(days) if days > 0 else "",
                number(-days) if days < 0 else "",
                number(line["balance_half_days"]),
                line["posted_at"][:10],
                line["engagement_id"] or "",
            ]
        )
    return written.getvalue()


def county_rows(lines: Iterable[Document], act: Callable[[Document], str]) -> Iterator[list[str]]:
    """A county's lines as rows, the heading first. `act` says what happened."""
    yield [
        say("Dato"),
        say("Hva som skjedde"),
        say("Grunn"),
        say("Ferdighet"),
        say("Dager"),
        say("Endring"),
        say("Til sammen"),
        say("Ført"),
        say("Oppdrag"),
        say("Overføring"),
    ]
    for line in lines:
        yield [
            line["work_date"],
            plain(act(line)),
            plain(line["reason"] or ""),
            plain(speech.skill_name(line["skill"]) if line["skill"] else ""),
            number(line["half_days"]),
            number(line["change_half_days"]),
            number(line["balance_half_days"]),
            line["posted_at"][:10],
            line["engagement_id"] or "",
            line["transfer_id"],
        ]


def csv_text(rows: Iterable[list[str]]) -> str:
    """The rows as people's spreadsheets read them: `;` between cells, CRLF after each row."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerows(rows)
    return written.getvalue()


def number(half_days: int) -> str:
    """Days with a decimal comma and a plain minus, as a spreadsheet reads them."""
    whole, half = divmod(abs(half_days), 2)
    return f"{'-' if half_days < 0 else ''}{whole}{',5' if half else ''}"


def plain(text: str) -> str:
    """The text as a cell that no spreadsheet runs."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
