"""A delivered day is never refused for ever because of limits or silence: it waits, and is decided later."""

from dataclasses import replace

import pytest
from ledger_cast import (
    ASKER,
    BAERUM,
    EIDSKOG,
    NOW,
    Ledger,
    exchange,
    library_document,
    number,
    peer_document,
)

from byttebank.clock import format_time
from byttebank.contracts.fields import load
from byttebank.contracts.ledger_resources import Reservation
from byttebank.contracts.received import ReceivedMessage
from services.ledger import operations


@pytest.fixture
def both(innlandet: Ledger, akershus: Ledger) -> list[Ledger]:
    return [innlandet, akershus]


def deliver(ledger: Ledger, n: int, amount: int = 2, **changes: object) -> None:
    ledger.reserve(n, amount, **{"payee_library_id": ASKER, **changes})
    ledger.post(n, amount)


def fuse(ledger: Ledger, peer: str, half_days: int, version: int, state: str = "active") -> None:
    document = peer_document(peer, version, fuse_half_days=half_days, state=state)
    ledger.do(operations.peer_changed, document)


def given(ledger: Ledger) -> int:
    return int(ledger.account(ASKER)["given_half_days"])


def unknown_payee(prepare: ReceivedMessage) -> ReceivedMessage:
    return replace(prepare, payload={**prepare.payload, "payee_library_id": number(77)})


def test_over_the_fuse_a_day_waits_and_both_sides_can_see_it(both: list[Ledger]) -> None:
    innlandet, akershus = both
    fuse(akershus, "innlandet", 3, 2)
    deliver(innlandet, 1)
    deliver(innlandet, 2)
    exchange(*both)
    assert given(akershus) == 2
    (waiting,) = akershus.see(operations.incoming, ASKER)
    assert load(Reservation, waiting) == waiting
    assert waiting == {
        "transfer_id": number(102),
        "engagement_id": number(502),
        "state": "waiting",
        "other_library_id": EIDSKOG,
        "other_library_name": "Eidskog folkebibliotek",
        "other_county": "innlandet",
        "work_date": "2026-11-20",
        "half_days": 2,
        "since_at": format_time(NOW),
    }
    assert akershus.see(operations.incoming, BAERUM) == []
    assert akershus.position("innlandet")["waiting_in_half_days"] == 2
    assert innlandet.see(operations.reservations, EIDSKOG)[0]["state"] == "prepared"


def test_a_higher_fuse_decides_what_waited(both: list[Ledger]) -> None:
    innlandet, akershus = both
    fuse(akershus, "innlandet", 0, 2)
    deliver(innlandet, 1)
    exchange(*both)
    fuse(akershus, "innlandet", 2, 3)
    assert given(akershus) == 2
    exchange(*both)
    assert innlandet.account(EIDSKOG)["received_half_days"] == 2
    assert akershus.position("innlandet")["waiting_in_half_days"] == 0


def test_days_the_other_way_make_room_once_they_are_posted(both: list[Ledger]) -> None:
    innlandet, akershus = both
    fuse(akershus, "innlandet", 2, 2)
    deliver(innlandet, 1)
    deliver(innlandet, 2)
    exchange(*both)
    assert given(akershus) == 2
    akershus.reserve(3, payer_library_id=BAERUM, payee_library_id=EIDSKOG)
    akershus.post(3)
    assert given(akershus) == 2
    exchange(*both)
    assert given(akershus) == 4
    assert akershus.position("innlandet")["waiting_in_half_days"] == 0


def test_what_waits_is_decided_in_the_order_it_came(both: list[Ledger]) -> None:
    innlandet, akershus = both
    fuse(akershus, "innlandet", 4, 2)
    deliver(innlandet, 1, amount=5)
    deliver(innlandet, 2, amount=1)
    exchange(*both)
    assert given(akershus) == 0
    fuse(akershus, "innlandet", 5, 3)
    assert given(akershus) == 5
    fuse(akershus, "innlandet", 6, 4)
    assert given(akershus) == 6


def test_a_frozen_peers_day_waits_until_the_thaw(both: list[Ledger]) -> None:
    innlandet, akershus = both
    fuse(akershus, "innlandet", 200, 2, "frozen")
    deliver(innlandet, 1)
    (prepare,) = innlandet.sent("akershus")
    for _ in range(3):
        akershus.receive(prepare)
    akershus.pass_time(days=400)
    akershus.do(operations.decide_all_waiting)
    assert akershus.sent("innlandet") == []
    assert len(akershus.see(operations.incoming, ASKER)) == 1
    fuse(akershus, "innlandet", 200, 3)
    assert [message.message_type for message in akershus.sent("innlandet")] == ["FULFIL"]
    assert given(akershus) == 2
    assert akershus.broken_rules() == []


def test_an_older_word_about_the_peer_thaws_nothing(both: list[Ledger]) -> None:
    innlandet, akershus = both
    fuse(akershus, "innlandet", 200, 5, "frozen")
    deliver(innlandet, 1)
    exchange(*both)
    fuse(akershus, "innlandet", 200, 4)
    assert given(akershus) == 0


def test_a_peer_we_have_not_been_told_of_waits(empty: Ledger, both: list[Ledger]) -> None:
    _, akershus = both
    akershus.reserve(1, payer_library_id=ASKER, payee_library_id=EIDSKOG)
    akershus.post(1)
    (prepare,) = akershus.sent("innlandet")
    empty.do(operations.library_changed, library_document(EIDSKOG))
    empty.receive(prepare)
    assert empty.account(EIDSKOG)["given_half_days"] == 0
    assert empty.position("akershus")["fuse_half_days"] == 0
    empty.do(operations.peer_changed, peer_document("akershus"))
    assert empty.account(EIDSKOG)["given_half_days"] == 2


def test_a_payee_our_directory_has_not_told_of_yet_waits_for_it(both: list[Ledger]) -> None:
    innlandet, akershus = both
    deliver(innlandet, 1)
    (prepare,) = innlandet.sent("akershus")
    akershus.receive(unknown_payee(prepare))
    assert akershus.sent("innlandet") == []
    document = library_document(number(77), county="akershus", name="Nes bibliotek")
    akershus.do(operations.library_changed, document)
    assert akershus.account(number(77))["given_half_days"] == 2
    assert [message.message_type for message in akershus.sent("innlandet")] == ["FULFIL"]


def test_a_payee_nobody_tells_of_for_a_day_is_unknown_for_ever(both: list[Ledger]) -> None:
    innlandet, akershus = both
    deliver(innlandet, 1)
    (prepare,) = innlandet.sent("akershus")
    akershus.receive(unknown_payee(prepare))
    akershus.pass_time(hours=23, minutes=59)
    akershus.do(operations.decide_all_waiting)
    assert akershus.sent("innlandet") == []
    akershus.pass_time(minutes=1)
    akershus.do(operations.decide_all_waiting)
    (answer,) = akershus.sent("innlandet")
    assert (answer.message_type, answer.payload["code"]) == ("REJECT", "payee_unknown")
    document = library_document(number(77), county="akershus", name="Nes bibliotek")
    akershus.do(operations.library_changed, document)
    assert akershus.account(number(77))["given_half_days"] == 0


def test_a_cancelled_day_makes_room_for_those_behind_it(both: list[Ledger]) -> None:
    innlandet, akershus = both
    fuse(akershus, "innlandet", 4, 2)
    deliver(innlandet, 1, amount=5)
    deliver(innlandet, 2, amount=1)
    exchange(*both)
    innlandet.do(operations.cancel_prepared, number(101))
    exchange(*both)
    assert given(akershus) == 1
    assert innlandet.account(EIDSKOG)["received_half_days"] == 1


def test_a_library_that_withdrew_is_still_credited_for_what_it_delivered(both: list[Ledger]) -> None:
    innlandet, akershus = both
    deliver(innlandet, 1)
    akershus.do(operations.library_changed, library_document(ASKER, 2, state="withdrawn"))
    exchange(*both)
    assert given(akershus) == 2
