"""Several messages in one transaction: what comes of them is what comes of each alone, in fewer questions."""

from collections.abc import Callable
from typing import Any

import pytest
from ledger_cast import ASKER, EIDSKOG, HAMAR, LOM, NOW, WORK_DATE, Ledger, Scenes, exchange, number
from sqlalchemy import event

from byttebank.contracts.received import ReceivedMessage
from byttebank.storage.work import Work
from services.ledger import operations
from services.ledger.storage import book, copies

LOCAL: dict[str, Callable[[Work, dict[str, Any]], Any]] = {
    "ReserveDays": operations.reserve_days,
    "PostDays": operations.post_days,
    "ReleaseDays": operations.release_days,
}
Order = tuple[str, dict[str, Any]]


def reservation(n: int, payer: str = EIDSKOG, payee: str = HAMAR, **changes: Any) -> Order:
    return "ReserveDays", {
        "transfer_id": number(100 + n),
        "engagement_id": number(500 + n),
        "payer_library_id": payer,
        "payee_library_id": payee,
        "payee_county": "akershus" if payee == ASKER else "innlandet",
        "amount_half_days": 1 + n % 4,
        "part": 1,
        "skill": None,
        "work_date": WORK_DATE,
        **changes,
    }


def posting(n: int) -> Order:
    return "PostDays", {"transfer_id": number(100 + n), "amount_half_days": 1}


def release(n: int) -> Order:
    return "ReleaseDays", {"transfer_id": number(100 + n)}


STORIES: dict[str, list[Order]] = {
    "days within the county": [
        *(reservation(n, (EIDSKOG, HAMAR, LOM)[n % 3], (HAMAR, LOM, EIDSKOG)[n % 3]) for n in range(9)),
        *(posting(n) for n in range(6)),
        *(release(n) for n in (6, 7)),
        posting(0),
        reservation(0),
    ],
    "days of another county": [
        *(reservation(n, payee=ASKER) for n in range(6)),
        *(posting(n) for n in range(4)),
    ],
    "what is refused": [
        release(1),
        reservation(1),
        reservation(2, payer=number(99)),
        reservation(3, payee_county="akershus"),
        reservation(4),
        posting(4),
        reservation(5, engagement_id=number(504)),
        reservation(6),
    ],
}


def one_by_one(ledger: Ledger, orders: list[Order]) -> None:
    for name, body in orders:
        ledger.do(LOCAL[name], body)


def together(ledger: Ledger, orders: list[Order]) -> None:
    with ledger.database.work() as work:
        operations.foresee(work, [(name, body, None) for name, body in orders])
        for name, body in orders:
            LOCAL[name](work, body)


def all_received(ledger: Ledger, messages: list[ReceivedMessage]) -> None:
    with ledger.database.work() as work:
        operations.foresee(work, [(one.message_type, one.payload, one.peer) for one in messages])
        for one in messages:
            operations_of = {"PREPARE": operations.prepare, "FULFIL": operations.fulfil}
            operations_of[one.message_type](work, one)


@pytest.mark.parametrize("story", STORIES)
def test_orders_of_the_county_have_the_same_effect_together_as_one_by_one(scenes: Scenes, story: str) -> None:
    found = []
    for way in (one_by_one, together):
        ledger = scenes.begin()["innlandet"]
        way(ledger, STORIES[story])
        assert ledger.broken_rules() == []
        sent = [(one.message_type, one.payload) for one in ledger.sent("akershus")]
        found.append((ledger.book(), ledger.told(), sent))
    assert found[0] == found[1]


def test_settling_together_ends_as_settling_one_by_one(scenes: Scenes) -> None:
    found = []
    for is_together in (False, True):
        ledgers = scenes.begin()
        innlandet, akershus = ledgers["innlandet"], ledgers["akershus"]
        one_by_one(innlandet, STORIES["days of another county"])
        if is_together:
            prepares = innlandet.sent("akershus")
            all_received(akershus, [*prepares, prepares[0]])
            all_received(innlandet, akershus.sent("innlandet"))
        else:
            exchange(innlandet, akershus)
        assert [*innlandet.broken_rules(), *akershus.broken_rules()] == []
        found.append(
            [(one.book(), one.account(library)) for one, library in ((innlandet, EIDSKOG), (akershus, ASKER))]
        )
    assert found[0] == found[1]


def test_a_prepare_that_must_wait_is_among_the_waiting_ones_after_a_transaction_of_many(
    ledgers: dict[str, Ledger],
) -> None:
    innlandet, akershus = ledgers["innlandet"], ledgers["akershus"]
    one_by_one(innlandet, STORIES["days of another county"])
    prepares = innlandet.sent("akershus")
    with akershus.database.work() as work:
        peer = copies.find_peer(work.connection, "innlandet")
        assert peer is not None
        copies.keep_peer(work.connection, copies.Peer("innlandet", peer.name, "active", 2, peer.version + 1))
    all_received(akershus, prepares)
    waiting = akershus.see(operations.incoming, ASKER)
    assert [one["transfer_id"] for one in waiting] == [number(102), number(103)]
    assert akershus.broken_rules() == []


def test_twenty_orders_take_hardly_more_statements_than_two(scenes: Scenes) -> None:
    counts = []
    for size in (2, 20):
        ledger = scenes.begin()["innlandet"]
        told: list[str] = []

        def tell(_one: Any, _two: Any, statement: str, *_rest: Any, told: list[str] = told) -> None:
            told.append(statement)

        event.listen(ledger.database.engine, "before_cursor_execute", tell)
        together(ledger, [reservation(n) for n in range(size)])
        event.remove(ledger.database.engine, "before_cursor_execute", tell)
        counts.append(len(told))
    assert counts[1] <= counts[0] + 2


def test_a_lock_that_was_not_held_makes_the_transaction_read_anew(innlandet: Ledger) -> None:
    with innlandet.database.work() as work:
        book.lock(work.connection, [EIDSKOG])
        assert copies.find_library(work.connection, HAMAR) is not None
        work.connection.exec_driver_sql("UPDATE libraries SET name = 'Et annet navn'")
        book.lock(work.connection, [EIDSKOG])
        known = copies.find_library(work.connection, HAMAR)
        assert known is not None
        assert known.name != "Et annet navn"
        book.lock(work.connection, [HAMAR])
        known = copies.find_library(work.connection, HAMAR)
        assert known is not None
        assert known.name == "Et annet navn"


def test_no_sum_of_an_account_falls_below_zero(innlandet: Ledger) -> None:
    with innlandet.database.work() as work, pytest.raises(ValueError, match="less than nothing"):
        book.add(work.connection, EIDSKOG, debits_pending=-1)
    with innlandet.database.work() as work, pytest.raises(LookupError, match="was never opened"):
        book.add(work.connection, number(99), debits_posted=1)


def test_what_is_added_is_in_the_balance_for_others_as_well(innlandet: Ledger) -> None:
    with innlandet.database.work() as work:
        book.open_account(work.connection, number(98), NOW)
        book.add(work.connection, number(98), credits_posted=3)
        assert book.list_accounts(work.connection)[number(98)].credits_posted == 3
