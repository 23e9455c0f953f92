"""The county's own skills, written by a program."""

from typing import Any

from api_program import Program, problem_of
from conftest import Node


def test_the_county_writes_a_skill_of_its_own_by_program_and_nobody_else_does(node: Node) -> None:
    skill = {"category": "collection", "names": {"nb": "lokalsamling"}, "maps_to": "weeding"}

    def write(who: str, code: str, **changes: Any) -> Any:
        program = Program(node, who)
        path = f"{program.root}/skills/{code}"
        return program.client.put(path, json={**skill, **changes}, headers=program.headers)

    written = write("ingrid", "local-collection")
    assert written.status_code == 200
    assert (written.json["is_own"], written.json["code"]) == (True, "local-collection")
    problem_of(write("ingrid", "another", names={"nb": "Lokalsamling"}), 409, "skill_known")
    problem_of(write("kari", "local-collection"), 403, "not_your_role")
