"""A day between two counties: the payee's county decides, once, whatever the wire does."""

from dataclasses import replace
from datetime import timedelta

import pytest
from ledger_cast import (
    ASKER,
    BAERUM,
    DEICHMAN,
    EIDSKOG,
    HAMAR,
    NOW,
    Ledger,
    exchange,
    library_document,
    number,
    peer_document,
)

from byttebank.clock import format_time
from byttebank.contracts.refusals import Contradiction, NotFound, NotNow, SameKeyOtherBody
from services.ledger import operations
from services.ledger.domain.invariants import mirrors


@pytest.fixture
def both(innlandet: Ledger, akershus: Ledger) -> list[Ledger]:
    return [innlandet, akershus]


def delivered(ledger: Ledger, n: int = 1, amount: int = 2, **changes: object) -> None:
    """Eidskog has been helped by Asker, confirmed by both."""
    ledger.reserve(n, amount, **{"payee_library_id": ASKER, **changes})
    ledger.post(n, amount)


def names(ledger: Ledger) -> list[str]:
    return [name for name, _ in ledger.told()]


def test_a_day_between_counties_ends_in_both_books(innlandet: Ledger, akershus: Ledger) -> None:
    innlandet.reserve(1, amount=4, payee_library_id=ASKER)
    innlandet.told()
    assert innlandet.post(1, 4)["state"] == "prepared"
    assert innlandet.told() == []
    assert exchange(innlandet, akershus) == 2
    ((name, told),) = innlandet.told()
    assert akershus.told() == [(name, told)]
    assert name == "DaysPosted"
    assert (told["engagement_id"], told["amount_half_days"]) == (number(501), 4)
    assert (told["payer_county"], told["payee_county"]) == ("innlandet", "akershus")
    assert innlandet.account(EIDSKOG)["balance_half_days"] == -4
    assert akershus.account(ASKER)["balance_half_days"] == 4
    ours, theirs = innlandet.position("akershus"), akershus.position("innlandet")
    assert (ours["owed_by_us_half_days"], ours["net_half_days"]) == (4, -4)
    assert (theirs["owed_to_us_half_days"], theirs["net_half_days"]) == (4, 4)
    for ledger in (innlandet, akershus):
        assert ledger.see(operations.trial_balance)["imbalance_half_days"] == 0
        assert ledger.broken_rules() == []
    assert mirrors(innlandet.book(), akershus.book()) == []


def test_only_what_was_delivered_is_asked_for_and_the_rest_is_free_at_once(
    innlandet: Ledger, akershus: Ledger
) -> None:
    innlandet.reserve(1, amount=6, payee_library_id=ASKER)
    innlandet.post(1, 4)
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 4
    assert innlandet.position("akershus")["pending_out_half_days"] == 4
    exchange(innlandet, akershus)
    assert akershus.account(ASKER)["given_half_days"] == 4
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 0
    assert innlandet.broken_rules() == []


def test_a_day_that_is_on_its_way_is_shown_and_after_a_minute_in_doubt(innlandet: Ledger) -> None:
    delivered(innlandet)
    (shown,) = innlandet.see(operations.reservations, EIDSKOG)
    assert (shown["state"], shown["since_at"]) == ("prepared", format_time(NOW))
    assert innlandet.position("akershus")["in_doubt_count"] == 0
    innlandet.pass_time(minutes=1)
    position = innlandet.position("akershus")
    assert (position["in_doubt_count"], position["oldest_in_doubt_at"]) == (1, format_time(NOW))


def test_time_alone_never_ends_a_sent_transfer(innlandet: Ledger) -> None:
    delivered(innlandet)
    innlandet.pass_time(days=5000)
    innlandet.do(operations.decide_all_waiting)
    (shown,) = innlandet.see(operations.reservations, EIDSKOG)
    assert shown["state"] == "prepared"


def test_posting_a_sent_transfer_again_sends_nothing_more(innlandet: Ledger) -> None:
    delivered(innlandet)
    assert len(innlandet.sent("akershus")) == 1
    assert innlandet.post(1)["state"] == "prepared"
    assert innlandet.sent("akershus") == []
    with pytest.raises(SameKeyOtherBody):
        innlandet.post(1, 1)


def test_a_sent_transfer_is_not_ours_to_release(innlandet: Ledger) -> None:
    delivered(innlandet)
    with pytest.raises(NotNow) as refused:
        innlandet.release(1)
    assert refused.value.parameters == {"state": "prepared", "act": "release"}
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 2


def test_a_repeated_prepare_gets_the_same_answer_and_credits_once(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    (prepare,) = innlandet.sent("akershus")
    akershus.receive(prepare)
    (first,) = akershus.sent("innlandet")
    akershus.receive(prepare)
    (second,) = akershus.sent("innlandet")
    assert second.payload == first.payload
    assert akershus.account(ASKER)["given_half_days"] == 2
    innlandet.told()
    innlandet.receive(first)
    innlandet.receive(second)
    assert names(innlandet) == ["DaysPosted"]
    assert innlandet.account(EIDSKOG)["received_half_days"] == 2


def test_two_prepares_with_one_id_are_evidence_and_change_nothing(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    (prepare,) = innlandet.sent("akershus")
    akershus.receive(prepare)
    other = replace(prepare, payload={**prepare.payload, "amount_half_days": 4}, payload_hash="0" * 64)
    with pytest.raises(Contradiction):
        akershus.receive(other)
    assert akershus.account(ASKER)["given_half_days"] == 2


def test_a_fulfil_of_something_else_than_we_sent_is_evidence(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    exchange_only = innlandet.sent("akershus")[0]
    akershus.receive(exchange_only)
    (fulfil,) = akershus.sent("innlandet")
    forged = replace(fulfil, payload={**fulfil.payload, "prepare_hash": "0" * 64})
    with pytest.raises(Contradiction):
        innlandet.receive(forged)
    assert innlandet.account(EIDSKOG)["received_half_days"] == 0
    innlandet.receive(fulfil)
    assert innlandet.account(EIDSKOG)["received_half_days"] == 2


@pytest.mark.parametrize("kind", ["FULFIL", "REJECT"])
def test_an_answer_to_what_was_never_sent_is_evidence(both: list[Ledger], kind: str) -> None:
    innlandet, _ = both
    delivered(innlandet)
    (prepare,) = innlandet.sent("akershus")
    innlandet.reserve(2, payee_library_id=ASKER)
    for n in (2, 3):
        payload = {"transfer_id": number(100 + n), "prepare_hash": prepare.payload_hash, "code": "cancelled"}
        with pytest.raises(Contradiction):
            innlandet.receive(replace(prepare, peer="akershus", message_type=kind, payload=payload))
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 4


@pytest.mark.parametrize("kind", ["FULFIL", "REJECT"])
def test_an_answer_from_a_county_that_was_not_asked_is_evidence(both: list[Ledger], kind: str) -> None:
    innlandet, _ = both
    delivered(innlandet)
    (prepare,) = innlandet.sent("akershus")
    payload = {"transfer_id": number(101), "prepare_hash": prepare.payload_hash, "code": "cancelled"}
    with pytest.raises(Contradiction):
        innlandet.receive(replace(prepare, peer="oslo", message_type=kind, payload=payload))
    assert innlandet.see(operations.reservations, EIDSKOG)[0]["state"] == "prepared"


def test_a_county_that_first_fulfils_and_then_rejects_contradicts_itself(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    exchange(*both)
    answer = {"transfer_id": number(101), "code": "cancelled"}
    delivered(akershus, 9, payer_library_id=ASKER, payee_library_id=EIDSKOG)
    (envelope,) = akershus.sent("innlandet")
    with pytest.raises(Contradiction):
        innlandet.receive(replace(envelope, message_type="REJECT", payload=answer))
    assert innlandet.account(EIDSKOG)["received_half_days"] == 2


def test_a_county_that_first_rejects_and_then_fulfils_contradicts_itself(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    (prepare,) = innlandet.sent("akershus")
    innlandet.do(operations.cancel_prepared, number(101))
    akershus.receive(innlandet.sent("akershus")[0])
    (reject,) = akershus.sent("innlandet")
    innlandet.receive(reject)
    answer = {"transfer_id": number(101), "prepare_hash": prepare.payload_hash}
    with pytest.raises(Contradiction):
        innlandet.receive(replace(reject, message_type="FULFIL", payload=answer))
    assert innlandet.account(EIDSKOG)["received_half_days"] == 0


def test_a_day_for_a_library_of_another_county_is_rejected_and_becomes_a_claim(both: list[Ledger]) -> None:
    innlandet, akershus = both
    innlandet.do(operations.library_changed, library_document(DEICHMAN, 2, county="akershus"))
    delivered(innlandet, payee_library_id=DEICHMAN, payee_county="akershus")
    innlandet.told()
    exchange(*both)
    ((name, told),) = innlandet.told()
    assert (name, told["reason"], told["code"]) == ("DaysReleased", "rejected", "payee_unknown")
    assert told["engagement_id"] == number(501)
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 0
    for ledger, peer in ((innlandet, "akershus"), (akershus, "innlandet")):
        assert ledger.position(peer)["open_claims_half_days"] == 2
        assert ledger.see(operations.figures)["open_claims"] == 1
        assert ledger.broken_rules() == []


def test_a_second_try_that_succeeds_closes_the_claim_in_both_counties(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    innlandet.do(operations.cancel_prepared, number(101))
    prepare, cancel = innlandet.sent("akershus")
    akershus.receive(cancel)
    akershus.receive(prepare)
    exchange(*both)
    assert innlandet.position("akershus")["open_claims_half_days"] == 2
    assert akershus.position("innlandet")["open_claims_half_days"] == 2
    delivered(innlandet, 2, engagement_id=number(501))
    exchange(*both)
    assert akershus.account(ASKER)["given_half_days"] == 2
    assert innlandet.position("akershus")["open_claims_half_days"] == 0
    assert akershus.position("innlandet")["open_claims_half_days"] == 0


def test_a_claim_stays_open_when_another_part_is_paid(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    innlandet.do(operations.cancel_prepared, number(101))
    for message in reversed(innlandet.sent("akershus")):
        akershus.receive(message)
    delivered(innlandet, 2, engagement_id=number(501), part=2)
    exchange(*both)
    assert akershus.account(ASKER)["given_half_days"] == 2
    assert innlandet.position("akershus")["open_claims_half_days"] == 2
    assert akershus.position("innlandet")["open_claims_half_days"] == 2


def test_a_late_prepare_of_a_day_that_was_paid_since_opens_no_claim(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    innlandet.do(operations.cancel_prepared, number(101))
    late, cancel = innlandet.sent("akershus")
    akershus.receive(cancel)
    exchange(*both)
    delivered(innlandet, 2, engagement_id=number(501))
    exchange(*both)
    akershus.receive(late)
    assert akershus.position("innlandet")["open_claims_half_days"] == 0
    assert [message.message_type for message in akershus.sent("innlandet")] == ["REJECT"]


def test_a_part_of_an_engagement_is_fulfilled_once(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    (prepare,) = innlandet.sent("akershus")
    again = replace(prepare, payload={**prepare.payload, "transfer_id": number(102)}, payload_hash="2" * 64)
    akershus.receive(prepare)
    akershus.receive(again)
    answers = akershus.sent("innlandet")
    assert [answer.message_type for answer in answers] == ["FULFIL", "REJECT"]
    assert answers[1].payload["code"] == "already_fulfilled"
    assert akershus.account(ASKER)["given_half_days"] == 2
    assert akershus.position("innlandet")["open_claims_half_days"] == 0


def test_another_part_of_the_engagement_is_another_day(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    delivered(innlandet, 2, engagement_id=number(501), part=2)
    exchange(*both)
    assert akershus.account(ASKER)["given_half_days"] == 4


@pytest.mark.parametrize(
    "change",
    [
        {"payee_library_id": EIDSKOG},
        {"payer_library_id": BAERUM},
        {"work_date": "2031-01-01"},
        {"part": 0},
        {"reverses": number(999)},
    ],
)
def test_a_malformed_prepare_is_rejected_for_ever(both: list[Ledger], change: dict[str, object]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    (prepare,) = innlandet.sent("akershus")
    akershus.receive(replace(prepare, payload={**prepare.payload, **change}))
    (answer,) = akershus.sent("innlandet")
    assert (answer.message_type, answer.payload["code"]) == ("REJECT", "malformed")
    assert akershus.account(ASKER)["given_half_days"] == 0
    assert akershus.broken_rules() == []


def test_a_prepare_with_the_id_of_another_transfer_is_rejected(both: list[Ledger]) -> None:
    innlandet, akershus = both
    akershus.reserve(1, payer_library_id=BAERUM, payee_library_id=ASKER)
    delivered(innlandet)
    exchange(*both)
    assert akershus.account(BAERUM)["reserved_half_days"] == 2
    assert akershus.account(ASKER)["given_half_days"] == 0
    assert innlandet.position("akershus")["open_claims_half_days"] == 2
    assert mirrors(innlandet.book(), akershus.book()) == []


def test_cancel_before_the_decision_voids_and_leaves_a_claim(both: list[Ledger]) -> None:
    innlandet, akershus = both
    akershus.do(operations.peer_changed, peer_document("innlandet", 2, state="frozen"))
    delivered(innlandet)
    exchange(*both)
    innlandet.told()
    assert innlandet.do(operations.cancel_prepared, number(101))["state"] == "prepared"
    assert innlandet.see(operations.reservations, EIDSKOG)[0]["state"] == "prepared"
    exchange(*both)
    ((name, told),) = innlandet.told()
    assert (name, told["reason"], told["code"]) == ("DaysReleased", "cancelled", "cancelled")
    assert akershus.see(operations.incoming, ASKER) == []
    akershus.do(operations.peer_changed, peer_document("innlandet", 3))
    assert akershus.account(ASKER)["given_half_days"] == 0
    assert mirrors(innlandet.book(), akershus.book()) == []


def test_cancel_after_the_decision_gets_the_fulfil_that_was(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    (prepare,) = innlandet.sent("akershus")
    akershus.receive(prepare)
    innlandet.do(operations.cancel_prepared, number(101))
    (cancel,) = innlandet.sent("akershus")
    akershus.receive(cancel)
    answers = akershus.sent("innlandet")
    assert [answer.message_type for answer in answers] == ["FULFIL", "FULFIL"]
    for answer in answers:
        innlandet.receive(answer)
    assert innlandet.account(EIDSKOG)["received_half_days"] == 2
    assert innlandet.position("akershus")["open_claims_half_days"] == 0


def test_a_prepare_that_comes_after_its_cancel_is_turned_down(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    innlandet.do(operations.cancel_prepared, number(101))
    prepare, cancel = innlandet.sent("akershus")
    for message in (cancel, cancel, prepare, prepare):
        akershus.receive(message)
    answers = akershus.sent("innlandet")
    assert [answer.payload for answer in answers] == [{"transfer_id": number(101), "code": "cancelled"}] * 4
    innlandet.told()
    for answer in answers:
        innlandet.receive(answer)
    assert names(innlandet) == ["DaysReleased"]
    assert akershus.account(ASKER)["given_half_days"] == 0
    assert innlandet.broken_rules() + akershus.broken_rules() == []


def test_only_what_is_sent_and_not_answered_can_be_cancelled(both: list[Ledger]) -> None:
    innlandet, _ = both
    with pytest.raises(NotFound):
        innlandet.do(operations.cancel_prepared, number(101))
    innlandet.reserve(1, payee_library_id=ASKER)
    with pytest.raises(NotNow):
        innlandet.do(operations.cancel_prepared, number(101))
    innlandet.post(1)
    exchange(*both)
    with pytest.raises(NotNow):
        innlandet.do(operations.cancel_prepared, number(101))


def test_an_answer_from_a_frozen_county_still_ends_what_was_sent(both: list[Ledger]) -> None:
    innlandet, akershus = both
    delivered(innlandet)
    innlandet.do(operations.peer_changed, peer_document("akershus", 2, state="frozen"))
    exchange(*both)
    assert innlandet.account(EIDSKOG)["received_half_days"] == 2
    assert akershus.account(ASKER)["given_half_days"] == 2


def test_days_of_the_past_are_brought_through_the_same_path(both: list[Ledger]) -> None:
    innlandet, _ = both
    delivered(innlandet, 1, work_date="2024-03-05")
    innlandet.pass_time(seconds=1)
    innlandet.reserve(2, payer_library_id=EIDSKOG, payee_library_id=HAMAR, work_date="2025-03-05")
    innlandet.post(2)
    innlandet.pass_time(seconds=1)
    exchange(*both)
    lines = innlandet.see(operations.statement, EIDSKOG)["lines"]
    assert [(line["work_date"], line["balance_half_days"]) for line in lines] == [
        ("2025-03-05", -4),
        ("2024-03-05", -2),
    ]
    assert lines[1]["posted_at"] == format_time(NOW + timedelta(seconds=2))
