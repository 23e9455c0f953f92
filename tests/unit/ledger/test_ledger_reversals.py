"""A correction is a new transfer the other way, made by the county whose library was credited."""

from dataclasses import replace

import pytest
from ledger_cast import (
    ASKER,
    EIDSKOG,
    HAMAR,
    Ledger,
    Scenes,
    county_document,
    exchange,
    number,
    peer_document,
)

from byttebank.contracts.refusals import (
    BelowHalfDay,
    Malformed,
    NotFound,
    NotNow,
    ReversalTooLarge,
    SameKeyOtherBody,
)
from services.ledger import operations
from services.ledger.domain.invariants import mirrors

REVERSAL, SECOND = number(901), number(902)


def four_half_days(ledgers: dict[str, Ledger]) -> None:
    """Eidskog has received four half-days from Asker."""
    innlandet, akershus = ledgers["innlandet"], ledgers["akershus"]
    innlandet.reserve(1, amount=4, payee_library_id=ASKER)
    innlandet.post(1, 4)
    exchange(innlandet, akershus)
    innlandet.told()
    akershus.told()


@pytest.fixture
def both(scenes: Scenes) -> list[Ledger]:
    ledgers = scenes.after(four_half_days)
    return [ledgers["innlandet"], ledgers["akershus"]]


def balances(innlandet: Ledger, akershus: Ledger) -> tuple[int, int]:
    host, lender = innlandet.account(EIDSKOG), akershus.account(ASKER)
    return host["balance_half_days"], lender["balance_half_days"]


def test_within_a_county_the_days_go_back_at_once(innlandet: Ledger) -> None:
    innlandet.reserve(1, amount=4)
    innlandet.post(1, 4)
    innlandet.told()
    standing = innlandet.do(operations.reverse_transfer, REVERSAL, number(101), 3)
    assert standing == {"transfer_id": REVERSAL, "state": "posted", "amount_half_days": 3}
    ((name, told),) = innlandet.told()
    assert (name, told["reverses"], told["engagement_id"]) == ("DaysPosted", number(101), None)
    assert (told["payer_library_id"], told["payee_library_id"]) == (HAMAR, EIDSKOG)
    assert innlandet.account(EIDSKOG)["balance_half_days"] == -1
    assert innlandet.see(operations.statement, EIDSKOG)["lines"][0]["reverses"] == number(101)
    assert innlandet.broken_rules() == []


def test_no_more_goes_back_than_was_posted(innlandet: Ledger) -> None:
    innlandet.reserve(1, amount=4)
    innlandet.post(1, 4)
    innlandet.do(operations.reverse_transfer, REVERSAL, number(101), 3)
    with pytest.raises(ReversalTooLarge) as refused:
        innlandet.do(operations.reverse_transfer, SECOND, number(101), 2)
    assert refused.value.parameters == {"unreversed_half_days": 1}
    innlandet.do(operations.reverse_transfer, SECOND, number(101), 1)
    assert innlandet.account(EIDSKOG)["balance_half_days"] == 0


def test_a_day_that_went_back_within_the_county_may_be_delivered_again(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    innlandet.post(1)
    innlandet.do(operations.reverse_transfer, REVERSAL, number(101), 2)
    assert "code" not in innlandet.reserve(2, engagement_id=number(501))
    assert innlandet.post(2)["state"] == "posted"
    assert innlandet.account(EIDSKOG)["balance_half_days"] == -2


def test_what_is_on_its_way_back_is_not_sent_back_again(both: list[Ledger]) -> None:
    _, akershus = both
    akershus.do(operations.reverse_transfer, REVERSAL, number(101), 3)
    with pytest.raises(ReversalTooLarge) as refused:
        akershus.do(operations.reverse_transfer, SECOND, number(101), 2)
    assert refused.value.parameters == {"unreversed_half_days": 1}


def test_a_cancelled_reversal_is_no_delivered_day(both: list[Ledger]) -> None:
    innlandet, akershus = both
    innlandet.do(operations.peer_changed, peer_document("akershus", 2, state="frozen"))
    akershus.do(operations.reverse_transfer, REVERSAL, number(101), 4)
    exchange(*both)
    akershus.do(operations.cancel_prepared, REVERSAL)
    exchange(*both)
    assert akershus.told() == []
    assert balances(*both) == (-4, 4)
    for ledger, peer in ((innlandet, "akershus"), (akershus, "innlandet")):
        assert ledger.position(peer)["open_claims_half_days"] == 0
    assert akershus.do(operations.reverse_transfer, SECOND, number(101), 4)["state"] == "prepared"


def test_a_reversal_of_what_was_turned_down_is_turned_down(innlandet: Ledger, akershus: Ledger) -> None:
    innlandet.reserve(1, payee_library_id=ASKER)
    innlandet.post(1)
    (prepare,) = innlandet.sent("akershus")
    akershus.receive(prepare)
    akershus.do(operations.reverse_transfer, REVERSAL, number(101), 2)
    fulfil, reversing = akershus.sent("innlandet")
    innlandet.receive(reversing)
    payload = {"transfer_id": number(101), "code": "cancelled"}
    innlandet.receive(replace(fulfil, message_type="REJECT", payload=payload))
    (answer,) = innlandet.sent("akershus")
    assert (answer.message_type, answer.payload["code"]) == ("REJECT", "malformed")


def test_a_part_whose_day_went_back_may_be_delivered_again(both: list[Ledger]) -> None:
    innlandet, akershus = both
    akershus.do(operations.reverse_transfer, REVERSAL, number(101), 4)
    exchange(*both)
    innlandet.reserve(2, payee_library_id=ASKER, engagement_id=number(501))
    innlandet.post(2)
    exchange(*both)
    assert balances(*both) == (-2, 2)
    assert innlandet.broken_rules() + akershus.broken_rules() == []


def test_between_counties_the_days_go_back_by_the_other_countys_decision(both: list[Ledger]) -> None:
    innlandet, akershus = both
    standing = akershus.do(operations.reverse_transfer, REVERSAL, number(101), 4)
    assert standing["state"] == "prepared"
    assert balances(*both) == (-4, 4)
    exchange(*both)
    assert balances(*both) == (0, 0)
    assert innlandet.position("akershus")["net_half_days"] == 0
    for ledger in both:
        assert [name for name, _ in ledger.told()] == ["DaysPosted"]
        assert ledger.broken_rules() == []
    assert mirrors(innlandet.book(), akershus.book()) + mirrors(akershus.book(), innlandet.book()) == []


def test_the_same_reversal_again_is_answered_and_not_repeated(both: list[Ledger]) -> None:
    _, akershus = both
    akershus.do(operations.reverse_transfer, REVERSAL, number(101), 2)
    exchange(*both)
    again = akershus.do(operations.reverse_transfer, REVERSAL, number(101), 2)
    assert again == {"transfer_id": REVERSAL, "state": "posted", "amount_half_days": 2}
    assert exchange(*both) == 0
    with pytest.raises(SameKeyOtherBody):
        akershus.do(operations.reverse_transfer, REVERSAL, number(101), 1)


def test_a_reversal_ignores_limits_and_fuses(both: list[Ledger]) -> None:
    innlandet, akershus = both
    hard = county_document("akershus", 5, limit_half_days=0, limit_is_hard=True)
    akershus.do(operations.county_changed, hard)
    akershus.reserve(7, amount=4, payer_library_id=ASKER, payee_library_id=EIDSKOG)
    for ledger, peer in ((innlandet, "akershus"), (akershus, "innlandet")):
        ledger.do(operations.peer_changed, peer_document(peer, 2, fuse_half_days=0))
    akershus.do(operations.reverse_transfer, REVERSAL, number(101), 4)
    exchange(*both)
    assert balances(*both) == (0, 0)


def test_a_reversal_that_overtakes_the_fulfil_waits_for_it(innlandet: Ledger, akershus: Ledger) -> None:
    innlandet.reserve(1, payee_library_id=ASKER)
    innlandet.post(1)
    (prepare,) = innlandet.sent("akershus")
    akershus.receive(prepare)
    (fulfil,) = akershus.sent("innlandet")
    akershus.do(operations.reverse_transfer, REVERSAL, number(101), 2)
    (reversing,) = akershus.sent("innlandet")
    innlandet.receive(reversing)
    assert innlandet.sent("akershus") == []
    innlandet.receive(fulfil)
    exchange(innlandet, akershus)
    assert balances(innlandet, akershus) == (0, 0)
    assert innlandet.broken_rules() + akershus.broken_rules() == []


def test_a_peer_cannot_take_back_more_than_it_gave(both: list[Ledger]) -> None:
    innlandet, akershus = both
    akershus.do(operations.reverse_transfer, REVERSAL, number(101), 4)
    (prepare,) = akershus.sent("innlandet")
    twice = {**prepare.payload, "transfer_id": SECOND}
    innlandet.receive(prepare)
    innlandet.receive(replace(prepare, payload=twice))
    answers = innlandet.sent("akershus")
    assert [answer.message_type for answer in answers] == ["FULFIL", "REJECT"]
    assert innlandet.account(EIDSKOG)["balance_half_days"] == 0


def test_only_the_credited_county_reverses_and_only_what_is_posted(both: list[Ledger]) -> None:
    innlandet, akershus = both
    with pytest.raises(NotNow):
        innlandet.do(operations.reverse_transfer, REVERSAL, number(101), 1)
    with pytest.raises(NotFound):
        akershus.do(operations.reverse_transfer, REVERSAL, number(199), 1)
    innlandet.reserve(2)
    with pytest.raises(NotNow):
        innlandet.do(operations.reverse_transfer, REVERSAL, number(102), 1)
    for amount in (0, -1):
        with pytest.raises(BelowHalfDay):
            akershus.do(operations.reverse_transfer, REVERSAL, number(101), amount)
    akershus.do(operations.reverse_transfer, REVERSAL, number(101), 4)
    exchange(*both)
    with pytest.raises(NotNow):
        innlandet.do(operations.reverse_transfer, SECOND, REVERSAL, 1)


def test_the_paying_county_asks_and_the_other_gives_back(both: list[Ledger]) -> None:
    innlandet, akershus = both
    asked = innlandet.do(operations.request_reversal, number(101), 4, "disputed")
    assert asked["state"] == "asked"
    assert innlandet.do(operations.request_reversal, number(101), 4, "disputed") == asked
    assert exchange(*both) == 1
    (request,) = akershus.see(operations.reversal_requests)
    assert (request["transfer_id"], request["direction"], request["amount_half_days"]) == (
        number(101),
        "in",
        4,
    )
    akershus.do(operations.reverse_transfer, REVERSAL, number(101), 4)
    exchange(*both)
    assert balances(*both) == (0, 0)
    for ledger in both:
        assert ledger.see(operations.reversal_requests) == []


def test_the_other_county_may_decline(both: list[Ledger]) -> None:
    innlandet, akershus = both
    innlandet.do(operations.request_reversal, number(101), 4, "disputed")
    exchange(*both)
    assert akershus.do(operations.decline_reversal, number(101))["state"] == "declined"
    assert akershus.do(operations.decline_reversal, number(101))["state"] == "declined"
    assert exchange(*both) == 1
    assert innlandet.see(operations.reversal_requests) == []
    assert balances(*both) == (-4, 4)


def test_only_the_county_that_was_asked_declines(both: list[Ledger]) -> None:
    innlandet, akershus = both
    innlandet.do(operations.request_reversal, number(101), 4, "disputed")
    exchange(*both)
    akershus.do(operations.decline_reversal, number(101))
    (declined,) = akershus.sent("innlandet")
    innlandet.receive(replace(declined, peer="oslo"))
    assert len(innlandet.see(operations.reversal_requests)) == 1


def test_a_request_that_cannot_be_met_is_declined_at_once(both: list[Ledger]) -> None:
    innlandet, akershus = both
    akershus.do(operations.reverse_transfer, REVERSAL, number(101), 2)
    innlandet.do(operations.request_reversal, number(101), 4, "disputed")
    exchange(*both)
    assert akershus.see(operations.reversal_requests) == []
    assert innlandet.see(operations.reversal_requests) == []


def test_what_cannot_be_asked_is_refused(both: list[Ledger]) -> None:
    innlandet, akershus = both
    with pytest.raises(NotFound):
        innlandet.do(operations.request_reversal, number(199), 1, "disputed")
    with pytest.raises(NotNow):
        akershus.do(operations.request_reversal, number(101), 1, "disputed")
    with pytest.raises(ReversalTooLarge):
        innlandet.do(operations.request_reversal, number(101), 5, "disputed")
    for amount in (0, -1):
        with pytest.raises(Malformed):
            innlandet.do(operations.request_reversal, number(101), amount, "disputed")
    with pytest.raises(NotFound):
        akershus.do(operations.decline_reversal, number(101))
    innlandet.do(operations.request_reversal, number(101), 1, "disputed")
    with pytest.raises(SameKeyOtherBody):
        innlandet.do(operations.request_reversal, number(101), 2, "disputed")
