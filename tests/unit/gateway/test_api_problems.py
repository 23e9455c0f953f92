"""Problem documents: what is wrong, where, in the caller's language, and what is no fault of the caller's."""

import json
from typing import Any

import pytest
from api_program import ASK, EIDSKOG, KARI, PROPOSAL, Program, problem_of
from conftest import Node
from fake_service import an_id

from byttebank.contracts.refusals import LimitHard, ServiceUnavailable, all_refusals
from byttebank.identifiers import new_id
from gateway.problems import STATUS

pytestmark = pytest.mark.simulation
"""Takes seconds: every row of a long table."""


@pytest.mark.parametrize(
    ("days", "code", "detail"),
    [
        (0, "below_half_day", "Et oppdrag er minst en halv dag. Velg en halv dag eller mer."),
        (-1, "below_half_day", "Et oppdrag er minst en halv dag. Velg en halv dag eller mer."),
        (-0.5, "below_half_day", "Et oppdrag er minst en halv dag. Velg en halv dag eller mer."),
        (0.25, "not_half_steps", "Byttebanken teller halve og hele dager. Velg en halv dag eller en dag."),
        (1.2, "not_half_steps", "Byttebanken teller halve og hele dager. Velg en dag eller 1,5 dager."),
        (
            401,
            "too_many_days",
            "Det er mer enn Byttebanken tar på én gang. Velg inntil 400 dager, eller del det opp.",
        ),
        ("1", "malformed", "Skal være et tall."),
        (True, "malformed", "Skal være et tall."),
        ([1], "malformed", "Skal være et tall."),
        (None, "malformed", "Feltet kan ikke være tomt."),
    ],
)
@pytest.mark.parametrize(("path", "body"), [("/requests", ASK), ("/engagements", PROPOSAL)])
def test_days_that_are_none_are_refused_at_the_field(
    node: Node, program: Program, path: str, body: dict[str, Any], days: Any, code: str, detail: str
) -> None:
    document = problem_of(program.post(path, {**body, "days": days}), 422, code)
    said = [{**one, "detail": one["detail"].replace("\u00a0", " ")} for one in document["errors"]]
    assert said == [{"pointer": "/days", "detail": detail}]
    assert node.backend.asked("directory.create_request") == node.backend.asked("matching.propose") == []


@pytest.mark.parametrize("days", ["1e999", "NaN", "Infinity", "-Infinity", "1e-999", "0.50000000000000001e1"])
def test_numbers_at_the_edge_never_break_it(program: Program, days: str) -> None:
    body = json.dumps(ASK).replace("1.5", days)
    answer = program.post("/requests", data=body, content_type="application/json")
    assert answer.status_code in (201, 400, 422)
    if answer.status_code != 201:
        problem_of(answer, answer.status_code)


def test_half_a_character_is_refused_and_not_taken_for_a_fault_of_ours(program: Program) -> None:
    body = json.dumps({**ASK, "own_words": "halvt: HER"}).replace("HER", "\\ud83d")
    answer = program.post("/requests", data=body, content_type="application/json")
    problem_of(answer, 400)
    whole = body.replace("ud83d", "ud83d\\ude00")
    assert program.post("/requests", data=whole, content_type="application/json").status_code != 400


def test_every_fault_of_a_document_has_its_pointer(program: Program) -> None:
    document = problem_of(
        program.post("/requests", {"first_on": "i morgen", "days": 0, "hei": 1}), 422, "malformed"
    )
    assert {one["pointer"]: one["detail"] for one in document["errors"]} == {
        "/first_on": "Skal være en dato, som 2026-11-23.",
        "/skills": "Feltet mangler.",
        "/last_on": "Feltet mangler.",
        "/host_contact_id": "Feltet mangler.",
        "/days": "Et oppdrag er minst en halv dag. Velg en halv dag eller mer.",
        "/hei": "Feltet er ukjent.",
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            "/requests",
            {**ASK, "skills": "cataloguing", "own_words": 1, "is_open": "ja", "place": "x", "id": "x"},
        ),
        ("/requests", {**ASK, "own_words": "x" * 2001, "skills": [1], "host_contact_id": None}),
        (
            "/offers",
            {"colleague_id": 1, "skills": None, "days": 1, "max_km": "5", "counties": ["X"], "dates": [1]},
        ),
        ("/offers", {"colleague_id": KARI, "skills": [], "days": 1, "max_km": -1, "places": [], "reach": 1}),
        ("/engagements", {**PROPOSAL, "dates": [], "purpose": 1, "host_contact_name": ""}),
        ("/tokens", {"email": 1, "password": "", "scopes": []}),
        ("/tokens", {"email": "x" * 321, "password": None, "scopes": ["all"]}),
        ("/requests", []),
        ("/requests", "hei"),
        ("/requests", None),
        (f"/engagements/{an_id('engagement nes')}/confirm", {"happened": "ja"}),
        (f"/engagements/{an_id('engagement nes')}/confirm", {}),
    ],
)
def test_every_fault_is_said_in_the_callers_language(program: Program, path: str, body: Any) -> None:
    answer = program.post(path, data=json.dumps(body), content_type="application/json")
    if answer.status_code == 201:
        assert path == "/offers"
        return
    document = problem_of(answer, 422)
    english = ("Not a", "Must", "Field", "Missing", "Invalid", "Unknown", "Longer", "Shorter", "Length")
    assert document["errors"] or path.endswith("x")
    for one in document["errors"]:
        assert not one["detail"].startswith(english), one


def test_what_is_no_json_is_turned_down(program: Program) -> None:
    for body, kind, status in (
        ("{", "application/json", 400),
        ("[" * 30_000, "application/json", 400),
        ("\xff".encode("latin-1"), "application/json", 400),
        ("x=1", "application/x-www-form-urlencoded", 415),
        ("{}", "text/plain", 415),
        ('"' + "x" * 70_000 + '"', "application/json", 413),
    ):
        problem_of(program.post("/requests", data=body, content_type=kind), status)


def test_paths_and_methods_that_do_not_exist_are_problems(program: Program) -> None:
    problem_of(program.get("/nothing"), 404)
    problem_of(program.get("/libraries/not-an-id"), 404)
    problem_of(program.get(f"/libraries/{new_id()}"), 404, "not_found")
    answer = program.client.put(f"{program.root}/requests", headers=program.headers, json={})
    problem_of(answer, 405)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].replace(" ", "").split(","))


@pytest.mark.parametrize("kind", all_refusals())
def test_every_refusal_is_a_problem_with_its_own_status(node: Node, program: Program, kind: Any) -> None:
    node.backend.failing["directory.county"] = kind()
    document = problem_of(program.get("/county"), STATUS[kind.code], kind.code)
    assert document["is_transient"] == kind.is_transient


def test_amounts_in_a_problem_are_days(node: Node, program: Program) -> None:
    limit = LimitHard(library_id=EIDSKOG, available_half_days=1, wanted_half_days=4)
    node.backend.failing["matching.propose"] = limit
    document = problem_of(program.post("/engagements", PROPOSAL), 409, "limit_hard")
    assert document["parameters"] == {"library_id": EIDSKOG, "available_days": 0.5, "wanted_days": 2}
    assert "Tilby 1,5\u00a0dager" in document["detail"]


def test_a_service_that_is_down_says_when_to_try_again(node: Node, program: Program) -> None:
    node.backend.failing["ledger"] = ServiceUnavailable(service="ledger")
    answer = program.get(f"/accounts/{EIDSKOG}")
    problem_of(answer, 503, "service_unavailable")
    assert answer.headers["Retry-After"] == "5"


def test_a_fault_of_ours_is_a_problem_without_a_traceback(node: Node, program: Program) -> None:
    node.backend.failing["directory.county"] = RuntimeError("password=hunter2")
    answer = program.get("/county")
    problem_of(answer, 500)
    assert "hunter2" not in answer.get_data(as_text=True)
