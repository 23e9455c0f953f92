"""The travel fund: granted by the county, refunded to its libraries, in øre beside the days."""

from typing import Any

import pytest
from ledger_cast import ASKER, COUNTY_LIBRARY, EIDSKOG, HAMAR, MANAGER, Ledger, number

from byttebank.contracts.book_refusals import FundTooSmall
from byttebank.contracts.fields import load
from byttebank.contracts.refusals import (
    AccountUnknown,
    FieldMissing,
    Malformed,
    NotFound,
    NotNow,
    NotYourRole,
    SameKeyOtherBody,
)
from byttebank.contracts.travel_fund import FundLine, TravelFund
from services.ledger import operations

Document = dict[str, Any]
G1, R1, R2, BACK = number(960), number(961), number(962), number(963)


def grant(ledger: Ledger, ore: int = 5_000_000, **changes: Any) -> Document:
    body = {"id": G1, "amount_ore": ore, "reason": "Budsjett 2026", **changes}
    return dict(ledger.do(operations.grant_travel, body, COUNTY_LIBRARY))


def refund(ledger: Ledger, ore: int = 125_050, actor: Document = COUNTY_LIBRARY, **changes: Any) -> Document:
    body = {"id": R1, "library_id": EIDSKOG, "amount_ore": ore, "reason": "Tog til Hamar", **changes}
    return dict(ledger.do(operations.refund_travel, body, actor))


def lines(ledger: Ledger) -> list[Document]:
    return list(ledger.see(operations.travel_fund_statement))


def test_what_is_granted_less_what_is_refunded_is_left(innlandet: Ledger) -> None:
    empty = innlandet.see(operations.travel_fund)
    assert empty == load(TravelFund, empty) == {"granted_ore": 0, "refunded_ore": 0, "left_ore": 0}
    grant(innlandet)
    assert refund(innlandet) == {"granted_ore": 5_000_000, "refunded_ore": 125_050, "left_ore": 4_874_950}
    assert innlandet.account(EIDSKOG)["balance_half_days"] == 0, "øre are no days"
    assert innlandet.see(operations.county_statement)["lines"] == []
    assert innlandet.see(operations.trial_balance)["imbalance_half_days"] == 0
    assert innlandet.broken_rules() == []


def test_the_statement_runs_and_says_who_and_why(innlandet: Ledger) -> None:
    grant(innlandet)
    refund(innlandet, travelled_on="2026-11-20")
    refund(innlandet, 50_000, id=R2, library_id=HAMAR)
    found = lines(innlandet)
    assert [load(FundLine, line) for line in found] == found
    assert [(one["kind"], one["library_name"], one["amount_ore"], one["balance_ore"]) for one in found] == [
        ("refund", "Hamar bibliotek", -50_000, 4_824_950),
        ("grant", None, 5_000_000, 4_874_950),
        ("refund", "Eidskog folkebibliotek", -125_050, -125_050),
    ], "by the date of the journey"
    assert found[2]["reason"] == "Tog til Hamar"


def test_a_wrong_refund_is_returned_whole_and_once(innlandet: Ledger) -> None:
    grant(innlandet)
    refund(innlandet)
    returning = {"id": BACK, "transfer_id": R1, "reason": "Betalt to ganger"}
    for _ in range(2):
        assert innlandet.do(operations.return_refund, returning, COUNTY_LIBRARY)["left_ore"] == 5_000_000
    newest = lines(innlandet)[0]
    assert (newest["kind"], newest["returns"], newest["amount_ore"]) == ("returned", R1, 125_050)
    assert [one["is_returned"] for one in lines(innlandet) if one["transfer_id"] == R1] == [True]
    with pytest.raises(NotNow):
        innlandet.do(operations.return_refund, {**returning, "id": R2}, COUNTY_LIBRARY)
    with pytest.raises(NotFound):
        innlandet.do(operations.return_refund, {**returning, "id": R2, "transfer_id": G1}, COUNTY_LIBRARY)
    assert innlandet.broken_rules() == []


def test_no_more_is_refunded_than_is_left(innlandet: Ledger) -> None:
    grant(innlandet, 100_000)
    with pytest.raises(FundTooSmall) as refused:
        refund(innlandet, 100_001)
    assert refused.value.parameters == {"left_ore": 100_000}
    assert refund(innlandet, 100_000)["left_ore"] == 0


def test_the_same_again_changes_nothing_and_another_with_its_id_is_refused(innlandet: Ledger) -> None:
    first = grant(innlandet)
    assert grant(innlandet) == first
    with pytest.raises(SameKeyOtherBody):
        grant(innlandet, 1)
    assert refund(innlandet) == refund(innlandet)
    with pytest.raises(SameKeyOtherBody):
        refund(innlandet, 7)


@pytest.mark.parametrize("ore", [0, -1, 10**12, 1.5, "100", True, None])
def test_a_senseless_amount_is_refused(innlandet: Ledger, ore: Any) -> None:
    grant(innlandet)
    for act in (grant, refund):
        with pytest.raises(Malformed):
            act(innlandet, ore, id=R2)
    assert len(lines(innlandet)) == 1


def test_a_reason_a_role_and_a_library_of_the_county_are_needed(innlandet: Ledger) -> None:
    grant(innlandet)
    with pytest.raises(FieldMissing):
        refund(innlandet, reason=" ")
    with pytest.raises(NotYourRole):
        refund(innlandet, actor=MANAGER)
    with pytest.raises(AccountUnknown):
        refund(innlandet, library_id=ASKER)


def test_money_is_not_taken_back_as_days(innlandet: Ledger) -> None:
    grant(innlandet)
    refund(innlandet)
    reversal = {"id": R2, "transfer_id": R1, "half_days": 2, "reason": "Feil"}
    with pytest.raises(NotFound):
        innlandet.do(operations.reverse, reversal, COUNTY_LIBRARY)
    with pytest.raises(NotFound):
        innlandet.see(operations.transfer, R1)


@pytest.mark.parametrize(
    ("format_", "words"), [("hledger", '125050 "nok_ore"'), ("beancount", "125050 NOK-ORE")]
)
def test_other_programs_read_the_fund_in_its_own_unit(innlandet: Ledger, format_: str, words: str) -> None:
    grant(innlandet)
    refund(innlandet)
    assert words in innlandet.see(lambda work: "".join(operations.export(work, format_)))
