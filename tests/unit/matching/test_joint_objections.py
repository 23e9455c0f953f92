"""A plan of a joint round that speaks of what is not in the round is refused, and breaks nothing."""

import json

import pytest

from services.matching.domain.round import canonical
from services.matching.operations.joint.plans import objection, read_plan

NAMES = {"requests": {"r1": "oslo:aa"}}


def test_a_plan_by_earlier_rules_can_still_be_read() -> None:
    read = read_plan(canonical({"plan": [], "bound": 3, "is_optimal": True, "unmet": {}}))
    assert read is not None
    assert read[0]["bound_half_days"] == 6


@pytest.mark.parametrize(("request_id", "why"), [("r1", None), ("r9", "rules")])
def test_only_requests_of_the_round_can_lack_days(request_id: str, why: str | None) -> None:
    row = {"private": {"outcome": {"plan": [], "status": "optimal"}, "names": NAMES}}
    said = {"plan": [], "bound": 0, "bound_half_days": 0, "is_optimal": True, "unmet": {request_id: "nobody"}}
    assert objection(row, canonical(json.loads(json.dumps(said)))) == why
