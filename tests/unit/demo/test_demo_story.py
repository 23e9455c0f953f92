"""What the story does with answers, refusals and silence. The whole story is played in tests/integration."""

import io
import json
import urllib.error
import urllib.request
from email.message import Message
from typing import Any

import pytest

from demo import story
from demo.client import Client, NotRunning, Refused
from demo.story import Stuck, held, wait


class Answers:
    """Stands for the network: what was asked, and the answers in turn."""

    def __init__(self, *answers: Any) -> None:
        self.waiting = list(answers)
        self.asked: list[urllib.request.Request] = []

    def open(self, request: urllib.request.Request, timeout: float) -> io.BytesIO:
        self.asked.append(request)
        answer = self.waiting.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return io.BytesIO(json.dumps(answer).encode())


def problem(status: int, body: bytes) -> urllib.error.HTTPError:
    return urllib.error.HTTPError("http://x", status, "Reason", Message(), io.BytesIO(body))


def client_with(*answers: Any) -> tuple[Client, Answers]:
    client, network = Client("http://localhost:8000/", "innlandet"), Answers(*answers)
    client._opener = network  # type: ignore[assignment]
    return client, network


def test_a_signed_in_person_is_named_in_every_call_and_each_post_has_its_own_key() -> None:
    client, network = client_with({"token": "bb_1"}, {}, {}, [])
    client.sign_in("kari.moen@eidskog.example", "secret")
    client.post("requests", {"days": 0.5})
    client.post("requests", {"days": 0.5})
    client.get("board", show="offers", county=None)
    headers = [dict(request.header_items()) for request in network.asked]
    assert [one.get("Authorization") for one in headers] == [None, *["Bearer bb_1"] * 3]
    assert headers[1]["Idempotency-key"] != headers[2]["Idempotency-key"]
    assert network.asked[3].full_url == "http://localhost:8000/innlandet/api/v1/board?show=offers"


def test_a_refusal_carries_its_problem_document() -> None:
    client, _ = client_with(problem(409, b'{"code": "colleague_busy", "title": "Opptatt"}'))
    with pytest.raises(Refused) as refused:
        client.get("county")
    assert (refused.value.status, refused.value.code) == (409, "colleague_busy")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b""])
def test_an_answer_that_is_no_problem_document_is_still_a_refusal(body: bytes) -> None:
    client, _ = client_with(problem(502, body))
    with pytest.raises(Refused, match="502 Reason"):
        client.get("county")


@pytest.mark.parametrize("error", [urllib.error.URLError("refused"), TimeoutError(), ConnectionResetError()])
def test_silence_is_told_from_a_refusal(error: Exception) -> None:
    client, _ = client_with(error)
    with pytest.raises(NotRunning):
        client.get("county")


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(story, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(story, "POLL_SECONDS", 0.001)


@pytest.mark.usefixtures("no_patience")
def test_waiting_ends_when_it_is_so() -> None:
    states = iter(["proposed", "reserving", "agreed"])
    found = wait(lambda: {"state": next(states)}, until=lambda one: one["state"] == "agreed")
    assert found == {"state": "agreed"}


@pytest.mark.usefixtures("no_patience")
def test_waiting_for_ever_says_what_was_seen_last() -> None:
    with pytest.raises(Stuck, match="reserving"):
        wait(lambda: {"state": "reserving"}, until=lambda one: one["state"] == "agreed")


@pytest.mark.usefixtures("no_patience")
def test_only_refusals_that_mean_not_yet_are_waited_out() -> None:
    answers = iter([Refused(404, {"code": "not_found"}), Refused(503, {"code": "service_unavailable"}), None])

    def look() -> str:
        answer = next(answers)
        if answer is not None:
            raise answer
        return "found"

    assert wait(look, retry_on=("not_found",)) == "found"

    def refuse() -> None:
        raise Refused(403, {"code": "not_your_role"})

    with pytest.raises(Refused):
        wait(refuse, retry_on=("not_found",))


def test_what_libraries_hold_leaves_out_what_counties_owe_each_other() -> None:
    accounts = [
        {"kind": "library", "debits_days": 1, "credits_days": 2.5},
        {"kind": "library", "debits_days": 0.5, "credits_days": 0},
        {"kind": "peer", "debits_days": 1, "credits_days": 0},
    ]
    assert held({"accounts": accounts}) == 1


def test_the_story_says_how_to_start_what_does_not_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert story.main(["--url", "http://127.0.0.1:9"]) == 2
    assert "make run" in capsys.readouterr().out
