"""Days are set aside when an engagement is agreed, and used or let go once it is over."""

import pytest
from ledger_cast import (
    ASKER,
    EIDSKOG,
    HAMAR,
    LOM,
    NOW,
    Ledger,
    county_document,
    exchange,
    library_document,
    number,
    peer_document,
)

from byttebank.clock import format_time
from byttebank.contracts.fields import load
from byttebank.contracts.ledger_resources import Reservation
from byttebank.contracts.refusals import (
    AlreadyResolved,
    NotFound,
    SameKeyOtherBody,
    TooManyDays,
)
from services.ledger import operations


def hard_limit(ledger: Ledger, half_days: int) -> None:
    document = county_document("innlandet", 5, limit_half_days=half_days, limit_is_hard=True)
    ledger.do(operations.county_changed, document)


def test_reserving_holds_the_hosts_days_and_tells(innlandet: Ledger) -> None:
    told = innlandet.reserve(1, amount=4)
    assert innlandet.told() == [("DaysReserved", told)]
    assert told == {
        "transfer_id": number(101),
        "engagement_id": number(501),
        "amount_half_days": 4,
        "is_over_limit": False,
    }
    host, lender = innlandet.account(EIDSKOG), innlandet.account(HAMAR)
    assert (host["reserved_half_days"], host["available_half_days"], host["balance_half_days"]) == (4, 6, 0)
    assert (lender["reserved_half_days"], lender["available_half_days"]) == (0, 10)


def test_a_reservation_is_shown_to_the_host_alone(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    (shown,) = innlandet.see(operations.reservations, EIDSKOG)
    assert load(Reservation, shown) == shown
    assert shown == {
        "transfer_id": number(101),
        "engagement_id": number(501),
        "state": "pending",
        "other_library_id": HAMAR,
        "other_library_name": "Hamar bibliotek",
        "other_county": "innlandet",
        "work_date": "2026-11-20",
        "half_days": 2,
        "since_at": format_time(NOW),
    }
    assert innlandet.see(operations.reservations, HAMAR) == []
    assert innlandet.see(operations.reservations, LOM) == []


def test_above_a_soft_limit_the_days_are_set_aside_and_marked(innlandet: Ledger) -> None:
    assert innlandet.reserve(1, amount=10)["is_over_limit"] is False
    assert innlandet.reserve(2, amount=1)["is_over_limit"] is True
    assert innlandet.account(EIDSKOG)["available_half_days"] == -1


def test_at_a_hard_limit_nothing_more_is_set_aside(innlandet: Ledger) -> None:
    hard_limit(innlandet, 4)
    innlandet.reserve(1, amount=3)
    innlandet.told()
    told = innlandet.reserve(2, amount=2)
    assert innlandet.told() == [("ReservationRefused", told)]
    assert told["code"] == "limit_hard"
    assert told["parameters"] == {
        "library_id": EIDSKOG,
        "available_half_days": 1,
        "wanted_half_days": 2,
    }
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 3


def test_days_given_earlier_count_towards_a_hard_limit(innlandet: Ledger) -> None:
    innlandet.reserve(1, amount=6, payer_library_id=HAMAR, payee_library_id=EIDSKOG)
    innlandet.post(1, 6)
    hard_limit(innlandet, 4)
    assert "code" not in innlandet.reserve(2, amount=10)
    assert innlandet.reserve(3, amount=1)["code"] == "limit_hard"


def test_days_only_promised_by_others_do_not_count_towards_a_hard_limit(innlandet: Ledger) -> None:
    innlandet.reserve(1, amount=6, payer_library_id=HAMAR, payee_library_id=EIDSKOG)
    hard_limit(innlandet, 4)
    assert innlandet.reserve(2, amount=5)["code"] == "limit_hard"


def test_a_refused_reservation_may_be_asked_for_again(innlandet: Ledger) -> None:
    hard_limit(innlandet, 0)
    assert innlandet.reserve(1)["code"] == "limit_hard"
    innlandet.do(operations.county_changed, county_document("innlandet", 6, limit_half_days=10))
    assert innlandet.reserve(1)["amount_half_days"] == 2


def test_the_same_reservation_twice_is_answered_twice_and_held_once(innlandet: Ledger) -> None:
    first = innlandet.reserve(1, amount=10)
    hard_limit(innlandet, 0)
    assert innlandet.reserve(1, amount=10) == first
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 10


@pytest.mark.parametrize(
    "change",
    [
        {"amount": 3},
        {"payee_library_id": LOM},
        {"payer_library_id": LOM},
        {"work_date": "2026-11-19"},
        {"engagement_id": number(999)},
        {"part": 2},
        {"skill": None},
    ],
)
def test_a_transfer_id_with_other_content_is_refused_and_says_nothing(
    innlandet: Ledger, change: dict[str, object]
) -> None:
    innlandet.reserve(1)
    innlandet.told()
    with pytest.raises(SameKeyOtherBody):
        innlandet.reserve(1, **change)
    assert innlandet.told() == []
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 2


def test_confirmed_days_are_posted_to_both_libraries_at_once(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    innlandet.told()
    assert innlandet.post(1) == {"transfer_id": number(101), "state": "posted", "amount_half_days": 2}
    ((name, body),) = innlandet.told()
    assert name == "DaysPosted"
    assert (body["engagement_id"], body["amount_half_days"]) == (number(501), 2)
    assert (body["payer_library_id"], body["payee_library_id"]) == (EIDSKOG, HAMAR)
    assert (body["payer_county"], body["payee_county"]) == ("innlandet", "innlandet")
    host, lender = innlandet.account(EIDSKOG), innlandet.account(HAMAR)
    assert (host["received_half_days"], host["reserved_half_days"], host["balance_half_days"]) == (2, 0, -2)
    assert (lender["given_half_days"], lender["balance_half_days"]) == (2, 2)
    assert innlandet.see(operations.reservations, EIDSKOG) == []


def test_less_than_was_held_is_posted_and_the_rest_is_free_again(innlandet: Ledger) -> None:
    innlandet.reserve(1, amount=6)
    innlandet.post(1, 4)
    host = innlandet.account(EIDSKOG)
    assert (host["received_half_days"], host["reserved_half_days"], host["available_half_days"]) == (4, 0, 6)
    assert innlandet.broken_rules() == []


def test_more_than_was_held_is_not_posted(innlandet: Ledger) -> None:
    innlandet.reserve(1, amount=2)
    with pytest.raises(TooManyDays) as refused:
        innlandet.post(1, 3)
    assert refused.value.parameters == {"max_half_days": 2}
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 2


def test_posting_twice_tells_twice_and_posts_once(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    innlandet.post(1)
    (_, first) = innlandet.told()
    innlandet.post(1)
    assert innlandet.told() == [first]
    assert innlandet.account(EIDSKOG)["received_half_days"] == 2


def test_posting_another_amount_later_is_refused(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    innlandet.post(1, 2)
    with pytest.raises(SameKeyOtherBody):
        innlandet.post(1, 1)


def test_what_was_never_reserved_is_not_posted(innlandet: Ledger) -> None:
    with pytest.raises(NotFound):
        innlandet.post(1)


def test_released_days_are_free_and_cannot_be_posted(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    innlandet.told()
    innlandet.release(1)
    assert innlandet.told() == [
        (
            "DaysReleased",
            {
                "transfer_id": number(101),
                "engagement_id": number(501),
                "reason": "released",
                "code": None,
            },
        )
    ]
    assert innlandet.account(EIDSKOG)["available_half_days"] == 10
    with pytest.raises(AlreadyResolved):
        innlandet.post(1)


def test_releasing_twice_is_releasing_once(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    assert innlandet.release(1) == innlandet.release(1)
    assert innlandet.broken_rules() == []


def test_posted_days_cannot_be_released(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    innlandet.post(1)
    with pytest.raises(AlreadyResolved):
        innlandet.release(1)
    assert innlandet.account(HAMAR)["given_half_days"] == 2


def test_a_release_that_overtakes_its_reservation_wins(innlandet: Ledger) -> None:
    innlandet.release(1)
    innlandet.release(1)
    told = innlandet.reserve(1)
    assert told["code"] == "already_resolved"
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 0
    assert innlandet.broken_rules() == []


def test_a_day_that_moves_may_be_reserved_anew_before_the_old_hold_ends(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    innlandet.reserve(2, engagement_id=number(501), work_date="2026-12-01")
    innlandet.release(1)
    innlandet.post(2)
    assert innlandet.account(EIDSKOG)["received_half_days"] == 2


def test_a_part_of_an_engagement_is_posted_once_whatever_the_transfer(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    innlandet.reserve(2, engagement_id=number(501))
    innlandet.post(1)
    with pytest.raises(SameKeyOtherBody):
        innlandet.post(2)
    assert innlandet.reserve(3, engagement_id=number(501))["code"] == "same_key_other_body"
    assert "code" not in innlandet.reserve(4, engagement_id=number(501), part=2)
    assert innlandet.account(HAMAR)["given_half_days"] == 2


def test_a_library_that_withdrew_agrees_on_nothing_new_but_carries_through(innlandet: Ledger) -> None:
    innlandet.reserve(1)
    innlandet.do(operations.library_changed, library_document(HAMAR, 2, state="withdrawn"))
    assert innlandet.reserve(2)["code"] == "account_closed"
    asked = innlandet.reserve(3, payer_library_id=HAMAR, payee_library_id=EIDSKOG)
    assert asked["code"] == "account_closed"
    innlandet.post(1)
    assert innlandet.account(HAMAR)["given_half_days"] == 2


def test_days_for_another_county_are_held_against_that_county(innlandet: Ledger) -> None:
    innlandet.reserve(1, amount=4, payee_library_id=ASKER)
    assert innlandet.position("akershus")["pending_out_half_days"] == 4
    assert innlandet.sent("akershus") == []
    innlandet.release(1)
    assert innlandet.position("akershus")["pending_out_half_days"] == 0


def test_a_library_elsewhere_that_we_have_not_heard_of_may_be_owed(innlandet: Ledger) -> None:
    told = innlandet.reserve(1, payee_library_id=number(77), payee_county="akershus")
    assert told["is_over_limit"] is False


def test_the_fuse_counts_what_is_agreed_and_posted(innlandet: Ledger) -> None:
    innlandet.do(operations.peer_changed, peer_document("akershus", 2, fuse_half_days=5))
    innlandet.reserve(1, amount=4, payee_library_id=ASKER)
    told = innlandet.reserve(2, amount=2, payee_library_id=ASKER)
    assert (told["code"], told["parameters"]) == ("fuse_reached", {"county": "akershus", "fuse_half_days": 5})
    assert "code" not in innlandet.reserve(3, amount=1, payee_library_id=ASKER)
    assert "code" not in innlandet.reserve(4, amount=2)


def test_what_the_other_county_owes_makes_room_under_the_fuse(innlandet: Ledger, akershus: Ledger) -> None:
    innlandet.do(operations.peer_changed, peer_document("akershus", 2, fuse_half_days=5))
    akershus.reserve(9, 3, payer_library_id=ASKER, payee_library_id=EIDSKOG)
    akershus.post(9, 3)
    exchange(innlandet, akershus)
    assert innlandet.reserve(1, amount=9, payee_library_id=ASKER)["code"] == "fuse_reached"
    assert "code" not in innlandet.reserve(2, amount=8, payee_library_id=ASKER)


def test_a_lower_fuse_blocks_new_days_and_breaks_no_old_ones(innlandet: Ledger) -> None:
    innlandet.reserve(1, amount=4, payee_library_id=ASKER)
    innlandet.do(operations.peer_changed, peer_document("akershus", 2, fuse_half_days=1))
    assert innlandet.reserve(2, amount=1, payee_library_id=ASKER)["code"] == "fuse_reached"
    assert innlandet.post(1, 4)["state"] == "prepared"


@pytest.mark.parametrize(
    ("state", "code"),
    [("frozen", "county_frozen"), ("left", "county_unknown"), ("invited", "county_unknown")],
)
def test_only_with_an_active_county_are_days_agreed(innlandet: Ledger, state: str, code: str) -> None:
    innlandet.do(operations.peer_changed, peer_document("akershus", 2, state=state))
    assert innlandet.reserve(1, payee_library_id=ASKER)["code"] == code
    assert innlandet.account(EIDSKOG)["reserved_half_days"] == 0
