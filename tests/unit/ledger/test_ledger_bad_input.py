"""What makes no sense is refused with a code, and nothing at all has changed."""

from datetime import date
from typing import Any

import pytest
from ledger_cast import ASKER, EIDSKOG, HAMAR, Ledger, number
from sqlalchemy import text

from byttebank.contracts.refusals import (
    BelowHalfDay,
    DatePast,
    DateTooFar,
    Malformed,
    OwnLibrary,
    Refusal,
    TooManyDays,
)
from services.ledger import operations
from services.ledger.domain.transfers import Transfer, check_terms

TODAY = date(2026, 11, 22)
TABLES = ("accounts", "balances", "transfers", "entries", "resolutions", "prepares_sent", "decisions")


def contents(ledger: Ledger) -> dict[str, list[Any]]:
    with ledger.connect() as connection:
        return {table: list(connection.execute(text(f"SELECT * FROM {table}"))) for table in TABLES}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"payer_library_id": number(998)}, "account_unknown"),
        ({"payee_library_id": number(999), "payee_county": "innlandet"}, "account_unknown"),
        ({"payer_library_id": ASKER}, "account_unknown"),
        ({"payee_library_id": ASKER, "payee_county": "innlandet"}, "account_unknown"),
        ({"payee_library_id": HAMAR, "payee_county": "akershus"}, "account_unknown"),
        ({"payee_library_id": ASKER, "payee_county": "finnmark"}, "county_unknown"),
        ({"payee_library_id": EIDSKOG}, "own_library"),
        ({"payee_library_id": EIDSKOG, "payee_county": "akershus"}, "own_library"),
        ({"work_date": "2028-11-23"}, "date_too_far"),
        ({"work_date": "9999-12-31"}, "date_too_far"),
        ({"work_date": "0001-01-01"}, "date_past"),
        ({"part": 0}, "malformed"),
        ({"part": -1}, "malformed"),
        ({"part": 10**12}, "malformed"),
        ({"skill": "x" * 101}, "malformed"),
        ({"skill": "we\x00eding"}, "malformed"),
        ({"skill": "\ud800"}, "malformed"),
    ],
)
def test_a_senseless_reservation_is_told_its_refusal(
    innlandet: Ledger, change: dict[str, Any], code: str
) -> None:
    before = contents(innlandet)
    told = innlandet.reserve(1, **change)
    assert told["code"] == code
    assert innlandet.told() == [("ReservationRefused", told)]
    assert contents(innlandet) == before


@pytest.mark.parametrize(
    "change",
    [
        *({"amount_half_days": amount} for amount in (0, -1, 801, 10**30, 1.5, "2", True, None)),
        {"transfer_id": "not-an-id"},
        {"engagement_id": None},
        {"payee_county": "Akershus fylke"},
        {"work_date": "2026-02-30"},
        {"part": "1"},
    ],
)
def test_what_is_no_reservation_is_refused_before_it_is_read_further(
    innlandet: Ledger, change: dict[str, Any]
) -> None:
    before = contents(innlandet)
    with pytest.raises(Malformed):
        innlandet.reserve(1, **change)
    assert contents(innlandet) == before
    assert innlandet.told() == []


@pytest.mark.parametrize("amount", [0, -2, 801, 1.5, "2", True, None])
def test_a_senseless_amount_is_not_posted(innlandet: Ledger, amount: Any) -> None:
    innlandet.reserve(1)
    before = contents(innlandet)
    with pytest.raises(Malformed):
        innlandet.post(1, amount)
    assert contents(innlandet) == before


@pytest.mark.parametrize("body", [None, [], {}, {"transfer_id": 7}, {"transfer_id": "x"}])
def test_what_is_no_document_is_refused(innlandet: Ledger, body: Any) -> None:
    for operation in (operations.reserve_days, operations.post_days, operations.release_days):
        with pytest.raises(Malformed):
            innlandet.do(operation, body)


def terms(**changes: Any) -> Transfer:
    return Transfer(
        **{
            "id": number(101),
            "payer_library_id": EIDSKOG,
            "payee_library_id": HAMAR,
            "payer_county": "innlandet",
            "payee_county": "innlandet",
            "amount": 2,
            "unit": "half_day",
            "engagement_id": number(501),
            "part": 1,
            "skill": None,
            "work_date": TODAY,
            **changes,
        }
    )


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"unit": "nok_ore"}, Malformed),
        ({"unit": "day"}, Malformed),
        ({"amount": 0}, BelowHalfDay),
        ({"amount": -800}, BelowHalfDay),
        ({"amount": 801}, TooManyDays),
        ({"amount": 1.5}, Malformed),
        ({"amount": True}, Malformed),
        ({"payee_library_id": EIDSKOG}, OwnLibrary),
        ({"work_date": date(2028, 11, 23)}, DateTooFar),
        ({"work_date": date(2015, 12, 31)}, DatePast),
        ({"part": True}, Malformed),
    ],
)
def test_impossible_terms_are_refused(change: dict[str, Any], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_terms(terms(**change), TODAY)


@pytest.mark.parametrize(
    "change",
    [{}, {"amount": 800}, {"work_date": date(2028, 11, 22)}, {"work_date": date(2016, 1, 1)}, {"part": 999}],
)
def test_terms_at_the_edge_are_possible(change: dict[str, Any]) -> None:
    check_terms(terms(**change), TODAY)
