"""Accounts open when the directory tells of a library; the newest word counts, in whatever order it comes."""

import pytest
from ledger_cast import (
    ASKER,
    BAERUM,
    EIDSKOG,
    HAMAR,
    Ledger,
    county_document,
    library_document,
    number,
    peer_document,
)

from byttebank.contracts.fields import load
from byttebank.contracts.ledger_resources import Account
from byttebank.contracts.refusals import AccountUnknown, Malformed
from services.ledger import operations
from services.ledger.domain.accounts import ADJUSTMENTS, Balance, Limit, check_limit, lock_order


def test_a_new_library_starts_at_zero_and_may_ask_for_five_days(empty: Ledger) -> None:
    empty.do(operations.library_changed, library_document(EIDSKOG))
    account = empty.account(EIDSKOG)
    assert account == {
        "library_id": EIDSKOG,
        "given_half_days": 0,
        "received_half_days": 0,
        "balance_half_days": 0,
        "reserved_half_days": 0,
        "limit_half_days": 10,
        "limit_is_hard": False,
        "promised_half_days": 0,
        "state": "open",
        "successor_id": None,
        "available_half_days": 10,
    }
    assert load(Account, account) == account


@pytest.mark.parametrize("library_id", [number(999), ASKER, "peer:akershus", ADJUSTMENTS, "", None, 7])
def test_only_the_countys_own_libraries_have_accounts_to_show(innlandet: Ledger, library_id: object) -> None:
    for question in (
        operations.account,
        operations.statement,
        operations.reservations,
        operations.incoming,
    ):
        with pytest.raises(AccountUnknown):
            innlandet.see(question, library_id)


def test_hearing_of_a_library_twice_opens_one_account(empty: Ledger) -> None:
    for _ in range(2):
        empty.do(operations.library_changed, library_document(EIDSKOG))
    accounts = empty.see(operations.trial_balance)["accounts"]
    assert [account["account_id"] for account in accounts] == [EIDSKOG]


def test_the_highest_version_of_a_name_counts_whatever_comes_last(empty: Ledger) -> None:
    for version, name in ((2, "Eidskog nye bibliotek"), (1, "Eidskog gamle bibliotek")):
        empty.do(operations.library_changed, library_document(EIDSKOG, version, name=name))
    (account,) = empty.see(operations.trial_balance)["accounts"]
    assert account["name"] == "Eidskog nye bibliotek"


@pytest.mark.parametrize("states", [("open", "withdrawn"), ("withdrawn", "open")])
def test_of_two_copies_with_one_version_the_withdrawn_one_counts(
    empty: Ledger, states: tuple[str, str]
) -> None:
    for state in states:
        empty.do(operations.library_changed, library_document(EIDSKOG, state=state))
    assert empty.reserve(1)["code"] == "account_closed"


def test_a_library_that_moves_here_gets_an_account(empty: Ledger) -> None:
    empty.do(operations.library_changed, library_document(ASKER))
    with pytest.raises(AccountUnknown):
        empty.account(ASKER)
    empty.do(operations.library_changed, library_document(ASKER, 2, county="innlandet"))
    assert empty.account(ASKER)["balance_half_days"] == 0


def test_the_countys_newest_limit_counts_for_all_its_libraries(innlandet: Ledger) -> None:
    innlandet.do(
        operations.county_changed, county_document("innlandet", 3, limit_half_days=4, limit_is_hard=True)
    )
    innlandet.do(operations.county_changed, county_document("innlandet", 2, limit_half_days=20))
    account = innlandet.account(HAMAR)
    assert (account["limit_half_days"], account["limit_is_hard"]) == (4, True)


def test_another_countys_settings_are_not_ours(innlandet: Ledger) -> None:
    innlandet.do(operations.county_changed, county_document("akershus", 9, limit_half_days=0))
    assert innlandet.account(HAMAR)["limit_half_days"] == 10


def test_a_county_is_no_peer_of_itself(innlandet: Ledger) -> None:
    innlandet.do(operations.peer_changed, peer_document("innlandet", 9))
    assert [position["county"] for position in innlandet.see(operations.positions)] == ["akershus", "oslo"]


def test_what_the_directory_says_wrongly_is_refused_and_changes_nothing(empty: Ledger) -> None:
    for operation, document in (
        (operations.library_changed, {"id": "Eidskog"}),
        (operations.county_changed, county_document("innlandet", limit_half_days=-1)),
        (operations.peer_changed, peer_document("akershus", fuse_half_days="200")),
    ):
        with pytest.raises(Malformed):
            empty.do(operation, document)
    assert empty.see(operations.trial_balance)["accounts"] == []


def test_a_soft_limit_warns_and_a_hard_one_stops() -> None:
    balance = Balance(debits_posted=6, credits_posted=1, debits_pending=2)
    assert not check_limit(EIDSKOG, balance, Limit(10, is_hard=True), 3)
    assert check_limit(EIDSKOG, balance, Limit(10, is_hard=False), 4)


def test_pending_credits_make_nothing_available() -> None:
    assert Balance(credits_pending=8).available(Limit(2, is_hard=True)) == 2


def test_locks_are_taken_peers_first_and_each_once() -> None:
    accounts = [HAMAR, "peer:oslo", EIDSKOG, ADJUSTMENTS, "peer:akershus", HAMAR, BAERUM]
    assert lock_order(accounts) == ["peer:akershus", "peer:oslo", ADJUSTMENTS, EIDSKOG, HAMAR, BAERUM]
    assert lock_order(reversed(accounts)) == lock_order(accounts)
