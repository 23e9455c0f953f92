"""Keys of writes: the same key answers as the first time, for the one who used it."""

from datetime import timedelta
from typing import Any

import pytest
from api_program import ASK, JONAS, PROPOSAL, Program, problem_of
from conftest import Node
from fake_service import an_id

from byttebank.clock import FixedClock
from byttebank.contracts.refusals import UnknownOutcome
from byttebank.identifiers import new_id
from gateway import storage


@pytest.mark.parametrize(
    ("path", "body", "method"),
    [
        ("/requests", ASK, "directory.create_request"),
        ("/offers", {"colleague_id": JONAS, "skills": ["weeding"], "days": 1}, "directory.create_offer"),
        ("/engagements", PROPOSAL, "matching.propose"),
        (f"/engagements/{an_id('engagement grue')}/accept", {}, "matching.accept"),
        (f"/engagements/{an_id('engagement nes')}/confirm", {"happened": True}, "matching.confirm"),
    ],
)
def test_the_same_key_answers_as_the_first_time(
    node: Node, program: Program, path: str, body: dict[str, Any], method: str
) -> None:
    first = program.keyed(path, "key-1", body)
    again = program.keyed(path, "key-1", body)
    assert first.status_code == again.status_code in (200, 201)
    assert first.json == again.json
    assert again.content_type == "application/json"
    assert len(node.backend.asked(method)) == 1
    problem_of(program.keyed(path, "key-1", {**body, "x": 1}), 422)


def test_the_same_key_with_another_body_is_refused(node: Node, program: Program) -> None:
    assert program.keyed("/requests", "key-1", ASK).status_code == 201
    problem_of(program.keyed("/requests", "key-1", {**ASK, "days": 1}), 422, "same_key_other_body")
    other_path = f"/engagements/{an_id('engagement grue')}/accept"
    problem_of(program.keyed(other_path, "key-1", ASK | {}), 422)
    assert len(node.backend.asked("directory.create_request")) == 1


def test_keys_of_two_people_are_two_keys(node: Node, program: Program) -> None:
    assert program.keyed("/requests", "key-1", ASK).status_code == 201
    jonas = Program(node, "jonas")
    other = jonas.keyed("/requests", "key-1", {**ASK, "days": 1})
    assert other.status_code == 201


def test_without_a_key_each_call_is_its_own(program: Program) -> None:
    first, second = program.post("/requests", ASK), program.post("/requests", ASK)
    assert first.json["id"] != second.json["id"]


def test_the_callers_own_id_is_kept(program: Program) -> None:
    own = new_id()
    assert program.post("/requests", {**ASK, "id": own}).json["id"] == own
    problem_of(program.post("/requests", {**ASK, "id": own, "days": 1}), 422, "same_key_other_body")


def test_a_write_without_an_answer_is_tried_again_with_the_same_key(node: Node, program: Program) -> None:
    node.backend.failing["matching.propose"] = UnknownOutcome()
    document = problem_of(program.keyed("/engagements", "key-1", PROPOSAL), 504, "unknown_outcome")
    assert document["is_transient"]
    node.backend.failing.clear()
    made = program.keyed("/engagements", "key-1", PROPOSAL)
    assert made.status_code == 201
    ids = {call[1][0]["id"] for call in node.backend.asked("matching.propose")}
    assert ids == {made.json["id"]}


def test_what_was_refused_is_looked_at_again(node: Node, program: Program) -> None:
    past = {**ASK, "first_on": "2026-11-01"}
    document = problem_of(program.keyed("/requests", "key-1", past), 422, "date_past")
    assert document["errors"][0]["pointer"] == "/first_on"
    assert document["parameters"] == {"date": "2026-11-01"}
    assert len(node.backend.asked("directory.create_request")) == 1
    program.keyed("/requests", "key-1", past)
    assert len(node.backend.asked("directory.create_request")) == 2


@pytest.mark.parametrize("key", ["", "x" * 201])
def test_a_key_that_is_none_is_refused(program: Program, key: str) -> None:
    problem_of(program.keyed("/requests", key, ASK), 422, "malformed")


def test_old_keys_are_forgotten(node: Node, program: Program, clock: FixedClock) -> None:
    program.keyed("/requests", "key-1", ASK)
    clock.move_to(clock.now() + timedelta(days=15))
    program.keyed("/requests", "key-2", {**ASK, "days": 1})
    with node.database.reading() as work:
        assert len(work.connection.execute(storage.answers.select()).all()) == 1
