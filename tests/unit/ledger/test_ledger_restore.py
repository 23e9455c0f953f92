"""A county that is put back to an old backup: its own signed words come back, and the books agree again.

`BYTTEBANK_TEST_SEEDS=1000-2000` lives other lives than the usual ones.
"""

from pathlib import Path

import pytest
from ledger_cast import ASKER, COUNTY_LIBRARY, EIDSKOG, HAMAR, Ledger, Scenes, number
from ledger_lives import Node, exchange, lives, meet, nodes
from test_ledger_simulation import seeds

from byttebank.contracts.received import ReceivedMessage, TooEarly
from byttebank.contracts.refusals import NotNow, SameKeyOtherBody
from services.ledger import operations

pytestmark = pytest.mark.simulation
"""Takes seconds: whole counties and their channel."""


@pytest.fixture
def pair(scenes: Scenes) -> tuple[Node, Node]:
    """Innlandet owes, Akershus is owed; their channel is open."""
    return nodes(scenes.after(meet))


def _sums(node: Node) -> tuple[int, int]:
    position = node.ledger.position(node.peer)
    return position["owed_by_us_half_days"], position["owed_to_us_half_days"]


def test_the_payers_county_posts_again_what_it_had_forgotten(pair: tuple[Node, Node], tmp_path: Path) -> None:
    one, two = pair
    backup = one.back_up(tmp_path, "before")
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.ledger.post(1, 4)
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((4, 0), (0, 4))
    one.restore(backup)
    assert _sums(one) == (0, 0)
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((4, 0), (0, 4))
    assert one.ledger.account(EIDSKOG)["received_half_days"] == 4
    assert (one.parked(), two.parked()) == ([], [])
    assert one.ledger.broken_rules() == []


def test_the_payees_county_credits_again_what_it_had_forgotten_even_over_the_fuse(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    one, two = pair
    backup = two.back_up(tmp_path, "before")
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.ledger.post(1, 4)
    exchange(one, two)
    two.restore(backup)
    two.meet(fuse=1)
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((4, 0), (0, 4))
    assert two.ledger.account(ASKER)["given_half_days"] == 4
    assert (one.parked(), two.parked()) == ([], [])


def test_a_day_that_waits_in_the_backup_is_credited_as_it_had_been_decided(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    one, two = pair
    two.meet(fuse=1)
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.ledger.post(1, 4)
    exchange(one, two)
    backup = two.back_up(tmp_path, "waiting")
    two.meet(fuse=200)
    exchange(one, two)
    two.restore(backup)
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((4, 0), (0, 4))
    assert two.ledger.position("innlandet")["waiting_in_half_days"] == 0
    assert two.ledger.broken_rules() == []


def test_nothing_is_decided_about_a_waiting_day_before_the_county_knows_what_it_had_said(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    one, two = pair
    two.meet(fuse=1)
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.ledger.post(1, 4)
    exchange(one, two)
    backup = two.back_up(tmp_path, "waiting")
    one.ledger.do(operations.cancel_prepared, number(101))
    exchange(one, two)
    two.restore(backup)
    two.meet(fuse=200)
    two.pass_time()
    assert _sums(two) == (0, 0)
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((0, 0), (0, 0))
    assert (one.parked(), two.parked()) == ([], [])


def test_a_hold_is_not_let_go_before_the_county_knows_whether_it_had_sent_it(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    one, two = pair
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    backup = one.back_up(tmp_path, "held")
    one.ledger.post(1, 4)
    exchange(one, two)
    one.restore(backup)
    assert one.ledger.release(1)["state"] == "postponed"
    assert one.ledger.account(EIDSKOG)["reserved_half_days"] == 4
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((4, 0), (0, 4))
    (parked,) = one.parked()
    assert parked["reason_code"] == "not_now"


def test_what_is_posted_while_a_channel_recovers_is_sent_when_it_opens(pair: tuple[Node, Node]) -> None:
    one, two = pair
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.start()
    assert one.ledger.post(1, 4)["state"] == "postponed"
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((4, 0), (0, 4))


def test_days_within_the_county_wait_for_nobody(pair: tuple[Node, Node]) -> None:
    one, _ = pair
    one.ledger.reserve(1, 2, payee_library_id=HAMAR)
    one.start()
    assert one.ledger.post(1, 2)["state"] == "posted"


def test_a_reversal_stands_again_though_its_original_comes_back_after_it(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    one, two = pair
    backup = two.back_up(tmp_path, "before")
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.ledger.post(1, 4)
    exchange(one, two)
    two.ledger.do(operations.reverse_transfer, number(900), number(101), 3)
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((4, 3), (3, 4))
    two.restore(backup)
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((4, 3), (3, 4))
    assert (one.parked(), two.parked()) == ([], [])


def _reversal(n: int, half_days: int, **changes: object) -> dict[str, object]:
    body = {"id": number(n), "transfer_id": number(101), "half_days": half_days, "reason": "Ført to ganger"}
    return {**body, **changes}


def test_days_are_not_taken_back_a_second_time_by_a_county_that_has_forgotten_the_first(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    one, two = pair
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.ledger.post(1, 4)
    exchange(one, two)
    backup = two.back_up(tmp_path, "posted")
    two.ledger.do(operations.reverse, _reversal(900, 3), COUNTY_LIBRARY)
    exchange(one, two)
    two.restore(backup)
    asked = _reversal(901, 3)
    for _ in range(2):
        assert two.ledger.do(operations.reverse, asked, COUNTY_LIBRARY)["state"] == "postponed"
    with pytest.raises(SameKeyOtherBody):
        two.ledger.do(operations.reverse, _reversal(901, 1), COUNTY_LIBRARY)
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((4, 3), (3, 4)), "the first stands again, and the second is too much"
    (parked,) = two.parked()
    assert parked["reason_code"] == "reversal_too_large"


def test_a_reversal_asked_for_while_a_channel_recovers_is_made_when_it_opens(
    pair: tuple[Node, Node],
) -> None:
    one, two = pair
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.ledger.post(1, 4)
    exchange(one, two)
    two.start()
    assert two.ledger.do(operations.reverse, _reversal(900, 2), COUNTY_LIBRARY)["state"] == "postponed"
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((4, 2), (2, 4))
    done = two.ledger.do(operations.reverse, _reversal(900, 2), COUNTY_LIBRARY)
    assert done["state"] == "posted", "asked again, it answers as it stands"


def test_a_ruling_takes_back_only_what_a_county_had_not_taken_back_before_it_forgot(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    one, two = pair
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.ledger.post(1, 4)
    exchange(one, two)
    backup = two.back_up(tmp_path, "posted")
    two.ledger.do(operations.reverse, _reversal(901, 3), COUNTY_LIBRARY)
    exchange(one, two)
    two.restore(backup)
    ruled = {"transfer_id": number(101), "reversal_id": number(900), "reason": "Det ble ikke noe av"}
    two.ledger.do(operations.take_back, ruled)
    assert _sums(two) == (0, 4)
    exchange(one, two)
    assert (_sums(one), _sums(two)) == ((4, 4), (4, 4))
    assert (one.parked(), two.parked()) == ([], [])


def test_days_asked_back_from_a_county_that_has_forgotten_them_wait_until_it_knows_them_again(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    one, two = pair
    backup = two.back_up(tmp_path, "before")
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.ledger.post(1, 4)
    exchange(one, two)
    one.ledger.do(operations.request_reversal, number(101), 4, "county")
    two.restore(backup)
    asked = {"transfer_id": number(101), "amount_half_days": 4, "reason_code": "county"}
    overtaking = ReceivedMessage(two.peer, "REVERSAL_REQUEST", 1, asked, "", number(700), 9)
    with pytest.raises(TooEarly), two.ledger.database.work() as work:
        operations.reversal_requested(work, overtaking)
    exchange(one, two)
    (request,) = two.ledger.see(operations.reversal_requests)
    assert (request["transfer_id"], request["state"]) == (number(101), "asked")
    assert (one.parked(), two.parked()) == ([], [])


def test_nobody_says_no_to_days_asked_back_before_it_is_known_what_was_answered(
    pair: tuple[Node, Node], tmp_path: Path
) -> None:
    one, two = pair
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.ledger.post(1, 4)
    exchange(one, two)
    one.ledger.do(operations.request_reversal, number(101), 4, "county")
    exchange(one, two)
    backup = two.back_up(tmp_path, "asked")
    two.ledger.do(operations.reverse, _reversal(900, 4), COUNTY_LIBRARY)
    exchange(one, two)
    two.restore(backup)
    declining = {"id": number(901), "transfer_id": number(101), "reason": "Dagene ble brukt"}
    with pytest.raises(NotNow):
        two.ledger.do(operations.decline, declining, COUNTY_LIBRARY)
    exchange(one, two)
    assert two.ledger.see(operations.reversal_requests) == []
    assert (_sums(one), _sums(two)) == ((4, 4), (4, 4))


def _lose(node: Node, other: Node, tmp_path: Path) -> Ledger:
    node.restore(node.back_up(tmp_path, "same"))
    exchange(node, other)
    return node.ledger


def test_a_restore_that_lost_nothing_changes_nothing(pair: tuple[Node, Node], tmp_path: Path) -> None:
    one, two = pair
    one.ledger.reserve(1, 4, payee_library_id=ASKER)
    one.ledger.post(1, 4)
    exchange(one, two)
    before = _lose(one, two, tmp_path).book()
    assert one.ledger.book() == before
    assert (_sums(one), _sums(two)) == ((4, 0), (0, 4))


@pytest.mark.simulation
@pytest.mark.parametrize("first", seeds()[::20])
def test_books_agree_whatever_is_lost_and_whoever_is_restored(
    settled_in: dict[str, Path], tmp_path: Path, first: int
) -> None:
    with lives(settled_in, tmp_path) as live:
        for seed in range(first, min(first + 20, seeds().stop), 2):
            try:
                live(seed, 60)
            except Exception as fault:
                raise AssertionError(f"seed {seed}") from fault
