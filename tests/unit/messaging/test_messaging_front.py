from collections.abc import Callable, Iterable
from typing import Any

import pytest
from prometheus_client import REGISTRY
from werkzeug.test import Client

from byttebank.messaging.web import Front


def echo(name: str) -> Callable[..., Iterable[bytes]]:
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [f"{name} {environ['SCRIPT_NAME']}|{environ['PATH_INFO']}".encode()]

    return app


@pytest.fixture
def front() -> Front:
    front = Front({"innlandet": "/innlandet", "oslo": "/oslo"}, echo("root"))
    front.mount("/innlandet", echo("innlandet"), "innlandet")
    return front


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/innlandet/", "innlandet /innlandet|/"),
        ("/innlandet/engagements/1", "innlandet /innlandet|/engagements/1"),
        ("/", "root |/"),
        ("/innlandets/", "root |/innlandets/"),
        ("/static/x.css", "root |/static/x.css"),
    ],
)
def test_the_first_part_of_the_path_is_the_county(front: Front, path: str, expected: str) -> None:
    assert Client(front).get(path).text == expected


def test_a_county_without_a_slash_is_sent_to_the_one_with(front: Front) -> None:
    answer = Client(front).get("/innlandet?a=1")
    assert (answer.status_code, answer.headers["Location"]) == (308, "/innlandet/?a=1")


def test_a_county_whose_gateway_does_not_run_is_not_now(front: Front) -> None:
    answer = Client(front).get("/oslo/")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    front.unmount("/innlandet")
    assert Client(front).get("/innlandet/").status_code == 503


def test_a_single_county_may_live_at_the_root() -> None:
    front = Front({"innlandet": ""})
    assert Client(front).get("/a").status_code == 503
    front.mount("", echo("innlandet"), "innlandet")
    assert Client(front).get("/a").text == "innlandet |/a"
    assert Client(front).get("/").text == "innlandet |/"


def test_an_application_that_fails_answers_500_and_tells_nothing(front: Front) -> None:
    def fail(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        raise ZeroDivisionError("the password is hunter2")

    front.mount("/oslo", fail, "oslo")
    answer = Client(front).get("/oslo/")
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "X-Request-Id" in answer.headers


def test_a_body_is_closed_when_it_is_sent(front: Front) -> None:
    closed = []

    class Body(list[bytes]):
        def close(self) -> None:
            closed.append(True)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [])
        return Body([b"a", b"b"])

    front.mount("/oslo", app, "oslo")
    assert (Client(front).get("/oslo/").data, closed) == (b"ab", [True])


def test_every_request_is_counted_under_its_county_and_status(front: Front) -> None:
    def count(method: str) -> float:
        labels = {"county": "innlandet", "method": method, "status": "200"}
        return REGISTRY.get_sample_value("byttebank_http_requests_total", labels) or 0.0

    before = count("GET"), count("other")
    Client(front).get("/innlandet/")
    Client(front).open("/innlandet/", method="INVENTED")
    assert (count("GET"), count("other")) == (before[0] + 1, before[1] + 1)


def test_each_request_has_an_id_of_its_own(front: Front) -> None:
    client = Client(front)
    ids = {client.get("/").headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3
