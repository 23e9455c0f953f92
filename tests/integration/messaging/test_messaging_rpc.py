"""Calls between a gateway and the services of its county."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import eventlet
import pytest
from toys import SERVICES, ToyLedger, noted

from byttebank.contracts.refusals import LimitHard, ServiceUnavailable, UnknownOutcome
from byttebank.messaging.embedded import Publication
from byttebank.messaging.rpc import RpcBackend, RpcClient
from byttebank.messaging.runner import EmbeddedFederation

Start = Callable[..., EmbeddedFederation]
Hurried = Callable[[float], RpcBackend]
ACTOR: dict[str, Any] = {}


@pytest.fixture
def hurried() -> Iterator[Callable[[float], RpcBackend]]:
    """Callers that give up after so many seconds."""
    clients: list[RpcClient] = []

    def begin(seconds: float) -> RpcBackend:
        clients.append(RpcClient("embedded://innlandet/", "innlandet", timeout_seconds=seconds))
        clients[-1].start()
        assert clients[-1].wait_until_ready()
        return RpcBackend(clients[-1])

    yield begin
    for client in clients:
        client.stop()


def test_a_call_is_answered_by_the_service_of_its_county(start: Start) -> None:
    federation = start("innlandet", "rogaland")
    assert federation.rpc("innlandet").ledger.account("a") == {"library_id": "a", "county": "innlandet"}
    assert federation.rpc("rogaland").ledger.account(library_id="b")["county"] == "rogaland"


def test_a_refusal_arrives_with_its_code_and_parameters_as_they_were(start: Start) -> None:
    with pytest.raises(LimitHard) as refused:
        start().rpc("innlandet").ledger.account("limit")
    expected = {"library_id": "limit", "available_half_days": -3, "wanted_half_days": 2}
    assert (refused.value.code, refused.value.parameters) == ("limit_hard", expected)


def test_any_other_error_says_nothing_but_that_the_service_is_not_available(start: Start) -> None:
    with pytest.raises(ServiceUnavailable) as refused:
        start().rpc("innlandet").ledger.account("secret")
    assert refused.value.parameters == {"service": "ledger"}
    assert "hunter2" not in f"{refused.value} {refused.value.__cause__}"


def test_a_result_that_is_no_json_harms_nobody_else(start: Start) -> None:
    ledger = start().rpc("innlandet").ledger
    with pytest.raises(ServiceUnavailable):
        ledger.account("set")
    assert ledger.account("a")["library_id"] == "a"


def test_a_call_to_a_service_that_does_not_run_is_refused_at_once(start: Start) -> None:
    backend = start("innlandet", services=(ToyLedger,)).rpc("innlandet")
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable):
        backend.notify.notices("a")
    with pytest.raises(ServiceUnavailable):
        backend.matching.propose({"id": "1", "seconds": 0}, ACTOR)
    assert time.monotonic() - began < 0.5


def test_a_method_the_service_does_not_have_is_refused_at_once(start: Start) -> None:
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable):
        start().rpc("innlandet").ledger.trial_balance()
    assert time.monotonic() - began < 3


def test_a_port_takes_only_the_arguments_it_names(start: Start) -> None:
    backend = start().rpc("innlandet")
    with pytest.raises(TypeError):
        backend.ledger.account("a", "b")  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        backend.ledger.steal()  # type: ignore[attr-defined]


def test_a_read_without_answer_is_refused_when_its_time_is_up(start: Start, hurried: Hurried) -> None:
    start()
    backend = hurried(0.1)
    began = time.monotonic()
    with pytest.raises(ServiceUnavailable):
        backend.ledger.positions()
    assert 0.09 < time.monotonic() - began < 0.4


def test_a_write_without_answer_has_an_unknown_outcome(start: Start, hurried: Hurried) -> None:
    federation = start()
    with pytest.raises(UnknownOutcome):
        hurried(0.1).matching.propose({"id": "1", "seconds": 0.3}, ACTOR)
    eventlet.sleep(0.5)
    assert noted(federation.nodes["innlandet"].database("matching"), "proposed") == ["1"]


def test_a_call_that_waited_until_its_caller_gave_up_is_not_carried_out(
    start: Start, hurried: Hurried
) -> None:
    federation = start()
    backend = hurried(0.2)
    calls = [
        eventlet.spawn(outcome_of, lambda n=n: backend.matching.propose({"id": str(n), "seconds": 1}, ACTOR))
        for n in range(40)
    ]
    assert {call.wait() for call in calls} == {"unknown_outcome"}
    eventlet.sleep(0.2)
    (queue,) = [one for one in federation.broker.queues("innlandet") if one.name == "rpc-matching"]
    assert queue.ready == 0
    federation.wait_until_quiet(5)
    done = noted(federation.nodes["innlandet"].database("matching"), "proposed")
    assert 0 < len(done) < 20


def test_a_call_whose_time_is_over_when_it_is_read_is_dropped(start: Start) -> None:
    federation = start()
    now = int(time.time() * 1000)
    calls = [
        Publication(
            "nameko-rpc",
            "matching.propose",
            json.dumps({"args": [{"id": name, "seconds": 0}, ACTOR], "kwargs": {}}).encode(),
            {"application_headers": {"deadline_ms": deadline}},
        )
        for name, deadline in (("late", now - 1), ("early", now + 5000))
    ]
    federation.broker.publish_many("innlandet", calls)
    federation.wait_until_quiet(5)
    assert noted(federation.nodes["innlandet"].database("matching"), "proposed") == ["early"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"args": 1, "kwargs": {}}', b"\xff", b"[" * 100_000])
def test_a_call_that_cannot_be_read_harms_nobody(start: Start, body: bytes) -> None:
    federation = start()
    publication = Publication("nameko-rpc", "ledger.account", body, {"content_type": "application/json"})
    federation.broker.publish_many("innlandet", [publication])
    federation.wait_until_quiet(5)
    assert federation.rpc("innlandet").ledger.account("a")["library_id"] == "a"


def outcome_of(call: Callable[[], Any]) -> str:
    try:
        call()
    except (ServiceUnavailable, UnknownOutcome) as refusal:
        return refusal.code
    return "ok"


def test_answers_find_their_callers_among_many(start: Start) -> None:
    ledger = start().rpc("innlandet").ledger
    names = [str(number) for number in range(300)]
    pool = eventlet.GreenPool(100)
    answers = list(pool.imap(lambda name: ledger.account(name)["library_id"], names))
    assert answers == names


def test_a_call_through_a_broker_that_is_gone_is_refused(start: Start) -> None:
    federation = start()
    backend = federation.rpc("innlandet")
    federation.broker.close()
    with pytest.raises(ServiceUnavailable):
        backend.ledger.account("a")


def test_the_toys_are_what_the_tests_think() -> None:
    assert [service.name for service in SERVICES] == ["ledger", "matching", "directory"]
