"""Half-days and øre are kept in one book and never mix."""

import pytest
from ledger_cast import EIDSKOG, NOW, Ledger, number

from byttebank.contracts.refusals import Malformed
from byttebank.storage.work import Work
from services.ledger import operations
from services.ledger.domain.accounts import (
    ADJUSTMENTS,
    GRANTS,
    HALF_DAY,
    NOK_ORE,
    REFUNDS_PREFIX,
    TRAVEL_FUND,
    kind_of,
    unit_of,
)
from services.ledger.operations.acting import move
from services.ledger.storage import book


def move_money(work: Work, debit: str, credit: str, unit: str = NOK_ORE) -> None:
    for account_id in (debit, credit):
        book.open_account(work.connection, account_id, NOW)
    book.lock(work.connection, (debit, credit))
    move(work, number(950), debit, credit, 125_050, work.today, unit=unit)


def test_the_travel_fund_is_kept_in_ore_beside_the_days(innlandet: Ledger) -> None:
    innlandet.do(move_money, GRANTS, TRAVEL_FUND)
    assert (unit_of(TRAVEL_FUND), kind_of(TRAVEL_FUND)) == (NOK_ORE, "fund")
    assert unit_of(REFUNDS_PREFIX + EIDSKOG) == NOK_ORE
    assert book.balance(innlandet.connect(), TRAVEL_FUND).credits_posted == 125_050
    balance = innlandet.see(operations.trial_balance)
    assert balance["unit"] == HALF_DAY
    assert TRAVEL_FUND not in {account["account_id"] for account in balance["accounts"]}
    assert innlandet.see(operations.county_statement)["lines"] == []
    assert innlandet.broken_rules() == []


@pytest.mark.parametrize(
    ("debit", "credit", "unit"),
    [
        (ADJUSTMENTS, EIDSKOG, NOK_ORE),
        (GRANTS, TRAVEL_FUND, HALF_DAY),
        (TRAVEL_FUND, EIDSKOG, NOK_ORE),
        (TRAVEL_FUND, EIDSKOG, HALF_DAY),
        (GRANTS, TRAVEL_FUND, "euro"),
    ],
)
def test_units_never_mix(innlandet: Ledger, debit: str, credit: str, unit: str) -> None:
    with pytest.raises(Malformed):
        innlandet.do(move_money, debit, credit, unit)
    assert innlandet.account(EIDSKOG)["balance_half_days"] == 0
    assert innlandet.broken_rules() == []
