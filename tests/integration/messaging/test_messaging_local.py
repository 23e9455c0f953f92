"""Messages between the services of one county."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import eventlet
import pytest
from sqlalchemy.exc import IntegrityError
from toys import RELEASED, TRANSFER, Faults, ToyLedger, ToyMatching, broken_database, noted, release

from byttebank.messaging import faults, shell
from byttebank.messaging.embedded import Publication
from byttebank.messaging.runner import TURNS, EmbeddedFederation
from byttebank.messaging.service import Runtime, on_local
from byttebank.messaging.session import open_connection
from byttebank.storage.messages import list_parked

Start = Callable[..., EmbeddedFederation]
KEY = "ledger.DaysReleased.v1"


@pytest.fixture(autouse=True)
def no_faults() -> None:
    Faults.come()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between attempts are short."""
    monkeypatch.setattr(faults, "FIRST_WAIT_SECONDS", 0.01)
    monkeypatch.setattr(faults, "LONGEST_WAIT_SECONDS", 0.05)


def publish(federation: EmbeddedFederation, body: bytes, key: str = KEY, **properties: Any) -> None:
    given = {"message_id": TRANSFER, "application_headers": {"origin": "ledger"}, **properties}
    (outcome,) = federation.broker.publish_many("innlandet", [Publication("bank.local", key, body, given)])
    assert outcome.is_confirmed


def released(federation: EmbeddedFederation) -> list[str]:
    return noted(federation.nodes["innlandet"].database("matching"), "released")


def parked(federation: EmbeddedFederation, service: str = "matching") -> list[dict[str, Any]]:
    with federation.nodes["innlandet"].database(service).reading() as work:
        return list_parked(work.connection)


def test_what_one_service_commits_the_other_hears(start: Start) -> None:
    federation = start()
    release(federation, times=250)
    federation.wait_until_quiet(10)
    assert released(federation) == ["released"] * 250


def test_what_one_service_rolls_back_nobody_hears(start: Start) -> None:
    federation = start()
    with suppress(ZeroDivisionError), federation.nodes["innlandet"].database("ledger").work() as work:
        work.emit("DaysReleased", RELEASED)
        raise ZeroDivisionError
    federation.wait_until_quiet(5)
    assert released(federation) == []


def test_a_message_that_comes_again_has_no_second_effect(start: Start) -> None:
    federation = start()
    for _ in range(5):
        publish(federation, json.dumps(RELEASED).encode())
    federation.wait_until_quiet(5)
    assert released(federation) == ["released"]
    assert parked(federation) == []


def test_the_same_id_from_another_service_is_another_message(start: Start) -> None:
    federation = start()
    publish(federation, json.dumps(RELEASED).encode())
    publish(federation, json.dumps(RELEASED).encode(), application_headers={"origin": "notify"})
    federation.wait_until_quiet(5)
    assert released(federation) == ["released"] * 2


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b"", b"[" * 100_000, b"null", b'{"transfer_id": "1"}', b'"text"'],
    ids=["cut", "bytes", "empty", "bottomless", "null", "fields", "text"],
)
def test_a_message_that_cannot_be_read_is_parked_whole_and_stops_nobody(start: Start, body: bytes) -> None:
    federation = start()
    publish(federation, body, content_type="application/json", content_encoding="utf-8")
    publish(federation, json.dumps(RELEASED).encode(), message_id="2")
    federation.wait_until_quiet(5)
    (row,) = parked(federation)
    assert (row["queue"], row["sender"], row["reason_code"]) == ("matching.local", "ledger", "malformed")
    assert row["body"] == body
    assert json.loads(row["properties"])["message_id"] == TRANSFER
    assert released(federation) == ["released"]


@pytest.mark.parametrize("missing", [{"message_id": None}, {"application_headers": {}}])
def test_a_message_without_id_or_origin_is_parked(start: Start, missing: dict[str, Any]) -> None:
    federation = start()
    publish(federation, json.dumps(RELEASED).encode(), **missing)
    federation.wait_until_quiet(5)
    assert [row["reason_code"] for row in parked(federation)] == ["malformed"]


@pytest.mark.parametrize("key", ["ledger.DaysReleased.v2", "ledger.Nonsense.v1", "x"])
def test_a_message_of_unknown_name_or_version_is_parked(start: Start, key: str) -> None:
    federation = start()
    with open_connection("embedded://innlandet/") as connection:
        connection.channel().queue_bind("matching.local", "bank.local", key)
    publish(federation, json.dumps(RELEASED).encode(), key=key)
    federation.wait_until_quiet(5)
    assert [row["reason_code"] for row in parked(federation)] == ["unknown_message"]
    assert released(federation) == []


def test_a_message_claiming_to_be_compressed_is_parked_too(start: Start) -> None:
    federation = start()
    headers = {"origin": "ledger", "compression": "application/x-gzip"}
    publish(federation, b"not compressed", application_headers=headers)
    federation.wait_until_quiet(5)
    assert [row["body"] for row in parked(federation)] == [b"not compressed"]


def test_a_refused_message_is_parked_and_leaves_no_effect(start: Start) -> None:
    federation = start()
    body = {"transfer_id": TRANSFER, "engagement_id": TRANSFER, "amount_half_days": 2}
    publish(federation, json.dumps(body).encode(), key="ledger.DaysReserved.v1")
    federation.wait_until_quiet(5)
    assert [row["reason_code"] for row in parked(federation)] == ["not_found"]
    assert noted(federation.nodes["innlandet"].database("matching"), "reserved") == []


def test_a_database_that_is_away_delays_and_loses_nothing(start: Start, impatient: None) -> None:
    federation = start()
    Faults.come(*[broken_database() for _ in range(60)])
    release(federation, times=20)
    federation.wait_until_quiet(20)
    assert released(federation) == ["released"] * 20
    assert Faults.attempts >= 80
    assert parked(federation) == []


def test_a_message_is_not_requeued_while_the_database_is_away(start: Start, impatient: None) -> None:
    """With requeue the delivery limit would dead-letter good messages within seconds."""
    federation = start()
    Faults.come(*[broken_database() for _ in range(50)])
    publish(federation, json.dumps(RELEASED).encode())
    federation.wait_until_quiet(20)
    assert released(federation) == ["released"]
    (dead,) = [one for one in federation.broker.queues("innlandet") if one.name == "dead-letters"]
    assert dead.ready == 0


def test_an_error_that_may_be_a_race_is_tried_five_times(start: Start, impatient: None) -> None:
    federation = start()
    Faults.come(*[IntegrityError("INSERT", {}, Exception("twice")) for _ in range(4)])
    publish(federation, json.dumps(RELEASED).encode())
    federation.wait_until_quiet(5)
    assert (released(federation), Faults.attempts) == (["released"], 5)

    Faults.come(*[ZeroDivisionError() for _ in range(9)])
    publish(federation, json.dumps(RELEASED).encode(), message_id="2")
    federation.wait_until_quiet(5)
    assert (released(federation), Faults.attempts) == (["released"], 5)
    assert [row["reason_code"] for row in parked(federation)] == ["failed"]


def test_parking_waits_for_a_database_that_is_away(
    start: Start, impatient: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    park, failing = shell.park_delivery, [broken_database(), ValueError("strange")]

    def park_at_last(*args: Any) -> str:
        if failing:
            raise failing.pop()
        return park(*args)

    monkeypatch.setattr(shell, "park_delivery", park_at_last)
    federation = start()
    publish(federation, b"{")
    federation.wait_until_quiet(5)
    assert (len(parked(federation)), failing) == (1, [])


def test_a_stop_while_the_database_is_away_leaves_the_message_to_the_next_start(start: Start) -> None:
    federation = start()
    Faults.come(*[broken_database() for _ in range(1000)])
    release(federation)
    while not Faults.attempts:
        eventlet.sleep(0.01)
    assert federation.stop()
    Faults.come()
    again = start()
    again.wait_until_quiet(5)
    assert released(again) == ["released"]


def test_what_a_handler_emits_carries_the_ids_of_what_caused_it(start: Start) -> None:
    federation = start()
    body = {
        "transfer_id": TRANSFER,
        "engagement_id": TRANSFER,
        "payer_library_id": TRANSFER,
        "payee_library_id": TRANSFER,
        "payee_county": "innlandet",
        "amount_half_days": 3,
        "work_date": "2026-11-24",
    }
    headers = {"origin": "matching", "request_id": "request-1", "cookie": "secret"}
    publish(federation, json.dumps(body).encode(), key="ledger.ReserveDays.v1", application_headers=headers)
    federation.wait_until_quiet(5)
    ledger = federation.nodes["innlandet"].database("ledger")
    with ledger.reading() as work:
        (trace,) = work.connection.exec_driver_sql("SELECT trace FROM outbox").scalars()
    assert json.loads(trace) == {"request_id": "request-1"}


def test_events_that_nobody_listens_to_do_not_stay_in_the_outbox(start: Start) -> None:
    federation = start("innlandet", services=(ToyLedger,))
    release(federation, times=2)
    federation.wait_until_quiet(5)
    with federation.nodes["innlandet"].database("ledger").reading() as work:
        waiting = work.connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE published_at IS NULL")
        assert waiting.scalar() == 0


def test_an_event_waits_for_a_listener_that_starts_later(start: Start) -> None:
    federation = start("innlandet", services=(ToyLedger, ToyMatching))
    federation.stop()
    ledger_only = start("innlandet", services=(ToyLedger,))
    release(ledger_only, times=2)
    ledger_only.wait_until_quiet(5)
    ledger_only.stop()
    both = start("innlandet", services=(ToyLedger, ToyMatching))
    both.wait_until_quiet(5)
    assert released(both) == ["released"] * 2


def test_a_flood_of_messages_takes_turns_and_leaves_room_for_calls(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_attempt, running, most = shell.run_attempt, 0, 0

    def watch(*args: Any) -> Any:
        nonlocal running, most
        running += 1
        most = max(most, running)
        try:
            return run_attempt(*args)
        finally:
            running -= 1

    monkeypatch.setattr(shell, "run_attempt", watch)
    federation = start("innlandet", "oslo")
    backend = federation.rpc("innlandet")
    for county in ("innlandet", "oslo"):
        release(federation, times=1000, county=county)
    assert backend.directory.county() == {"county": "innlandet"}
    assert len(released(federation)) < 500
    federation.wait_until_quiet(60)
    assert len(released(federation)) == 1000
    assert most == TURNS


def test_a_service_that_no_longer_listens_to_a_message_no_longer_gets_it(start: Start) -> None:
    class Deafer:
        name = "matching"
        runtime = Runtime()

        @on_local("DaysReserved")
        def days_reserved(self, work: Any, body: Any) -> None: ...

    start(services=(ToyLedger, ToyMatching)).stop()
    federation = start(services=(ToyLedger, Deafer))
    release(federation)
    federation.wait_until_quiet(5)
    assert parked(federation) == []


def test_one_poisonous_message_among_many_is_parked_alone(start: Start) -> None:
    federation = start()
    properties = {"application_headers": {"origin": "ledger"}}
    bodies = [json.dumps(RELEASED).encode()] * 40
    bodies[7] = b"{"
    outcomes = federation.broker.publish_many(
        "innlandet",
        [
            Publication("bank.local", KEY, body, {**properties, "message_id": str(number)})
            for number, body in enumerate(bodies)
        ],
    )
    assert all(outcome.is_confirmed for outcome in outcomes)
    federation.wait_until_quiet(10)
    assert len(released(federation)) == 39
    assert [row["body"] for row in parked(federation)] == [b"{"]
