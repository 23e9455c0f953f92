"""A gateway's application in its container, served to a client over a real socket."""

import socket
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import eventlet
import pytest
import requests
from prometheus_client import REGISTRY
from toys import SERVICES

from byttebank.contracts.refusals import ServiceUnavailable
from byttebank.messaging.listener import CannotListen, Listener
from byttebank.messaging.rpc import RpcBackend
from byttebank.messaging.runner import EmbeddedFederation
from byttebank.messaging.web import Hosting, WebApplication

Start = Callable[..., EmbeddedFederation]


def create(backend: RpcBackend, hosting: Hosting) -> Callable[..., Iterable[bytes]]:
    """An application that says where it is and asks a service."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/slow":
            eventlet.sleep(0.5)
        if environ["PATH_INFO"] == "/hash":
            hosting.run_in_thread(time.sleep, 0.3)
        try:
            answer = backend.directory.county()["county"]
        except ServiceUnavailable:
            answer = "unavailable"
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{answer} {hosting.prefix} {hosting.database.service}".encode()]

    return app


class ToyGateway:
    name = "gateway"
    web = WebApplication(create)


@pytest.fixture
def federation(start: Start) -> EmbeddedFederation:
    return start("innlandet", "oslo", port=0, metrics_port=0, services=(*SERVICES, ToyGateway))


def test_every_county_is_served_under_its_path_by_its_own_services(federation: EmbeddedFederation) -> None:
    for county in ("innlandet", "oslo"):
        answer = requests.get(f"{federation.url}/{county}/", timeout=5)
        assert (answer.status_code, answer.text) == (200, f"{county} /{county} gateway")
    assert requests.get(f"{federation.url}/", timeout=5).status_code == 404


def test_metrics_are_served_beside_the_pages(federation: EmbeddedFederation) -> None:
    requests.get(f"{federation.url}/oslo/", timeout=5)
    text = requests.get(f"http://127.0.0.1:{federation.metrics_port}/metrics", timeout=5).text
    assert 'byttebank_rpc_calls_total{county="oslo",method="county",outcome="ok",service="directory"}' in text
    assert 'byttebank_http_requests_total{county="oslo",method="GET",status="200"}' in text


def test_metrics_are_there_before_anything_has_happened(start: Start) -> None:
    start("bornholm", port=0, services=(*SERVICES, ToyGateway))

    def value(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(f"byttebank_{name}", {"county": "bornholm", **labels})

    ledger = {"service": "ledger"}
    assert value("rpc_calls_total", service="directory", method="county", outcome="failed") == 0
    assert value("rpc_seconds_count", service="directory", method="county") == 0
    assert value("rpc_requests_total", **ledger, outcome="timed_out") == 0
    assert value("http_requests_total", method="POST", status="500") == 0
    assert value("messages_handled_total", **ledger, message="from_peer", outcome="frozen") == 0
    assert value("outbox_published_total", **ledger, kind="peer") == 0
    assert value("outbox_oldest_seconds", **ledger) == 0
    assert value("parked_messages", **ledger) == 0
    assert value("database_up", **ledger) == 1
    assert value("database_up", service="gateway") == 1


def test_work_in_a_thread_does_not_stop_the_others(federation: EmbeddedFederation) -> None:
    hashing = eventlet.spawn(requests.get, f"{federation.url}/oslo/hash", timeout=5)
    eventlet.sleep(0.05)
    began = time.monotonic()
    assert requests.get(f"{federation.url}/oslo/", timeout=5).status_code == 200
    assert time.monotonic() - began < 0.2
    assert hashing.wait().status_code == 200


def test_a_stop_answers_the_requests_that_are_under_way(federation: EmbeddedFederation) -> None:
    slow = eventlet.spawn(requests.get, f"{federation.url}/oslo/slow", timeout=5)
    eventlet.sleep(0.1)
    url = federation.url
    assert federation.stop()
    assert slow.wait().text == "oslo /oslo gateway"
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/oslo/", timeout=5)


@pytest.fixture
def listener() -> Iterator[Listener]:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        eventlet.sleep(float(environ["PATH_INFO"].strip("/") or 0))
        start_response("200 OK", [("Content-Length", "2")])
        return [b"ok"]

    listener = Listener(app, "127.0.0.1", 0)
    listener.listen()
    listener.serve()
    yield listener
    listener.stop(1)


def say(listener: Listener, octets: bytes) -> str:
    with socket.create_connection(("127.0.0.1", listener.port), timeout=5) as client:
        client.sendall(octets)
        return client.recv(200).decode().split("\r\n")[0]


def test_headers_have_a_limit(listener: Listener) -> None:
    line = b"X-Long: " + b"a" * 9_000 + b"\r\n"
    assert " 400 " in say(listener, b"GET / HTTP/1.1\r\nHost: x\r\n" + line + b"\r\n")
    many = b"".join(b"X-%d: %s\r\n" % (number, b"a" * 1000) for number in range(80))
    assert " 400 " in say(listener, b"GET / HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n")
    assert " 414 " in say(listener, b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")


def test_a_request_that_does_not_end_is_cut_off(listener: Listener) -> None:
    def ask() -> str:
        try:
            return requests.get(f"http://127.0.0.1:{listener.port}/30", timeout=40).text
        except requests.ConnectionError:
            return "cut off"

    asking = eventlet.spawn(ask)
    eventlet.sleep(0.1)
    began = time.monotonic()
    assert not listener.stop(0.3)
    assert time.monotonic() - began < 1
    assert asking.wait() == "cut off"


def test_connections_that_wait_for_nothing_do_not_delay_a_stop(listener: Listener) -> None:
    session = requests.Session()
    assert session.get(f"http://127.0.0.1:{listener.port}/0", timeout=5).text == "ok"
    began = time.monotonic()
    assert listener.stop(2)
    assert time.monotonic() - began < 0.5
    session.close()


def test_an_address_that_is_not_ours_is_refused_with_a_remedy() -> None:
    with pytest.raises(CannotListen, match=r"Cannot listen on 203\.0\.113\.1:\d+: .*--port"):
        Listener(lambda environ, start: [], "203.0.113.1", 8000).listen()
