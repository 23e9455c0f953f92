"""What a library reads: the newest day of work first, each line with the balance as of that day."""

import pytest
from ledger_cast import ASKER, EIDSKOG, HAMAR, NOW, Ledger, exchange, number

from byttebank.clock import format_time
from byttebank.contracts.fields import load
from byttebank.contracts.ledger_resources import StatementLine
from byttebank.contracts.refusals import Malformed
from services.ledger import operations
from services.ledger.domain.statements import Place, read_cursor, write_cursor


def post(ledger: Ledger, n: int, work_date: str, amount: int = 2, **changes: object) -> None:
    ledger.reserve(n, amount, work_date=work_date, **changes)
    ledger.post(n, amount)


def shown(ledger: Ledger, library_id: str = EIDSKOG, **more: object) -> list[tuple[str, int, int]]:
    lines = ledger.see(operations.statement, library_id, **more)["lines"]
    return [(line["work_date"], line["half_days"], line["balance_half_days"]) for line in lines]


def test_a_new_account_has_nothing_to_show(innlandet: Ledger) -> None:
    assert innlandet.see(operations.statement, EIDSKOG) == {"lines": [], "next_cursor": None}


def test_a_line_says_what_happened(innlandet: Ledger) -> None:
    post(innlandet, 1, "2026-11-20")
    (line,) = innlandet.see(operations.statement, HAMAR)["lines"]
    assert load(StatementLine, line) == line
    assert line == {
        "transfer_id": number(101),
        "posted_at": format_time(NOW),
        "work_date": "2026-11-20",
        "other_library_id": EIDSKOG,
        "other_library_name": "Eidskog folkebibliotek",
        "other_county": "innlandet",
        "skill": "weeding",
        "engagement_id": number(501),
        "reverses": None,
        "kind": "work",
        "reason": None,
        "half_days": 2,
        "balance_half_days": 2,
    }


def test_lines_are_ordered_by_day_of_work_then_by_posting(innlandet: Ledger) -> None:
    post(innlandet, 1, "2026-11-20", 1)
    post(innlandet, 2, "2026-11-10", 2)
    post(innlandet, 3, "2026-11-20", 3, payer_library_id=HAMAR, payee_library_id=EIDSKOG)
    post(innlandet, 4, "2026-11-01", 4)
    assert shown(innlandet) == [
        ("2026-11-20", 3, -4),
        ("2026-11-20", -1, -7),
        ("2026-11-10", -2, -6),
        ("2026-11-01", -4, -4),
    ]
    assert innlandet.account(EIDSKOG)["balance_half_days"] == -4


def test_what_is_only_reserved_is_not_on_the_statement(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    assert shown(innlandet) == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_pages_add_up_to_the_whole(innlandet: Ledger, size: int) -> None:
    for n in range(7):
        post(innlandet, n, f"2026-11-{20 - n % 3}", n + 1)
    whole = shown(innlandet)
    pages, cursor = [], None
    while True:
        page = innlandet.see(operations.statement, EIDSKOG, cursor=cursor, limit=size)
        assert len(page["lines"]) <= size
        pages += page["lines"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert [(line["work_date"], line["half_days"], line["balance_half_days"]) for line in pages] == whole
    assert len(whole) == 7


def test_a_library_elsewhere_is_shown_by_name_or_else_by_id(innlandet: Ledger, akershus: Ledger) -> None:
    post(innlandet, 1, "2026-11-20", payee_library_id=ASKER)
    innlandet.reserve(2, payee_library_id=number(77), payee_county="akershus")
    exchange(innlandet, akershus)
    (line,) = innlandet.see(operations.statement, EIDSKOG)["lines"]
    assert (line["other_library_name"], line["other_county"]) == ("Asker bibliotek", "akershus")
    (held,) = innlandet.see(operations.reservations, EIDSKOG)
    assert held["other_library_name"] == number(77)


@pytest.mark.parametrize(
    "cursor", ["", ".", "2026-11-20", "2026-11-20.0", "2026-11-20.-1", "2026-11-20.x", "20261120.1",
               "2026-11-20.01", "2026-11-20.99999999999999999999", 7, "x" * 10000]
)  # fmt: skip
def test_a_made_up_cursor_is_refused(innlandet: Ledger, cursor: str) -> None:
    with pytest.raises(Malformed):
        innlandet.see(operations.statement, EIDSKOG, cursor=cursor)


@pytest.mark.parametrize("limit", [0, -1, 201, True, "50", None, 1.0])
def test_a_page_has_from_one_to_two_hundred_lines(innlandet: Ledger, limit: int) -> None:
    with pytest.raises(Malformed):
        innlandet.see(operations.statement, EIDSKOG, limit=limit)


def test_a_cursor_is_read_as_it_was_written() -> None:
    place = Place(NOW.date(), 12)
    assert read_cursor(write_cursor(place)) == place
    assert read_cursor(None) is None
