"""A round of clearing in the books of three counties that sign: posted, explained, proposed once."""

import pytest
from clearing_cast import (
    KEYS,
    ROUND,
    Three,
    accepted_by_all,
    check,
    close,
    deliver,
    nets,
    propose,
    receive,
    shown,
    stages,
    tick,
)
from ledger_cast import BAERUM, HAMAR, MANAGER, Ledger, number, peer_document

from byttebank.contracts.refusals import ClearingOpen, NotFound, NotNow, NotYourRole, TooFewCounties
from services.ledger import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: three counties that sign."""


def account(ledger: Ledger, account_id: str) -> tuple[int, int]:
    """(debits, credits) of an account."""
    (found,) = [
        one for one in ledger.see(operations.trial_balance)["accounts"] if one["account_id"] == account_id
    ]
    return found["debits"], found["credits"]


def test_a_ring_is_struck_out_in_all_books_and_nobody_gains_or_loses(three: Three) -> None:
    before = {county: sum(nets(ledger).values()) for county, ledger in three.items()}
    assert nets(three["innlandet"]) == {"akershus": -4, "oslo": 5}
    assert propose(three["innlandet"])["stage"] == "stated"
    deliver(three)
    assert set(stages(three).values()) == {"applied"}
    assert nets(three["innlandet"]) == {"akershus": 0, "oslo": 1}
    assert nets(three["akershus"]) == {"innlandet": 0, "oslo": -2}
    assert nets(three["oslo"]) == {"innlandet": -1, "akershus": 2}
    assert {county: sum(nets(ledger).values()) for county, ledger in three.items()} == before
    for ledger in three.values():
        assert account(ledger, f"clearing:{ROUND}") == (4, 4)
        ended = {"round_id": ROUND, "outcome": "applied", "coordinator": "innlandet"}
        told = [("ClearingEnded", {**ended, "cleared_half_days": 12})]
        assert ledger.told() == told, "no library's days have moved"
    check(three)


def test_what_is_owed_gross_shrinks_by_what_is_struck_out(three: Three) -> None:
    propose(three["oslo"])
    deliver(three)
    position = three["innlandet"].position("oslo")
    assert (position["owed_to_us_half_days"], position["owed_by_us_half_days"]) == (1, 0)
    position = three["innlandet"].position("akershus")
    assert (position["owed_to_us_half_days"], position["owed_by_us_half_days"]) == (0, 0)


def test_the_round_can_be_explained(three: Three) -> None:
    propose(three["akershus"])
    deliver(three)
    for ledger in three.values():
        round_ = shown(ledger)
        assert round_["rings"] == [{"half_days": 4, "counties": ["akershus", "oslo", "innlandet"]}]
        assert (round_["owed_half_days"], round_["cleared_half_days"]) == (15, 12)
        assert round_["positions"][0] == {
            "debtor": "akershus",
            "creditor": "oslo",
            "owed_half_days": 6,
            "cleared_half_days": 4,
        }
        assert round_["counties"] == round_["answered"] == round_["accepted"]
        assert (round_["coordinator"], round_["left_out"], round_["reserved"]) == ("akershus", [], [])
        assert round_["ended_at"] is not None
    assert [one["id"] for one in three["oslo"].see(operations.clearing_rounds)] == [ROUND]


def test_everything_again_changes_nothing(three: Three) -> None:
    propose(three["innlandet"])
    messages = []
    while batch := [
        (receiver, message)
        for sender in three.values()
        for receiver in three.values()
        if sender is not receiver
        for message in sender.sent(receiver.county)
    ]:
        for receiver, message in batch:
            receive(receiver, message)
            receive(receiver, message)
        messages += batch
    before = [ledger.book() for ledger in three.values()]
    for receiver, message in reversed(messages):
        receive(receiver, message)
    assert propose(three["innlandet"])["stage"] == "applied"
    tick(*three.values())
    assert deliver(three) == []
    assert [ledger.book() for ledger in three.values()] == before


def test_the_next_round_begins_with_what_is_left(three: Three) -> None:
    propose(three["innlandet"])
    deliver(three)
    three["akershus"].reserve(7, 3, payer_library_id=BAERUM, payee_library_id=HAMAR)
    three["akershus"].post(7, 3)
    deliver(three)
    propose(three["oslo"], number(9002))
    deliver(three)
    round_ = shown(three["oslo"], number(9002))
    assert round_["abort_reason"] == "nothing_to_clear", round_
    assert set(stages(three, number(9002)).values()) == {"left"}
    check(three)


def test_one_round_at_a_time(three: Three) -> None:
    accepted_by_all(three)
    with pytest.raises(ClearingOpen):
        propose(three["akershus"], number(9002))
    with pytest.raises(ClearingOpen):
        propose(three["innlandet"], number(9002))


def test_a_leg_of_clearing_is_not_taken_back(three: Three) -> None:
    propose(three["innlandet"])
    deliver(three)
    legs = [one for one in three["innlandet"].book().transfers.values() if one.is_clearing()]
    assert len(legs) == 2
    for leg in legs:
        with pytest.raises(NotNow):
            three["innlandet"].do(operations.reverse_transfer, number(77), leg.id, 1)
        with pytest.raises(NotNow):
            three["innlandet"].do(operations.request_reversal, leg.id, 1, "disputed")


def test_the_statement_with_a_county_says_what_was_struck_out(three: Three) -> None:
    propose(three["innlandet"])
    deliver(three)
    lines = three["innlandet"].see(operations.peer_statement, "oslo")["lines"]
    assert [(line["kind"], line["change_half_days"], line["balance_half_days"]) for line in lines] == [
        ("clearing", -4, 1),
        ("work", 5, 5),
    ]
    assert lines[0]["engagement_id"] is None


def test_only_the_county_library_proposes_and_closes(three: Three) -> None:
    for operation in (operations.propose_clearing, operations.close_clearing):
        with pytest.raises(NotYourRole):
            three["innlandet"].do(operation, KEYS["innlandet"], ROUND, MANAGER)
    with pytest.raises(NotFound):
        close(three["innlandet"])
    assert three["innlandet"].see(operations.clearing_rounds) == []


def test_two_counties_alone_have_no_ring_to_clear(three: Three) -> None:
    three["innlandet"].do(operations.peer_changed, peer_document("oslo", 2, state="frozen"))
    with pytest.raises(TooFewCounties):
        propose(three["innlandet"])


def test_the_months_round_is_proposed_once_by_the_county_whose_turn_it_is(three: Three) -> None:
    tick(*three.values())
    assert all(not ledger.see(operations.clearing_rounds) for ledger in three.values()), (
        "a book of this month"
    )
    three["innlandet"].pass_time(days=10)
    assert three["innlandet"].clock.now().day == 2
    for _ in range(3):
        tick(*three.values())
        deliver(three)
    (round_,) = three["innlandet"].see(operations.clearing_rounds)
    assert (round_["stage"], round_["cleared_half_days"]) == ("applied", 12)
    three["innlandet"].pass_time(days=20)
    tick(*three.values())
    assert len(three["innlandet"].see(operations.clearing_rounds)) == 1
    three["innlandet"].pass_time(days=10)
    tick(*three.values())
    deliver(three)
    first, second = three["innlandet"].see(operations.clearing_rounds)
    assert first["coordinator"] != second["coordinator"]
