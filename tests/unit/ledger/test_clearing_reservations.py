"""What a round of clearing reserves between two counties, and days that go on meanwhile."""

import pytest
from clearing_cast import Three, accepted_by_all, check, deliver, nets, propose, receive, shown, stages, tick
from ledger_cast import ASKER, DEICHMAN, EIDSKOG, number, peer_document

from byttebank.clock import parse_time
from byttebank.contracts.refusals import FuseReached
from services.ledger import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: three counties that sign."""


def test_opposite_days_do_not_use_up_a_reserved_position(three: Three) -> None:
    """Oslo owes Innlandet 5. Were that not reserved, Innlandet could owe Oslo 8 under a fuse of 3."""
    innlandet = three["innlandet"]
    innlandet.do(operations.peer_changed, peer_document("oslo", 2, fuse_half_days=3))
    accepted_by_all(three)
    refused = innlandet.reserve(21, 5, payee_library_id=DEICHMAN)
    assert refused["code"] == FuseReached.code
    assert "code" not in innlandet.reserve(22, 4, payee_library_id=DEICHMAN), "4 are reserved, 1 is not"
    three["innlandet"].pass_time(hours=24)
    tick(innlandet)
    assert shown(innlandet)["stage"] == "aborted"
    assert "code" not in innlandet.reserve(23, 4, payee_library_id=DEICHMAN)
    check(three)


def test_received_days_wait_for_room_that_is_reserved_and_are_decided_when_it_is_free(three: Three) -> None:
    """Innlandet owes Akershus 4, which makes room for Akershus to owe it 4 more than the fuse says."""
    innlandet = three["innlandet"]
    innlandet.do(operations.peer_changed, peer_document("akershus", 2, fuse_half_days=2))
    accepted_by_all(three)
    three["akershus"].reserve(31, 5, payer_library_id=ASKER, payee_library_id=EIDSKOG)
    three["akershus"].post(31, 5)
    (prepare,) = [one for one in three["akershus"].sent("innlandet") if one.message_type == "PREPARE"]
    receive(innlandet, prepare)
    assert innlandet.position("akershus")["waiting_in_half_days"] == 5
    innlandet.pass_time(hours=24)
    tick(innlandet)
    assert innlandet.position("akershus")["waiting_in_half_days"] == 0
    check(three)


def test_days_go_on_both_ways_while_a_round_is_open_and_the_books_agree(three: Three) -> None:
    accepted_by_all(three)
    three["oslo"].reserve(41, 2, payer_library_id=DEICHMAN, payee_library_id=EIDSKOG)
    three["oslo"].post(41, 2)
    three["innlandet"].reserve(42, 9, payee_library_id=DEICHMAN)
    three["innlandet"].post(42, 9)
    deliver(three)
    assert set(stages(three).values()) == {"applied"}
    assert nets(three["innlandet"])["oslo"] == 5 - 4 + 2 - 9
    check(three)


def test_a_pair_with_a_day_on_its_way_is_left_out(three: Three) -> None:
    three["akershus"].reserve(51, 1, payer_library_id=ASKER, payee_library_id=DEICHMAN)
    three["akershus"].post(51, 1)
    for message in three["akershus"].sent("oslo"):
        receive(three["oslo"], message)
    fulfil = three["oslo"].sent("akershus")
    propose(three["innlandet"])
    deliver(three)
    assert shown(three["innlandet"])["left_out"] == [["akershus", "oslo"]]
    assert shown(three["innlandet"])["abort_reason"] == "nothing_to_clear"
    for message in fulfil:
        receive(three["akershus"], message)
    propose(three["innlandet"], number(9002))
    deliver(three)
    assert shown(three["innlandet"], number(9002))["cleared_half_days"] == 12
    check(three)


def test_what_is_reserved_and_until_when_is_shown(three: Three) -> None:
    propose(three["innlandet"])
    round_ = shown(three["innlandet"])
    assert parse_time(round_["answer_by_at"]) < parse_time(round_["accept_by_at"])
    assert (round_["stage"], round_["cleared_half_days"], round_["rings"]) == ("stated", 0, [])
    assert [(one["debtor"], one["creditor"], one["owed_half_days"]) for one in round_["reserved"]] == [
        ("innlandet", "akershus", 4),
        ("oslo", "innlandet", 5),
    ]
