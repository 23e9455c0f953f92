"""The county corrects with a reason: posted days go back near and far, also when the other county is gone."""

import pytest
from ledger_cast import (
    ASKER,
    COUNTY_LIBRARY,
    EIDSKOG,
    HAMAR,
    LOM,
    MANAGER,
    Ledger,
    exchange,
    library_document,
    number,
    peer_document,
)

from byttebank.contracts.book_refusals import (
    AccountInUse,
    ClosingOtherWay,
    PeerInUse,
    PeerNotGone,
    ReversalOfReversal,
)
from byttebank.contracts.fields import load
from byttebank.contracts.ledger_resources import CountyLine, TransferStanding
from byttebank.contracts.refusals import (
    AccountClosed,
    AccountUnknown,
    BelowHalfDay,
    CountyUnknown,
    FieldMissing,
    NotFound,
    NotNow,
    NotYourRole,
    OwnLibrary,
    Refusal,
    ReversalTooLarge,
    SameKeyOtherBody,
    TooManyDays,
)
from services.ledger import operations

ACT, SECOND = number(901), number(902)


def reversal(**changes: object) -> dict[str, object]:
    return {
        "id": ACT,
        "transfer_id": number(101),
        "half_days": 2,
        "reason": "Kollegaen var syk",
        **changes,
    }


def reverse(ledger: Ledger, **changes: object) -> dict[str, object]:
    done: dict[str, object] = ledger.do(operations.reverse, reversal(**changes), COUNTY_LIBRARY)
    return done


def closing(how: str, library_id: str = EIDSKOG, **changes: object) -> dict[str, object]:
    return {"id": ACT, "library_id": library_id, "how": how, "reason": "Biblioteket legges ned", **changes}


def close(ledger: Ledger, how: str, **changes: object) -> dict[str, object]:
    done: dict[str, object] = ledger.do(operations.close_account, closing(how, **changes), COUNTY_LIBRARY)
    return done


def deliver(ledger: Ledger, n: int = 1, amount: int = 2, **changes: object) -> None:
    """Eidskog is helped by Hamar, or as changed."""
    assert "code" not in ledger.reserve(n, amount, **changes)
    ledger.post(n, amount)


def owed(ledger: Ledger, library_id: str) -> int:
    return int(ledger.account(library_id)["balance_half_days"])


def check(*ledgers: Ledger) -> None:
    for ledger in ledgers:
        assert ledger.broken_rules() == []
        assert ledger.see(operations.trial_balance)["imbalance_half_days"] == 0


def test_the_county_takes_days_back_and_says_why(innlandet: Ledger) -> None:
    deliver(innlandet)
    before = innlandet.see(operations.transfer, number(101))
    assert before == load(TransferStanding, before)
    assert before["unreversed_half_days"] == 2
    done = reverse(innlandet, half_days=1)
    assert done == {"id": ACT, "transfer_id": number(101), "state": "posted", "half_days": 1}
    assert reverse(innlandet, half_days=1) == done
    line = innlandet.see(operations.statement, EIDSKOG)["lines"][0]
    assert (line["kind"], line["reason"], line["half_days"]) == ("reversal", "Kollegaen var syk", 1)
    assert innlandet.see(operations.transfer, number(101))["unreversed_half_days"] == 1
    check(innlandet)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": ""}, FieldMissing),
        ({"reason": "   "}, FieldMissing),
        ({"half_days": 0}, BelowHalfDay),
        ({"half_days": 3}, ReversalTooLarge),
        ({"half_days": 9000}, TooManyDays),
        ({"transfer_id": number(999)}, NotFound),
    ],
)
def test_a_reversal_that_cannot_be(
    innlandet: Ledger, changes: dict[str, object], refusal: type[Refusal]
) -> None:
    deliver(innlandet)
    with pytest.raises(refusal):
        reverse(innlandet, **changes)
    assert owed(innlandet, EIDSKOG) == -2


def test_only_the_county_and_only_once(innlandet: Ledger) -> None:
    deliver(innlandet)
    with pytest.raises(NotYourRole):
        innlandet.do(operations.reverse, reversal(), MANAGER)
    reverse(innlandet)
    with pytest.raises(ReversalTooLarge):
        reverse(innlandet, id=SECOND)
    with pytest.raises(ReversalOfReversal):
        reverse(innlandet, id=SECOND, transfer_id=ACT)
    with pytest.raises(SameKeyOtherBody):
        reverse(innlandet, half_days=1)
    with pytest.raises(SameKeyOtherBody):
        reverse(innlandet, id=number(101))


def test_what_is_not_posted_is_not_reversed(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    with pytest.raises(NotNow):
        reverse(innlandet)


def test_between_counties_the_other_is_asked_and_sends_the_days_back(
    innlandet: Ledger, akershus: Ledger
) -> None:
    deliver(innlandet, payee_library_id=ASKER)
    exchange(innlandet, akershus)
    assert reverse(innlandet)["state"] == "asked"
    exchange(innlandet, akershus)
    (request,) = akershus.see(operations.reversal_requests)
    assert (request["transfer_id"], request["direction"]) == (number(101), "in")
    assert "Kollegaen" not in str(request)
    assert reverse(akershus, id=SECOND)["state"] == "prepared"
    exchange(innlandet, akershus)
    assert reverse(akershus, id=SECOND)["state"] == "posted"
    assert akershus.see(operations.reversal_requests) == []
    assert (owed(innlandet, EIDSKOG), owed(akershus, ASKER)) == (0, 0)
    check(innlandet, akershus)


def test_the_other_county_may_decline_and_says_why(innlandet: Ledger, akershus: Ledger) -> None:
    deliver(innlandet, payee_library_id=ASKER)
    exchange(innlandet, akershus)
    reverse(innlandet)
    exchange(innlandet, akershus)
    no = {"id": SECOND, "transfer_id": number(101), "reason": "Dagen ble gjennomført"}
    with pytest.raises(FieldMissing):
        akershus.do(operations.decline, {**no, "reason": ""}, COUNTY_LIBRARY)
    for _ in range(2):
        assert akershus.do(operations.decline, no, COUNTY_LIBRARY)["state"] == "declined"
    exchange(innlandet, akershus)
    assert owed(innlandet, EIDSKOG) == -2


def test_a_county_that_is_gone_is_stood_in_for_and_the_position_stays(
    innlandet: Ledger, akershus: Ledger
) -> None:
    deliver(innlandet, payee_library_id=ASKER)
    exchange(innlandet, akershus)
    with pytest.raises(PeerNotGone):
        reverse(innlandet, is_peer_gone=True)
    innlandet.do(operations.peer_changed, peer_document("akershus", 2, state="left"))
    assert reverse(innlandet)["state"] == "posted"
    assert owed(innlandet, EIDSKOG) == 0
    assert innlandet.position("akershus")["owed_by_us_half_days"] == 2
    assert innlandet.sent("akershus") == []
    with pytest.raises(ReversalTooLarge):
        reverse(innlandet, id=SECOND)
    check(innlandet)


def test_days_credited_for_a_county_that_is_gone_go_back_to_the_county_itself(
    innlandet: Ledger, akershus: Ledger
) -> None:
    deliver(innlandet, payee_library_id=ASKER)
    exchange(innlandet, akershus)
    akershus.do(operations.peer_changed, peer_document("innlandet", 2, state="frozen"))
    assert reverse(akershus, is_peer_gone=True)["state"] == "posted"
    assert owed(akershus, ASKER) == 0
    assert akershus.position("innlandet")["owed_to_us_half_days"] == 2
    check(akershus)


def test_a_library_is_made_whole_for_what_a_lost_county_never_sent(innlandet: Ledger) -> None:
    body = {"id": ACT, "library_id": HAMAR, "half_days": 3, "reason": "Fylket er borte"}
    done = innlandet.do(operations.make_whole, body, COUNTY_LIBRARY)
    assert innlandet.do(operations.make_whole, body, COUNTY_LIBRARY) == done
    assert owed(innlandet, HAMAR) == 3
    assert innlandet.see(operations.statement, HAMAR)["lines"][0]["kind"] == "made_whole"
    for changes, refusal in (
        ({"reason": " "}, FieldMissing),
        ({"library_id": ASKER}, AccountUnknown),
        ({"half_days": 0}, BelowHalfDay),
    ):
        with pytest.raises(refusal):
            innlandet.do(operations.make_whole, {**body, "id": SECOND, **changes}, COUNTY_LIBRARY)
    reverse(innlandet, id=SECOND, transfer_id=ACT, half_days=3)
    assert owed(innlandet, HAMAR) == 0
    check(innlandet)


def test_a_ruling_takes_posted_days_back_and_frees_those_that_are_set_aside(innlandet: Ledger) -> None:
    deliver(innlandet, 1)
    innlandet.reserve(2)
    for n in (1, 2, 1):
        body = {
            "transfer_id": number(100 + n),
            "reversal_id": number(900 + n),
            "reason": "Det ble ikke noe av",
        }
        innlandet.do(operations.take_back, body)
    assert owed(innlandet, EIDSKOG) == 0
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 0
    check(innlandet)


@pytest.mark.parametrize("given", [3, -3, 0])
def test_an_account_closes_at_zero_when_another_library_takes_over(innlandet: Ledger, given: int) -> None:
    if given > 0:
        deliver(innlandet, 1, given, payer_library_id=HAMAR, payee_library_id=EIDSKOG)
    elif given < 0:
        deliver(innlandet, 1, -given)
    before = owed(innlandet, LOM)
    account = close(innlandet, "transfer", successor_id=LOM)
    assert (account["state"], account["balance_half_days"], account["available_half_days"]) == (
        "closed",
        0,
        0,
    )
    assert account["successor_id"] == LOM
    assert owed(innlandet, LOM) == before + given
    assert close(innlandet, "transfer", successor_id=LOM) == account
    assert innlandet.reserve(5)["code"] == "account_closed"
    assert innlandet.reserve(6, payer_library_id=HAMAR, payee_library_id=EIDSKOG)["code"] == "account_closed"
    with pytest.raises(AccountClosed):
        innlandet.do(operations.make_promise, {"id": SECOND, "library_id": EIDSKOG, "half_days": 1}, MANAGER)
    check(innlandet)


def test_days_are_given_to_the_county_and_debts_forgiven_by_it(innlandet: Ledger) -> None:
    deliver(innlandet, 1, 3)
    with pytest.raises(ClosingOtherWay):
        close(innlandet, "gift")
    with pytest.raises(ClosingOtherWay):
        close(innlandet, "forgive", library_id=HAMAR)
    close(innlandet, "forgive")
    close(innlandet, "gift", id=SECOND, library_id=HAMAR)
    kinds = [innlandet.see(operations.statement, one)["lines"][0]["kind"] for one in (EIDSKOG, HAMAR)]
    assert kinds == ["forgiveness", "gift"]
    assert (owed(innlandet, EIDSKOG), owed(innlandet, HAMAR)) == (0, 0)
    check(innlandet)


def test_an_account_in_use_does_not_close_and_says_what_is_in_the_way(
    innlandet: Ledger, akershus: Ledger
) -> None:
    innlandet.reserve(1, 3)
    with pytest.raises(AccountInUse) as refused:
        close(innlandet, "transfer", successor_id=LOM)
    assert refused.value.parameters["reserved_half_days"] == 3
    with pytest.raises(AccountInUse) as coming:
        close(innlandet, "gift", library_id=HAMAR)
    assert coming.value.parameters["incoming_half_days"] == 3
    innlandet.release(1)
    innlandet.do(operations.peer_changed, peer_document("akershus", 2, fuse_half_days=0))
    akershus.reserve(7, 2, payer_library_id=ASKER, payee_library_id=HAMAR)
    akershus.post(7)
    exchange(innlandet, akershus)
    with pytest.raises(AccountInUse):
        close(innlandet, "gift", library_id=HAMAR)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"reason": ""}, FieldMissing),
        ({"successor_id": None}, FieldMissing),
        ({"successor_id": EIDSKOG}, OwnLibrary),
        ({"successor_id": ASKER}, AccountUnknown),
        ({"library_id": ASKER}, AccountUnknown),
    ],
)
def test_a_closing_that_cannot_be(
    innlandet: Ledger, changes: dict[str, object], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        close(innlandet, "transfer", **{"successor_id": LOM, **changes})


def test_a_merged_librarys_id_is_an_alias_and_its_promises_go_along(innlandet: Ledger) -> None:
    deliver(innlandet, 1, 3)
    innlandet.do(
        operations.make_promise,
        {"id": number(801), "library_id": EIDSKOG, "half_days": 3, "dated_on": "2027-01-10"},
        MANAGER,
    )
    account = close(innlandet, "merge", successor_id=LOM)
    assert account["library_id"] == LOM
    assert (account["balance_half_days"], account["promised_half_days"]) == (-3, 3)
    assert innlandet.account(EIDSKOG) == account == innlandet.account(LOM)
    (promise,) = innlandet.see(operations.promises, LOM)
    assert (promise["dated_on"], promise["open_half_days"]) == ("2027-01-10", 3)
    assert [one["state"] for one in innlandet.see(operations.promises, EIDSKOG)] == ["ended"]
    deliver(innlandet, 2, 2, payer_library_id=HAMAR, payee_library_id=LOM)
    assert innlandet.see(operations.promises, LOM)[0]["open_half_days"] == 1
    check(innlandet)


def test_a_day_that_comes_late_to_a_closed_account_goes_where_its_days_went(
    innlandet: Ledger, akershus: Ledger
) -> None:
    akershus.reserve(7, 2, payer_library_id=ASKER, payee_library_id=EIDSKOG)
    close(innlandet, "merge", successor_id=LOM)
    close(innlandet, "gift", id=SECOND, library_id=LOM)
    akershus.post(7)
    exchange(innlandet, akershus)
    assert akershus.position("innlandet")["in_doubt_count"] == 0
    balances = {
        account["account_id"]: account["credits"] - account["debits"]
        for account in innlandet.see(operations.trial_balance)["accounts"]
    }
    assert (balances[EIDSKOG], balances[LOM], balances["county:adjustments"]) == (0, 0, 2)
    check(innlandet, akershus)


def test_a_library_that_comes_back_begins_at_zero(innlandet: Ledger) -> None:
    close(innlandet, "gift")
    opening = {"id": SECOND, "library_id": EIDSKOG, "reason": "Åpnet igjen"}
    for _ in range(2):
        assert innlandet.do(operations.open_again, opening, COUNTY_LIBRARY)["state"] == "open"
    assert "code" not in innlandet.reserve(1)
    with pytest.raises(NotNow):
        innlandet.do(operations.open_again, {**opening, "id": number(903)}, COUNTY_LIBRARY)


def test_a_county_that_became_part_of_another_leaves_its_position_there(
    innlandet: Ledger, akershus: Ledger
) -> None:
    deliver(innlandet, payee_library_id=ASKER)
    merger = {"id": ACT, "county": "akershus", "successor": "oslo", "reason": "Sammenslåing"}
    with pytest.raises(AccountInUse):
        innlandet.do(operations.merge_county, merger, COUNTY_LIBRARY)
    with pytest.raises(PeerInUse) as sent:
        innlandet.do(operations.check_leaving, "akershus")
    assert (sent.value.parameters["owed_half_days"], sent.value.parameters["pending_half_days"]) == (0, 2)
    exchange(innlandet, akershus)
    with pytest.raises(CountyUnknown):
        innlandet.do(operations.merge_county, {**merger, "successor": "vestfold"}, COUNTY_LIBRARY)
    with pytest.raises(PeerInUse) as owed:
        innlandet.do(operations.check_leaving, "akershus")
    assert owed.value.parameters["owed_half_days"] == 2
    merged = innlandet.do(operations.merge_county, merger, COUNTY_LIBRARY)
    assert merged["half_days"] == -2
    assert innlandet.do(operations.check_leaving, "akershus") == {"county": "akershus"}
    with pytest.raises(CountyUnknown):
        innlandet.do(operations.check_leaving, "vestfold")
    assert innlandet.do(operations.merge_county, merger, COUNTY_LIBRARY) == merged
    assert innlandet.position("akershus")["net_half_days"] == 0
    assert innlandet.position("oslo")["net_half_days"] == -2
    with pytest.raises(AccountClosed):
        innlandet.do(operations.merge_county, {**merger, "id": SECOND}, COUNTY_LIBRARY)
    check(innlandet)


def test_statements_of_the_county_and_of_a_peer_run(innlandet: Ledger, akershus: Ledger) -> None:
    deliver(innlandet, 1, 2, work_date="2026-11-10")
    deliver(innlandet, 2, 4, payee_library_id=ASKER, work_date="2026-11-12")
    akershus.reserve(7, 1, payer_library_id=ASKER, payee_library_id=HAMAR, work_date="2026-11-11")
    akershus.post(7, 1)
    exchange(innlandet, akershus)
    found = innlandet.see(operations.county_statement)["lines"]
    assert found == [load(CountyLine, line) for line in found]
    assert [(one["work_date"], one["change_half_days"], one["balance_half_days"]) for one in found] == [
        ("2026-11-12", -4, -3),
        ("2026-11-11", 1, 1),
        ("2026-11-10", 0, 0),
    ]
    peer = innlandet.see(operations.peer_statement, "akershus")["lines"]
    assert [(one["change_half_days"], one["balance_half_days"]) for one in peer] == [(-4, -3), (1, 1)]
    first = innlandet.see(operations.county_statement, None, 1)
    second = innlandet.see(operations.county_statement, first["next_cursor"], 2)
    assert first["lines"] + second["lines"] == found
    period = innlandet.see(operations.county_statement, None, 50, "2026-11-11", "2026-11-11")["lines"]
    assert period == found[1:2]
    assert (
        innlandet.see(operations.statement, EIDSKOG, None, 50, "2026-11-11")["lines"][0]["balance_half_days"]
        == -6
    )
    assert (
        innlandet.see(operations.statement, EIDSKOG, None, 50, None, "2026-11-11")["lines"][0][
            "balance_half_days"
        ]
        == -2
    )


def test_a_closed_library_is_told_apart_from_one_the_directory_withdrew(innlandet: Ledger) -> None:
    innlandet.do(operations.library_changed, library_document(LOM, 2, state="withdrawn"))
    assert innlandet.account(LOM)["state"] == "open"
